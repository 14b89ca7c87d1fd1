"""Commands as the user can paste them: which program is there, from which folder, with which quotes.

Messages write them for the checkout, `bash scripts/local.sh scripts/train.sh ...` or `myoassist list exps`;
`localize_command` turns these into what exists where the message is read.
"""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

# The folder of the scripts that started this process; scripts/local.sh, train.sh and eval.sh set it.
SCRIPTS_VARIABLE = "MYOASSIST_SCRIPTS"
_ENVIRONMENT_VARIABLE = "MYOASSIST_VENV"
_HERE = "bash scripts/local.sh"
EVALUATE_COMMAND = f"{_HERE} scripts/eval.sh"
TRAIN_COMMAND = f"{_HERE} scripts/train.sh"
COMPLETION_COMMAND = 'eval "$(myoassist completion bash)"'
# What the scripts start, as arguments of `myoassist`.
_SUBCOMMANDS = {"train": "train", "eval": "eval", "evo": "train evo=evo"}
_SCRIPT = re.compile(rf"{re.escape(_HERE)}(?: scripts/({'|'.join(_SUBCOMMANDS)})\.sh)?(?!\S)")
_MODULE = re.compile(r"(?<!\S)python -m (myoassist\S*)")
_PROGRAM = re.compile(
    r"(?<![\w./-])myoassist (?=(?:train|eval|choose|watch|sim|replay|import|export|pack|verify|reference|evos|sweeps|"
    r"runs|list|subject|completion)\b)"
)


def describe_next_steps(folder: Path) -> str:
    """Return what to say when a run has ended: where its files are, and the command that shows its best."""
    place = folder.as_posix()
    return localize_command(f"results in {place}\nto see them: {EVALUATE_COMMAND} run={quote_path(folder)}")


def quote_path(path: Path | str) -> str:
    """Return a path as one word of a POSIX shell."""
    return shlex.quote(path.as_posix() if isinstance(path, Path) else path)


def localize_command(text: str) -> str:
    """Return a text with its commands as they run from the current folder.

    The scripts of a checkout are named where they have started this process, or where they lie below the current
    folder and their environment is there; elsewhere `myoassist`, or the interpreter with `-m myoassist` where that
    command is not found.
    """
    if _HERE in text:
        text = _SCRIPT.sub(_replace_script, text)
    if "python -m myoassist" in text:
        text = _MODULE.sub(_replace_module, text)
    return _PROGRAM.sub(lambda _: f"{_program()} ", text) if "myoassist " in text else text


def _replace_script(match: re.Match[str]) -> str:
    local = _local_script()
    if local is not None:
        return match[0].replace(_HERE, local)
    # Other scripts belong to the checkout and have no counterpart elsewhere.
    return f"myoassist {_SUBCOMMANDS[match[1]]}" if match[1] else match[0]


def _replace_module(match: re.Match[str]) -> str:
    local = _local_script()
    if match[1] == "myoassist.train" and local is not None and _python() != "python":
        return f"{local} scripts/train.sh"
    return f"{_python()} -m {match[1]}"


def _local_script() -> str | None:
    """Return how a script is started from here, None where that would fail or make an environment first."""
    here = Path("scripts/local.sh").is_file()
    if scripts := os.environ.get(SCRIPTS_VARIABLE):
        return _HERE if here else f"bash {shlex.quote(scripts)}/local.sh"
    environment = Path(os.environ.get(_ENVIRONMENT_VARIABLE) or ".venv")
    return _HERE if here and (environment / "bin" / "python").exists() else None


def _program() -> str:
    """Return the word or words that start the `myoassist` command of this installation."""
    found = shutil.which("myoassist")
    return "myoassist" if _is_ours(found) and _can_start(found) else f"{_python()} -m myoassist"


def _python() -> str:
    """Return the word that starts this interpreter."""
    for word in ("python", "python3"):
        if _is_ours(shutil.which(word)):
            return word
    program = Path(sys.executable)
    return quote_path(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program)


def _is_ours(found: str | None) -> bool:
    """Whether a program that the shell finds lies beside this interpreter."""
    return found is not None and Path(found).absolute().parent == Path(sys.executable).absolute().parent


def _can_start(found: str | None) -> bool:
    """Whether the interpreter in the first line of a script is there; in an environment that moved it is not."""
    try:
        first = Path(found or "").read_bytes()[:4096].splitlines()[0]
    except (OSError, IndexError):
        return False
    return not first.startswith(b"#!") or Path(os.fsdecode(first[2:].strip().split(b" ")[0])).exists()
