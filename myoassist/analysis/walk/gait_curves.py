"""Signals of a walk over the gait cycle of each leg: what plots, tables and the report show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from myoassist.analysis.walk.leg_cycles import PERCENT, find_leg_cycles, find_stances, resample, stance_percent
from myoassist.files.errors import ModelError
from myoassist.gait.angles import to_clinical
from myoassist.gait.joint_loads import EXTENSION_SIGN, internal_moments, joint_powers
from myoassist.gait.muscles import find_muscle_columns
from myoassist.gait.reference.gait import ReferenceGait
from myoassist.rollout.log import JOINTS, WalkLog

MUSCLE_PREFIX = "activation_"
MUSCLE_TITLES = {
    "HAB": "Hip abductors",
    "HAD": "Hip adductors",
    "HFL": "Iliopsoas",
    "GLU": "Gluteus maximus",
    "HAM": "Hamstrings",
    "RF": "Rectus femoris",
    "VAS": "Vasti",
    "BFSH": "Biceps femoris, short head",
    "GAS": "Gastrocnemius",
    "SOL": "Soleus",
    "TA": "Tibialis anterior",
}


class Signal(NamedTuple):
    """How a signal is named.

    Attributes:
        title: Name for people.
        quantity: What the axis says before the unit.
        unit: Unit of the values.
        positive: Which direction is positive, empty where there is only one.
        reference: Name in the reference gait; None where there is no reference.
        scale: Factor from the reference gait's unit.
    """

    title: str
    quantity: str
    unit: str
    positive: str = ""
    reference: str | None = None
    scale: float = 1.0


_DEG = float(np.rad2deg(1.0))
SIGNALS: dict[str, Signal] = {
    "trunk_lean": Signal("Trunk", "lean", "deg", "forward", "trunk_pitch", _DEG),
    "hip_angle": Signal("Hip", "angle", "deg", "flexion", "hip_flexion", _DEG),
    "knee_angle": Signal("Knee", "angle", "deg", "flexion", "knee_flexion", _DEG),
    "ankle_angle": Signal("Ankle", "angle", "deg", "dorsiflexion", "ankle_dorsiflexion", _DEG),
    "vertical_grf": Signal("Vertical ground reaction", "force", "BW", "", "vertical"),
    "hip_moment": Signal("Hip moment", "moment", "N·m/kg", "extension"),
    "knee_moment": Signal("Knee moment", "moment", "N·m/kg", "extension"),
    "ankle_moment": Signal("Ankle moment", "moment", "N·m/kg", "plantarflexion"),
    "hip_power": Signal("Hip power", "power", "W/kg", "generated"),
    "knee_power": Signal("Knee power", "power", "W/kg", "generated"),
    "ankle_power": Signal("Ankle power", "power", "W/kg", "generated"),
    "exo_torque": Signal("Exoskeleton torque", "torque", "N·m", "plantarflexion"),
    "knee_motor_torque": Signal("Motor of the knee", "torque", "N·m", "extension"),
    "ankle_motor_torque": Signal("Motor of the ankle", "torque", "N·m", "plantarflexion"),
}
MOTOR_SIGNALS = ("ankle_motor_torque", "knee_motor_torque")
for _muscle, _title in MUSCLE_TITLES.items():
    SIGNALS[f"{MUSCLE_PREFIX}{_muscle}"] = Signal(_title, "activation", "0-1", "", _muscle)


@dataclass(frozen=True)
class GaitCurves:
    """Every signal over the judged strides of both legs, on a grid of 0, 1, ..., 100 percent.

    Attributes:
        cycles: Signal name -> curves of the right and of the left leg, each of shape (strides, 101).
        exo_stance: Exo torque over the stances of the right and of the left leg, each (stances, 101), N·m.
        toe_off: Percent of the cycle at which each leg leaves the ground, mean; None without a stride.
        walks: Number of walks behind the curves.
    """

    cycles: dict[str, tuple[np.ndarray, np.ndarray]]
    exo_stance: tuple[np.ndarray, np.ndarray]
    toe_off: tuple[float | None, float | None]
    walks: int = 1

    def n_strides(self, leg: int) -> int:
        """Return the number of strides of a leg (0 right, 1 left)."""
        return len(self.cycles["hip_angle"][leg])

    @property
    def empty(self) -> bool:
        """Whether neither leg has a whole stride."""
        return self.n_strides(0) + self.n_strides(1) == 0

    @property
    def muscles(self) -> tuple[str, ...]:
        """Muscles with an activation curve, in the order of the reference EMG."""
        return tuple(name.removeprefix(MUSCLE_PREFIX) for name in self.cycles if name.startswith(MUSCLE_PREFIX))

    def mean(self, name: str, leg: int) -> np.ndarray | None:
        """Return the mean curve of a leg, shape (101,); None without a stride."""
        rows = self.cycles[name][leg]
        return rows.mean(axis=0) if len(rows) else None


def cut_curves(log: WalkLog, num_strides: int) -> GaitCurves:
    """Cut the last strides of a walk, each leg at its own heel strikes.

    Args:
        log: The walk.
        num_strides: Number of strides per leg; fewer where there are not as many.
    """
    legs = find_leg_cycles(log, num_strides)
    cycles = {
        name: (resample(values[:, 0], legs[0]), resample(values[:, 1], legs[1]))
        for name, values in walk_signals(log).items()
    }
    right, left = (resample(log.exo_torque[:, leg.leg], find_stances(log, leg)) for leg in legs)
    return GaitCurves(cycles, (right, left), (stance_percent(log, legs[0]), stance_percent(log, legs[1])))


def pool_curves(curves: Sequence[GaitCurves]) -> GaitCurves | None:
    """Put the strides of several walks together; None without walks."""
    if not curves:
        return None
    cycles = {name: _pool([item.cycles[name] for item in curves]) for name in curves[0].cycles}
    toe_off = []
    for leg in range(2):
        known = [place for place in (item.toe_off[leg] for item in curves) if place is not None]
        toe_off.append(float(np.mean(known)) if known else None)
    return GaitCurves(cycles, _pool([item.exo_stance for item in curves]), (toe_off[0], toe_off[1]), len(curves))


def motor_torques(log: WalkLog) -> dict[str, np.ndarray]:
    """Return the torques of the driven joints of a prosthesis by signal name, each of shape (T, 2), N·m."""
    if log.exo_torque.any():
        return {}
    torque = log.device_torque * EXTENSION_SIGN
    return {f"{joint}_motor_torque": torque[:, :, j] for j, joint in enumerate(JOINTS) if j and torque[:, :, j].any()}


def _pool(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of several walks together, a leg each."""
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def reference_curve(name: str, gait: ReferenceGait) -> np.ndarray | None:
    """Return the reference of a signal in the signal's unit, shape (101,); None where there is none."""
    info = SIGNALS[name]
    return None if info.reference is None else info.scale * gait.signals[info.reference].evaluate(_phase())


