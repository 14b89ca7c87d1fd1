"""One control step of many environments, compiled: act, simulate, observe, reward, end, start again."""

import numpy as np
from numba import njit

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
    XMAT,
    XPOS,
    advance,
    count_warnings,
    view,
)
from myoassist.rollout.physics import mj_forward, mj_reset_data

NQ, NV, NA, NSENSOR, NBODY = range(5)
TX_SPEED, TY, TX, TZ = range(4)


@njit(cache=True, nogil=True)
def ground_height(task: Task, x: float, y: float) -> float:
    """Return the height of the ground at a point, m, bilinear between nodes; 0 on level ground and beyond the field."""
    rows, columns = task.ground.shape
    if rows < 2 or columns < 2:
        return 0.0
    frame = task.ground_frame
    u, v = (x - frame[0]) / frame[2], (y - frame[1]) / frame[3]
    if not (0.0 <= u <= columns - 1 and 0.0 <= v <= rows - 1):
        return 0.0
    c, r = min(int(u), columns - 2), min(int(v), rows - 2)
    u, v = u - c, v - r
    g = task.ground
    low = g[r, c] * (1.0 - u) + g[r, c + 1] * u
    high = g[r + 1, c] * (1.0 - u) + g[r + 1, c + 1] * u
    return frame[4] * (low * (1.0 - v) + high * v)


@njit(cache=True, nogil=True)
def observe(task: Task, row: np.ndarray, addresses: np.ndarray, target: float) -> None:
    """Write one observation: positions, velocities, activations, sensors, target speed."""
    qpos = view(addresses[QPOS], task.sizes[NQ])
    qvel = view(addresses[QVEL], task.sizes[NV])
    act = view(addresses[ACT], task.sizes[NA])
    sensors = view(addresses[SENSORDATA], task.sizes[NSENSOR])
    k = 0
    for i in task.observe_q:
        row[k] = qpos[i]
        k += 1
    for i in task.observe_v:
        row[k] = qvel[i]
        k += 1
    for i in task.observe_act:
        row[k] = act[i]
        k += 1
    for j in range(len(task.observe_sensor)):
        row[k] = sensors[task.observe_sensor[j]] * task.observe_sensor_scale[j]
        k += 1
    row[k] = target


@njit(cache=True, nogil=True)
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
    qpos[:] = task.start_qpos[frame]
    ratio = 1.0
    if task.imitation:
        speed = task.mean_speed if task.version == CLEAN else task.reference_speed[frame]
        if abs(speed) > 1e-6:
            ratio = target / speed
    for j in range(len(qvel)):
        qvel[j] = task.start_qvel[frame, j] * (ratio if task.start_scaled[j] > 0.0 else 1.0)
    if not (task.imitation and task.version == CLEAN):
        qvel[task.pelvis[TX_SPEED]] = target
    act[:] = task.start_act[frame]
    qpos[task.pelvis[TY]] += ground_height(task, qpos[task.pelvis[TX]], 0.0)
    mj_forward(model, addresses[DATA])
    state.frame[i] = frame
    state.steps[i] = 0
    state.previous_act[i, 0] = np.nan
    state.footstep[i] = 0.0
    state.footstep[i, LAST_SIDE] = -1.0
    state.load_history[i] = 0.0
    state.episode_return[i] = 0.0
    state.episode_terms[i] = 0.0
    observe(task, state.observations[i], addresses, target)


@njit(cache=True, nogil=True)
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
        forces[side] = sensors[task.touch[side, 0]] + sensors[task.touch[side, 1]]
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
        terms[9] = imitation_reward(dt, qpos, task.joint_q, task.reference_q[frame], task.weight_q, 1.0)
        terms[10] = imitation_reward(dt, qvel, task.joint_v, task.reference_v[frame], task.weight_v, ratio)
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


@njit(cache=True, nogil=True)
def measure_feet(task: Task, addresses: np.ndarray, feet: np.ndarray) -> None:
    """Write the position of both feet seen from the pelvis, forward and up, m, shape (2, 2)."""
    xpos = view(addresses[XPOS], 3 * task.sizes[NBODY])
    xmat = view(addresses[XMAT], 9 * task.sizes[NBODY])
    for axis in range(2):
        world = 2 * axis  # x, z
        origin = 0.0
        for k in range(3):
            body = task.frames[k]
            p = task.frame_pos_b[k]
            m = 9 * body + 3 * world
            value = xpos[3 * body + world] + xmat[m] * p[0] + xmat[m + 1] * p[1] + xmat[m + 2] * p[2]
            if k == 0:
                origin = value
            else:
                feet[k - 1, axis] = value - origin


