"""Tab completion of the `myoassist` command in bash: commands, experiments, groups and their options, keys, choices."""

import re
from collections.abc import Callable, Iterable

from myoassist.config.groups import config_folder, group_names, group_options
from myoassist.config.keys import format_value, run_keys
from myoassist.config.schemas import SHIPPED_PREFIX
from myoassist.config.shipped import POLICY_KEY, SHIPPED_REFERENCE_KEY, list_controllers, list_policies, list_references
from myoassist.files.errors import UserError

USAGE = """usage: eval "$(myoassist completion bash)"

Let Tab complete the `myoassist` command in this shell: its commands, experiments (exp=), groups and their options,
keys, choices and shipped names. In ~/.bashrc the line works in every new shell. `python -m myoassist.train` and the
scripts are not completed.
"""
# The shell cuts words at some signs, such as =, and replaces what follows the last one.
_SCRIPT = r"""_myoassist() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <("${COMP_WORDS[0]}" completion words "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -gt 0 && "${COMPREPLY[0]}" == *[=.:] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o bashdefault -o default -F _myoassist myoassist
"""
_COMMANDS = ("completion", "eval", "evos", "export", "import", "list", "reference", "replay", "sim", "sweeps", "train")
_REFERENCES = ("convert", "gait", "record", "show", "synthesize")
_LISTS = ("actions", "controllers", "devices", "exps", "keys", "models", "observation", "params", "terms")
_LISTS_OF_RUNS = ("actions", "observation", "params")
_TRAIN_FLAGS = ("--multirun", "--cfg", "--info", "--help")
# Words before an equals sign that a command takes besides keys and groups.
_OPTIONS = {
    "eval": ("run", "params", "compare", "repeats", "angle_sd", "speed_sd", "starts", "viewer", "port"),
    "export": ("run", "params", "policy"),
    "sim": ("steps", "viewer", "port", "out"),
    "train": (),
}
_SHIPPED: dict[str, Callable[[], Iterable[str]]] = {
    "optimizer.param_path": lambda: (item.name for item in list_controllers()),
    "rl.human_param_path": lambda: (item.name for item in list_controllers()),
    POLICY_KEY: list_policies,
    SHIPPED_REFERENCE_KEY: list_references,
    "run": list_policies,
}


def main(arguments: list[str]) -> int:
    """Print the script for a shell, or answer it.

    Args:
        arguments: `bash`; or `words`, the signs at which the shell cuts words, and the line up to the cursor.

    Returns:
        0.

    Raises:
        UserError: for another shell.
    """
    if arguments[:1] == ["words"] and len(arguments) == 3:
        print("".join(f"{word}\n" for word in complete_line(arguments[2], arguments[1])), end="")
    elif arguments == ["bash"]:
        print(_SCRIPT, end="")
    elif any(argument in ("-h", "--help", "help") for argument in arguments):
        print(USAGE, end="")
    else:
        found = " ".join(["myoassist completion", *arguments])
        raise UserError(found, "bash, the shell that it is made for", "myoassist completion bash")
    return 0


def complete_line(line: str, breaks: str = "=:") -> list[str]:
    """Return what the last word of a line can become.

    Args:
        line: The line up to the cursor.
        breaks: Signs at which the shell cuts words: only what follows the last of them is replaced.

    Returns:
        Words without what stands before the last such sign; none where files are meant.
    """
    words = re.split(r"\s+", line.lstrip())
    current = words[-1]
    found = sorted({word for word in _candidates(words[1:-1], current) if word.startswith(current)})
    kept = max((current.rfind(sign) + 1 for sign in breaks if sign in "=:"), default=0)
    return [word[kept:] for word in found]


def _candidates(before: list[str], current: str) -> Iterable[str]:
    """Return full words that could stand in place of the current one."""
    if not before:
        return (*_COMMANDS, "--help", "--version")
    command = before[0]
    if command == "completion":
        return ("bash",)
    if command == "list":
        lists = _LISTS if len(before) == 1 else ()
        return _assignments("list", current) if before[1:2] and before[1] in _LISTS_OF_RUNS else lists
    if command == "reference" and len(before) == 1:
        return _REFERENCES
    if command == "train" and current.startswith("-"):
        return _TRAIN_FLAGS
    return _assignments(command, current) if command in (*_OPTIONS, "reference") else ()


def _assignments(command: str, current: str) -> Iterable[str]:
    name, sign, _ = current.partition("=")
    if sign:
        return (f"{name}={value}" for value in _values(name))
    keys = run_keys()
    places = [f"{group}=" for group in (*group_names(), "hydra/launcher")]
    places += [f"{option}=" for option in _OPTIONS.get(command, ())]
    # Keys one level at a time, as they are many.
    depth = current.count(".") + 1
    for key in keys:
        parts = key.split(".")
        places.append(f"{key}=" if len(parts) == depth else ".".join(parts[:depth]) + ".")
    return places


def _values(name: str) -> Iterable[str]:
    plain = name.lstrip("+")
    if plain in group_names():
        return group_options(plain)
    if plain == "hydra/launcher":
        return (path.stem for path in (config_folder() / "hydra" / "launcher").glob("*.yaml"))
    shipped = [f"{SHIPPED_PREFIX}{name}" for name in _SHIPPED.get(plain, tuple)()]
    key = run_keys().get(plain)
    if key is None:
        return shipped
    choices = (True, False) if key.base is bool else key.metadata["choices"] or ()
    return (*shipped, *(format_value(choice) for choice in choices))
