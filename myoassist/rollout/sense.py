"""Read the controller's signals and the log from the simulator's buffers, compiled.

World axes: x forward, y left, z up. Trunk and pelvis frames: x forward, y up, z right.
"""

import mujoco
import numpy as np

from myoassist.control import signals as sg
from myoassist.control.buffers import Buffers, Constants, Ids, Signals
from myoassist.control.senses import muscle_force
from myoassist.control.signals import BODY_SIGNALS, LEG_SIGNALS
from myoassist.model.build import Walker
from myoassist.model.kernel import kernel
from myoassist.model.layout import PELVIS, TALUS_L, TALUS_R, TORSO
from myoassist.rollout.ground_force import foot_load

HALF_PI = np.pi / 2.0


def make_ids(walker: Walker) -> Ids:
    """Turn the layout into index arrays."""
    layout = walker.layout
    if walker.fibres is None:
        optimal, slack = muscle_lengths(walker.model, layout.all_muscles)
    else:
        optimal, slack = walker.fibres.optimal, walker.fibres.slack
    return Ids(
        int(walker.model.body_rootid[layout.frame_body[PELVIS]]),
        layout.frame_body,
        layout.frame_pos_b,
        layout.frame_quat_b,
        layout.frame_com_b,
        layout.torso_axes_b,
        layout.qpos_leg.astype(np.int64),
        layout.qvel_leg.astype(np.int64),
        layout.sign_leg,
        layout.joint_leg.astype(np.int64),
        layout.ligament,
        layout.qpos_add.astype(np.int64),
        layout.qpos_rot.astype(np.int64),
        layout.qvel_add.astype(np.int64),
        layout.qpos_root.astype(np.int64),
        layout.touch.astype(np.int64),
        layout.load,
        layout.ground,
        layout.limit.astype(np.int64),
        layout.muscle_group,
        layout.muscle_f_max,
        layout.all_muscles.astype(np.int64),
        layout.muscle_act,
        optimal,
        slack,
        layout.exo,
        layout.exo_gain,
        layout.qpos_leg[:, layout.exo_joint].astype(np.int64),
        layout.exo_joint,
        layout.exo_direction,
        layout.exo_arm,
        layout.motor,
        layout.motor_gain,
        *_couplings(walker),
    )


def _couplings(walker: Walker) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the coordinates that follow a leg joint, the joints' zeros, and the derivatives of the couplings."""
    model, layout = walker.model, walker.layout
    rows, zeros, slopes = [], [], []
    for i in np.flatnonzero(model.eq_type == mujoco.mjtEq.mjEQ_JOINT):
        joint = model.eq_obj2id[i]
        for leg, column in np.argwhere(layout.joint_leg == joint):
            address = model.jnt_qposadr[joint]
            rows.append((model.jnt_dofadr[model.eq_obj1id[i]], leg, column, address))
            zeros.append(model.qpos0[address])
            slopes.append(model.eq_data[i, 1:5] * np.arange(1, 5))
    return np.array(rows, dtype=np.int64).reshape(-1, 4), np.array(zeros), np.array(slopes).reshape(-1, 4)


