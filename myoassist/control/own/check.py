"""Try a controller of the user out before a run: compiled, with every index checked, in a process of its own.

Code of a loop runs without a net: what allocates cannot be compiled, and an index out of range would write over memory
of others. The end of the process by a signal is an answer too.
"""

import ast
import json
import re
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from myoassist.config.cache import cache_folder
from myoassist.config.schema.own_code import CONTROLLER_KEYS, is_own, own_key, split_own
from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import ConfigError, UserError

_FOLDER = "controllers"
# What Numba says about the commonest errors, and what it means here.
_CAUSES = (
    (r"NameError: name '(\w+)' is not defined", "the name {} is not defined"),
    (r"function (zeros|ones|empty|full|array|arange|linspace|\w+_like)>", "{} makes a new array, which a step cannot"),
    (r"NRT required", "it makes a new list or array, which a step cannot"),
    (r"function setitem>", "a value of this kind cannot be stored there"),
    (r"opcode \(IMPORT_NAME\)", "a function cannot import: put it at the top of the file"),
    (r"missing a required argument: '(\w+)'", "the function lacks the argument {}"),
    (r"too many arguments: expected (\d+), got (\d+)", "the function takes {} arguments, and gets {}"),
    (r"not enough arguments: expected (\d+), got (\d+)", "the function takes {} arguments, and gets {}"),
    (r"Untyped global name '(\w+)'", "{} is neither a number nor a function that can be compiled"),
)
# Lines of a message of Numba that tell nothing about the file.
_NOISE = re.compile(r"During|Failed in|This error|File |There are|Use of unsupported|>>>|- Resolution|\^|-+$")
_TIMEOUT = 300.0  # s
_STEPS, _DT = 400, 0.01


def check_own_controllers(config: RunConfig) -> None:
    """Try the controllers of the user out that a configuration names, each content once on this machine.

    Args:
        config: Validated configuration, whose files the user has named or trusted.

    Raises:
        ConfigError: naming file, line and cause.
    """
    for key, value in zip(CONTROLLER_KEYS, (config.control.controller, config.exo.controller), strict=True):
        if not is_own(value):
            continue
        note = cache_folder() / _FOLDER / f"{own_key(value)}-{key.partition('.')[0]}"
        if note.is_file():
            continue
        _try_out(key, value)
        try:
            note.parent.mkdir(parents=True, exist_ok=True)
            write_text_atomic(note, f"{value}\n")
        except OSError:
            # Only that it is tried out again.
            continue


def _try_out(key: str, value: str) -> None:
    command = [sys.executable, "-m", "myoassist.control.own.check", key, value]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"{key}={value} did not get through {_STEPS} steps in {_TIMEOUT:g} s",
            "functions that end",
            "look for a loop without an end",
        ) from None
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise ConfigError(
            f"{key}={value} ended its process when it was tried out ({last[0]})",
            "functions of numbers and of the arrays that they are given",
            "make it smaller until it passes",
        ) from None
    if answer:
        raise ConfigError(answer["found"], answer["expected"], answer["remedy"])


def explain(error: BaseException, path: str) -> str:
    """Return what Numba or Python say about an error of a file in a line: place and cause."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    file = re.escape(Path(path).name)
    named = re.findall(rf'File "[^"]*{file}", line (\d+)', text) + re.findall(rf"{file} \((\d+)\)", text)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == Path(path).name]
    cause, word = _cause(text, error)
    line = named[-1] if named else (lines[-1] if lines else _line_of(path, word))
    return f"{Path(path).name}, line {line}: {cause}" if line else f"{Path(path).name}: {cause}"


def _cause(text: str, error: BaseException) -> tuple[str, str | None]:
    """Return the cause in words, and the name in the file that it is about, if it is about one."""
    if isinstance(error, KeyError):
        return f"there is no {error.args[0]} among what is declared or felt", str(error.args[0])
    for pattern, words in _CAUSES:
        found = re.search(pattern, text)
        if found:
            return words.format(*found.groups()), found.groups()[0] if found.groups() else None
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not _NOISE.match(line)]
    return f"{type(error).__name__}: {kept[0] if kept else text}", None


def _line_of(path: str, word: str | None) -> int | None:
    """Return the first line of a file that reads a name, which Numba does not always tell."""
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None
    found = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == word) or (isinstance(node, ast.Attribute) and node.attr == word)
    ]
    return min(found, default=None)


def _run(key: str, value: str) -> dict[str, str]:
    """Try a controller out in this process; return what is wrong, empty if nothing is."""
    from myoassist.runs.plugins import import_plugins

    path, name = split_own(value)
    try:
        from myoassist.control.own.declare import Device, Human, check_declaration, find_class

        module = import_plugins([path])[0]
        own = find_class(module, path, name, Human if key == CONTROLLER_KEYS[0] else Device)
        check_declaration(own, path)
        wrong = _walk(own, issubclass(own, Device))
        if not wrong:
            return {}
        return {"found": f"{key}={value}: {wrong}", "expected": "finite numbers", "remedy": "look for a division by 0"}
    except UserError as error:
        return {"found": error.found, "expected": error.expected, "remedy": error.remedy or "correct it"}
    except Exception as error:
        return {
            "found": f"{key}={value}: {explain(error, path)}",
            "expected": "functions of numbers, of the declared names and of the arrays that they are given, as Numba "
            "compiles them",
            "remedy": "correct this line; docs/own-controllers.md says what can be used",
        }


def _walk(own: Any, device: bool) -> str:
    """Let the functions of a class run over made-up steps; return what is wrong with their outputs."""
    import numpy as np
    from numba import njit

    from myoassist.control.own.compiled import HOOK_OPTIONS, make_own
    from myoassist.control.own.declare import functions_of

    options = {**HOOK_OPTIONS, "boundscheck": True}
    functions = functions_of(own)
    state = make_own(own)
    for item in own.parameters:
        row = item.row("control")
        state.parameters[item.name] = row.scale * row.initial + row.offset
    out = state.torque if device else np.zeros((2, 13))
    _feel(state.senses, 0.0)
    if "reset" in functions:
        njit(functions["reset"])(state.parameters[0], state.state[0], state.senses[0])
    update = njit(**options)(functions["update"])
    for k in range(_STEPS):
        _feel(state.senses, k * _DT)
        update(state.parameters[0], state.state[0], state.senses[0], out, _DT)
        if not np.isfinite(out).all() or not np.isfinite(state.flat).all():
            return f"its outputs or its state are no numbers after {k + 1} steps with start values"
    return ""


def _feel(senses: Any, time: float) -> None:
    """Write the senses of something like a walk."""
    import numpy as np

    phase = 2.0 * np.pi * time / 1.1 + np.array([0.0, np.pi])
    senses["pitch"], senses["speed"] = 0.05 * np.sin(2.0 * phase[0]), 1.25
    senses["load"][0] = np.where(np.sin(phase) > -0.2, 0.6 + 0.4 * np.sin(phase), 0.0)
    senses["hip"][0], senses["hip_rate"][0] = 0.4 * np.cos(phase), -2.3 * np.sin(phase)
    senses["knee"][0], senses["knee_rate"][0] = 0.5 + 0.4 * np.sin(phase), 2.3 * np.cos(phase)
    senses["ankle"][0], senses["ankle_rate"][0] = 0.2 * np.sin(phase), 1.1 * np.cos(phase)
    senses["force"][0] = 0.2


if __name__ == "__main__":
    print(json.dumps(_run(*sys.argv[1:3])))
