"""Check a value of one key, and say what to write instead where that is known."""

import re
import sys
import typing
from typing import Any

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import (
    Key,
    describe_entry,
    describe_expected,
    format_override,
    format_value,
    is_number,
)
from myoassist.config.schema.own_code import is_own
from myoassist.files.errors import ConfigError

_NOTHING = ("none", "null", "nil", "~", "")
_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
# 10,000, 10 000 and 10'000; a point could be a decimal one.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[,'\u2019 \u00a0\u202f]\d{3})+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_GROUPED_BY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
_MULTIPLIED = re.compile(r"(\d+(?:\.\d+)?) ?([kKM])")
_MULTIPLIERS = {"k": 1_000, "K": 1_000, "M": 1_000_000}
# Stands for a value that nothing is known about; None is a value.
_UNKNOWN = object()


def check_value(key: Key, value: Any) -> None:
    """Refuse a value of one key that is of the wrong type or out of its range.

    Raises:
        ConfigError: naming the key, its value, what was expected and, where one is known, an override that helps.
    """
    if not _fits(key, value):
        raise ConfigError(
            f"{key.name}={format_value(value)} is not allowed", describe_expected(key), suggest_override(key, value)
        )
    if isinstance(value, dict | list):
        _check_entries(key, value)


def is_allowed(key: Key, value: Any) -> bool:
    """Whether a key takes a value: of its type, finite, one of its choices, in its range, entries too."""
    return _fits(key, value) and _bad_entry(key, value) is None


def check_entry(key: Key, value: Any, place: str, example: str) -> None:
    """Refuse a value of a mapping that no override reaches, as those in a list.

    Args:
        key: The key in the mapping.
        value: What it was given.
        place: The mapping, for messages.
        example: What to do where it is not known which value was meant.

    Raises:
        ConfigError: naming the place, its value, what was expected and what was meant.
    """
    if not is_allowed(key, value):
        meant = understand_value(key, value)
        remedy = example if meant is None else f"{key.name}: {format_value(meant)}"
        raise ConfigError(f"{place}.{key.name}={format_value(value)}", describe_expected(key), remedy)


def suggest_override(key: Key, value: Any, text: str = "") -> str:
    """Return what to write in place of a refused value, or of one that was given to a misspelled key.

    A value is offered only where it says what was meant (`10000` for `1e4`, a choice in its own case), or is named as
    the nearest that is allowed.

    Args:
        key: The key.
        value: What it was given.
        text: How it was typed, if it was typed.
    """
    if is_allowed(key, value):
        return format_override(key.name, value)
    meant = _UNKNOWN if _GROUPED_BY_POINTS.fullmatch(text) and key.base is int else _understand(key, value)
    if meant is not _UNKNOWN and is_allowed(key, meant):
        return format_override(key.name, meant)
    number = meant if is_number(meant) else value
    for limit, side in (("ge", max), ("le", min)):
        bound = key.metadata[limit]
        if bound is not None and _has_type(number, key.base) and is_number(number) and side(number, bound) != number:
            return f"{format_override(key.name, bound)}   (the nearest that is allowed)"
    return f"{key.name}=<value>, with such a value, or leave it out"


def understand_value(key: Key, value: Any) -> Any:
    """Return the value that was meant by one of another type or spelling, None where it is not known."""
    meant = _understand(key, value)
    return meant if meant is not _UNKNOWN and is_allowed(key, meant) else None


def means_nothing(text: str) -> bool:
    """Whether a text is a word for no value, such as None, which for a key that takes texts is one of them."""
    return text.strip().casefold() in _NOTHING


def _fits(key: Key, value: Any) -> bool:
    """Whether a value is of a key's type, finite, one of its choices and in its range; entries are not looked at."""
    if value is None:
        return key.optional
    if key.base is Any:
        return True
    if not _has_type(value, key.base) or (isinstance(value, float) and not is_number(value)):
        return False
    if isinstance(value, dict | list):
        return True
    meta = key.metadata
    if meta["choices"] and value not in meta["choices"] and not (meta["own"] and is_own(value)):
        return False
    return _broken_limit(key, value) is None


def _broken_limit(key: Key, value: Any) -> str | None:
    """Return which limit of a key a number breaks: ge, gt, le or lt."""
    meta = key.metadata
    for limit, holds in (
        ("ge", lambda low: value >= low),
        ("gt", lambda low: value > low),
        ("le", lambda high: value <= high),
        ("lt", lambda high: value < high),
    ):
        if meta[limit] is not None and not holds(meta[limit]):
            return limit
    return None


