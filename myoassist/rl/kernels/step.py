"""One control step of many environments, compiled: act, simulate, observe, reward, end, start again."""

import numpy as np

from myoassist.model.kernel import copy, is_finite, kernel
from myoassist.rl.kernels.draws import N_SCHEDULE, draw, follow_schedule, start_schedule
from myoassist.rl.kernels.layout import (
    CLEAN,
    COMPAT_A,
    FELL,
    OFF_TRAJECTORY,
    REFERENCE_OVER,
    RUNNING,
    TIME_OVER,
    UNSTABLE,
    State,
    Task,
)
from myoassist.rl.kernels.observe import NA, NQ, NSENSOR, NV, TX_SPEED, TY, ground_under_pelvis, measure_feet, observe
from myoassist.rl.kernels.rewards import (
    HELD_EFFORT,
    HELD_SPEED,
    HELD_TIME,
    LAST_SIDE,
    end_effector_reward,
    exo_activation_penalty,
    foot_force_penalty,
    forward_reward,
    imitation_reward,
    joint_constraint_force_penalty,
    muscle_activation_diff_penalty,
    muscle_activation_penalty,
    track_footsteps,
)
from myoassist.rollout.batch import (
    ACT,
    CTRL,
    DATA,
    QPOS,
    QVEL,
    SENSORDATA,
    WARNINGS,
    advance,
    count_warnings,
    view,
)
from myoassist.rollout.muscle.batch import advance_fibres, settle_batch
from myoassist.rollout.physics import mj_forward, mj_reset_data


@kernel
def start_episode(model: int, task: Task, state: State, addresses: np.ndarray, i: int) -> None:
    """Bring one environment to the start of an episode and observe it."""
    if state.start[i] >= 0:
        frame = state.start[i] % task.start_qpos.shape[0]
    else:
        frame = int(draw(state.streams, i) * task.start_frames) if task.start_frames > 1 else 0
    schedule = state.schedule[i]
    if np.isnan(task.manual[0]):
        start_schedule(schedule, state.streams, i, task.modes, task.speeds, task.periods)
    else:
        for j in range(N_SCHEDULE):
            schedule[j] = task.manual[j]
    target = follow_schedule(schedule, state.streams, i, 0.0)
    mj_reset_data(model, addresses[DATA])
    qpos = view(addresses[QPOS], task.sizes[NQ])
    qvel = view(addresses[QVEL], task.sizes[NV])
    act = view(addresses[ACT], task.sizes[NA])
    copy(qpos, task.start_qpos[frame])
    ratio = 1.0
    if task.imitation:
        speed = task.mean_speed if task.version == CLEAN else task.reference_speed[frame]
        if abs(speed) > 1e-6:
            ratio = target / speed
    for j in range(len(qvel)):
        qvel[j] = task.start_qvel[frame, j] * (ratio if task.start_scaled[j] > 0.0 else 1.0)
    if task.start_at_target:
        qvel[task.pelvis[TX_SPEED]] = target
    copy(act, task.start_act[frame])
    qpos[task.pelvis[TY]] += task.start_lift[frame]
    mj_forward(model, addresses[DATA])
    if len(task.fibres.actuator) > 0:
        settle_batch(model, addresses, task.fibres, task.sizes[NA], len(task.control_mid))
    state.frame[i] = frame
    state.steps[i] = 0
    state.previous_act[i, 0] = np.nan
    state.footstep[i] = 0.0
    state.footstep[i, LAST_SIDE] = -1.0
    state.load_history[i] = 0.0
    state.episode_return[i] = 0.0
    state.episode_terms[i] = 0.0
    observe(task, state.observations[i], addresses, target)


