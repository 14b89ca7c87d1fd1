"""Read the controller's signals and the log from the simulator's buffers, compiled.

World axes: x forward, y left, z up. Trunk and pelvis frames: x forward, y up, z right.
"""

from typing import NamedTuple

import mujoco
import numpy as np
from numba import njit

from myoassist.model.build import Walker
from myoassist.reflex import indices as ix
from myoassist.reflex.delays import BODY_SIGNALS, LEG_SIGNALS

HALF_PI = np.pi / 2.0


class Buffers(NamedTuple):
    """Views of the simulator's own arrays; they stay valid as long as the data lives."""

    qpos: np.ndarray
    qvel: np.ndarray
    act: np.ndarray
    ctrl: np.ndarray
    sensordata: np.ndarray
    xpos: np.ndarray
    xquat: np.ndarray
    xmat: np.ndarray
    xipos: np.ndarray
    xanchor: np.ndarray
    cvel: np.ndarray
    subtree_com: np.ndarray
    actuator_force: np.ndarray
    qfrc_actuator: np.ndarray
    qfrc_passive: np.ndarray
    warnings: np.ndarray


class Ids(NamedTuple):
    """Addresses of the layout as arrays that compiled code indexes with; see `model.layout.Layout`."""

    body: np.ndarray  # pelvis, torso, talus_r, talus_l, root
    torso_axes: np.ndarray  # right, forward; (2, 3)
    qpos_leg: np.ndarray
    qvel_leg: np.ndarray
    joint_leg: np.ndarray
    qpos_add: np.ndarray
    qpos_rot: np.ndarray
    qpos_root: np.ndarray
    touch: np.ndarray
    limit: np.ndarray
    muscle: np.ndarray
    f_max: np.ndarray
    all_muscles: np.ndarray
    muscle_act: np.ndarray
    exo: np.ndarray
    exo_gain: np.ndarray


class Constants(NamedTuple):
    """Scalars of a walk."""

    body_weight: float
    dt: float
    slope_tan: float
    roll_offset: float
    substeps: int


class Signals(NamedTuple):
    """What the controller sees at one instant."""

    body: np.ndarray
    legs: np.ndarray
    yaw: np.ndarray


def make_buffers(data: mujoco.MjData) -> Buffers:
    """Collect the views of one worker's data."""
    return Buffers(
        data.qpos,
        data.qvel,
        data.act,
        data.ctrl,
        data.sensordata,
        data.xpos,
        data.xquat,
        data.xmat,
        data.xipos,
        data.xanchor,
        data.cvel,
        data.subtree_com,
        data.actuator_force,
        data.qfrc_actuator,
        data.qfrc_passive,
        data.warning.number,
    )


def make_ids(walker: Walker) -> Ids:
    """Turn the layout into index arrays."""
    layout = walker.layout
    root = int(walker.model.body_rootid[layout.pelvis])
    return Ids(
        np.array([layout.pelvis, layout.torso, layout.talus[0], layout.talus[1], root], dtype=np.int64),
        np.stack([layout.torso_right_b, layout.torso_forward_b]),
        layout.qpos_leg.astype(np.int64),
        layout.qvel_leg.astype(np.int64),
        layout.joint_leg.astype(np.int64),
        layout.qpos_add.astype(np.int64),
        layout.qpos_rot.astype(np.int64),
        layout.qpos_root.astype(np.int64),
        layout.touch.astype(np.int64),
        layout.limit.astype(np.int64),
        layout.muscle,
        layout.muscle_f_max,
        layout.all_muscles.astype(np.int64),
        layout.muscle_act,
        layout.exo,
        layout.exo_gain,
    )


def make_signals() -> Signals:
    """Allocate the signal vectors."""
    return Signals(np.zeros(len(BODY_SIGNALS)), np.zeros((2, len(LEG_SIGNALS))), np.zeros(1))


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _com_velocity_xy(b: Buffers, body: int, root: int) -> tuple[float, float]:
    """Return the world x and y velocity of a body's centre of mass, m/s."""
    v = b.cvel[body]
    r0 = b.xipos[body, 0] - b.subtree_com[root, 0]
    r1 = b.xipos[body, 1] - b.subtree_com[root, 1]
    r2 = b.xipos[body, 2] - b.subtree_com[root, 2]
    return v[3] + v[1] * r2 - v[2] * r1, v[4] + v[2] * r0 - v[0] * r2


