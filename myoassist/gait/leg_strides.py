"""Signals of both legs over whole gait cycles, each leg cut at its own heel strikes."""

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from myoassist.gait.angles import to_clinical
from myoassist.gait.events import LEFT
from myoassist.gait.foot_contact import find_stances
from myoassist.gait.joint_loads import internal_moments, joint_powers
from myoassist.gait.reference.human import EMG, GRAVITY, PERCENT
from myoassist.rollout.log import JOINTS, SIDES, WalkLog

# Actuators, without their side, that a surface electrode would see; in a model without the first names the next.
EMG_ACTUATORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "rectus_femoris": (("rectfem",), ("recfem",)),
    "medial_hamstrings": (("semimem", "semiten"), ("hamstrings",)),
    "lateral_hamstrings": (("bflh",), ("hamstrings",)),
    "tibialis_anterior": (("tibant",),),
    "gastrocnemius": (("gasmed",), ("gastroc",)),
}


@dataclass(frozen=True)
class LegStrides:
    """The last strides of both legs.

    Attributes:
        starts, stops: Samples of the heel strikes that begin and end each stride, by leg (r, l).
        stance_percent: Mean share of the cycle that each leg stands, percent; NaN where it never leaves the ground.
        last_strikes: Sample of the last heel strike of each leg, -1 where it has none.
    """

    starts: tuple[np.ndarray, np.ndarray]
    stops: tuple[np.ndarray, np.ndarray]
    stance_percent: tuple[float, float]
    last_strikes: tuple[int, int]

    @property
    def count(self) -> int:
        """Number of strides of the leg that has fewer."""
        return min(len(starts) for starts in self.starts)

    @property
    def samples(self) -> slice:
        """Samples from the first to the last heel strike of the left leg, which begins the next stride."""
        return slice(int(self.starts[LEFT][0]), int(self.stops[LEFT][-1]))

    def times(self, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the durations of the strides of both legs, s."""
        right, left = (dt * (stops - starts) for starts, stops in zip(self.starts, self.stops, strict=True))
        return right, left

    def mean_curve(self, values: np.ndarray, leg: int) -> np.ndarray:
        """Return the mean of a signal over the strides of a leg at `PERCENT`, shape (51,).

        Args:
            values: Samples of the whole walk, shape (T,).
            leg: 0 right, 1 left.
        """
        return self.mean_curves(values[:, None], leg)[:, 0]

    def mean_curves(self, values: np.ndarray, leg: int) -> np.ndarray:
        """Return the mean of several signals over the strides of a leg at `PERCENT`, shape (51, signals).

        Args:
            values: Samples of the whole walk, shape (T, signals).
            leg: 0 right, 1 left.
        """
        return self.each_curve(values, leg).mean(axis=0)

    def each_curve(self, values: np.ndarray, leg: int) -> np.ndarray:
        """Return several signals over every stride of a leg at `PERCENT`, shape (strides, 51, signals).

        Args:
            values: Samples of the whole walk, shape (T, signals).
            leg: 0 right, 1 left.
        """
        starts, stops = self.starts[leg], self.stops[leg]
        place = starts[:, None] + PERCENT / 100.0 * (stops - starts)[:, None]
        lower = np.minimum(place.astype(np.intp), len(values) - 1)
        upper = np.minimum(lower + 1, len(values) - 1)
        below = values[lower]
        return (values[upper] - below) * (place - lower)[:, :, None] + below


def find_leg_strides(log: WalkLog, num_strides: int) -> LegStrides:
    """Return the last strides of both legs, fewer where there are not as many."""
    load = log.load
    starts, stops, stance, ends = [], [], [], []
    for leg in range(len(SIDES)):
        strikes, offs = find_stances(load[:, leg], log.dt)
        last = strikes[-(num_strides + 1) :]
        ends.append(int(last[-1]) if len(last) else -1)
        starts.append(last[:-1])
        stops.append(last[1:])
        shares = [
            100.0 * (inside[-1] - start) / (stop - start)
            for start, stop in itertools.pairwise(last)
            if len(inside := offs[(offs > start) & (offs < stop)])
        ]
        stance.append(float(np.mean(shares)) if shares else np.nan)
    return LegStrides((starts[0], starts[1]), (stops[0], stops[1]), (stance[0], stance[1]), (ends[0], ends[1]))


def scored_signals(log: WalkLog) -> dict[str, np.ndarray]:
    """Return every signal that people have a curve of, under its name in `human_reference`, each of shape (T, 2).

    A muscle that a model lacks is left out; of a leg without it the signal is NaN.
    """
    moments, powers = internal_moments(log), joint_powers(log)
    values = motion_signals(log)
    values |= {f"{joint}_moment": moments[:, :, j] for j, joint in enumerate(JOINTS)}
    values |= {f"{joint}_power": powers[:, :, j] for j, joint in enumerate(JOINTS)}
    return values | emg_signals(log)


def motion_signals(log: WalkLog) -> dict[str, np.ndarray]:
    """Return angles of the legs and the trunk (deg) and the force on each foot (body weights), each (T, 2)."""
    angles = np.rad2deg(to_clinical(log.joint_angle))
    force = log.ground_force_w / (log.mass * GRAVITY)
    values = {joint: angles[:, :, j] for j, joint in enumerate(JOINTS)}
    values["trunk"] = np.repeat(np.rad2deg(log.trunk_pitch)[:, None], 2, axis=1)
    return values | {"grf": force[:, :, 2], "grf_fore_aft": force[:, :, 0]}


def emg_signals(log: WalkLog) -> dict[str, np.ndarray]:
    """Return the mean activation of the actuators behind each electrode, each (T, 2)."""
    values = {}
    for muscle, legs in find_emg_columns(log.muscle_names).items():
        gap = np.full(log.n_steps, np.nan)
        values[f"emg_{muscle}"] = np.stack(
            [log.activation[:, columns].mean(axis=1) if columns else gap for columns in legs], axis=1
        )
    return values


@lru_cache(maxsize=32)
def find_emg_columns(muscle_names: tuple[str, ...]) -> dict[str, tuple[list[int], list[int]]]:
    """Return the columns of the actuators behind each electrode by leg (r, l), empty where a leg has none."""
    found = {}
    for muscle in EMG:
        right, left = (_columns_of(muscle_names, muscle, side) for side in SIDES)
        if right or left:
            found[muscle] = (right, left)
    return found


def _columns_of(muscle_names: tuple[str, ...], muscle: str, side: str) -> list[int]:
    for names in EMG_ACTUATORS[muscle]:
        columns = [i for i, name in enumerate(muscle_names) if name in {f"{short}_{side}" for short in names}]
        if columns:
            return columns
    return []
