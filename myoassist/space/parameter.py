"""One entry of the search vector."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from myoassist.space.factors import Factor

INF = math.inf


@dataclass(frozen=True)
class Parameter:
    """One entry of the search vector.

    Attributes:
        name: Unique name.
        unit: Unit of the decoded value; angles are decoded to rad whatever `unit` says about display.
        scale: Decoded value per raw unit.
        offset: Decoded value at raw 0.
        lower: Lower bound of the raw value.
        upper: Upper bound of the raw value.
        initial: Raw start value.
        group: reflex, pose, activation or exo.
        fixed: Held at its initial value and left out of the search.
    """

    name: str
    unit: str
    scale: float
    offset: float
    lower: float
    upper: float
    initial: float
    group: str
    fixed: bool = False


def never_idle(name: str, gone: Collection[str]) -> bool:
    """Say that a parameter matters whatever muscles a leg lacks."""
    del name, gone
    return False


@dataclass(frozen=True)
class Entries:
    """What a part of a walk adds to the search vector.

    Attributes:
        layout: What it adds to the name of the layout; empty for nothing.
        rows: Its parameters, in order.
        idle: Tells of the name of a parameter whether it does nothing in a leg without some muscles.
        start: Names of pose entries of the search vector and the decoded values that they begin with instead of their
            own; legs are `_stance` and `_swing` there instead of `_r` and `_l`.
        factors: Which of them a search over factors moves together; empty where there is no such search.
    """

    layout: str = ""
    rows: tuple[Parameter, ...] = ()
    idle: Callable[[str, Collection[str]], bool] = never_idle
    start: tuple[tuple[str, float], ...] = ()
    factors: tuple[Factor, ...] = ()
