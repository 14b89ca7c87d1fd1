"""Gains of their own for the right and the left leg: which parameters a leg has, and where they lie in the vector."""

from dataclasses import replace

import numpy as np

from myoassist.model.devices.device import Device
from myoassist.space.parameter import Entries, Parameter

SHARED, BILATERAL, AMP = "shared", "bilateral", "amp"
# Order of the legs in every array; the parameters of a leg end in these.
SIDES = ("r", "l")


def leg_rows(rows: Entries, legs: str, worn: Device | None) -> list[Parameter]:
    """Return the parameters of a controller: one set for both legs, or those of the right leg and then of the left.

    Args:
        rows: Parameters that one leg needs.
        legs: shared, bilateral, or amp, which leaves out what does nothing in a leg without the muscles that the
            prosthesis replaces.
        worn: Worn device; prostheses replace the right leg.
    """
    if legs == SHARED:
        return list(rows.rows)
    gone = gone_muscles(worn) if legs == AMP else ()
    return [
        replace(row, name=f"{row.name}_{side}")
        for side in SIDES
        for row in rows.rows
        if side == "l" or not rows.idle(row.name, gone)
    ]


def leg_places(rows: Entries, legs: str, worn: Device | None) -> np.ndarray:
    """Return where the parameters of each leg lie among `leg_rows`, shape (2, n); -1 where it lacks one."""
    if legs == SHARED:
        return np.array([range(len(rows.rows))] * 2, dtype=np.int64)
    place = {row.name: i for i, row in enumerate(leg_rows(rows, legs, worn))}
    return np.array([[place.get(f"{row.name}_{side}", -1) for row in rows.rows] for side in SIDES], dtype=np.int64)


def spread(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the values of each leg, shape (2, n), out of those of `leg_rows`; 0 for what a leg does not have."""
    return np.where(places < 0, 0.0, values[places])


def gone_muscles(worn: Device | None) -> tuple[str, ...]:
    """Return the muscles of the controller that the right leg lacks with a device."""
    return worn.prosthesis.muscles if worn is not None and worn.prosthesis is not None else ()


def legs_mark(legs: str) -> str:
    """Return what gains of their own add to the name of a layout."""
    return "" if legs == SHARED else f".{legs}"


def legs_of(layout: str) -> str:
    """Return shared, bilateral or amp for the name of a layout."""
    legs = layout.partition("-")[0].rpartition(".")[2]
    return legs if legs in (BILATERAL, AMP) else SHARED


def both_legs(name: str) -> str:
    """Return the name that a parameter of one leg has where both share it."""
    return name[:-2] if name.endswith(("_r", "_l")) else name
