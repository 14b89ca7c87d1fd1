"""Write a configuration without absolute paths, and tell what differs between two of them."""

import os
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from myoassist.config.schema.run import RunConfig

MISSING = object()


def make_relative(value: Any) -> Any:
    """Return a value in which absolute paths, also inside lists and mappings, are relative to the current directory.

    A path on another Windows drive stays as it is, because no relative form of it exists.
    """
    if isinstance(value, dict):
        return {key: make_relative(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [make_relative(item) for item in value]
    if isinstance(value, Path):
        value = str(value)
    if not isinstance(value, str) or not os.path.isabs(value):  # noqa: PTH117 - a str in, a str out
        return value
    here = Path.cwd()
    for form in (Path(value), Path(value).resolve()):
        # The shell may have come here through a symbolic link.
        if form.is_relative_to(here):
            return form.relative_to(here).as_posix()
    try:
        return Path(os.path.relpath(value)).as_posix()
    except ValueError:
        return value


def to_plain(config: RunConfig) -> dict[str, Any]:
    """Return a configuration as nested mappings of YAML values, paths relative to the current directory."""
    return make_relative(asdict(config))


def find_changes(old: RunConfig, new: RunConfig) -> dict[str, tuple[Any, Any]]:
    """Return what makes `new` another run than `old`: dotted key -> (old, new), in the order of the schema.

    Fields declared with `change=False` (threads, display, limits, names) never count. A key of a free mapping that only
    one side has is `MISSING` on the other.
    """
    return compare(_flatten(old), _flatten(new))


def compare(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what differs between two flat mappings: key -> (before, after), `MISSING` where one side has no such key.

    The order is that of `after`; keys that only `before` has come last.
    """
    keys = list(after) + [key for key in before if key not in after]
    changes = {key: (before.get(key, MISSING), after.get(key, MISSING)) for key in keys}
    return {
        key: pair for key, pair in changes.items() if pair[0] is MISSING or pair[1] is MISSING or pair[0] != pair[1]
    }


def describe_changes(changes: dict[str, tuple[Any, Any]]) -> list[str]:
    """Return one line `key: old -> new` per change."""
    return [f"{key}: {_show(old)} -> {_show(new)}" for key, (old, new) in changes.items()]


def _show(value: Any) -> str:
    if value is MISSING:
        return "(not set)"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _flatten(config: RunConfig) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    _collect(config, "", flat)
    return flat


def _collect(node: Any, prefix: str, flat: dict[str, Any]) -> None:
    if is_dataclass(node):
        for entry in fields(node):
            if entry.metadata.get("change", True):
                _collect(getattr(node, entry.name), _join(prefix, entry.name), flat)
        return
    if isinstance(node, dict) and node:
        for key, item in node.items():
            _collect(item, _join(prefix, key), flat)
        return
    # An empty mapping says the same as none.
    flat[prefix] = None if node == {} else make_relative(node)


def _join(prefix: str, key: object) -> str:
    return f"{prefix}.{key}" if prefix else str(key)