@njit(cache=True, nogil=True)
def torso_rates(b: Buffers, ids: Ids) -> tuple[float, float]:
    """Return pitch rate (forward positive) and roll rate (right positive) of the torso, rad/s."""
    torso = ids.body[1]
    omega = b.cvel[torso]
    m = b.xmat[torso]
    pitch_rate = roll_rate = 0.0
    for i in range(3):
        right = forward = 0.0
        for j in range(3):
            right += m[3 * i + j] * ids.torso_axes[0, j]
            forward += m[3 * i + j] * ids.torso_axes[1, j]
        pitch_rate -= omega[i] * right
        roll_rate += omega[i] * forward
    return pitch_rate, roll_rate


@njit(cache=True, nogil=True)
def sense(b: Buffers, ids: Ids, const: Constants, s: Signals) -> None:
    """Read all controller signals from a forwarded state."""
    pelvis, root = ids.body[0], ids.body[4]
    roll, pitch, yaw = euler_angles(b.xquat[pelvis])
    cos, sin = np.cos(yaw), np.sin(yaw)
    vx, vy = _com_velocity_xy(b, pelvis, root)
    px, py = b.xpos[pelvis, 0], b.xpos[pelvis, 1]
    pitch_rate, roll_rate = torso_rates(b, ids)
    s.yaw[0] = yaw
    s.body[ix.B_THETA] = pitch
    s.body[ix.B_DTHETA] = pitch_rate
    s.body[ix.B_THETA_F] = roll - const.roll_offset
    s.body[ix.B_DTHETA_F] = roll_rate
    s.body[ix.B_PX] = px * cos + py * sin
    s.body[ix.B_PY] = -px * sin + py * cos
    s.body[ix.B_VX] = vx * cos + vy * sin
    s.body[ix.B_VY] = -vx * sin + vy * cos
    for leg in range(2):
        row = s.legs[leg]
        row[ix.LOAD] = (b.sensordata[ids.touch[leg, 0]] + b.sensordata[ids.touch[leg, 1]]) / const.body_weight
        row[ix.P_HIP] = np.pi - b.qpos[ids.qpos_leg[leg, 0]]
        row[ix.P_KNEE] = np.pi + b.qpos[ids.qpos_leg[leg, 1]]
        row[ix.P_ANKLE] = HALF_PI - b.qpos[ids.qpos_leg[leg, 2]]
        row[ix.P_MTP] = HALF_PI - b.qpos[ids.qpos_leg[leg, 3]]
        row[ix.D_HIP] = -b.qvel[ids.qvel_leg[leg, 0]]
        row[ix.D_KNEE] = b.qvel[ids.qvel_leg[leg, 1]]
        row[ix.P_ADD] = HALF_PI
        if ids.qpos_add[leg] >= 0:
            row[ix.P_ADD] += b.qpos[ids.qpos_add[leg]]
        row[ix.F_GLU] = _force(b, ids, leg, ix.GLU)
        row[ix.F_VAS] = _force(b, ids, leg, ix.VAS)
        row[ix.F_SOL] = _force(b, ids, leg, ix.SOL)
        row[ix.F_GAS] = _force(b, ids, leg, ix.GAS)
        row[ix.F_HAM] = _force(b, ids, leg, ix.HAM)
        row[ix.F_HAB] = _force(b, ids, leg, ix.HAB)
        row[ix.F_FDL] = _force(b, ids, leg, ix.FDL)
        talus = ids.body[3 - leg]
        x, y = b.xpos[talus, 0], b.xpos[talus, 1]
        vx, vy = _com_velocity_xy(b, talus, root)
        row[ix.TALUS_X] = x * cos + y * sin
        row[ix.TALUS_Y] = -x * sin + y * cos
        row[ix.TALUS_VX] = vx * cos + vy * sin
        row[ix.TALUS_VY] = -vx * sin + vy * cos


@njit(cache=True, nogil=True)
def _force(b: Buffers, ids: Ids, leg: int, muscle: int) -> float:
    """Return a muscle's tension as a fraction of its peak isometric force; 0 where the muscle is absent."""
    actuator = ids.muscle[leg, muscle]
    if actuator < 0:
        return 0.0
    return -b.actuator_force[actuator] / ids.f_max[leg, muscle]
