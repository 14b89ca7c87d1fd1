"""Column names of a reference gait file: what they hold, in which unit, and which values a person can have."""

from dataclasses import dataclass

import numpy as np

from myoassist.config.errors import UserError
from myoassist.config.nearest import nearest_names
from myoassist.gait.angles import CLINICAL_JOINTS
from myoassist.gait.reference import EMG_MUSCLES

_DEG = np.pi / 180.0
_ANGLE_UNITS = {"deg": _DEG, "rad": 1.0}
# One body weight is 9.8 N/kg throughout.
_FORCE_UNITS = {"bw": 1.0, "n_per_kg": 1.0 / 9.8}
# A hip that moves less than this over a stride (deg) is one in radians under the wrong name.
SMALLEST_HIP_RANGE_DEG = 3.0


class ReferenceFileError(UserError):
    """Refuse the file of an own reference gait."""


@dataclass(frozen=True)
class Quantity:
    """One signal that a reference file may hold.

    Attributes:
        name: Name in the column, and of the signal where they agree.
        signal: Key in `ReferenceGait.signals`.
        units: Factor from each unit of the column name to rad, body weights or 1.
        lower: Smallest value that is accepted, in rad, body weights or 1.
        upper: Largest one.
        sided: Whether each leg has its own.
    """

    name: str
    signal: str
    units: dict[str, float]
    lower: float
    upper: float
    sided: bool = True


@dataclass(frozen=True)
class Column:
    """One allowed column.

    Attributes:
        name: As in the file.
        quantity: What it holds.
        side: l, r, or empty.
        unit: Unit in the name, empty for none.
    """

    name: str
    quantity: Quantity
    side: str
    unit: str

    @property
    def factor(self) -> float:
        """Value in rad, body weights or 1 per value in the file."""
        return self.quantity.units[self.unit]


TRUNK = Quantity("trunk_pitch", "trunk_pitch", _ANGLE_UNITS, -45 * _DEG, 60 * _DEG, sided=False)
_JOINT_LIMITS_DEG = ((-60, 120), (-30, 150), (-70, 60))
JOINTS = tuple(
    Quantity(name, name, _ANGLE_UNITS, low * _DEG, high * _DEG)
    for name, (low, high) in zip(CLINICAL_JOINTS, _JOINT_LIMITS_DEG, strict=True)
)
FORCES = (
    Quantity("grf_vertical", "vertical", _FORCE_UNITS, -0.1, 5.0),
    Quantity("grf_fore_aft", "fore_aft", _FORCE_UNITS, -2.0, 2.0),
    Quantity("grf_mediolateral", "mediolateral", _FORCE_UNITS, -2.0, 2.0),
)
EMG = tuple(
    Quantity(f"emg_{muscle.lower()}", muscle, {"": 1.0, "percent": 0.01}, -0.001, 1.001) for muscle in EMG_MUSCLES
)
QUANTITIES = (TRUNK, *JOINTS, *FORCES, *EMG)
PHASE_COLUMNS = ("phase_percent", "time_s")


def _list_columns() -> dict[str, Column]:
    columns = {}
    for quantity in QUANTITIES:
        for side in ("", "l", "r") if quantity.sided else ("",):
            for unit in quantity.units:
                name = "_".join(word for word in (quantity.name, side, unit) if word)
                columns[name] = Column(name, quantity, side, unit)
    return columns


COLUMNS = _list_columns()


def find_columns(names: list[str], source: str) -> list[Column]:
    """Return what the columns of a file hold, those of `PHASE_COLUMNS` left out.

    Args:
        names: Column names.
        source: Name of the file, for errors.

    Raises:
        ReferenceFileError: if a column is unknown, is there twice (also in another unit), or an angle is missing.
    """
    found = []
    for name in names:
        if name in PHASE_COLUMNS:
            continue
        if name not in COLUMNS:
            near = nearest_names(name, COLUMNS, 2, least=0.5)
            raise ReferenceFileError(
                f"cost.reference={source} has the unknown column {name!r}",
                "angle columns such as hip_flexion_l_deg, grf_vertical_l_bw, emg_sol_l, and phase_percent or time_s",
                f"did you mean {' or '.join(near)}?" if near else "docs/own-terms.md lists all columns",
            )
        found.append(COLUMNS[name])
    for quantity in QUANTITIES:
        sides = [column.side for column in found if column.quantity is quantity]
        if len(set(sides)) < len(sides) or ("" in sides and len(sides) > 1):
            shown = [column.name for column in found if column.quantity is quantity]
            raise ReferenceFileError(
                f"cost.reference={source} has several columns of the same thing: {', '.join(shown)}",
                "one per leg, or one without _l and _r that stands for both",
                "delete the others",
            )
    missing = [item.name for item in (TRUNK, *JOINTS) if all(column.quantity is not item for column in found)]
    if missing:
        raise ReferenceFileError(
            f"cost.reference={source} has no column of {', '.join(missing)}; it has {', '.join(names)}",
            "trunk_pitch_deg, hip_flexion_deg, knee_flexion_deg and ankle_dorsiflexion_deg; with _l or _r before the "
            "unit for one leg; _rad for radians",
            "add them; a trunk_pitch_deg of 0 together with cost.trunk_err_type=no_trunk leaves the trunk out",
        )
    return found


def check_values(column: Column, values: np.ndarray, source: str) -> None:
    """Refuse values that no walking person has.

    Args:
        column: What they are.
        values: In the unit of the column, shape (rows,).
        source: Name of the file, for errors.

    Raises:
        ReferenceFileError: naming the column, the row and the value, and the unit that they look like.
    """
    quantity = column.quantity
    low, high = quantity.lower / column.factor, quantity.upper / column.factor
    unit = column.unit or "(no unit)"
    outside = np.flatnonzero((values < low) | (values > high))
    if len(outside):
        row = int(outside[0])
        raise ReferenceFileError(
            f"cost.reference={source}, column {column.name}, data row {row + 1}: {values[row]:g} {unit}",
            f"{low:.4g} to {high:.4g} {unit}",
            _guess_unit(column, values) or "correct the value; docs/own-terms.md says which sign is which",
        )
    if quantity is JOINTS[0] and np.ptp(values) * column.factor < SMALLEST_HIP_RANGE_DEG * _DEG:
        raise ReferenceFileError(
            f"cost.reference={source}, column {column.name}: the hip moves by {np.ptp(values):.3g} {unit} only",
            f"at least {SMALLEST_HIP_RANGE_DEG * _DEG / column.factor:.3g} {unit} over a stride",
            _guess_unit(column, values) or "give one whole stride of walking",
        )


def _guess_unit(column: Column, values: np.ndarray) -> str:
    """Say which unit the values fit, where it is not the one of the column."""
    quantity = column.quantity
    for unit, factor in quantity.units.items():
        fits = np.all((values * factor >= quantity.lower) & (values * factor <= quantity.upper))
        moves = np.ptp(values) * factor >= SMALLEST_HIP_RANGE_DEG * _DEG or quantity not in JOINTS
        if unit != column.unit and fits and moves:
            words = [word for word in (quantity.name, column.side, unit) if word]
            return f"the values look like {unit or 'fractions of 1'}: name the column {'_'.join(words)}"
    return ""
