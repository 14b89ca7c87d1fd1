"""What people's muscles and joints do over a stride, at a speed: what the guided reflexes follow."""

from typing import NamedTuple

import numpy as np

from myoassist.control.signals import MUSCLE_NAMES
from myoassist.people.tables import (
    GRAVITY,
    PERCENT,
    HumanSpeedError,
    interpolate,
    load_activity,
    load_gait,
    place_speed,
)

JOINT_NAMES = ("hip", "knee", "ankle")
# Hip joint to floor of the body, m, which makes its speed dimensionless.
LEG_LENGTH = 0.9
SPEED = 1.25  # m/s, where a configuration does not say
SPEED_KEY = "control.speed"


class Pattern(NamedTuple):
    """A stride of people, at phases 0 to 1 from heel strike to heel strike, the end as the beginning.

    Attributes:
        drive: Activity of every muscle, 0 to 1, shape (13, 51).
        angle: Flexion of hip (against the mean tilt of the pelvis), knee and ankle, rad, shape (3, 51).
        rate: Their rates, rad per stride, shape (3, 51).
        inward: Adduction of the thigh against the vertical and its rate, rad and rad per stride, shape (2, 51).
    """

    drive: np.ndarray
    angle: np.ndarray
    rate: np.ndarray
    inward: np.ndarray


def make_pattern(speed: float) -> Pattern:
    """Return the pattern at a speed, m/s, between the measured speeds.

    Raises:
        HumanSpeedError: for a speed at which nobody was measured.
    """
    place = place_speed(speed, LEG_LENGTH, SPEED_KEY)
    curves, activity = load_gait().curves, load_activity()
    drive = np.stack([interpolate(activity[name], place) for name in MUSCLE_NAMES])
    angle = np.deg2rad(np.stack([interpolate(curves[joint][0], place) for joint in JOINT_NAMES]))
    angle[0] -= np.deg2rad(interpolate(curves["pelvis"][0], place).mean())
    angle[:, -1] = angle[:, 0]
    # Pelvis and trunk are one body here, so that the leg goes as people's against the vertical, not against the pelvis.
    inward = np.deg2rad(interpolate(curves["hip_adduction"][0] - curves["pelvis_obliquity"][0], place))
    inward[-1] = inward[0]
    return Pattern(drive, angle, _rates(angle), np.concatenate([inward[np.newaxis], _rates(inward[np.newaxis])]))


def _rates(curves: np.ndarray) -> np.ndarray:
    """Return the rates of periodic curves, shape (n, 51), per stride."""
    around = np.concatenate([curves[:, -2:-1], curves, curves[:, 1:2]], axis=1)
    return np.gradient(around, axis=1)[:, 1:-1] * (len(PERCENT) - 1)


def stride_time(speed: float) -> float:
    """Return how long people's stride takes at a speed, s; refuses as `make_pattern`."""
    place = place_speed(speed, LEG_LENGTH, SPEED_KEY)
    # Cadence counts steps in units of sqrt(g / L).
    return float(2.0 * np.sqrt(LEG_LENGTH / GRAVITY) / interpolate(load_gait().figures["cadence"][0], place))


def cadence_slope(speed: float) -> float:
    """Return by how much people's cadence grows with their speed at a speed, as a share per m/s.

    Between the slowest and the fastest people who were measured; refuses as `make_pattern`.
    """
    slow, fast = (_measured(speed, step) for step in (-0.1, 0.1))
    return float(np.log(stride_time(slow) / stride_time(fast)) / (fast - slow))


def _measured(speed: float, step: float) -> float:
    """Return a speed a step away, the speed itself where nobody walked so slowly or fast."""
    try:
        stride_time(speed + step)
    except HumanSpeedError:
        return speed
    return speed + step


def read_curve(curve: np.ndarray, phase: float) -> float:
    """Return the value of a curve of a pattern, shape (51,), at a phase."""
    return float(np.interp(phase % 1.0, PERCENT / 100.0, curve))