def _bad_entry(key: Key, value: Any) -> tuple[Any, str] | None:
    """Return the first number in a mapping or list that is not finite or out of range: its name or place, the limit."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in pairs:
        if key.base is not Any and not isinstance(item, str):
            broken = _broken_limit(key, item) if is_number(item) else ""
            if broken is not None:
                return name, broken
    return None


def _check_entries(key: Key, value: dict | list) -> None:
    """Refuse a number in a mapping or list that is not finite or out of the key's range, naming its entry."""
    found = _bad_entry(key, value)
    if found is None:
        return
    name, broken = found
    nearest = key.metadata[broken] if broken in ("ge", "le") else None
    if isinstance(value, dict):
        place, shown, better = f"{key.name}.{name}", f"{key.name}.{name}={format_value(value[name])}", nearest
    else:
        place, shown = key.name, f"{key.name}={format_value(value)}: {format_value(value[name])}"
        better = [nearest if i == name else item for i, item in enumerate(value)]
    raise ConfigError(
        f"{shown} is not allowed",
        describe_entry(key),
        f"{place}=<value>, with such a value, or leave it out"
        if nearest is None
        else f"{format_override(place, better)}   (the nearest that is allowed)",
    )


def _has_type(value: Any, kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin is list:
        return isinstance(value, list) and all(_has_type(item, typing.get_args(kind)[0]) for item in value)
    if origin is dict:
        name_kind, item_kind = typing.get_args(kind)
        return isinstance(value, dict) and all(
            _has_type(name, name_kind) and _has_type(item, item_kind) for name, item in value.items()
        )
    # bool is an int in Python, but true is not a number of candidates.
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is float:
        # An integer too large for a float would fail where it is computed with.
        return isinstance(value, float) or (type(value) is int and abs(value) <= sys.float_info.max)
    return isinstance(value, kind)


def _understand(key: Key, value: Any) -> Any:
    """Return the value that was meant, of the key's type, or _UNKNOWN."""
    if key.metadata["choices"] and (choice := _understand_choice(key.metadata["choices"], value)) is not _UNKNOWN:
        return choice
    if isinstance(value, str) and means_nothing(value):
        return None if key.optional else _UNKNOWN
    if key.metadata["choices"]:
        return _UNKNOWN
    kind = key.base
    if typing.get_origin(kind) is list:
        item_kind = typing.get_args(kind)[0]
        items = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [value]
        if item_kind is str and not all(isinstance(item, str) for item in items):
            return _UNKNOWN
        meant = [item.strip() if item_kind is str else understand_item(item_kind, item) for item in items]
        return _UNKNOWN if _UNKNOWN in meant or "" in meant else meant
    return understand_item(kind, value, key.metadata["unit"])


def _understand_choice(choices: typing.Sequence[Any], value: Any) -> Any:
    shown = {format_value(choice): choice for choice in choices}
    near = nearest_name(format_value(value), shown)
    return shown[near] if near is not None else _UNKNOWN


def understand_item(kind: Any, value: Any, unit: str | None = None) -> Any:
    """Return the number or truth value that was meant, or something that fits no key.

    Args:
        kind: int, float or bool; other types are not understood.
        value: What was given.
        unit: Unit of the key, which may follow a number.
    """
    if kind is bool:
        return _TRUTH.get(format_value(value).casefold(), _UNKNOWN)
    if kind not in (int, float) or isinstance(value, bool):
        return _UNKNOWN
    number = _read_number(kind, value, unit) if isinstance(value, str) else value
    if number is None or not is_number(number):
        return _UNKNOWN
    if kind is float:
        return number
    return int(number) if float(number).is_integer() else _UNKNOWN


def _read_number(kind: Any, text: str, unit: str | None) -> float | None:
    """Return the number in a text in which people write one, None where it could mean two things."""
    text = text.strip().removesuffix(unit or "").strip()
    if multiplied := _MULTIPLIED.fullmatch(text):
        return float(multiplied[1]) * _MULTIPLIERS[multiplied[2]]
    grouped = _GROUPED.fullmatch(text) is not None
    if grouped and (kind is int or "," not in text):
        return int(re.sub(r"[^\d+-]", "", text))
    if not grouped and kind is float and _DECIMAL_COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    try:
        return float(text)
    except ValueError:
        return None
