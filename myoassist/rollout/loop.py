"""The closed loop as templates of compiled functions: sense, control, device, physics, log, termination.

The functions `control`, `finish_step` and `walk` below are never called. The names `update_human`, `update_device`, ...
in them are hooks: `assemble` makes of each template one function per combination of controllers and muscle model, in
which the hooks are those of the combination, and compiles that.

The physics of one control step equals `mj_step` n times followed by `mj_forward`, bit for bit. Its first step does not
repeat the position and velocity stages that the previous forward pass has already computed for the same state, and when
the command of the device has not changed, only activation rates: muscle forces depend on activation, not on control.
"""

from typing import Any

import numpy as np

from myoassist.control.buffers import Buffers, Command, Constants, Ids, Signals
from myoassist.control.signals import B_THETA, N_MUSCLES, PRE_STIMULATION
from myoassist.model.ground.footholds import follow_ground
from myoassist.model.kernel import copy, is_finite, kernel
from myoassist.model.layout import PELVIS
from myoassist.rollout.disturbance import Disturbance
from myoassist.rollout.log import Outcome
from myoassist.rollout.physics import mj_step1
from myoassist.rollout.record import record_sample
from myoassist.rollout.sense import sense

FALL_HEIGHT = 0.65  # m, pelvis above the ground
FALL_PITCH = np.pi / 3.0
STEP_LOAD = 0.1  # body weights on the heel sensor

SURVIVED = int(Outcome.SURVIVED)
FELL = int(Outcome.FELL)
UNSTABLE = int(Outcome.UNSTABLE)
NAN_CONTROL = int(Outcome.NAN_CONTROL)


def _not_assembled(*_: Any) -> Any:
    """Stand in for a hook of a template."""
    raise TypeError("a template of the loop is compiled by rollout.assemble only")


update_human = update_device = drive_device = _not_assembled
log_human = log_device = log_muscles = _not_assembled
first_step = next_step = last_forward = _not_assembled


@kernel
def disturb(k: int, b: Buffers, ids: Ids, s: Signals, disturbance: Disturbance) -> int:
    """Set the push of this step and add the noise to the signals; return 1 if the push changed, else 0."""
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
    return changed


@kernel
def excite_muscles(b: Buffers, ids: Ids, command: Command) -> bool:
    """Give every actuator of a group its excitation; return whether all are numbers."""
    finite = True
    for leg in range(2):
        for m in range(N_MUSCLES):
            value = command.excitation[leg, m]
            for i in range(ids.muscle_group.shape[2]):
                actuator = ids.muscle_group[leg, m, i]
                if actuator >= 0:
                    b.ctrl[actuator] = min(value * command.share[leg, m, i], 1.0)
                    finite = finite and np.isfinite(value)
    return finite


@kernel
def prepare_controls(b: Buffers, ids: Ids) -> None:
    """Give every muscle the rest control and every motor none; the loop then writes only what it drives."""
    b.ctrl[:] = 0.0
    for actuator in ids.all_muscles:
        b.ctrl[actuator] = PRE_STIMULATION


def control(
    k: int,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    human: Any,
    command: Command,
    device: Any,
    disturbance: Disturbance,
) -> int:
    """Compute and set the controls from the signals of this instant, and the push of this step.

    Returns:
        -1 if a control is NaN, 1 if the command of the device or the push changed, else 0.
    """
    changed = disturb(k, b, ids, s, disturbance)
    update_human(human, b, ids, const, s, command)
    finite = excite_muscles(b, ids, command)
    state = update_device(device, b, ids, const, s)
    if state < 0 or not finite:
        return -1
    return max(changed, state)


@kernel
def judge_step(
    b: Buffers, ids: Ids, const: Constants, s: Signals, heel_contact: np.ndarray, new_step: np.ndarray
) -> int:
    """Sense the new state and detect steps; return UNSTABLE if the physics has failed, else SURVIVED."""
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
    return SURVIVED


def finish_step(
    row: np.ndarray,
    time: float,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    human: Any,
    device: Any,
    muscles: Any,
    heel_contact: np.ndarray,
    new_step: np.ndarray,
) -> int:
    """Sense the new state, detect steps, log, and say how the walk goes on.

    Returns:
        SURVIVED to go on, else FELL or UNSTABLE.
    """
    if judge_step(b, ids, const, s, heel_contact, new_step) == UNSTABLE:
        return UNSTABLE
    record_sample(row, time, b, ids, const, s, new_step)
    log_human(human, row, const.human_column)
    log_device(device, row, const.device_column)
    log_muscles(muscles, row, const.muscle_column)
    # The log row already holds the pelvis position.
    height = row[3] - const.slope_tan * row[1]
    if height < FALL_HEIGHT or abs(s.body[B_THETA]) > FALL_PITCH:
        return FELL
    return SURVIVED


def walk(
    model_address: int,
    data_address: int,
    b: Buffers,
    ids: Ids,
    const: Constants,
    s: Signals,
    human: Any,
    command: Command,
    device: Any,
    muscles: Any,
    disturbance: Disturbance,
    heel_contact: np.ndarray,
    new_step: np.ndarray,
    begin: int,
    log: np.ndarray,
    poses: np.ndarray,
) -> tuple[int, int]:
    """Simulate a walk from a forwarded and sensed start state, or go on with one.

    Args:
        model_address: Address of mjModel.
        data_address: Address of mjData.
        b: Views of the same data.
        ids: Addresses.
        const: Scalars of the walk.
        s: Signals of the start state.
        human: State of the human controller, reset.
        command: What it tells the muscles.
        device: State of the device controller, reset.
        muscles: State of the muscle model, reset.
        disturbance: Pushes, noise and uneven ground; empty arrays for none.
        heel_contact: Heel contact of the legs at the start, shape (2,), changed in place.
        new_step: Work space, shape (2,).
        begin: Number of steps that are done already.
        log: Flat log to fill, shape (step limit, columns).
        poses: Positions after every control step, shape (step limit, nq), or (0, nq) for none.

    Returns:
        Number of logged steps, outcome.
    """
    for k in range(begin, log.shape[0]):
        moved = follow_ground(disturbance.footing)
        changed = control(k, b, ids, const, s, human, command, device, disturbance)
        if changed < 0:
            return k, NAN_CONTROL
        if moved:
            # What the feet touch is another ground than that of the last forward pass.
            mj_step1(model_address, data_address)
        first_step(model_address, data_address, b, ids, muscles, changed > 0 or moved or k == 0)
        for _ in range(const.substeps - 1):
            drive_device(device, b, ids)
            next_step(model_address, data_address, b, ids, muscles)
        last_forward(model_address, data_address, b, ids, muscles)
        time = (k + 1) * const.dt
        outcome = finish_step(log[k], time, b, ids, const, s, human, device, muscles, heel_contact, new_step)
        if outcome == UNSTABLE:
            return k, UNSTABLE
        if poses.shape[0] > 0:
            copy(poses[k], b.qpos)
        if outcome != SURVIVED:
            return k + 1, outcome
    return log.shape[0], SURVIVED
