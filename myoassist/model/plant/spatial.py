"""Bring the legs that move in 3D to the conventions of the planar ones."""

import mujoco
import numpy as np

_ROOT = ("pelvis_tx", "pelvis_ty", "pelvis_tz", "pelvis_tilt", "pelvis_list", "pelvis_rotation")
_CONTACT_REACH = 0.002  # m; contacts begin this far outside a shape
_LEG_INERTIA = 0.1  # kg·m²; of a bent leg about its thigh
_MIRRORED = ("hip_adduction", "hip_rotation")


def repair_spatial_legs(spec: mujoco.MjSpec, rotation_stiffness: float) -> None:
    """Edit a composed spec in place: free the pelvis of damping, put its height into `pelvis_ty`, mirror the left hip.

    The library's 26-muscle legs turn the left hip about the axes of the right one, so that a positive `hip_adduction_l`
    abducts, and the left hip may adduct as far as the right one may abduct. Here both sides count adduction and
    internal rotation positive, within the same range. A planar spec, which has none of these joints, stays as it is.

    Args:
        spec: Composed legs on named pelvis joints.
        rotation_stiffness: Passive stiffness of hip rotation, N·m/rad.
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
    _cover_soles(spec)


def _cover_soles(spec: mujoco.MjSpec) -> None:
    """Let the touch sites hold the rounded shapes that meet the ground; a contact outside of a site is not counted.

    The sites of the 80-muscle feet miss a quarter of the load. Feet of meshes have sites that fit them.
    """
    model = spec.compile()
    rounded = (mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_ELLIPSOID, mujoco.mjtGeom.mjGEOM_SPHERE)
    for sensor in spec.sensors:
        if sensor.type != mujoco.mjtSensor.mjSENS_TOUCH:
            continue
        site = spec.site(sensor.objname)
        body = model.body(site.parent.name)
        first = int(body.geomadr[0])
        soles = [g for g in range(first, first + int(body.geomnum[0])) if model.geom_contype[g] > 0]
        if not soles or not np.isin(model.geom_type[soles], rounded).all():
            continue
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        for g in soles:
            matrix = np.zeros(9)
            mujoco.mju_quat2Mat(matrix, model.geom_quat[g])
            axes = matrix.reshape(3, 3)
            centre = model.geom_pos[g] + axes @ model.geom_aabb[g, :3]
            reach = np.abs(axes) @ model.geom_aabb[g, 3:] + _CONTACT_REACH
            low, high = np.minimum(low, centre - reach), np.maximum(high, centre + reach)
        site.type = mujoco.mjtGeom.mjGEOM_BOX
        site.pos, site.quat, site.size = (low + high) / 2, [1.0, 0.0, 0.0, 0.0], (high - low) / 2
