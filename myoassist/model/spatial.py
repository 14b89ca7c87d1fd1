"""Bring the legs that move in 3D to the conventions of the planar ones."""

import mujoco
import numpy as np

_ROOT = ("pelvis_tx", "pelvis_ty", "pelvis_tz", "pelvis_tilt", "pelvis_list", "pelvis_rotation")
_LEG_INERTIA = 0.1  # kg·m²; of a bent leg about its thigh
_MIRRORED = ("hip_adduction", "hip_rotation")


def repair_spatial_legs(spec: mujoco.MjSpec, rotation_stiffness: float) -> None:
    """Edit a composed spec in place: free the pelvis of damping, put its height into `pelvis_ty`, mirror the left hip.

    The library's 26-muscle legs turn the left hip about the axes of the right one, so that a positive `hip_adduction_l`
    abducts, and the left hip may adduct as far as the right one may abduct. Here both sides count adduction and
    internal rotation positive, within the same range. A planar spec, which has none of these joints, stays as it is.
    """
    if spec.joint("pelvis_tz") is None:
        return
    for name in _ROOT:
        joint = spec.joint(name)
        # Added to legs whose default joint is damped and has rotor inertia; a flying trunk has neither.
        joint.damping[0] = 0.0
        joint.armature = 0.0
    spec.joint("pelvis_tx").parent.pos = np.zeros(3)
    for side in ("r", "l"):
        rotation = spec.joint(f"hip_rotation_{side}")
        if rotation is not None and rotation_stiffness > 0.0:
            rotation.stiffness[0] = rotation_stiffness
            rotation.damping[0] = 2.0 * np.sqrt(rotation_stiffness * _LEG_INERTIA)
    for name in _MIRRORED:
        right, left = spec.joint(f"{name}_r"), spec.joint(f"{name}_l")
        if right is not None and left is not None and np.dot(right.axis, left.axis) > 0.0:
            left.axis = -np.array(left.axis)