@kernel
def compute_terms(task: Task, state: State, addresses: np.ndarray, i: int, frame: int, target: float) -> None:
    """Write the weighted reward terms of one environment after its physics."""
    qpos = view(addresses[QPOS], task.sizes[NQ])
    qvel = view(addresses[QVEL], task.sizes[NV])
    act = view(addresses[ACT], task.sizes[NA])
    ctrl = view(addresses[CTRL], len(task.control_mid))
    sensors = view(addresses[SENSORDATA], task.sizes[NSENSOR])
    activation, forces, command = state.activation[i], state.forces[i], state.command[i]
    for j in range(len(activation)):
        activation[j] = act[task.muscle_act[j]]
    for side in range(2):
        forces[side] = sensors[task.load[side, 0]]
        if task.load[side, 1] >= 0:
            forces[side] += sensors[task.load[side, 1]]
    for j in range(len(command)):
        command[j] = ctrl[task.device[j]] * task.device_scale[j]
    for j in range(len(task.limit)):
        state.limits[i, j] = sensors[task.limit[j]]
    dt, speed = task.dt, qvel[task.pelvis[TX_SPEED]]
    memory = state.footstep[i]
    track_footsteps(memory, state.load_history[i], dt, state.steps[i] * dt, speed - target, activation, forces)
    terms = state.terms[i]
    terms[0] = forward_reward(dt, speed, target)
    terms[1] = muscle_activation_penalty(dt, activation, task.squared)
    terms[2] = muscle_activation_diff_penalty(dt, activation, state.previous_act[i])
    terms[3] = foot_force_penalty(dt, forces, task.body_weight, task.version == COMPAT_A)
    terms[4] = joint_constraint_force_penalty(dt, state.limits[i], task.body_weight)
    terms[5] = exo_activation_penalty(dt, command)
    terms[6] = memory[HELD_TIME]
    terms[7] = memory[HELD_SPEED]
    terms[8] = memory[HELD_EFFORT]
    terms[9:12] = 0.0
    if task.imitation:
        speed_ref = task.mean_speed if task.version == CLEAN else task.reference_speed[frame]
        ratio = target / speed_ref if abs(speed_ref) > 1e-6 else 1.0
        ground = ground_under_pelvis(task, addresses)
        height = task.pelvis[TY]
        terms[9] = imitation_reward(dt, qpos, task.joint_q, task.reference_q[frame], task.weight_q, 1.0, height, ground)
        terms[10] = imitation_reward(dt, qvel, task.joint_v, task.reference_v[frame], task.weight_v, ratio, -1, 0.0)
        if task.version == CLEAN:
            measure_feet(task, addresses, state.feet[i])
            terms[11] = end_effector_reward(dt, state.feet[i], task.reference_feet[frame])
        else:
            terms[11] = dt
    total = 0.0
    for j in range(len(terms)):
        terms[j] *= task.weights[j]
        total += terms[j]
    state.rewards[i] = total
    for j in range(len(activation)):
        state.previous_act[i, j] = activation[j]


@kernel
def judge(task: Task, state: State, addresses: np.ndarray, i: int, frame: int) -> int:
    """Return how the episode of one environment goes on: RUNNING or a reason for its end."""
    qpos = view(addresses[QPOS], task.sizes[NQ])
    ground = ground_under_pelvis(task, addresses)
    if qpos[task.pelvis[TY]] - ground < task.safe_height:
        return FELL
    if task.imitation and task.end_off_trajectory:
        for j in range(len(task.tracked)):
            reference = task.tracked_reference[frame, j]
            if task.tracked[j] == task.pelvis[TY]:
                reference += ground
            if abs(qpos[task.tracked[j]] - reference) > task.tracked_limit[j]:
                return OFF_TRAJECTORY
    if state.steps[i] >= task.max_steps:
        return TIME_OVER
    return RUNNING


@kernel
def advance_physics(model: int, task: Task, addresses: np.ndarray, substeps: int) -> None:
    """Advance one environment by `substeps` physics steps and forward it."""
    if len(task.fibres.actuator) > 0:
        na, nu = task.sizes[NA], len(task.control_mid)
        advance_fibres(model, addresses, task.fibres, task.sizes[NQ], na, nu, substeps, task.euler)
    else:
        advance(model, addresses[DATA], substeps, task.euler)


