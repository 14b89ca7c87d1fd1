"""Single entries of `net_indexing_info`: published kinds by place, ours by name."""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError

INDEX_KEY = "net_indexing_info"
_OBSERVATION_FIELDS = {"range": ("range",), "index": ("index",), "names": ("names",)}
_ACTION_FIELDS = {
    "range_mapping": ("range_net", "range_action"),
    "index_mapping": ("index",),
    "constant": ("range_action", "default_value"),
    "names": ("names",),
    "constant_names": ("names", "default_value"),
}


@dataclass(frozen=True)
class Entry:
    """An entry and how messages call it."""

    content: Mapping[str, Any]
    where: str


def as_entries(value: Any, where: str) -> list[Entry]:
    """Return the entries of a list.

    Raises:
        ConfigError: if it is no list of mappings.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(x, Mapping) for x in value):
        raise ConfigError(f"{where}={value!r}", 'a list of mappings such as {"type": "names", "names": ["qpos/*"]}')
    return [Entry(item, f"{where}[{place}]") for place, item in enumerate(value)]


def read_observation_entry(entry: Entry, names: Sequence[str]) -> list[int]:
    """Return the observation places that an entry stands for, in its order.

    Raises:
        ConfigError: for an unknown kind, a missing field, or places and names that do not exist.
    """
    kind = _check_fields(entry, _OBSERVATION_FIELDS)
    if kind == "range":
        return _read_range(entry, "range", len(names), "observation")
    if kind == "index":
        return _read_indices(entry, len(names), "observation")
    return _match(entry, names, "observation")


def read_action_entry(
    entry: Entry, names: Sequence[str], n_outputs: int
) -> tuple[list[tuple[int, int]], list[tuple[int, float]]]:
    """Return what an entry writes.

    Args:
        entry: The entry.
        names: Actuators, in order.
        n_outputs: Outputs of the network that the entries before have used; kinds without a `range_net` take the next.

    Returns:
        Pairs (output of the network, action) and pairs (action, constant).

    Raises:
        ConfigError: as `read_observation_entry`.
    """
    kind = _check_fields(entry, _ACTION_FIELDS)
    if kind == "range_mapping":
        actions = _read_range(entry, "range_action", len(names), "action")
        outputs = _read_range(entry, "range_net", 10**6, "output")
        if len(outputs) != len(actions):
            raise ConfigError(
                f"{entry.where}: range_net has {len(outputs)} places, range_action {len(actions)}", "as many of both"
            )
        return list(zip(outputs, actions, strict=True)), []
    if kind in ("constant", "constant_names"):
        value = entry.content["default_value"]
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1.0 <= value <= 1.0:
            raise ConfigError(f"{entry.where}.default_value={value}", "a number from -1 to 1")
        by_name = kind == "constant_names"
        actions = (
            _match(entry, names, "action") if by_name else _read_range(entry, "range_action", len(names), "action")
        )
        return [], [(action, float(value)) for action in actions]
    actions = _match(entry, names, "action") if kind == "names" else _read_indices(entry, len(names), "action")
    return [(n_outputs + place, action) for place, action in enumerate(actions)], []


def _check_fields(entry: Entry, kinds: Mapping[str, tuple[str, ...]]) -> str:
    kind = str(entry.content.get("type"))
    if kind not in kinds:
        raise ConfigError(f"{entry.where}.type={kind}", f"one of {', '.join(kinds)}")
    given = set(entry.content) - {"type", "comment"}
    if given != set(kinds[kind]):
        raise ConfigError(
            f"{entry.where} of type {kind} has {', '.join(sorted(given)) or 'nothing'}", f"{', '.join(kinds[kind])}"
        )
    return kind


def _read_range(entry: Entry, key: str, size: int, what: str) -> list[int]:
    value = entry.content[key]
    good = isinstance(value, Sequence) and len(value) == 2 and all(type(bound) is int for bound in value)
    if not good or not 0 <= value[0] < value[1] <= size:
        limit = f" and end at most {size}, the number of {what} entries" if size < 10**6 else ""
        raise ConfigError(f"{entry.where}.{key}={value}", f"[start, end) with 0 <= start < end{limit}")
    return list(range(*value))


def _read_indices(entry: Entry, size: int, what: str) -> list[int]:
    value = entry.content["index"]
    good = isinstance(value, Sequence) and len(value) > 0 and all(type(index) is int for index in value)
    if not good or not all(0 <= index < size for index in value):
        raise ConfigError(f"{entry.where}.index={value}", f"a list of places from 0 to {size - 1} of the {what}")
    return list(value)


def _match(entry: Entry, names: Sequence[str], what: str) -> list[int]:
    """Return the places of names and globs: in the order listed, within a glob in the order of the model."""
    patterns = entry.content["names"]
    if isinstance(patterns, str) or not isinstance(patterns, Sequence) or not patterns:
        raise ConfigError(f"{entry.where}.names={patterns!r}", "a list of channel names or globs")
    found: list[int] = []
    for pattern in patterns:
        places = [place for place, name in enumerate(names) if fnmatch.fnmatchcase(name, str(pattern))]
        if not places:
            near = nearest_name(str(pattern), names)
            raise ConfigError(
                f"{entry.where}.names: {pattern} is no {what} of this model",
                f"names or globs of {', '.join(names)}",
                f"write {near} for {pattern}"
                if near
                else "`myoassist list observation exp=...` and `myoassist list actions exp=...` show them",
            )
        found += [place for place in places if place not in found]
    return found
