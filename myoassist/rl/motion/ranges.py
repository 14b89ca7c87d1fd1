"""Refuse reference motions beyond what the joints of a model can do, such as knees of the other sign."""

import mujoco
import numpy as np

from myoassist.rl.motion.check import LEG_ANGLES, conversion
from myoassist.rl.motion.motion import ReferenceMotion, ReferenceMotionError

# How far beyond the range of its joint an angle may go, rad, and in which share of the frames it may go farther:
# ranges are soft, and differ between the models by 10 deg.
RANGE_MARGIN = np.deg2rad(20.0)
LARGEST_SHARE = 0.02


def check_ranges(model: mujoco.MjModel, motion: ReferenceMotion) -> None:
    """Refuse angles beyond what the joints of a model can do.

    Args:
        model: Compiled model.
        motion: Motion in rad.

    Raises:
        ReferenceMotionError: naming the joints, and, where that mends it, the command that turns their signs.
    """
    turned: list[tuple[str, int]] = []
    beyond: list[tuple[str, int]] = []
    for name in motion.q:
        joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
        if joint < 0 or name not in LEG_ANGLES or not model.jnt_limited[joint]:
            continue
        low, high = model.jnt_range[joint]
        if _share_outside(motion.q[name], low, high) > LARGEST_SHARE:
            good = _share_outside(-motion.q[name], low, high) <= LARGEST_SHARE
            (turned if good else beyond).append((name, joint))
    if not turned and not beyond:
        return
    name, joint = (turned + beyond)[0]
    angles, limits = np.rad2deg(motion.q[name]), np.rad2deg(model.jnt_range[joint])
    names = ",".join(item for item, _ in turned)
    raise ReferenceMotionError(
        f"the reference motion {motion.source}: {name} goes from {angles.min():.0f} to {angles.max():.0f} deg"
        + (f"; and {', '.join(item for item, _ in (turned + beyond)[1:])}" if len(turned + beyond) > 1 else ""),
        f"what the joint of this model can do, {limits[0]:.0f} to {limits[1]:.0f} deg, with the sign of the model",
        conversion(motion.source, f"flip={names}")
        if turned
        else "scale or offset in the map of a .mot, or another env.reference_data_path",
    )


def _share_outside(values: np.ndarray, low: float, high: float) -> float:
    return float(np.mean((values < low - RANGE_MARGIN) | (values > high + RANGE_MARGIN)))