def muscle_lengths(model: mujoco.MjModel, muscles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return optimal fibre lengths and tendon slack lengths of muscle actuators, m.

    MuJoCo gives a muscle its path-length range and the fibre lengths that belong to both ends of it.
    """
    low, high = model.actuator_gainprm[muscles, 0], model.actuator_gainprm[muscles, 1]
    length_range = model.actuator_lengthrange[muscles]
    optimal = (length_range[:, 1] - length_range[:, 0]) / (high - low)
    return optimal, length_range[:, 0] - low * optimal


def muscle_dynamics(model: mujoco.MjModel, muscles: np.ndarray) -> np.ndarray:
    """Return control range and activation time constants of muscle actuators, s.

    Returns:
        Lowest and highest control, the three parameters of MuJoCo's muscle dynamics, shape (n, 5); no rows if something
        else in the model than these muscles has an activation, or the actuation stage is not the plain one.
    """
    others = model.na != len(muscles) or (model.actuator_dyntype[muscles] != mujoco.mjtDyn.mjDYN_MUSCLE).any()
    switched = mujoco.mjtDisableBit.mjDSBL_ACTUATION | mujoco.mjtDisableBit.mjDSBL_CLAMPCTRL
    if others or model.opt.disableflags & switched or model.opt.disableactuator or model.nplugin or model.nhistory:
        return np.zeros((0, 5))
    limited = model.actuator_ctrllimited[muscles].astype(bool)[:, np.newaxis]
    ranges = np.where(limited, model.actuator_ctrlrange[muscles], (-np.inf, np.inf))
    return np.ascontiguousarray(np.hstack([ranges, model.actuator_dynprm[muscles, :3]]))


def make_signals() -> Signals:
    """Allocate the signal vectors."""
    n_body, n_leg = len(BODY_SIGNALS), len(LEG_SIGNALS)
    return Signals(
        np.zeros(n_body), np.zeros((2, n_leg)), np.zeros(1), np.zeros(4), np.zeros(n_body), np.zeros((2, n_leg))
    )


@kernel
def euler_angles(q: np.ndarray) -> tuple[float, float, float]:
    """Return aerospace roll, pitch and yaw (rad) of a quaternion (w, x, y, z)."""
    w, x, y, z = q[0], q[1], q[2], q[3]
    roll = np.arctan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y))
    sine = 2.0 * (w * y - z * x)
    if sine >= 1.0:
        pitch = HALF_PI
    elif sine <= -1.0:
        pitch = -HALF_PI
    else:
        pitch = np.arcsin(sine)
    yaw = np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    return roll, pitch, yaw


@kernel
def frame_quaternion(b: Buffers, ids: Ids, frame: int, out: np.ndarray) -> None:
    """Write the world orientation (w, x, y, z) of a frame."""
    q, r = b.xquat[ids.frame_body[frame]], ids.frame_quat_b[frame]
    out[0] = q[0] * r[0] - q[1] * r[1] - q[2] * r[2] - q[3] * r[3]
    out[1] = q[0] * r[1] + q[1] * r[0] + q[2] * r[3] - q[3] * r[2]
    out[2] = q[0] * r[2] - q[1] * r[3] + q[2] * r[0] + q[3] * r[1]
    out[3] = q[0] * r[3] + q[1] * r[2] - q[2] * r[1] + q[3] * r[0]


@kernel
def frame_coordinate(b: Buffers, ids: Ids, frame: int, point_b: np.ndarray, axis: int) -> float:
    """Return one world coordinate of a point given in the carrier of a frame, m."""
    body = ids.frame_body[frame]
    m = b.xmat[body]
    i = 3 * axis
    return b.xpos[body, axis] + m[i] * point_b[0] + m[i + 1] * point_b[1] + m[i + 2] * point_b[2]


@kernel
def _com_velocity_xy(b: Buffers, ids: Ids, frame: int) -> tuple[float, float]:
    """Return the world x and y velocity of the centre of mass of a named body, m/s."""
    v = b.cvel[ids.frame_body[frame]]
    com = ids.frame_com_b[frame]
    r0 = frame_coordinate(b, ids, frame, com, 0) - b.subtree_com[ids.root, 0]
    r1 = frame_coordinate(b, ids, frame, com, 1) - b.subtree_com[ids.root, 1]
    r2 = frame_coordinate(b, ids, frame, com, 2) - b.subtree_com[ids.root, 2]
    return v[3] + v[1] * r2 - v[2] * r1, v[4] + v[2] * r0 - v[0] * r2


@kernel
def torso_rates(b: Buffers, ids: Ids) -> tuple[float, float]:
    """Return pitch rate (forward positive) and roll rate (right positive) of the torso, rad/s."""
    body = ids.frame_body[TORSO]
    omega = b.cvel[body]
    m = b.xmat[body]
    pitch_rate = roll_rate = 0.0
    for i in range(3):
        right = forward = 0.0
        for j in range(3):
            right += m[3 * i + j] * ids.torso_axes_b[0, j]
            forward += m[3 * i + j] * ids.torso_axes_b[1, j]
        pitch_rate -= omega[i] * right
        roll_rate += omega[i] * forward
    return pitch_rate, roll_rate


@kernel
def sense(b: Buffers, ids: Ids, const: Constants, s: Signals) -> None:
    """Read all controller signals from a forwarded state.

    Lateral places and speeds count to the right: the placement law then abducts the leg on the side to which the
    pelvis moves. Counted to the left, as the world axes suggest, it would cross the legs.
    """
    frame_quaternion(b, ids, PELVIS, s.quaternion)
    roll, pitch, yaw = euler_angles(s.quaternion)
    cos, sin = np.cos(yaw), np.sin(yaw)
    vx, vy = _com_velocity_xy(b, ids, PELVIS)
    origin = ids.frame_pos_b[PELVIS]
    px, py = frame_coordinate(b, ids, PELVIS, origin, 0), frame_coordinate(b, ids, PELVIS, origin, 1)
    pitch_rate, roll_rate = torso_rates(b, ids)
    s.yaw[0] = yaw
    s.body[sg.B_THETA] = pitch
    s.body[sg.B_DTHETA] = pitch_rate
    s.body[sg.B_THETA_F] = roll - const.roll_offset
    s.body[sg.B_DTHETA_F] = roll_rate
    s.body[sg.B_PX] = px * cos + py * sin
    s.body[sg.B_PY] = px * sin - py * cos
    s.body[sg.B_VX] = vx * cos + vy * sin
    s.body[sg.B_VY] = vx * sin - vy * cos
    for leg in range(2):
        row = s.legs[leg]
        row[sg.LOAD] = foot_load(b, ids, leg) / const.body_weight
        sign = ids.sign_leg[leg]
        row[sg.P_HIP] = np.pi - sign[0] * b.qpos[ids.qpos_leg[leg, 0]]
        row[sg.P_KNEE] = np.pi + sign[1] * b.qpos[ids.qpos_leg[leg, 1]]
        row[sg.P_ANKLE] = HALF_PI - sign[2] * b.qpos[ids.qpos_leg[leg, 2]]
        row[sg.P_MTP] = HALF_PI
        if ids.qpos_leg[leg, 3] >= 0:
            row[sg.P_MTP] -= sign[3] * b.qpos[ids.qpos_leg[leg, 3]]
        row[sg.D_HIP] = -sign[0] * b.qvel[ids.qvel_leg[leg, 0]]
        row[sg.D_KNEE] = sign[1] * b.qvel[ids.qvel_leg[leg, 1]]
        row[sg.P_ADD] = HALF_PI
        if ids.qpos_add[leg] >= 0:
            row[sg.P_ADD] += b.qpos[ids.qpos_add[leg]]
        row[sg.F_GLU] = muscle_force(b, ids, leg, sg.GLU)
        row[sg.F_VAS] = muscle_force(b, ids, leg, sg.VAS)
        row[sg.F_SOL] = muscle_force(b, ids, leg, sg.SOL)
        row[sg.F_GAS] = muscle_force(b, ids, leg, sg.GAS)
        row[sg.F_HAM] = muscle_force(b, ids, leg, sg.HAM)
        row[sg.F_HAB] = muscle_force(b, ids, leg, sg.HAB)
        row[sg.F_FDL] = muscle_force(b, ids, leg, sg.FDL)
        talus = TALUS_L if leg == 0 else TALUS_R
        origin = ids.frame_pos_b[talus]
        x, y = frame_coordinate(b, ids, talus, origin, 0), frame_coordinate(b, ids, talus, origin, 1)
        vx, vy = _com_velocity_xy(b, ids, talus)
        row[sg.TALUS_X] = x * cos + y * sin
        row[sg.TALUS_Y] = x * sin - y * cos
        row[sg.TALUS_VX] = vx * cos + vy * sin
        row[sg.TALUS_VY] = vx * sin - vy * cos
