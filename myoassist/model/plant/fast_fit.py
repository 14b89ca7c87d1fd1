"""Hold the fixed geometry of the fast physics against the full model: lengths and moment arms over a grid of angles."""

from collections.abc import Mapping

import mujoco
import numpy as np

from myoassist.files.errors import ModelError
from myoassist.model.fast.geometry import PATHS, SIDES, MusclePath
from myoassist.model.plant.couplings import find_couplings, follow_couplings

# Grid of joint angles, deg: first, last, step. One more point on each side gives central differences at the ends.
GRID = {"hip_flexion": (-20.0, 45.0, 5.0), "knee_angle": (-80.0, 0.0, 4.0), "ankle_angle": (-30.0, 20.0, 5.0)}


def grid_axes(path: MusclePath) -> list[np.ndarray]:
    """Return the angles of each joint of a muscle, rad, one step wider than the fitted range."""
    axes = []
    for joint in path.joints:
        first, last, step = GRID[joint]
        axes.append(np.deg2rad(np.arange(first - step, last + 1.5 * step, step)))
    return axes


class LengthSampler:
    """Tendon lengths of one model over a grid of joint angles, coupled coordinates following.

    Args:
        model: Full or simplified model.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self.model = model
        self.data = mujoco.MjData(model)
        self._couplings = find_couplings(model)

    def pose(self, angles: dict[str, float]) -> mujoco.MjData:
        """Put the model into a pose (rad by joint name) and compute its tendons."""
        model, data = self.model, self.data
        data.qpos[:] = model.qpos0
        for name, value in angles.items():
            data.qpos[model.joint(name).qposadr[0]] = value
        follow_couplings(self._couplings, model.qpos0, data.qpos)
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_tendon(model, data)
        return data

    def sample(
        self, muscle: str, side: str, axes: list[np.ndarray] | None = None
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return length (m) and moment arms (m, one per joint) of a muscle over the inner grid."""
        path = PATHS[muscle]
        axes = axes or grid_axes(path)
        tendon = int(self.model.actuator(f"{muscle}_{side}").trnid[0])
        length: np.ndarray = np.zeros([len(axis) for axis in axes])
        for index in np.ndindex(*length.shape):
            angles = {f"{joint}_{side}": axis[i] for joint, axis, i in zip(path.joints, axes, index, strict=True)}
            length[index] = self.pose(angles).ten_length[tendon]
        gradients = np.gradient(length, *axes)
        arms = [-gradients] if len(axes) == 1 else [-g for g in gradients]
        inner = tuple(slice(1, -1) for _ in axes)
        return length[inner], [arm[inner] for arm in arms]


# Where a tendon just leaves a guide that it all but touches at a path point, MuJoCo leads it around the wrong side, in
# half a degree of a joint's range. Such poses say nothing of the fit.
_JUMP = 0.02  # m
_JUMP_ARM = 0.2  # m
# Error of a moment arm, percent of its peak, beyond which the fixed geometry is not that person's any more.
_LARGEST_ERROR = 10.0
# What the guide of the hamstrings gives up so that its path point stays clear of it, and the tendon never jumps.
_CLEARANCE = 0.99


def measure_errors(muscle: str, fast: LengthSampler, full: LengthSampler, side: str = "r") -> dict[str, float]:
    """Return the errors of a muscle: length (largest, % of its range), arms (RMS, % of the peak), and slack (m)."""
    length, arms = full.sample(muscle, side)
    own_length, own_arms = fast.sample(muscle, side)
    difference = own_length - length
    difference = difference[np.abs(difference - np.median(difference)) < _JUMP]
    slack = float(difference.mean())
    errors = {"length": float(100 * np.abs(difference - slack).max() / np.ptp(length)), "slack": slack}
    for joint, own, arm in zip(PATHS[muscle].joints, own_arms, arms, strict=True):
        off = (own - arm)[np.abs(own - arm) < _JUMP_ARM]
        errors[f"arm_{joint}"] = float(100 * np.sqrt((off**2).mean()) / np.abs(arm).max())
    return errors


def match_lengths(fast: mujoco.MjSpec, full: mujoco.MjSpec) -> dict[str, dict[str, float]]:
    """Give the muscles of the fixed geometry the length ranges of the full one, the mean difference of lengths added.

    The guide of the hamstrings becomes 1 % thinner, so that the tendon never jumps to its other side.

    Args:
        fast: Spec with the fixed geometry, changed in place.
        full: Spec with the coupled one, of the same lengths.

    Returns:
        Errors by muscle as `measure_errors`, of the worse side, without the slack.
    """
    for geom in fast.geoms:
        if geom.name.startswith("hamstrings_") and geom.name.endswith("_guide"):
            geom.size = np.array(geom.size) * [_CLEARANCE, 1.0, 1.0]
    compiled, target = fast.compile(), full.compile()
    samplers = LengthSampler(compiled), LengthSampler(target)
    names = {compiled.actuator(i).name for i in range(compiled.nu)}
    found: dict[str, dict[str, float]] = {}
    for muscle in PATHS:
        for side in SIDES:
            name = f"{muscle}_{side}"
            if name not in names or any(not _has(compiled, f"{joint}_{side}") for joint in PATHS[muscle].joints):
                continue
            errors = measure_errors(muscle, *samplers, side)
            fast.actuator(name).lengthrange = np.array(full.actuator(name).lengthrange) + errors.pop("slack")
            worse = found.setdefault(muscle, {})
            for key, value in errors.items():
                worse[key] = max(worse.get(key, 0.0), value)
    return found


def check_fit(errors: Mapping[str, Mapping[str, float]]) -> None:
    """Refuse a fixed geometry that no longer follows the full one.

    Args:
        errors: As `match_lengths` returns them.

    Raises:
        ModelError: naming the muscle that is farthest off.
    """
    worst, off = max(
        ((muscle, value) for muscle, values in errors.items() for key, value in values.items() if key != "length"),
        key=lambda pair: pair[1],
    )
    if off > _LARGEST_ERROR:
        raise ModelError(
            f"model.physics=fast with these factors of model.segment_scale: a moment arm of {worst} is {off:.0f} % of "
            "its peak off",
            f"{_LARGEST_ERROR:g} % at most: thigh, shank and pelvis of about the same factor",
            "model.physics=full",
        )


def _has(compiled: mujoco.MjModel, joint: str) -> bool:
    return mujoco.mj_name2id(compiled, mujoco.mjtObj.mjOBJ_JOINT, joint) >= 0
