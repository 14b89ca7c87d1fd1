"""Bring composed devices to what the controllers expect: names of a prosthetic leg, soles, cables."""

import mujoco
import numpy as np

from myoassist.model.devices.device import Device, Prosthesis
from myoassist.model.ground.foot_contact import mesh_vertices

# Rotor and friction of the powered joints, which the library's rigid models leave out. Source: the published model of
# the Open Source Leg (knee-ankle, 80 muscles) in MyoSuite.
MOTOR_ARMATURE = 0.01  # kg·m^2
MOTOR_DAMPING = 0.5  # N·m·s/rad
# Where the toe sensor takes over from the heel sensor on a sole of one piece, as a fraction of its length.
TOE_PLACE = 0.7
_SENSOR_MARGIN = 0.02  # m
_HMEDI_CABLES = ("cable_r_P1", "cable_r_P2", "cable_r_P3", "cable_l_P1", "cable_l_P2", "cable_l_P3")


def fit_device(spec: mujoco.MjSpec, device: Device) -> None:
    """Edit a composed spec in place so that the framework finds its way around a device.

    Args:
        spec: Composed musculature and device.
        device: The device.
    """
    if device.prosthesis is not None:
        _weld_loose_points(spec)
        _name_joints(spec, device.prefix, device.prosthesis)
        _name_frames(spec, device.prefix, device.prosthesis)
        _divide_sole(spec, spec.body(device.prefix + device.prosthesis.sole))
    elif device.short == "hmedi":
        _lead_cables_in_front(spec, device.prefix)


def _weld_loose_points(spec: mujoco.MjSpec) -> None:
    """Weld path points that followed a joint which is gone; no muscle is led through them any more."""
    compiled = spec.compile()
    coupled = {compiled.joint(int(i)).name for i in compiled.eq_obj1id[compiled.eq_type == mujoco.mjtEq.mjEQ_JOINT]}
    loose = [joint.name for joint in spec.joints if "-P" in joint.name and joint.name not in coupled]
    if not loose:
        return
    # All joints have one coordinate here.
    kept = np.array([compiled.joint(j).name not in loose for j in range(compiled.njnt)])
    keys = [(key.name, np.array(key.qpos)[kept], np.array(key.qvel)[kept]) for key in spec.keys]
    for key in list(spec.keys):
        spec.delete(key)
    for name in loose:
        spec.delete(spec.joint(name))
    for name, qpos, qvel in keys:
        spec.add_key(name=name, qpos=qpos, qvel=qvel)


def _name_joints(spec: mujoco.MjSpec, prefix: str, prosthesis: Prosthesis) -> None:
    """Give the joints of a prosthesis the names of the coordinates that they take the place of."""
    for coordinate, own in prosthesis.joints.items():
        joint, name = spec.joint(prefix + own), f"{coordinate}_r"
        if coordinate in prosthesis.motors:
            joint.armature = max(float(joint.armature), MOTOR_ARMATURE)
            joint.damping[0] = max(float(joint.damping[0]), MOTOR_DAMPING)
        for actuator in spec.actuators:
            if actuator.trntype == mujoco.mjtTrn.mjTRN_JOINT and actuator.target == joint.name:
                actuator.target = name
        for sensor in spec.sensors:
            if sensor.objtype == mujoco.mjtObj.mjOBJ_JOINT and sensor.objname == joint.name:
                sensor.objname = name
        joint.name = name


def _name_frames(spec: mujoco.MjSpec, prefix: str, prosthesis: Prosthesis) -> None:
    """Add empty bodies with the names of the missing segments, which mark the frames that are read by name."""
    for segment, own in prosthesis.frames.items():
        spec.body(prefix + own).add_body(name=f"{segment}_r")


def _divide_sole(spec: mujoco.MjSpec, sole: mujoco.MjsBody) -> None:
    """Put both touch sensors of the right foot onto the body that meets the ground, heel behind and toes in front.

    As they come, the sensors' volumes leave parts of the sole out, or lie on another body than the shape that touches.
    """
    compiled = spec.compile()
    points = np.concatenate([_outline(compiled, geom.id) for geom in sole_shapes(sole)])
    low, high = points.min(axis=0) - _SENSOR_MARGIN, points.max(axis=0) + _SENSOR_MARGIN
    border = low[0] + TOE_PLACE * (high[0] - low[0])
    for name, start, end in (("r_foot", low[0], border), ("r_toes", border, high[0])):
        sensor = spec.sensor(name)
        old = spec.site(sensor.objname)
        site = sole.add_site(name=f"{sole.name}_{name}", type=mujoco.mjtGeom.mjGEOM_BOX, group=old.group)
        site.pos = [(start + end) / 2, *((low + high) / 2)[1:]]
        site.size = [(end - start) / 2, *((high - low) / 2)[1:]]
        sensor.objname = site.name
        spec.delete(old)


def _outline(compiled: mujoco.MjModel, geom: int) -> np.ndarray:
    """Return points that bound a geom in the frame of its body, m, shape (n, 3)."""
    if compiled.geom_type[geom] == mujoco.mjtGeom.mjGEOM_MESH:
        return mesh_vertices(compiled, geom)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
    matrix = np.zeros(9)
    mujoco.mju_quat2Mat(matrix, compiled.geom_quat[geom])
    box = corners * compiled.geom_aabb[geom, 3:] + compiled.geom_aabb[geom, :3]
    return box @ matrix.reshape(3, 3).T + compiled.geom_pos[geom]


def sole_shapes(foot: mujoco.MjsBody) -> list[mujoco.MjsGeom]:
    """Return the geoms of a foot that meet the ground: its simple colliding shapes, or its meshes where it has none."""
    geoms = list(foot.geoms)
    simple = [g for g in geoms if g.type != mujoco.mjtGeom.mjGEOM_MESH and (g.contype or g.conaffinity)]
    return simple or [g for g in geoms if g.type == mujoco.mjtGeom.mjGEOM_MESH]


def _lead_cables_in_front(spec: mujoco.MjSpec, prefix: str) -> None:
    """Mirror the hip cables about the frontal plane through the hip, so that their pull flexes it.

    In the library's model they run behind the hip, where a pull extends it (104 N·mm per N when standing), against
    the purpose of the device.
    """
    compiled = spec.compile()
    data = mujoco.MjData(compiled)
    mujoco.mj_kinematics(compiled, data)
    for name in _HMEDI_CABLES:
        site = spec.site(prefix + name)
        hip = compiled.joint(f"hip_flexion_{name.split('_')[1]}").id
        ahead_w = np.array([2.0 * (data.xanchor[hip, 0] - data.site_xpos[site.id, 0]), 0.0, 0.0])
        axes_w = data.xmat[site.parent.id].reshape(3, 3)
        site.pos = np.array(site.pos) + axes_w.T @ ahead_w
