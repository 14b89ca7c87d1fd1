"""Column names of a reference gait file: what they hold, in which unit, and which values a person can have."""

from dataclasses import dataclass

import numpy as np

from myoassist.config.nearest import nearest_names
from myoassist.files.errors import UserError
from myoassist.gait.angles import CLINICAL_JOINTS
from myoassist.gait.reference.gait import EMG_MUSCLES
from myoassist.gait.reference.names import guess_column

_DEG = np.pi / 180.0
_ANGLE_UNITS = {"deg": _DEG, "rad": 1.0}
# One body weight is 9.8 N/kg throughout.
_FORCE_UNITS = {"bw": 1.0, "n_per_kg": 1.0 / 9.8}
# A joint that moves less than this over a stride (deg), and would move more in the other unit, has the wrong unit in
# its name: in radians the hip of a very slow walk moves by 0.5, a knee by 0.7, an ankle by 0.3, and nobody's knee by 2.
SMALLEST_RANGES_DEG = {"hip_flexion": 3.0, "knee_flexion": 2.0, "ankle_dorsiflexion": 1.0}


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
    unknown = [name for name in names if name not in PHASE_COLUMNS and name not in COLUMNS]
    if unknown:
        raise ReferenceFileError(
            f"cost.reference={source} has the unknown column{'s' if len(unknown) > 1 else ''} "
            + ", ".join(map(repr, unknown[:8]))
            + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else ""),
            "angle columns such as hip_flexion_l_deg, grf_vertical_l_bw, emg_sol_l, and phase_percent or time_s",
            _suggest_names(unknown) or "docs/own-terms.md lists all columns",
        )
    found = [COLUMNS[name] for name in names if name not in PHASE_COLUMNS]
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


def _suggest_names(unknown: list[str]) -> str:
    """Say what unknown columns may mean; empty where that is not known of any."""
    if len(unknown) == 1:
        near = nearest_names(unknown[0], COLUMNS, 2, least=0.8)
        near = near or [guess for guess in [guess_column(unknown[0])] if guess]
        near = near or nearest_names(unknown[0], COLUMNS, 2, least=0.5)
        return f"did you mean {' or '.join(near)}?" if near else ""
    pairs = [(name, guess_column(name)) for name in unknown]
    guesses = [guess for _, guess in pairs]
    # Two headers of one meaning, such as a joint and its moment: which is which nobody can say from here.
    words = [f"{name!r} to {guess}" for name, guess in pairs if guess and guesses.count(guess) == 1]
    words += [
        f"one of {', '.join(repr(name) for name, other in pairs if other == guess)} to {guess}"
        for guess in dict.fromkeys(guesses)
        if guess and guesses.count(guess) > 1
    ]
    left = [repr(name) for name, guess in pairs if not guess]
    if not words:
        return ""
    return f"rename {', '.join(words)}" + (f"; leave {', '.join(left[:8])} out" if left else "")


def check_unit(column: Column, values: np.ndarray, source: str) -> None:
    """Refuse values that fit another unit than that of their column, and a hip that stands still.

    Args:
        column: What they are.
        values: In the unit of the column, shape (rows,).
        source: Name of the file, for errors.

    Raises:
        ReferenceFileError: naming the column, what its values are, and the unit that they look like.
    """
    quantity = column.quantity
    if quantity in JOINTS:
        smallest = SMALLEST_RANGES_DEG[quantity.name] * _DEG
        moves = float(np.ptp(values))
        if moves == 0.0 and quantity is JOINTS[0]:
            raise ReferenceFileError(
                f"cost.reference={source}, column {column.name}: every row is {values[0]:g} {column.unit}; the hip "
                "does not move",
                "the angles of one stride of walking",
                "give the columns of a walk, not of a pose or of a static trial",
            )
        if moves * column.factor < smallest and (quantity is JOINTS[0] or _guess_unit(column, values)):
            joint = quantity.name.partition("_")[0]
            raise ReferenceFileError(
                f"cost.reference={source}, column {column.name}: the {joint} moves by {moves:.3g} {column.unit} only",
                f"at least {smallest / column.factor:.3g} {column.unit} over a stride",
                _guess_unit(column, values) or "give one whole stride of walking",
            )
    if not is_possible(quantity, values * column.factor) and (guess := _guess_unit(column, values)):
        raise _impossible(column, values, source, guess)


def is_possible(quantity: Quantity, values: np.ndarray) -> bool:
    """Whether a person can have all of these values (rad, body weights or 1)."""
    return bool(np.all((values >= quantity.lower) & (values <= quantity.upper)))


def check_values(column: Column, values: np.ndarray, source: str) -> None:
    """Refuse values that no walking person has.

    Args:
        column: What they are.
        values: In the unit of the column, shape (rows,).
        source: Name of the file, for errors.

    Raises:
        ReferenceFileError: naming the column, the row and the value.
    """
    if not is_possible(column.quantity, values * column.factor):
        raise _impossible(column, values, source, "correct the value; docs/own-terms.md says which sign is which")


def _impossible(column: Column, values: np.ndarray, source: str, remedy: str) -> ReferenceFileError:
    quantity = column.quantity
    scaled = values * column.factor
    row = int(np.flatnonzero((scaled < quantity.lower) | (scaled > quantity.upper))[0])
    low, high = quantity.lower / column.factor, quantity.upper / column.factor
    unit = column.unit or "(no unit)"
    return ReferenceFileError(
        f"cost.reference={source}, column {column.name}, data row {row + 1}: {values[row]:g} {unit}",
        f"{low:.4g} to {high:.4g} {unit}",
        remedy,
    )


def _guess_unit(column: Column, values: np.ndarray) -> str:
    """Say which unit the values fit, where it is not the one of the column."""
    quantity = column.quantity
    smallest = SMALLEST_RANGES_DEG.get(quantity.name, 0.0) * _DEG
    for unit, factor in quantity.units.items():
        # A knee that is straight at 0 and counts flexion negative is in its unit all the same.
        fits = is_possible(quantity, values * factor) or (
            quantity in JOINTS and is_possible(quantity, -values * factor)
        )
        if unit != column.unit and fits and np.ptp(values) * factor >= smallest:
            words = [word for word in (quantity.name, column.side, unit) if word]
            return f"the values look like {unit or 'fractions of 1'}: name the column {'_'.join(words)}"
    return ""
