"""Heel strikes of each foot: by the whole load of the foot, or by the published heel sensors."""

from dataclasses import dataclass

import numpy as np

from myoassist.gait.foot_contact import find_stances
from myoassist.model.felt_load import TOUCH
from myoassist.rollout.log import SIDES, WalkLog

REFRACTORY_S = 0.3
RIGHT, LEFT = SIDES.index("r"), SIDES.index("l")
ANKLE = 2


@dataclass(frozen=True)
class HeelStrikes:
    """Heel strikes of a walk.

    Attributes:
        right: Sample indices of the right foot, ascending.
        left: Sample indices of the left foot, ascending.
    """

    right: np.ndarray
    left: np.ndarray

    @property
    def total(self) -> int:
        """Number of heel strikes of both feet."""
        return len(self.right) + len(self.left)


def find_new_steps(new_step: np.ndarray) -> np.ndarray:
    """Return the samples at which either heel sensor rose through its threshold.

    Args:
        new_step: Flags of both feet, shape (T, 2).

    Returns:
        Ascending sample indices.
    """
    return np.flatnonzero((new_step > 0.5).any(axis=1))


def filter_refractory(indices: np.ndarray, dt: float) -> np.ndarray:
    """Drop every event that follows a kept one by at most 0.3 s.

    Args:
        indices: Ascending sample indices.
        dt: Sample interval, s.

    Returns:
        Kept indices, the first one always among them.
    """
    # Rounded, because 0.3 / dt may come out a hair above the whole number of samples that it stands for.
    gap = round(REFRACTORY_S / dt, 6)
    kept: list[int] = []
    for index in indices.tolist():
        if not kept or index - kept[-1] > gap:
            kept.append(index)
    return np.asarray(kept, dtype=np.intp)


def label_by_ankle(indices: np.ndarray, ankle_angle: np.ndarray) -> HeelStrikes:
    """Assign each event to the foot with the more dorsiflexed ankle, as the public MyoAssist implementation does.

    A gait that lands with a slightly plantarflexed ankle, as the reference gait does, gets the wrong foot.

    Args:
        indices: Sample indices of the events.
        ankle_angle: Ankle angle pi/2 - q of both legs, shape (T, 2), rad. Equal angles drop the event.
    """
    difference = ankle_angle[indices, LEFT] - ankle_angle[indices, RIGHT]
    return HeelStrikes(right=indices[difference > 0.0], left=indices[difference < 0.0])


def label_by_sensor(indices: np.ndarray, new_step: np.ndarray) -> HeelStrikes:
    """Assign each event to the foot whose own heel sensor rose.

    Args:
        indices: Sample indices of the events.
        new_step: Flags of both feet, shape (T, 2). Both feet in one sample (a jump) drop the event.
    """
    fired = new_step[indices] > 0.5
    return HeelStrikes(
        right=indices[fired[:, RIGHT] & ~fired[:, LEFT]], left=indices[fired[:, LEFT] & ~fired[:, RIGHT]]
    )


def find_published_strikes(log: WalkLog, compat: bool = False) -> HeelStrikes:
    """Find the heel strikes of a walk by the heel sensors and one refractory window of both feet.

    Heel sensors miss a part of the load and rise more than once in a stance of some gaits. These are the strides on
    which the cost of published targets was computed; everything else takes `find_heel_strikes`.

    Args:
        log: The walk.
        compat: Label by ankle angle instead of by sensor.
    """
    indices = filter_refractory(find_new_steps(log.new_step), log.dt)
    if compat:
        return label_by_ankle(indices, log.joint_angle[:, :, ANKLE])
    return label_by_sensor(indices, log.new_step)


def find_heel_strikes(log: WalkLog) -> HeelStrikes:
    """Find the heel strikes of a walk by the whole force of the ground on each foot, version whole_foot_1."""
    load = log.load
    right, left = (find_stances(load[:, leg], log.dt).strikes for leg in (RIGHT, LEFT))
    return HeelStrikes(right=right, left=left)


def find_felt_strikes(log: WalkLog, compat: bool = False) -> HeelStrikes:
    """Find the heel strikes on which a walk is paid for: the published ones as long as only touch sensors are felt."""
    return find_published_strikes(log, compat) if log.sensing == TOUCH else find_heel_strikes(log)
