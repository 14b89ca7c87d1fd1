"""Named start poses of the leg models that come without any."""

import mujoco
import numpy as np

from myoassist.model.plant.couplings import find_couplings, follow_couplings

# Angles in deg and lengths in m; joints that are not named are at 0. Knee flexion is negative, as in the leg models
# of 22 and 26 muscles. Source: the published poses of the 22-muscle model.
_WALK_STANCE = {"hip_flexion": 25.0, "knee_angle": -5.0, "ankle_angle": -4.22}
_WALK_SWING = {"hip_flexion": -10.0, "knee_angle": -25.0, "ankle_angle": 0.0}
_POSES = {
    "stand": (0.91, 0.0, 0.0, {"ankle_angle": -0.82}, {"ankle_angle": -0.82}),
    "walk_left": (0.88, -15.0, 1.5, _WALK_SWING, _WALK_STANCE),
    "walk_right": (0.88, -15.0, 1.5, _WALK_STANCE, _WALK_SWING),
}
POSE_NAMES = tuple(_POSES)


def add_key_poses(spec: mujoco.MjSpec) -> None:
    """Add those of `POSE_NAMES` that a composed spec lacks, with every coupled coordinate on its polynomial.

    Args:
        spec: Legs on named pelvis joints; keys have to be added after everything that changes its coordinates.
    """
    missing = [name for name in POSE_NAMES if name not in {key.name for key in spec.keys}]
    if not missing:
        return
    model = spec.compile()
    # The 80-muscle legs count knee flexion positive.
    flexion = 1.0 if model.joint("knee_angle_l").range[1] > 0.1 else -1.0
    for name in missing:
        height, tilt, speed, right, left = _POSES[name]
        qpos, qvel = model.qpos0.copy(), np.zeros(model.nv)
        angles = {"pelvis_tilt": tilt}
        for side, leg in (("r", right), ("l", left)):
            for joint, angle in leg.items():
                angles[f"{joint}_{side}"] = -flexion * angle if joint == "knee_angle" else angle
        for joint, angle in angles.items():
            _set_angle(model, qpos, joint, np.deg2rad(angle))
        for side in ("r", "l"):
            # Worn soles narrow the toe joint's range so that it does not reach 0.
            _set_angle(model, qpos, f"mtp_angle_{side}", 0.0)
        qpos[model.joint("pelvis_ty").qposadr[0]] = height
        qvel[model.joint("pelvis_tx").dofadr[0]] = speed
        follow_couplings(find_couplings(model), model.qpos0, qpos)
        spec.add_key(name=name, qpos=qpos, qvel=qvel)


def _set_angle(model: mujoco.MjModel, qpos: np.ndarray, name: str, angle: float) -> None:
    """Write a joint angle (rad) moved into its range; a joint that a device has taken away is left out."""
    joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
    if joint >= 0:
        low, high = model.jnt_range[joint] if model.jnt_limited[joint] else (-np.inf, np.inf)
        qpos[model.jnt_qposadr[joint]] = np.clip(angle, low, high)
