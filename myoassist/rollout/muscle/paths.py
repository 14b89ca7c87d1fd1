"""The position stage of a step, with paths of muscles that are numbers.

A path that touches the cylinder that it wraps at its very edge has two lengths 0.8 mm apart, between which rounding
decides, or none: for knees within some 1e-8 rad of an angle near full extension MuJoCo 3.11 returns NaN for the
gastrocnemius of the fast bodies. A walk crosses that angle twice a stride and hits it once in some ten thousand times.
There every position is moved by 1e-7 (rad, m), three hundred times less than a joint moves in a step.
"""

import mujoco
import numpy as np

from myoassist.model.kernel import is_finite, kernel
from myoassist.rollout.physics import mj_step1

NUDGE, _TRIES = 1e-7, 3


@kernel
def forward_positions(model: int, data: int, qpos: np.ndarray, length: np.ndarray) -> None:
    """Do what `mj_step1` does; positions are moved by a hair where a path has no length.

    Args:
        model: Address of mjModel.
        data: Address of mjData.
        qpos: Its positions.
        length: Its actuator lengths, m.
    """
    mj_step1(model, data)
    for _ in range(_TRIES):
        if is_finite(length):
            break
        for i in range(len(qpos)):
            qpos[i] += NUDGE
        mj_step1(model, data)


def forward_positions_slowly(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Do the same with MuJoCo's own functions."""
    mujoco.mj_step1(model, data)
    for _ in range(_TRIES):
        if is_finite(data.actuator_length):
            break
        data.qpos += NUDGE
        mujoco.mj_step1(model, data)
