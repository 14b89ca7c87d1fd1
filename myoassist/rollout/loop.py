"""The closed loop as one compiled function: sense, control, exo, physics, log, termination.

The physics of one control step equals `mj_step` n times followed by `mj_forward`, bit for bit. Its first step does not
repeat the position and velocity stages that the previous forward pass has already computed for the same state, and when
the exo command has not changed, only activation rates: muscle forces depend on activation, not on control.
"""

import numpy as np

from myoassist.control.device.impedance import Impedance, joint_torque, update_phase
from myoassist.control.device.timing import Exo, update_exo
from myoassist.control.human.reflex.controller import Reflex, update_reflex
from myoassist.control.signals import B_THETA, LOAD, N_MUSCLES, P_ANKLE, PRE_STIMULATION
from myoassist.model.kernel import copy, is_finite, kernel
from myoassist.model.layout import PELVIS
from myoassist.model.transmission import MIN_ARM
from myoassist.rollout.buffers import Buffers, Constants, Ids, Signals
from myoassist.rollout.disturbance import Disturbance
from myoassist.rollout.log import Outcome
from myoassist.rollout.physics import (
    STAGE_VEL,
    mj_euler,
    mj_forward,
    mj_forward_skip,
    mj_fwd_actuation,
    mj_step,
    mju_muscle_dynamics,
)
from myoassist.rollout.record import record_sample
from myoassist.rollout.sense import exo_torque_per_force, sense

FALL_HEIGHT = 0.65  # m, pelvis above the ground
FALL_PITCH = np.pi / 3.0
STEP_LOAD = 0.1  # body weights on the heel sensor
HALF_PI = np.pi / 2.0

SURVIVED = int(Outcome.SURVIVED)
FELL = int(Outcome.FELL)
UNSTABLE = int(Outcome.UNSTABLE)
NAN_CONTROL = int(Outcome.NAN_CONTROL)


@kernel
def control(
    k: int,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    reflex: Reflex,
    exo: Exo,
    impedance: Impedance,
    disturbance: Disturbance,
) -> int:
    """Compute and set the controls from the signals of this instant, and the push of this step.

    Returns:
        -1 if a control is NaN, 1 if the exo command or the push changed, else 0.
    """
    finite = True
    changed = 0
    pelvis = ids.frame_body[PELVIS]
    push = disturbance.push[k] if len(disturbance.push) > 0 else 0.0
    if b.xfrc_applied[pelvis, 0] != push:
        b.xfrc_applied[pelvis, 0] = push
        changed = 1
    copy(s.noisy_body, s.body)
    for leg in range(2):
        copy(s.noisy_legs[leg], s.legs[leg])
    if disturbance.noise.shape[0] > 0:
        noise = disturbance.noise[k]
        n_body, n_leg = len(s.body), s.legs.shape[1]
        for i in range(n_body):
            s.noisy_body[i] += noise[i]
        for leg in range(2):
            for i in range(n_leg):
                s.noisy_legs[leg, i] += noise[n_body + leg * n_leg + i]
    update_reflex(reflex, s.noisy_body, s.noisy_legs)
    for leg in range(2):
        for m in range(N_MUSCLES):
            value = reflex.stimulation[leg, m]
            for i in range(ids.muscle_group.shape[2]):
                actuator = ids.muscle_group[leg, m, i]
                if actuator >= 0:
                    b.ctrl[actuator] = min(value * reflex.share[leg, m, i], 1.0)
                    finite = finite and np.isfinite(value)
        actuator = ids.exo[leg]
        if actuator >= 0:
            arm = exo_torque_per_force(b, ids, leg)
            if abs(arm) < MIN_ARM:
                arm = MIN_ARM if arm >= 0.0 else -MIN_ARM
            value = update_exo(exo, leg, s.noisy_legs[leg, LOAD], const.dt) / (arm * ids.exo_gain[leg])
            if value != b.ctrl[actuator]:
                changed = 1
            b.ctrl[actuator] = value
            finite = finite and np.isfinite(value)
        if impedance.on[0] != 0:
            update_phase(impedance, leg, s.noisy_legs[leg, LOAD], HALF_PI - s.noisy_legs[leg, P_ANKLE], const.dt)
    if impedance.on[0] != 0:
        drive_motors(b, ids, impedance)
        changed = 1
    return changed if finite else -1