@kernel
def simulate(model: int, task: Task, addresses: np.ndarray, action: np.ndarray) -> bool:
    """Set the controls of an action and simulate one control interval; return whether the physics is sound."""
    ctrl = view(addresses[CTRL], len(task.control_mid))
    for j in range(len(ctrl)):
        a = action[j]
        if not np.isfinite(a):
            return False
        ctrl[j] = task.control_mid[j] + min(max(a, -1.0), 1.0) * task.control_half[j]
    advance_physics(model, task, addresses, task.substeps)
    if count_warnings(addresses[WARNINGS]) > 0:
        return False
    qpos = view(addresses[QPOS], task.sizes[NQ])
    qvel = view(addresses[QVEL], task.sizes[NV])
    return is_finite(qpos) and is_finite(qvel)


@kernel
def begin_step(task: Task, state: State, i: int) -> tuple[float, int, bool]:
    """Move the schedule and the reference of one environment on.

    Returns:
        Target speed, reference frame, and whether the reference is over.
    """
    target = follow_schedule(state.schedule[i], state.streams, i, state.steps[i] * task.dt)
    if not task.imitation:
        return target, 0, False
    over = False
    frames = task.reference_q.shape[0]
    pace = 1.0
    if task.playback and task.mean_speed > 1e-6:
        pace = max(target, 0.0) / task.mean_speed
    state.frame[i] += pace
    if state.frame[i] >= frames:
        if task.loop:
            state.frame[i] -= frames
        else:
            over = True
            state.frame[i] = frames - 1
    return target, int(state.frame[i]), over


@kernel
def finish_step(
    model: int,
    task: Task,
    state: State,
    addresses: np.ndarray,
    i: int,
    target: float,
    frame: int,
    over: bool,
    sound: bool,
) -> None:
    """Reward and observe one environment after its physics, and start its next episode if this one ended."""
    state.steps[i] += 1
    if not sound:
        # What was observed last is the only observation of this episode's end that means something.
        state.rewards[i] = 0.0
        state.terms[i] = 0.0
        ended = UNSTABLE
        copy(state.terminal[i], state.observations[i])
    else:
        compute_terms(task, state, addresses, i, frame, target)
        ended = judge(task, state, addresses, i, frame)
        if over:
            state.rewards[i] = 0.0
            state.terms[i] = 0.0
            ended = REFERENCE_OVER if ended != FELL else FELL
        observe(task, state.observations[i], addresses, target)
        if ended != RUNNING:
            copy(state.terminal[i], state.observations[i])
    state.ended[i] = ended
    state.episode_return[i] += state.rewards[i]
    for j in range(state.terms.shape[1]):
        state.episode_terms[i, j] += state.terms[i, j]
    if ended != RUNNING:
        state.last_return[i] = state.episode_return[i]
        copy(state.last_terms[i], state.episode_terms[i])
        state.last_length[i] = state.steps[i]
        start_episode(model, task, state, addresses, i)


@kernel
def step_range(
    model: int, task: Task, state: State, addresses: np.ndarray, actions: np.ndarray, first: int, last: int
) -> None:
    """Advance the environments first <= i < last; ranges of several threads do not touch each other.

    Args:
        model: Address of mjModel.
        task: What they share.
        state: Their state and outputs.
        addresses: Address table, shape (N, 12).
        actions: Actions, shape (N, nu).
        first: First environment.
        last: One past the last.
    """
    for i in range(first, last):
        target, frame, over = begin_step(task, state, i)
        sound = simulate(model, task, addresses[i], actions[i])
        finish_step(model, task, state, addresses[i], i, target, frame, over, sound)


@kernel
def start_range(model: int, task: Task, state: State, addresses: np.ndarray, first: int, last: int) -> None:
    """Start new episodes in the environments first <= i < last."""
    for i in range(first, last):
        start_episode(model, task, state, addresses[i], i)
