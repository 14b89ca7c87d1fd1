"""Every configuration key with its type, range and default, read from the schemas."""

import dataclasses
import functools
import math
import re
import shlex
import sys
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from myoassist.config.nearest import fold_name, nearest_name
from myoassist.config.run_names import quote_value
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError


@dataclass(frozen=True)
class Key:
    """One configuration key.

    Attributes:
        name: Dotted name, e.g. `optimizer.popsize`.
        kind: Annotated type.
        default: Value when nothing sets it.
        metadata: Explanation and range, see `schemas.option`.
    """

    name: str
    kind: Any
    default: Any
    metadata: dict[str, Any]

    @property
    def optional(self) -> bool:
        """Whether null is a value of this key."""
        return self.kind is Any or type(None) in typing.get_args(self.kind)

    @property
    def base(self) -> Any:
        """The type without null."""
        if isinstance(self.kind, types.UnionType) or typing.get_origin(self.kind) is typing.Union:
            return next(kind for kind in typing.get_args(self.kind) if kind is not type(None))
        return self.kind


@functools.cache
def run_keys() -> dict[str, Key]:
    """Return all leaf keys of a run by dotted name, in schema order."""
    return schema_keys(RunConfig)


def _walk(schema: type, prefix: str, task: str | None) -> dict[str, Key]:
    keys: dict[str, Key] = {}
    hints = typing.get_type_hints(schema)
    for item in dataclasses.fields(schema):
        name = prefix + item.name
        kind = hints[item.name]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            # A group that one task reads says so for all of its keys.
            keys |= _walk(kind, f"{name}.", item.metadata.get("task") or task)
            continue
        default = item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default
        metadata = dict(item.metadata)
        keys[name] = Key(name, kind, default, metadata | {"task": metadata["task"] or task})
    return keys


_TYPE_WORDS = {
    int: "an integer",
    float: "a finite number",
    bool: "true or false",
    str: "a text",
    list[str]: "a list of texts, e.g. [a.py,b.py]",
    list[float]: "a list of numbers, e.g. [1.0,1.25]",
    dict[str, float]: "a mapping of names to numbers, e.g. {effort: 2.0}",
    Any: "a mapping, e.g. {tolfun: 1e-9}",
}


def schema_keys(schema: type, prefix: str = "") -> dict[str, Key]:
    """Return the leaf keys of a dataclass of `option` fields by dotted name, in its order.

    Args:
        schema: The dataclass.
        prefix: Name of the group with a dot; empty for none.
    """
    return _walk(schema, prefix, None)


def describe_expected(key: Key) -> str:
    """Say in words which values a key takes, e.g. `an integer, at least 2, at most 10000`."""
    meta = key.metadata
    if meta["words"]:
        # They say themselves what null is.
        return str(meta["words"])
    if meta["choices"]:
        words = [f"one of {', '.join(format_value(choice) for choice in meta['choices'])}"]
        words += ["or <file.py>[:Name]"] if meta["own"] else []
    else:
        words = [_TYPE_WORDS.get(key.base, str(key.base))]
    limits = (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))
    words += [f"{word} {format_value(meta[limit])}" for limit, word in limits if meta[limit] is not None]
    text = ", ".join(words) + (f" ({meta['unit']})" if meta["unit"] else "")
    return f"{text}, or null" if key.optional else text


def describe_range(key: Key) -> str:
    """Say in words which values an argument or an entry takes, e.g. `a whole number from 1 to 100`."""
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
    if key.metadata["choices"]:
        return f"one of {', '.join(format_value(choice) for choice in key.metadata['choices'])}"
    unit = f" {key.metadata['unit']}" if key.metadata["unit"] else ""
    return words.get(key.base, "a list") + (f"{describe_limits(key)}{unit}" if key.base in (int, float) else "")


