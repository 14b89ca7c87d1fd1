"""Refuse reference motions whose numbers the model cannot mean: degrees for radians, signs of another model."""

import shlex
from pathlib import Path

import mujoco
import numpy as np

from myoassist.rl.reference import ReferenceMotion, ReferenceMotionError

_LEG_ANGLES = ("hip_flexion_r", "hip_flexion_l", "knee_angle_r", "knee_angle_l", "ankle_angle_r", "ankle_angle_l")
# No leg joint turns so far, rad; in degrees a walking hip reaches 20.
LARGEST_ANGLE = 3.5
# How far beyond the range of its joint an angle may go, rad, and in which share of the frames it may go farther:
# ranges are soft, and differ between the models by 10 deg.
RANGE_MARGIN = np.deg2rad(20.0)
LARGEST_SHARE = 0.02
# Velocities this many times the change of their positions are in degrees per second.
_VELOCITY_RATIO = 20.0


def check_units(motion: ReferenceMotion) -> None:
    """Refuse leg angles in degrees, and velocities in degrees per second; no model is needed.

    Raises:
        ReferenceMotionError: with the command that turns them into radians.
    """
    given = [name for name in _LEG_ANGLES if name in motion.q]
    wide = [name for name in given if np.abs(motion.q[name]).max() > LARGEST_ANGLE]
    if wide:
        name = wide[0]
        raise ReferenceMotionError(
            f"the reference motion {motion.source}: q_{name} reaches {np.abs(motion.q[name]).max():.4g} rad",
            f"angles in rad: no leg joint turns by more than {LARGEST_ANGLE:g}; these look like degrees",
            _conversion(motion.source, "degrees=true"),
        )
    for name in given:
        change = np.gradient(motion.q[name]) * motion.sample_rate
        size = float(np.sqrt(np.mean(change**2)))
        if size > 0.1 and float(np.sqrt(np.mean(motion.dq[name] ** 2))) > _VELOCITY_RATIO * size:
            raise ReferenceMotionError(
                f"the reference motion {motion.source}: dq_{name} is more than {_VELOCITY_RATIO:g} times the change of "
                f"q_{name}",
                f"velocities in rad/s, and positions in rad at sample_rate={motion.sample_rate:g}",
                "correct the velocities (degrees per second?) or the sample_rate in the file",
            )


def check_ranges(model: mujoco.MjModel, motion: ReferenceMotion) -> None:
    """Refuse angles beyond what the joints of a model can do.

    Args:
        model: Compiled model.
        motion: Motion in rad.

    Raises:
        ReferenceMotionError: naming the joints, and, where that mends it, the command that turns their signs.
    """
    turned, beyond = [], []
    for name in motion.q:
        joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
        if joint < 0 or name not in _LEG_ANGLES or not model.jnt_limited[joint]:
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
        _conversion(motion.source, f"flip={names}")
        if turned
        else "scale or offset in the map of a .mot, or another env.reference_data_path",
    )


def _share_outside(values: np.ndarray, low: float, high: float) -> float:
    return float(np.mean((values < low - RANGE_MARGIN) | (values > high + RANGE_MARGIN)))


def _conversion(source: str, change: str) -> str:
    """Return the command that writes a changed motion, and the key for it."""
    out = str(Path(source).with_name(f"{Path(source).stem}_changed.npz"))
    words = ["myoassist", "reference", "convert", f"in={source}", f"out={out}", change]
    return f"{shlex.join(words)} , then {shlex.quote(f'env.reference_data_path={out}')}"