@njit(cache=True, nogil=True)
def judge(task: Task, state: State, addresses: np.ndarray, i: int, frame: int) -> int:
    """Return how the episode of one environment goes on: RUNNING or a reason for its end."""
    qpos = view(addresses[QPOS], task.sizes[NQ])
    y = -qpos[task.pelvis[TZ]] if task.pelvis[TZ] >= 0 else 0.0
    height = qpos[task.pelvis[TY]]
    ground = ground_height(task, qpos[task.pelvis[TX]], y)
    if task.version == CLEAN:
        height -= ground
    if height < task.safe_height:
        return FELL
    if task.imitation and task.end_off_trajectory:
        for j in range(len(task.tracked)):
            reference = task.tracked_reference[frame, j]
            if task.tracked[j] == task.pelvis[TY] and task.version == CLEAN:
                reference += ground
            if abs(qpos[task.tracked[j]] - reference) > task.tracked_limit[j]:
                return OFF_TRAJECTORY
    if state.steps[i] >= task.max_steps:
        return TIME_OVER
    return RUNNING


@njit(cache=True, nogil=True)
def simulate(model: int, task: Task, addresses: np.ndarray, action: np.ndarray) -> bool:
    """Set the controls of an action and simulate one control interval; return whether the physics is sound."""
    ctrl = view(addresses[CTRL], len(task.control_mid))
    for j in range(len(ctrl)):
        a = action[j]
        if not np.isfinite(a):
            return False
        ctrl[j] = task.control_mid[j] + min(max(a, -1.0), 1.0) * task.control_half[j]
    advance(model, addresses[DATA], task.substeps, task.euler)
    if count_warnings(addresses[WARNINGS]) > 0:
        return False
    qpos = view(addresses[QPOS], task.sizes[NQ])
    qvel = view(addresses[QVEL], task.sizes[NV])
    return bool(np.isfinite(qpos).all() and np.isfinite(qvel).all())


@njit(cache=True, nogil=True)
def step_one(model: int, task: Task, state: State, addresses: np.ndarray, action: np.ndarray, i: int) -> None:
    """Advance one environment by one control step, and start its next episode if this one ended."""
    schedule = state.schedule[i]
    over = False
    frame = 0
    target = follow_schedule(schedule, state.streams, i, state.steps[i] * task.dt)
    if task.imitation:
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
        frame = int(state.frame[i])
    sound = simulate(model, task, addresses, action)
    state.steps[i] += 1
    if not sound:
        # What was observed last is the only observation of this episode's end that means something.
        state.rewards[i] = 0.0
        state.terms[i] = 0.0
        ended = UNSTABLE
        state.terminal[i] = state.observations[i]
    else:
        compute_terms(task, state, addresses, i, frame, target)
        ended = judge(task, state, addresses, i, frame)
        if over:
            state.rewards[i] = 0.0
            state.terms[i] = 0.0
            ended = REFERENCE_OVER if ended != FELL else FELL
        observe(task, state.observations[i], addresses, target)
        if ended != RUNNING:
            state.terminal[i] = state.observations[i]
    state.ended[i] = ended
    state.episode_return[i] += state.rewards[i]
    state.episode_terms[i] += state.terms[i]
    if ended != RUNNING:
        state.last_return[i] = state.episode_return[i]
        state.last_terms[i] = state.episode_terms[i]
        state.last_length[i] = state.steps[i]
        start_episode(model, task, state, addresses, i)


@njit(cache=True, nogil=True)
def step_range(
    model: int, task: Task, state: State, addresses: np.ndarray, actions: np.ndarray, first: int, last: int
) -> None:
    """Advance the environments first <= i < last; ranges of several threads do not touch each other.

    Args:
        model: Address of mjModel.
        task: What they share.
        state: Their state and outputs.
        addresses: Address table, shape (N, 9).
        actions: Actions, shape (N, nu).
        first: First environment.
        last: One past the last.
    """
    for i in range(first, last):
        step_one(model, task, state, addresses[i], actions[i], i)


@njit(cache=True, nogil=True)
def start_range(model: int, task: Task, state: State, addresses: np.ndarray, first: int, last: int) -> None:
    """Start new episodes in the environments first <= i < last."""
    for i in range(first, last):
        start_episode(model, task, state, addresses[i], i)
