"""Bring a stored vector whose legs share their gains to a table in which each leg has its own: every gain doubled."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from myoassist.control.legs import SHARED, both_legs, legs_mark, legs_of
from myoassist.control.table import HUMAN_GROUPS
from myoassist.optimize.start.vector_file import StoredVector
from myoassist.space.table import ParameterTable

# Groups of the search vector of which each leg may have its own entries; slopes over conditions are those of gains.
_GROUPS = (*HUMAN_GROUPS, "share", "slope")


def double_gains(stored: StoredVector, table: ParameterTable) -> StoredVector:
    """Return a stored vector with the gains of a table of legs with their own, each as it was for both.

    A vector of legs with their own gains, and one that has none of the gains wanted, is returned as it is: the caller
    refuses it or not.

    Args:
        stored: Vector as it lies on disk.
        table: Parameters of the run.
    """
    legs = legs_of(table.layout)
    if legs == SHARED or (stored.layout is not None and legs_of(stored.layout) != SHARED):
        return stored
    own: dict[str, list[str]] = {group: [] for group in _GROUPS}
    for name, group in zip(table.names, table.groups, strict=True):
        if group in own:
            own[group].append(name)
    group_of = {both_legs(name): group for group, names in own.items() for name in names}
    names = stored.names or _shared_names(stored, table, group_of)
    if names is None or not set(group_of) <= set(names):
        return stored
    values = dict(zip(names, stored.vector.tolist(), strict=True))
    doubled: list[tuple[str, float]] = []
    for name in names:
        place = group_of.get(name)
        if place is None:
            doubled.append((name, values[name]))
        else:
            # All of a group lie where its first one did.
            doubled += [(item, values[both_legs(item)]) for item in own.pop(place, ())]
    layout = None
    if stored.layout is not None:
        body, dash, rest = stored.layout.partition("-")
        layout = f"{body}{legs_mark(legs)}{dash}{rest}"
    vector = np.array([value for _, value in doubled])
    return replace(
        stored, vector=vector, layout=layout, names=tuple(name for name, _ in doubled) if stored.names else None
    )


def _shared_names(stored: StoredVector, table: ParameterTable, gains: Collection[str]) -> tuple[str, ...] | None:
    """Return names for a vector without any if it can only be that of the table with shared gains, else None.

    The names of a device do not matter here: its entries are kept as they are.

    Args:
        stored: The vector.
        table: Parameters of the run.
        gains: Names of the gains where the legs share them.
    """
    n_human = table.group_slice("exo").start
    # The left leg has every gain.
    human = tuple(
        both_legs(name) if both_legs(name) in gains else name
        for name in table.names[:n_human]
        if both_legs(name) not in gains or name.endswith("_l")
    )
    n_device = len(stored.vector) - len(human)
    if stored.layout is not None:
        body = table.layout.partition("-")[0].removesuffix(legs_mark(legs_of(table.layout)))
        fits = stored.layout.partition("-")[0] == body and n_device >= 0
    else:
        fits = n_device in (0, len(table) - n_human)
    return (*human, *(f"device {i}" for i in range(n_device))) if fits else None