@kernel
def drive_motors(b: Buffers, ids: Ids, impedance: Impedance) -> None:
    """Set the controls of powered prosthetic joints from angle and velocity of this instant, at every physics step."""
    for leg in range(2):
        for j in range(3):
            motor = ids.motor[leg, j]
            if motor >= 0:
                sign = ids.sign_leg[leg, j]
                angle, velocity = b.qpos[ids.qpos_leg[leg, j]], b.qvel[ids.qvel_leg[leg, j]]
                torque = joint_torque(impedance, leg, j, sign * angle, sign * velocity)
                b.ctrl[motor] = sign * torque / ids.motor_gain[leg, j]


@kernel
def prepare_controls(b: Buffers, ids: Ids) -> None:
    """Give every muscle the rest control and every motor none; the loop then writes only what it drives."""
    b.ctrl[:] = 0.0
    for actuator in ids.all_muscles:
        b.ctrl[actuator] = PRE_STIMULATION


@kernel
def set_activation_rates(b: Buffers, ids: Ids) -> None:
    """Do what is left of the actuation stage when only muscle controls are new: forces do not depend on them."""
    table = ids.muscle_dynamics.ctypes.data
    for i in range(len(ids.all_muscles)):
        row = ids.muscle_dynamics[i]
        ctrl = min(max(b.ctrl[ids.all_muscles[i]], row[0]), row[1])
        address = ids.muscle_act[i]
        # The three time constants follow the control range.
        b.act_dot[address] = mju_muscle_dynamics(ctrl, b.act[address], table + (5 * i + 2) * 8)


@kernel
def finish_step(
    row: np.ndarray,
    time: float,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    reflex: Reflex,
    exo: Exo,
    heel_contact: np.ndarray,
    new_step: np.ndarray,
) -> int:
    """Sense the new state, detect steps, log, and say how the walk goes on.

    Returns:
        SURVIVED to go on, else FELL or UNSTABLE.
    """
    for i in range(len(b.warnings)):
        if b.warnings[i] > 0:
            return UNSTABLE
    if not is_finite(b.qpos):
        return UNSTABLE
    sense(b, ids, const, s)
    for leg in range(2):
        contact = b.sensordata[ids.touch[leg, 0]] > STEP_LOAD * const.body_weight
        new_step[leg] = 1.0 if contact and heel_contact[leg] == 0.0 else 0.0
        heel_contact[leg] = 1.0 if contact else 0.0
    record_sample(row, time, b, ids, const, s, reflex, exo, new_step)
    # The log row already holds the pelvis position.
    height = row[3] - const.slope_tan * row[1]
    if height < FALL_HEIGHT or abs(s.body[B_THETA]) > FALL_PITCH:
        return FELL
    return SURVIVED


@kernel
def walk(
    model_address: int,
    data_address: int,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    reflex: Reflex,
    exo: Exo,
    impedance: Impedance,
    disturbance: Disturbance,
    heel_contact: np.ndarray,
    new_step: np.ndarray,
    log: np.ndarray,
    poses: np.ndarray,
) -> tuple[int, int]:
    """Simulate a walk from a forwarded and sensed start state.

    Args:
        model_address: Address of mjModel.
        data_address: Address of mjData.
        b: Views of the same data.
        ids: Addresses.
        const: Scalars of the walk.
        s: Signals of the start state.
        reflex: Controller state, reset.
        exo: Exo state, reset.
        impedance: State of the prosthetic joints, reset.
        disturbance: Pushes and noise; empty arrays for none.
        heel_contact: Heel contact of the legs at the start, shape (2,), changed in place.
        new_step: Work space, shape (2,).
        log: Flat log to fill, shape (step limit, columns).
        poses: Positions after every control step, shape (step limit, nq), or (0, nq) for none.

    Returns:
        Number of logged steps, outcome.
    """
    for k in range(log.shape[0]):
        changed = control(k, b, ids, const, s, reflex, exo, impedance, disturbance)
        if changed < 0:
            return k, NAN_CONTROL
        if changed > 0 or k == 0:
            mj_forward_skip(model_address, data_address, STAGE_VEL, 1)
        elif ids.muscle_dynamics.shape[0] > 0:
            set_activation_rates(b, ids)
        else:
            mj_fwd_actuation(model_address, data_address)
        mj_euler(model_address, data_address)
        for _ in range(const.substeps - 1):
            if impedance.on[0] != 0:
                drive_motors(b, ids, impedance)
            mj_step(model_address, data_address)
        mj_forward(model_address, data_address)
        time = (k + 1) * const.dt
        outcome = finish_step(log[k], time, b, ids, const, s, reflex, exo, heel_contact, new_step)
        if outcome == UNSTABLE:
            return k, UNSTABLE
        if poses.shape[0] > 0:
            copy(poses[k], b.qpos)
        if outcome != SURVIVED:
            return k + 1, outcome
    return log.shape[0], SURVIVED
