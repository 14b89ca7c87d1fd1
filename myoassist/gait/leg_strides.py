"""Signals of both legs over whole gait cycles, each leg cut at its own heel strikes."""

import itertools
from dataclasses import dataclass

import numpy as np

from myoassist.gait.angles import to_clinical
from myoassist.gait.events import LEFT, find_heel_strikes
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
    """

    starts: tuple[np.ndarray, np.ndarray]
    stops: tuple[np.ndarray, np.ndarray]
    stance_percent: tuple[float, float]

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
        samples = np.arange(len(values))
        rows = [
            np.interp(start + PERCENT / 100.0 * (stop - start), samples, values)
            for start, stop in zip(self.starts[leg], self.stops[leg], strict=True)
        ]
        return np.mean(rows, axis=0)


def find_leg_strides(log: WalkLog, num_strides: int) -> LegStrides:
    """Return the last strides of both legs, fewer where there are not as many."""
    strikes = find_heel_strikes(log)
    starts, stops, stance = [], [], []
    for leg, samples in enumerate((strikes.right, strikes.left)):
        last = samples[-(num_strides + 1) :]
        offs = find_stances(log.load[:, leg], log.dt).offs
        starts.append(last[:-1])
        stops.append(last[1:])
        shares = [
            100.0 * (inside[-1] - start) / (stop - start)
            for start, stop in itertools.pairwise(last)
            if len(inside := offs[(offs > start) & (offs < stop)])
        ]
        stance.append(float(np.mean(shares)) if shares else np.nan)
    return LegStrides((starts[0], starts[1]), (stops[0], stops[1]), (stance[0], stance[1]))


def scored_signals(log: WalkLog) -> dict[str, np.ndarray]:
    """Return every signal that people have a curve of, under its name in `human_reference`, each of shape (T, 2).

    A muscle that a model lacks is left out; of a leg without it the signal is NaN.
    """
    angles = np.rad2deg(to_clinical(log.joint_angle))
    moments, powers = internal_moments(log), joint_powers(log)
    force = log.ground_force_w / (log.mass * GRAVITY)
    values = {joint: angles[:, :, j] for j, joint in enumerate(JOINTS)}
    values["trunk"] = np.repeat(np.rad2deg(log.trunk_pitch)[:, None], 2, axis=1)
    values["grf"], values["grf_fore_aft"] = force[:, :, 2], force[:, :, 0]
    values |= {f"{joint}_moment": moments[:, :, j] for j, joint in enumerate(JOINTS)}
    values |= {f"{joint}_power": powers[:, :, j] for j, joint in enumerate(JOINTS)}
    for muscle in EMG:
        legs = [_activation(log, muscle, side) for side in SIDES]
        if any(leg is not None for leg in legs):
            gap = np.full(log.n_steps, np.nan)
            values[f"emg_{muscle}"] = np.stack([gap if leg is None else leg for leg in legs], axis=1)
    return values


def _activation(log: WalkLog, muscle: str, side: str) -> np.ndarray | None:
    """Return the mean activation of the actuators behind an electrode, shape (T,); None where there are none."""
    for names in EMG_ACTUATORS[muscle]:
        columns = [i for i, name in enumerate(log.muscle_names) if name in {f"{short}_{side}" for short in names}]
        if columns:
            return log.activation[:, columns].mean(axis=1)
    return None
