"""Refuse reference motions whose numbers cannot be radians; no model is needed."""

import shlex
from pathlib import Path

import numpy as np

from myoassist.rl.motion.motion import ReferenceMotion, ReferenceMotionError

LEG_ANGLES = ("hip_flexion_r", "hip_flexion_l", "knee_angle_r", "knee_angle_l", "ankle_angle_r", "ankle_angle_l")
# No leg joint turns so far, rad; in degrees a walking hip reaches 20.
LARGEST_ANGLE = 3.5
# Velocities this many times the change of their positions are in degrees per second.
_VELOCITY_RATIO = 20.0


def check_units(motion: ReferenceMotion) -> None:
    """Refuse leg angles in degrees, and velocities in degrees per second; no model is needed.

    Raises:
        ReferenceMotionError: with the command that turns them into radians.
    """
    given = [name for name in LEG_ANGLES if name in motion.q]
    wide = [name for name in given if np.abs(motion.q[name]).max() > LARGEST_ANGLE]
    if wide:
        name = wide[0]
        raise ReferenceMotionError(
            f"the reference motion {motion.source}: q_{name} reaches {np.abs(motion.q[name]).max():.4g} rad",
            f"angles in rad: no leg joint turns by more than {LARGEST_ANGLE:g}; these look like degrees",
            conversion(motion.source, "degrees=true"),
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


def conversion(source: str, change: str) -> str:
    """Return the command that writes a changed motion, and the key for it."""
    out = str(Path(source).with_name(f"{Path(source).stem}_changed.npz"))
    words = ["myoassist", "reference", "convert", f"in={source}", f"out={out}", change]
    return f"{shlex.join(words)} , then {shlex.quote(f'env.reference_data_path={out}')}"