def describe_limits(key: Key) -> str:
    """Say in words between which limits a number lies, e.g. ` from 1 to 100`; an empty text where there are none."""
    limits = {name: key.metadata[name] for name in ("ge", "gt", "le", "lt") if key.metadata[name] is not None}
    words = {"ge": "from", "gt": "above", "le": "to" if "ge" in limits else "up to", "lt": "below"}
    return "".join(f" {words[name]} {format_value(limit)}" for name, limit in limits.items())


def describe_entry(key: Key) -> str:
    """Say in words which numbers a mapping or list of numbers takes, e.g. `a finite number, at least 0`."""
    return describe_expected(replace(key, kind=float))


def format_value(value: Any) -> str:
    """Write a value as it is typed on the command line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(format_value(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {format_value(item)}" for name, item in value.items()) + "}"
    return str(value)


def format_override(name: str, value: Any) -> str:
    """Return `name=value` as it can be pasted into a POSIX shell, texts in Hydra's quotes where they need them."""
    return shlex.quote(f"{name}={_quote_texts(value)}")


def _quote_texts(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{','.join(_quote_texts(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_quote_texts(item)}" for name, item in value.items()) + "}"
    if not isinstance(value, str):
        return format_value(value)
    # shipped:NAME and newest:EXP.
    return value if re.fullmatch(r"[a-z]+:[\w.-]+", value, re.ASCII) else quote_value(value)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number; true and false are none."""
    if isinstance(value, int):
        # An integer too large for a float is as little use as infinity, and math.isfinite fails on it.
        return not isinstance(value, bool) and abs(value) <= sys.float_info.max
    return isinstance(value, float) and math.isfinite(value)


def refuse_unknown_keys(content: Iterable[Any], known: Sequence[str], where: str) -> None:
    """Check the keys of a mapping inside a list of the configuration.

    Raises:
        ConfigError: for the first key that is not known, naming the nearest that is.
    """
    for key in content:
        if key not in known:
            near = nearest_name(str(key), known)
            remedy = f"{near} instead" if near else f"leave {key} out"
            raise ConfigError(f"{where}.{key}: there is no such key", f"one of {', '.join(known)}", remedy)


def closest(name: str, known: list[str]) -> str | None:
    """Return the known dotted name that a mistyped one most likely means, or None."""
    for item in known:
        if fold_name(item) == fold_name(name):
            return item
    group, _, tail = name.rpartition(".")
    siblings = {item.rpartition(".")[2]: item for item in reversed(known) if group and item.startswith(f"{group}.")}
    if siblings:
        near = nearest_name(tail, siblings)
        return siblings[near] if near else None
    # A right last component without or with a wrong group: popsize -> optimizer.popsize.
    tails = [item.rpartition(".")[2] for item in known]
    same = [item for item, word in zip(known, tails, strict=True) if fold_name(word) == fold_name(tail)]
    if same:
        return same[0] if len(same) == 1 else None
    if (whole := nearest_name(name, known)) is not None:
        return whole
    near = nearest_name(tail, tails)
    places = [item for item, word in zip(known, tails, strict=True) if word == near]
    return places[0] if len(places) == 1 else None


def read_key(config: Any, name: str) -> Any:
    """Return the value of a dotted key of a configuration."""
    for part in name.split("."):
        config = getattr(config, part)
    return config


def flatten_keys(plain: dict[str, Any], wanted: Callable[[str, Key], bool]) -> dict[str, Any]:
    """Return the values of some keys of a configuration, key -> value, mappings spread over their entries.

    Args:
        plain: Nested mapping of a whole configuration.
        wanted: Says of a key's name and declaration whether it is taken.
    """
    flat: dict[str, Any] = {}
    for name, key in run_keys().items():
        if not wanted(name, key):
            continue
        value: Any = plain
        for part in name.split("."):
            value = value[part]
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": item for inner, item in value.items()}
        else:
            flat[name] = value
    return flat


def list_keys() -> str:
    """Return one line per configuration key for a terminal: name, default, meaning."""
    rows = [(key.name, format_value(key.default), key.metadata["doc"]) for key in run_keys().values()]
    name_width, default_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{name:<{name_width}}  {default:<{default_width}}  {doc}" for name, default, doc in rows)
