"""Ids and addresses of everything that the controller, the exo and the log read, resolved by name."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.model.devices.device import Device, Drive
from myoassist.model.felt_load import CONTACT, TOUCH
from myoassist.model.finder import Finder
from myoassist.model.ground.sensors import GROUND_SENSORS, TOE_SENSORS
from myoassist.model.plant.joints import find_ligaments
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES, GROUPS, MUSCLES
from myoassist.model.plant.transmission import fit_arm
from myoassist.model.world_frame import colliding_geoms, moving_geoms

TOUCH_SENSORS = ("r_foot", "r_toes", "l_foot", "l_toes")
SIDES = ("r", "l")
LEG_JOINTS = ("hip_flexion", "knee_angle", "ankle_angle", "mtp_angle")
# Bodies whose pose and centre of mass are read; the first four by the controller, all by the start check.
_SEGMENTS = [f"{segment}_{side}" for segment in ("femur", "tibia", "calcn", "toes") for side in SIDES]
FRAMES = ("pelvis", "torso", "talus_r", "talus_l", *_SEGMENTS)
PELVIS, TORSO, TALUS_R, TALUS_L = range(4)
_ROOT_2D = ("pelvis_tx", "pelvis_ty", "pelvis_tilt")
_ROOT_3D = ("pelvis_tx", "pelvis_ty", "pelvis_tz", "pelvis_tilt", "pelvis_list", "pelvis_rotation")


@dataclass(frozen=True)
class Layout:
    """Addresses in the buffers of `mjData`; leg rows are in the order r, l; -1 where a model has no such element.

    Attributes:
        dimensions: 2 (planar root) or 3.
        frame_body: Body that carries each of FRAMES, shape (12,); a fused body is carried by the one it was fused into.
        frame_pos_b: Origin of each frame in its carrier, m, shape (12, 3).
        frame_quat_b: Orientation of each frame in its carrier (w, x, y, z), shape (12, 4).
        frame_com_b: Centre of mass of each named body in its carrier, m, shape (12, 3).
        torso_axes_b: Torso axes that point right and forward when standing, in the torso's carrier, shape (2, 3).
        qpos_leg: Position addresses of hip, knee, ankle, mtp, shape (2, 4).
        qvel_leg: Velocity addresses of the same, shape (2, 4).
        sign_leg: 1 where the coordinate of hip, knee, ankle, mtp turns about the axis that points right, as in the
            22- and 26-muscle legs (knee flexion negative), -1 where it is counted the other way round, shape (2, 4).
        joint_leg: Joint ids of hip, knee, ankle, shape (2, 3).
        ligament: Sensor addresses of the dampers of the ligaments of hip, knee, ankle, -1 where a joint has ligaments
            without a damper, -2 where it has none, shape (2, 3).
        qpos_add, qpos_rot: Position addresses of hip adduction and rotation, shape (2,).
        qvel_add: Velocity addresses of hip adduction, shape (2,).
        qpos_root: Position addresses of tx, ty, tz, tilt, list, rotation, shape (6,).
        qvel_tx: Velocity address of pelvis_tx.
        touch: Sensor addresses of heel and toes, shape (2, 2).
        load: Sensor addresses whose sum is the load that is felt, shape (2, 2); see `model.sensing`.
        felt: Sensor addresses of what is felt under the foot and under its toes, shape (2, 2).
        ground: Sensor addresses of the wrench of the ground on each foot, shape (2,).
        limit: Sensor addresses of the hip, knee, ankle limit torques, shape (2, 3).
        muscle: Actuator ids of MUSCLES, the first of a group, shape (2, 13).
        muscle_group: Actuator ids of all that share the command of one of MUSCLES, shape (2, 13, largest group).
        muscle_f_max: Summed peak isometric forces of these, N, shape (2, 13); 1 where absent or 0.
        all_muscles: Ids of all muscle actuators, in model order.
        muscle_act: Activation addresses of all muscles, in the order of `all_muscles`.
        muscle_names: Their names.
        exo: Actuator ids of the exo that a torque curve drives, shape (2,).
        exo_gain: Force per control of these actuators, N, or N·m where they drive the joint itself, shape (2,).
        exo_joint: Place of the driven joint among hip, knee, ankle.
        exo_direction: Sign of the assistance on the joint's coordinate, shape (2,).
        exo_arm: Torque on the joint per force as a polynomial of its angle (rad), from the constant up, shape (2, 5).
        motor: Actuator ids of powered prosthetic joints: hip, knee, ankle, shape (2, 3).
        motor_gain: Torque per control of these, N·m, shape (2, 3).
        keyframe: Id of the start pose.
        feet: Ids of geoms that collide with the ground.
    """

    dimensions: int
    frame_body: np.ndarray
    frame_pos_b: np.ndarray
    frame_quat_b: np.ndarray
    frame_com_b: np.ndarray
    torso_axes_b: np.ndarray
    qpos_leg: np.ndarray
    qvel_leg: np.ndarray
    sign_leg: np.ndarray
    joint_leg: np.ndarray
    ligament: np.ndarray
    qpos_add: np.ndarray
    qpos_rot: np.ndarray
    qvel_add: np.ndarray
    qpos_root: np.ndarray
    qvel_tx: int
    touch: np.ndarray
    load: np.ndarray
    felt: np.ndarray
    ground: np.ndarray
    limit: np.ndarray
    muscle: np.ndarray
    muscle_group: np.ndarray
    muscle_f_max: np.ndarray
    all_muscles: np.ndarray
    muscle_act: np.ndarray
    muscle_names: tuple[str, ...]
    exo: np.ndarray
    exo_gain: np.ndarray
    exo_joint: int
    exo_direction: np.ndarray
    exo_arm: np.ndarray
    motor: np.ndarray
    motor_gain: np.ndarray
    keyframe: int
    feet: np.ndarray

    @property
    def pelvis(self) -> int:
        """Body that carries the pelvis."""
        return int(self.frame_body[PELVIS])


def resolve_layout(
    model: mujoco.MjModel,
    name: str,
    init_pose: str,
    unfused: mujoco.MjModel | None = None,
    device: Device | None = None,
    sensing: str = TOUCH,
) -> Layout:
    """Look up every needed element of a compiled model.

    Args:
        model: Compiled model.
        name: How error messages call it.
        init_pose: Name of the keyframe at the start.
        unfused: The same model before static bodies were fused; None if none were.
        sensing: Which load is felt, see `model.sensing`.
        device: Worn device; None takes ankle actuators named `Exo_R` and `Exo_L`, if there are any.

    Raises:
        ModelError: naming the model and the first missing element.
    """
    find = Finder(model, name, _absent_names(device))
    dimensions = 3 if find.joint("pelvis_tz", False) >= 0 else 2
    for root in _ROOT_3D if dimensions == 3 else _ROOT_2D:
        find.joint(root)
    frontal = dimensions == 3
    group = _muscle_groups(model, find, frontal)
    f_max = np.where(group >= 0, model.actuator_gainprm[group, 2], 0.0).sum(axis=2)
    # Forces are read as shares of it; those of a muscle without strength are 0.
    f_max[(group[:, :, 0] < 0) | (f_max == 0.0)] = 1.0
    exo, drive = _exo_actuators(find, device)
    sign_leg = _coordinate_signs(model, find, init_pose)
    exo_joint = LEG_JOINTS.index(drive.coordinate)
    arm = [fit_arm(model, int(i), f"{drive.coordinate}_{side}") for i, side in zip(exo, SIDES, strict=True)]
    motor = _motors(find, device)
    frame_body, frame_pos_b, frame_quat_b, frame_com_b = _frames(model, unfused or model, name)
    touch = np.array([[find.sensor(f"{s}_{part}") for part in ("foot", "toes")] for s in SIDES])
    ground = np.array([find.sensor(name) for name in GROUND_SENSORS])
    load = felt = touch
    if sensing == CONTACT:
        load = np.stack([ground + 2, np.full(2, -1)], axis=1)
        felt = np.stack([ground + 2, np.array([find.sensor(name) for name in TOE_SENSORS]) + 2], axis=1)
    all_muscles = np.flatnonzero(model.actuator_dyntype == mujoco.mjtDyn.mjDYN_MUSCLE)
    return Layout(
        dimensions=dimensions,
        frame_body=frame_body,
        frame_pos_b=frame_pos_b,
        frame_quat_b=frame_quat_b,
        frame_com_b=frame_com_b,
        torso_axes_b=_torso_axes(model, find, init_pose, int(frame_body[TORSO])),
        qpos_leg=np.array([[find.qpos(f"{j}_{s}") for j in LEG_JOINTS] for s in SIDES]),
        qvel_leg=np.array([[find.qvel(f"{j}_{s}") for j in LEG_JOINTS] for s in SIDES]),
        sign_leg=sign_leg,
        joint_leg=np.array([[find.joint(f"{j}_{s}") for j in LEG_JOINTS[:3]] for s in SIDES]),
        ligament=find_ligaments(model, LEG_JOINTS[:3]),
        qpos_add=np.array([find.qpos(f"hip_adduction_{s}", frontal) for s in SIDES]),
        qpos_rot=np.array([find.qpos(f"hip_rotation_{s}", frontal) for s in SIDES]),
        qvel_add=np.array([find.qvel(f"hip_adduction_{s}", frontal) for s in SIDES]),
        qpos_root=np.array([find.qpos(j, False) for j in _ROOT_3D]),
        qvel_tx=find.qvel("pelvis_tx"),
        touch=touch,
        load=load.astype(np.int64),
        felt=felt.astype(np.int64),
        ground=ground.astype(np.int64),
        limit=np.array([[find.sensor(f"{s}_{j}_sensor", False) for j in ("hip", "knee", "ankle")] for s in SIDES]),
        muscle=group[:, :, 0],
        muscle_group=group,
        muscle_f_max=f_max,
        all_muscles=all_muscles,
        muscle_act=model.actuator_actadr[all_muscles].astype(np.int64),
        muscle_names=tuple(model.actuator(int(i)).name for i in all_muscles),
        exo=exo.astype(np.int64),
        exo_gain=np.array([model.actuator_gainprm[i, 0] if i >= 0 else 1.0 for i in exo]),
        exo_joint=exo_joint,
        exo_direction=drive.direction * sign_leg[:, exo_joint],
        exo_arm=np.array(arm),
        motor=motor,
        motor_gain=np.where(motor >= 0, model.actuator_gainprm[motor, 0] * model.actuator_gear[motor, 0], 1.0),
        keyframe=find.id(mujoco.mjtObj.mjOBJ_KEY, init_pose),
        feet=_foot_geoms(model),
    )


def _absent_names(device: Device | None) -> frozenset[str]:
    """Return the names that an amputation takes away."""
    if device is None or device.prosthesis is None:
        return frozenset()
    muscles = [name for short in device.prosthesis.muscles for name in (MUSCLES[short], *GROUPS[short])]
    return frozenset([f"{name}_r" for name in muscles] + ["mtp_angle_r"])


def _exo_actuators(find: Finder, device: Device | None) -> tuple[np.ndarray, Drive]:
    """Return the driven actuators, shape (2,), and how they are driven."""
    drive = device.drive if device is not None else Drive("ankle")
    if drive is None:
        return np.full(2, -1, dtype=np.int64), Drive("ankle")
    needed = device is not None
    return np.array([find.id(mujoco.mjtObj.mjOBJ_ACTUATOR, name, needed) for name in drive.actuators]), drive


def _motors(find: Finder, device: Device | None) -> np.ndarray:
    """Return the actuators of powered prosthetic joints, shape (2, 3)."""
    motor = np.full((2, 3), -1, dtype=np.int64)
    if device is not None and device.prosthesis is not None:
        for coordinate, name in device.prosthesis.motors.items():
            motor[0, LEG_JOINTS.index(coordinate)] = find.id(mujoco.mjtObj.mjOBJ_ACTUATOR, name)
    return motor


def _muscle_groups(model: mujoco.MjModel, find: Finder, frontal: bool) -> np.ndarray:
    """Return the actuators of each of MUSCLES, shape (2, 13, largest group), -1 where there is none."""
    grouped = find.id(mujoco.mjtObj.mjOBJ_ACTUATOR, f"{GROUPS['GLU'][0]}_r", False) >= 0
    names = GROUPS if grouped else {short: (actuator,) for short, actuator in MUSCLES.items()}
    found = np.full((2, len(MUSCLES), max(map(len, names.values()))), -1, dtype=np.int64)
    for row, side in enumerate(SIDES):
        for column, short in enumerate(MUSCLES):
            if frontal or short not in FRONTAL_MUSCLES:
                ids = [find.id(mujoco.mjtObj.mjOBJ_ACTUATOR, f"{name}_{side}") for name in names[short]]
                found[row, column, : len(ids)] = ids
    return found


def _coordinate_signs(model: mujoco.MjModel, find: Finder, init_pose: str) -> np.ndarray:
    """Return 1 where a leg coordinate turns about the axis that points right in the start pose, else -1."""
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, find.id(mujoco.mjtObj.mjOBJ_KEY, init_pose))
    mujoco.mj_kinematics(model, data)
    joints = np.array([[find.joint(f"{joint}_{side}") for joint in LEG_JOINTS] for side in SIDES])
    return np.where(data.xaxis[joints, 1] <= 0.0, 1.0, -1.0)


def _frames(
    model: mujoco.MjModel, unfused: mujoco.MjModel, name: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return carrier, origin, orientation and centre of mass of each of FRAMES."""
    find = Finder(unfused, name)
    carrier = np.zeros(len(FRAMES), dtype=np.int64)
    pos_b, quat_b, com_b = np.zeros((len(FRAMES), 3)), np.zeros((len(FRAMES), 4)), np.zeros((len(FRAMES), 3))
    for row, frame in enumerate(FRAMES):
        body = find.id(mujoco.mjtObj.mjOBJ_BODY, frame)
        position, orientation, com = np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]), unfused.body_ipos[body].copy()
        while mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, unfused.body(body).name) < 0:
            position = _transform(unfused, body, position)
            com = _transform(unfused, body, com)
            product = np.zeros(4)
            mujoco.mju_mulQuat(product, unfused.body_quat[body], orientation)
            orientation = product
            body = int(unfused.body_parentid[body])
        carrier[row] = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, unfused.body(body).name)
        pos_b[row], quat_b[row], com_b[row] = position, orientation, com
    return carrier, pos_b, quat_b, com_b


