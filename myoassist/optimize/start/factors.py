"""The factors that the parameters of a run have: those of its controller, and an amount of whatever they leave out."""

import fnmatch
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from myoassist.control.legs import SHARED, SIDES, both_legs, legs_of
from myoassist.control.table import HUMAN_GROUPS
from myoassist.files.errors import ConfigError
from myoassist.space.factors import Factor, FactorSpace
from myoassist.space.table import ParameterTable

# Raw amounts per coordinate: of what a human controller names no factor of, and of parameters of a device, whose steps
# are then those of a search over all parameters.
AMOUNT, DEVICE_AMOUNT = 0.25, 1.0
_DEVICE = "exo"


def plan_factors(table: ParameterTable) -> FactorSpace:
    """Return the coordinates of a search over factors; its N parameters are the free ones of a table.

    Factors are those that the human controller names, and amounts of its other parameters; a leg that has its own
    parameters has its own factors of them too, or the legs could not part. Every parameter of a device has an amount of
    its own. The rest, such as pose and activation at the start, belongs to none.

    Args:
        table: Parameters of the run.

    Raises:
        ConfigError: for a controller that names none, or more of them than there are parameters.
    """
    if not table.factors:
        raise ConfigError(
            f"optimizer.factors with layout {table.layout}, whose human controller names no groups of parameters",
            "control=guided, reflex or cpg, or a file of your own with factors = {'name': ['pattern', ...]}",
            "control=guided (or optimizer.factors=false and no stage with factors)",
        )
    shared = legs_of(table.layout) == SHARED
    free = np.flatnonzero(table.free)
    place = {int(i): n for n, i in enumerate(free)}
    human = [i for i in place if table.groups[i] in HUMAN_GROUPS]
    found: list[tuple[Factor, list[int]]] = []
    if shared:
        found += _group(table, {i: table.names[i] for i in human})
    for side in () if shared else SIDES:
        names = {i: both_legs(table.names[i]) for i in human if table.names[i].endswith(f"_{side}")}
        found += [(replace(item, name=f"{item.name}_{side}"), members) for item, members in _group(table, names)]
    for i in place:
        if table.groups[i] == _DEVICE:
            name = table.names[i]
            found.append((Factor(name, (name,), DEVICE_AMOUNT, added=True), [i]))
    if len(found) > len(free):
        raise ConfigError(
            f"optimizer.factors with layout {table.layout}: {len(found)} factors and amounts of {len(free)} parameters",
            "fewer of them than parameters",
            "optimizer.factors=false (and no stage with factors)",
        )
    return FactorSpace(
        names=tuple(factor.name for factor, _ in found),
        members=tuple(tuple(place[i] for i in members) for _, members in found),
        steps=np.array([factor.step for factor, _ in found]),
        added=np.array([factor.added for factor, _ in found]),
        zero=(-table.offset / table.scale)[free],
    )


def factor_groups(table: ParameterTable) -> dict[str, tuple[str, ...]]:
    """Return the coordinates of a search over factors by the names of the parameters that each moves.

    Args:
        table: Parameters of the run.

    Returns:
        Every parameter with the names of its coordinates, none where it keeps its value; amounts begin with +.

    Raises:
        ConfigError: as `plan_factors`.
    """
    space = plan_factors(table)
    free = np.flatnonzero(table.free)
    found: dict[str, list[str]] = {name: [] for name in table.names}
    for name, members, added in zip(space.names, space.members, space.added, strict=True):
        for place in members:
            found[table.names[free[place]]].append(f"+{name}" if added else name)
    return {name: tuple(names) for name, names in found.items()}


def _group(table: ParameterTable, names: Mapping[int, str]) -> list[tuple[Factor, list[int]]]:
    """Return the factors of the parameters at these places, each with its members, amounts of what is in none last.

    Args:
        table: Parameters of the run.
        names: Place of a parameter in the table -> its name, without the side.
    """
    found = []
    for factor in table.factors:
        members = [i for i, name in names.items() if any(fnmatch.fnmatchcase(name, item) for item in factor.patterns)]
        if members:
            found.append((factor, members))
    named = {i for _, members in found for i in members}
    alone = [(name, [i]) for i, name in names.items() if i not in named]
    return found + [(Factor(name, (name,), AMOUNT, added=True), members) for name, members in alone]