def reference_band(name: str, gait: ReferenceGait) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the reference minus and plus one standard deviation, each (101,); None where it is not known."""
    info = SIGNALS[name]
    band = None if info.reference is None else gait.signals[info.reference].band(_phase())
    return None if band is None else (info.scale * band[0], info.scale * band[1])


def _phase() -> np.ndarray:
    # The end of the cycle belongs to it, not to the next one.
    return np.minimum(PERCENT / 100.0, 1.0 - 1e-9)


def walk_signals(log: WalkLog) -> dict[str, np.ndarray]:
    """Return every signal of the whole walk for both legs, each of shape (T, 2)."""
    clinical = np.rad2deg(to_clinical(log.joint_angle))
    moment, power = internal_moments(log), joint_powers(log)
    values = {"trunk_lean": np.repeat(np.rad2deg(log.trunk_pitch)[:, None], 2, axis=1)}
    values |= {f"{joint}_angle": clinical[:, :, j] for j, joint in enumerate(JOINTS)}
    values["vertical_grf"] = log.load
    values |= {f"{joint}_moment": moment[:, :, j] for j, joint in enumerate(JOINTS)}
    values |= {f"{joint}_power": power[:, :, j] for j, joint in enumerate(JOINTS)}
    values["exo_torque"] = log.exo_torque
    values |= motor_torques(log)
    try:
        muscles = find_muscle_columns(log.muscle_names)
    except ModelError:
        # A model with other muscles has no reference EMG to stand beside.
        return values
    activation = muscles.read(log.activation)
    for i, muscle in enumerate(muscles.muscles):
        values[f"{MUSCLE_PREFIX}{muscle}"] = activation[:, :, i]
    return values