def _transform(model: mujoco.MjModel, body: int, point: np.ndarray) -> np.ndarray:
    """Return a point of a body in the frame of its parent."""
    rotated = np.zeros(3)
    mujoco.mju_rotVecQuat(rotated, point, model.body_quat[body])
    return rotated + model.body_pos[body]


def _torso_axes(model: mujoco.MjModel, find: Finder, init_pose: str, carrier: int) -> np.ndarray:
    """Return the axes of the torso's carrier that point right and forward in the start pose, shape (2, 3).

    Trunk rates are taken about body axes; which axis is which differs between model families, the pose tells.
    """
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, find.id(mujoco.mjtObj.mjOBJ_KEY, init_pose))
    mujoco.mj_kinematics(model, data)
    axes_w = data.xmat[carrier].reshape(3, 3)
    return np.stack(
        [_nearest_axis(axes_w, np.array([0.0, -1.0, 0.0])), _nearest_axis(axes_w, np.array([1.0, 0.0, 0.0]))]
    )


def _nearest_axis(axes_w: np.ndarray, direction_w: np.ndarray) -> np.ndarray:
    alignment = axes_w.T @ direction_w
    best = int(np.argmax(np.abs(alignment)))
    axis = np.zeros(3)
    axis[best] = np.sign(alignment[best])
    return axis


def _foot_geoms(model: mujoco.MjModel) -> np.ndarray:
    """Return the geoms that collide and move."""
    return np.flatnonzero(moving_geoms(model) & colliding_geoms(model)).astype(np.int64)
