"""One entry of the search vector."""

import math
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Entries:
    """What a part of a walk adds to the search vector.

    Attributes:
        layout: What it adds to the name of the layout; empty for nothing.
        rows: Its parameters, in order.
    """

    layout: str = ""
    rows: tuple[Parameter, ...] = ()
