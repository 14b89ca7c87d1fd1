"""Write one sample of the log, compiled; the column order is that of `log.LogLayout`."""

import numpy as np

from myoassist.control import signals as sg
from myoassist.control.buffers import Buffers, Constants, Ids, Signals
from myoassist.control.device.actuation import exo_torque_per_force
from myoassist.model.kernel import kernel
from myoassist.model.layout import PELVIS, TORSO
from myoassist.rollout.ground_force import record_ground
from myoassist.rollout.sense import euler_angles, frame_coordinate, frame_quaternion, torso_rates


@kernel
def limit_torque(b: Buffers, ids: Ids, leg: int, joint: int) -> float:
    """Return the size of the torque of a joint's ligaments, their damper and its stop, N·m."""
    torque = b.sensordata[ids.limit[leg, joint]] if ids.limit[leg, joint] >= 0 else 0.0
    if ids.ligament[leg, joint] >= -1:
        torque = abs(torque) + abs(b.qfrc_spring[ids.qvel_leg[leg, joint]])
        if ids.ligament[leg, joint] >= 0:
            torque += b.sensordata[ids.ligament[leg, joint]]
    return torque


@kernel
def record_sample(
    row: np.ndarray,
    time: float,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    new_step: np.ndarray,
) -> None:
    """Fill one row of the flat log after a control step, but for what the parts of the loop add themselves.

    Args:
        row: Row of the flat log, shape (columns,).
        time: Simulated time, s.
        b: Simulator buffers.
        ids: Addresses.
        const: Scalars of the walk.
        s: Signals of this instant.
        new_step: Flags of the legs, shape (2,).
    """
    frame_quaternion(b, ids, TORSO, s.quaternion)
    roll, pitch, yaw = euler_angles(s.quaternion)
    rate, _ = torso_rates(b, ids)
    row[0] = time
    for i in range(3):
        row[1 + i] = frame_coordinate(b, ids, PELVIS, ids.frame_pos_b[PELVIS], i)
    row[4] = s.body[sg.B_VX]
    row[5] = -s.body[sg.B_VY]
    row[6] = pitch
    row[7] = rate
    row[8] = roll - sg.UPRIGHT_ROLL
    row[9] = yaw
    row[10] = s.body[sg.B_THETA]
    row[11] = b.qpos[ids.qpos_root[4]] if ids.qpos_root[4] >= 0 else 0.0
    row[12] = b.qpos[ids.qpos_root[5]] if ids.qpos_root[5] >= 0 else 0.0
    c = 13
    for leg in range(2):
        row[c] = s.legs[leg, sg.P_HIP]
        row[c + 1] = s.legs[leg, sg.P_KNEE]
        row[c + 2] = s.legs[leg, sg.P_ANKLE]
        c += 3
    for leg in range(2):
        for j in range(3):
            row[c] = ids.sign_leg[leg, j] * b.qvel[ids.qvel_leg[leg, j]]
            c += 1
    for leg in range(2):
        for j in range(3):
            dof = ids.qvel_leg[leg, j]
            row[c] = ids.sign_leg[leg, j] * (b.qfrc_actuator[dof] + b.qfrc_passive[dof])
            c += 1
    # What acts on coordinates that follow a joint acts on that joint, by virtual work.
    for i in range(ids.coupled.shape[0]):
        x = b.qpos[ids.coupled[i, 3]] - ids.coupled_zero[i]
        slope = ids.coupled_slope[i]
        rate = slope[0] + x * (slope[1] + x * (slope[2] + x * slope[3]))
        dof = ids.coupled[i, 0]
        place = c - 6 + 3 * ids.coupled[i, 1] + ids.coupled[i, 2]
        sign = ids.sign_leg[ids.coupled[i, 1], ids.coupled[i, 2]]
        row[place] += sign * rate * (b.qfrc_actuator[dof] + b.qfrc_passive[dof])
    for leg in range(2):
        row[c] = b.qpos[ids.qpos_add[leg]] if ids.qpos_add[leg] >= 0 else 0.0
        row[c + 2] = b.qpos[ids.qpos_rot[leg]] if ids.qpos_rot[leg] >= 0 else 0.0
        c += 1
    c += 2
    for leg in range(2):
        for j in range(3):
            for i in range(3):
                row[c] = b.xanchor[ids.joint_leg[leg, j], i]
                c += 1
    for leg in range(2):
        for j in range(3):
            row[c] = b.sensordata[ids.limit[leg, j]] if ids.limit[leg, j] >= 0 else 0.0
            row[c + 6] = limit_torque(b, ids, leg, j)
            c += 1
    c += 6
    for part in range(2):
        for leg in range(2):
            row[c] = b.sensordata[ids.touch[leg, part]] / const.body_weight
            c += 1
    for leg in range(2):
        row[c] = new_step[leg]
        row[c + 2] = exo_torque_per_force(b, ids, leg) * b.actuator_force[ids.exo[leg]] if ids.exo[leg] >= 0 else 0.0
        c += 1
    c += 2
    for leg in range(2):
        for j in range(3):
            motor = ids.motor[leg, j]
            row[c] = 0.0
            if motor >= 0:
                row[c] = ids.sign_leg[leg, j] * b.actuator_force[motor]
            elif j == ids.exo_joint and ids.exo[leg] >= 0:
                assist = exo_torque_per_force(b, ids, leg) * b.actuator_force[ids.exo[leg]]
                row[c] = ids.sign_leg[leg, j] * ids.exo_direction[leg] * assist
            c += 1
    c = record_ground(row, c, b, ids)
    for leg in range(2):
        row[c] = ids.sign_leg[leg, 3] * b.qpos[ids.qpos_leg[leg, 3]] if ids.qpos_leg[leg, 3] >= 0 else 0.0
        c += 1
    n = len(ids.all_muscles)
    for k in range(n):
        row[c + k] = b.act[ids.muscle_act[k]]
        row[c + n + k] = b.ctrl[ids.all_muscles[k]]
        row[c + 2 * n + k] = -b.actuator_force[ids.all_muscles[k]]
        row[c + 3 * n + k] = (b.actuator_length[ids.all_muscles[k]] - ids.slack_length[k]) / ids.optimal_length[k]
        row[c + 4 * n + k] = b.actuator_velocity[ids.all_muscles[k]] / ids.optimal_length[k]
