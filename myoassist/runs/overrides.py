"""Turn the overrides of a command into a Hydra exp file that says the same."""

import shlex
from dataclasses import fields, is_dataclass
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.errors import HydraException

from myoassist.config.run_names import PLACE_KEYS
from myoassist.config.schema.run import RunConfig
from myoassist.files.content import dump_yaml
from myoassist.runs.differences import make_relative

_GROUPS = {entry.name for entry in fields(RunConfig) if is_dataclass(entry.type)} | {"overlays"}
_KEYS = {entry.name for entry in fields(RunConfig)} - _GROUPS


def format_command(overrides: list[str], module: str = "myoassist.train") -> str:
    """Return the command of a run as it can be pasted into a POSIX shell, paths relative to the current directory."""
    return shlex.join(["python", "-m", module, *(make_relative_override(text) for text in overrides)])


def format_exp_file(exp: str | None, overrides: list[str]) -> str:
    """Return a Hydra exp file that is the exp of the command changed by its overrides.

    Put into `configs/exp/`, it can be chosen by its file name. Group choices become entries of its defaults list.
    Overrides that place the run (`PLACE_KEYS`) and Hydra's own are left out; what a file cannot say, deleted keys and
    sweeps, is kept as a comment.

    Args:
        exp: Name of the exp that the command chose, or None.
        overrides: Overrides of the command in Hydra's grammar, `exp=` included or not.

    Raises:
        hydra.errors.HydraException: if an override does not follow the grammar.
    """
    bases: list[Any] = [exp] if exp else []
    choices: list[Any] = []
    values: dict[str, Any] = {}
    comments: list[str] = []
    for override in map(OverridesParser.create().parse_override, overrides):
        key = override.key_or_group
        if key in PLACE_KEYS or key == "exp" or key.partition(".")[0].partition("/")[0] == "hydra":
            continue
        if override.type == OverrideType.DEL or override.is_sweep_override():
            comments.append(f"# not expressible here: {make_relative_override(override.input_line or key)}")
        elif _is_group(override):
            _add_choice(override, bases, choices)
        else:
            _insert(values, key.split("."), make_relative(override.value()))
    lines = ["# @package _global_", f"# command: {format_command(overrides)}", *comments]
    content: dict[str, Any] = {}
    if bases or choices:
        content["defaults"] = [*bases, *choices, "_self_"]
    content |= values
    body = dump_yaml(content) if content else ""
    return "\n".join(lines) + "\n" + body


def _is_group(override: Override) -> bool:
    key = override.key_or_group
    if override.package is not None or "/" in key or key in _GROUPS:
        return not isinstance(override.value(), dict)
    # A name that the schema lacks can only be a group that the command adds, such as +evo=evo.
    return override.type != OverrideType.CHANGE and "." not in key and key not in _KEYS


def _add_choice(override: Override, bases: list, choices: list) -> None:
    if override.key_or_group == "overlays":
        # The root list has its overlays after the exp, where an exp cannot override them; with the package spelled out
        # they are an entry of their own.
        bases.append({"/overlays@_global_": override.value()})
        return
    name = "/" + override.key_or_group + (f"@{override.package}" if override.package is not None else "")
    if override.type == OverrideType.CHANGE:
        choices.append({f"override {name}": override.value()})
    else:
        bases.append({name: override.value()})


def _insert(values: dict[str, Any], path: list[str], value: Any) -> None:
    node = values
    for key in path[:-1]:
        inner = node.get(key)
        node[key] = inner if isinstance(inner, dict) else {}
        node = node[key]
    # Hydra merges a mapping into what an earlier override said, and replaces anything else.
    if isinstance(value, dict) and isinstance(node.get(path[-1]), dict):
        node[path[-1]].update(value)
    else:
        node[path[-1]] = value


def make_relative_override(text: str) -> str:
    """Replace the absolute paths in the text of one override by relative ones; one that cannot be read stays."""
    try:
        override = OverridesParser.create().parse_override(text)
    except HydraException:
        return text
    if override.type == OverrideType.DEL or override.is_sweep_override():
        return text
    for path in _find_strings(override.value()):
        text = text.replace(path, make_relative(path))
    return text


def _find_strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _find_strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _find_strings(item)]
    return [value] if isinstance(value, str) and make_relative(value) != value else []
