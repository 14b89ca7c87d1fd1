"""Read the presets of MyoAssist: a train command in a batch or shell file, or the same arguments as JSON."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myoassist.compat.preset.arguments import (
    FLAG,
    NUMBERS,
    TEXTS,
    ArgumentValueError,
    UnknownArgumentError,
    convert_value,
    find_argument,
)
from myoassist.compat.preset.shell_file import find_train_command
from myoassist.files.content import parse_json
from myoassist.files.errors import UserError

SUFFIXES = (".bat", ".cmd", ".sh", ".json")
_VARIABLE = re.compile(r"\$\{?\w+\}?|%\w+%|\$\(")
# What whoever calls the script adds.
_PASSED_ON = ("$@", "$*", "%*")
_NEGATIVE_NUMBER = re.compile(r"-\.?\d")


@dataclass
class Preset:
    """The arguments of a preset.

    Attributes:
        name: Name of the file without its ending.
        path: The file.
        values: Values by argument name, in the order of the file; only what the file gives.
        notes: What could not be read and why.
    """

    name: str
    path: Path
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """What it is, for headers."""
        return f"the MyoAssist preset {self.path.name}"


def read_preset(path: Path) -> Preset:
    """Read a preset in any of its forms. Nothing in it is run.

    `config` in it names another preset, whose arguments count where this one gives none.

    Args:
        path: A `.bat`, `.cmd`, `.sh` or `.json` file.

    Raises:
        UserError: if the file cannot be read, or holds no arguments of the training program.
    """
    return _read(path, ())


def _read(path: Path, readers: tuple[Path, ...]) -> Preset:
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"{path} is no preset", f"a file that ends in {', '.join(SUFFIXES)}, or a folder of such files")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as text ({error})", "a preset of MyoAssist") from error
    preset = Preset(path.stem, path)
    given = _from_json(text, preset) if path.suffix.lower() == ".json" else _from_script(text, preset)
    for word, values in given:
        _add(preset, word, values)
    if not preset.values:
        raise UserError(f"{path} gives no argument that is known", "arguments of MyoAssist's training program")
    _include(preset, (*readers, path.resolve()))
    return preset


def _from_script(text: str, preset: Preset) -> list[tuple[str, list[Any]]]:
    words = find_train_command(text, preset.path.name)
    given: list[tuple[str, list[Any]]] = []
    for word in words:
        if word.startswith("-") and not _NEGATIVE_NUMBER.match(word):
            name, separator, value = word.partition("=")
            given.append((name, [value] if separator else []))
        elif given:
            given[-1][1].append(word)
        elif word not in _PASSED_ON:
            # The launcher takes the name of a preset, and arguments that win over it.
            given.append(("config", [word]))
    return given


def _from_json(text: str, preset: Preset) -> list[tuple[str, list[Any]]]:
    try:
        content = parse_json(text)
    except ValueError as error:
        raise UserError(f"{preset.path} is no JSON ({error})", "a preset: an object of arguments") from error
    if not isinstance(content, dict):
        raise UserError(f"{preset.path} holds no JSON object", "a preset: an object of arguments without dashes")
    if any(key in content for key in ("results_dir", "results_dirs", "evaluation_mode")):
        raise UserError(
            f"{preset.path} configures an evaluation, not a run",
            "a preset of the training program",
            "bash scripts/local.sh scripts/eval.sh run=<folder>, after a run; or "
            "optimizer=evaluate optimizer.param_path=<result folder> for a result of MyoAssist",
        )
    given = []
    for key, value in content.items():
        if value is None or key.startswith("_"):
            continue
        if isinstance(value, dict):
            value = [f"{name}:{item}" for name, item in value.items()]
        given.append((key, value if isinstance(value, list) else [value]))
    return given


def _add(preset: Preset, word: str, values: list[Any]) -> None:
    """Convert one argument and store it, or note why not."""
    shown = " ".join([word, *map(str, values)])
    values = [value for value in values if value not in _PASSED_ON]
    unset = [value for value in values if isinstance(value, str) and _VARIABLE.search(value)]
    if unset:
        preset.notes.append(f"{shown}: {unset[0]} is an environment variable that the preset does not set")
        return
    try:
        argument = find_argument(word, preset.path.name)
        if argument.kind not in (FLAG, NUMBERS, TEXTS) and len(values) > 1:
            preset.notes.append(f"{shown}: only {values[0]} counts, the rest belongs to no argument")
            values = values[:1]
        value: Any = convert_value(argument, values, preset.path.name)
    except (UnknownArgumentError, ArgumentValueError) as error:
        preset.notes.append(f"{shown}: {error.found.partition(': ')[2]}" + _but(error.expected))
        return
    if argument.kind == FLAG and value is False:
        return
    if argument.kind == TEXTS:
        # Repeated use adds to what is there.
        value = [*preset.values.get(argument.name, []), *value]
    elif argument.name in preset.values and preset.values[argument.name] != value:
        preset.notes.append(f"{argument.name} is given twice: the last one, {value}, counts")
    preset.values[argument.name] = value


def _but(expected: str) -> str:
    return f"; expected {expected}" if expected else ""


def _include(preset: Preset, readers: tuple[Path, ...]) -> None:
    """Fill in the arguments of the preset that `config` names."""
    name = preset.values.pop("config", None)
    if name is None:
        return
    named = Path(name)
    candidates = [named, preset.path.parent / named]
    candidates += [preset.path.parent / f"{named.name}{suffix}" for suffix in (".json", ".bat", ".sh")]
    for candidate in candidates:
        if candidate.is_file() and candidate.resolve() not in readers:
            other = _read(candidate, readers)
            preset.values = {**other.values, **preset.values}
            preset.notes += [f"in {candidate.name}: {note}" for note in other.notes]
            return
    preset.notes.append(f"config {name}: there is no such preset beside {preset.path.name}")
