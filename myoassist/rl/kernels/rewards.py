"""The reward terms as plain functions; every one carries the control interval, so that returns are per second.

Speeds in m/s, forces in N, angles in rad. Weights are applied where the terms are summed.
"""

import numpy as np

from myoassist.model.kernel import kernel

TERMS = (
    "forward_reward",
    "muscle_activation_penalty",
    "muscle_activation_diff_penalty",
    "foot_force_penalty",
    "joint_constraint_force_penalty",
    "exo_activation_penalty",
    "footstep_delta_time",
    "average_velocity_per_step",
    "muscle_activation_penalty_per_step",
    "qpos_imitation_rewards",
    "qvel_imitation_rewards",
    "end_effector_imitation_reward",
)
LOAD_LIMIT = 1.2  # body weights on both feet that cost nothing
STRIKE_FORCE = 0.1  # N, for three samples
LEG_LENGTH = 1.0  # m, by which the published speed term of a footstep is divided
# Columns of the footstep memory: time, speed deviation and squared activation since the last strike, time of the last
# strike, the three held outputs, and the side that struck last (0 right, 1 left, -1 none).
SINCE, DEVIATION, EFFORT, LAST_STRIKE, HELD_TIME, HELD_SPEED, HELD_EFFORT, LAST_SIDE = range(8)
N_FOOTSTEP = 8


@kernel
def forward_reward(dt: float, speed: float, target: float) -> float:
    """Reward closeness of the forward speed to the target speed."""
    return dt * np.exp(-5.0 * (speed - target) ** 2)


@kernel
def muscle_activation_penalty(dt: float, activation: np.ndarray, squared: bool) -> float:
    """Penalize the mean activation, or the mean of its square."""
    total = 0.0
    for a in activation:
        total += a * a if squared else a
    return -dt * total / len(activation)


@kernel
def muscle_activation_diff_penalty(dt: float, activation: np.ndarray, previous: np.ndarray) -> float:
    """Reward activations that stay as they were; `previous` starts with NaN when there is none."""
    if np.isnan(previous[0]):
        return 0.0
    total = 0.0
    for i in range(len(activation)):
        total += np.exp(-4.0 * (activation[i] - previous[i]) ** 2)
    return dt * total / len(activation)


@kernel
def foot_force_penalty(dt: float, forces: np.ndarray, body_weight: float, exponential: bool) -> float:
    """Penalize load on the feet, shape (2,), beyond 1.2 body weights; `exponential` is the older, positive form."""
    load = (abs(forces[0]) + abs(forces[1])) / body_weight
    if exponential:
        return dt * np.exp(-max(0.0, load - 1.0))
    return -dt * max(0.0, load - LOAD_LIMIT)


@kernel
def joint_constraint_force_penalty(dt: float, torques: np.ndarray, body_weight: float) -> float:
    """Penalize the largest joint-limit torque."""
    largest = 0.0
    for torque in torques:
        largest = max(largest, abs(torque))
    return -dt * largest / body_weight


@kernel
def exo_activation_penalty(dt: float, command: np.ndarray) -> float:
    """Penalize the mean squared command of the device, each as a part of its range."""
    if len(command) == 0:
        return 0.0
    total = 0.0
    for c in command:
        total += c * c
    return -dt * total / len(command)


@kernel
def track_footsteps(
    memory: np.ndarray,
    history: np.ndarray,
    dt: float,
    time: float,
    speed_error: float,
    activation: np.ndarray,
    forces: np.ndarray,
) -> None:
    """Accumulate over a footstep and, at a heel strike, hold what the footstep was worth.

    Args:
        memory: Shape (8,), changed in place.
        history: Last three loads of each foot, newest last, shape (2, 3), changed in place.
        dt: Control interval, s.
        time: Time of the episode after this step, s.
        speed_error: Speed minus target.
        activation: Muscle activations.
        forces: Load of the right and left foot, shape (2,).
    """
    memory[SINCE] += dt
    memory[DEVIATION] += dt * speed_error
    effort = 0.0
    for a in activation:
        effort += a * a
    memory[EFFORT] += dt * effort
    struck = False
    for side in range(2):
        history[side, 0] = history[side, 1]
        history[side, 1] = history[side, 2]
        history[side, 2] = forces[side]
    for side in range(2):
        low = min(history[side, 0], history[side, 1], history[side, 2])
        if not struck and low > STRIKE_FORCE and memory[LAST_SIDE] != side:
            memory[LAST_SIDE] = side
            struck = True
    if struck and time - memory[LAST_STRIKE] > 0.0:
        memory[HELD_EFFORT] = -dt * memory[EFFORT]
        memory[HELD_SPEED] = -dt * abs(memory[DEVIATION]) / LEG_LENGTH
        memory[HELD_TIME] = dt * memory[SINCE]
        memory[SINCE] = 0.0
        memory[DEVIATION] = 0.0
        memory[EFFORT] = 0.0
        memory[LAST_STRIKE] = time


@kernel
def imitation_reward(
    dt: float,
    values: np.ndarray,
    addresses: np.ndarray,
    reference: np.ndarray,
    weights: np.ndarray,
    ratio: float,
    height: int,
    ground: float,
) -> float:
    """Reward closeness of joint positions or velocities to the reference, weighted by joint.

    Args:
        dt: Control interval, s.
        values: qpos or qvel.
        addresses: Address of each joint in it, shape (J,).
        reference: Values of the reference frame, shape (J,).
        weights: Weight of each joint, shape (J,).
        ratio: Factor of the reference, 1 for positions.
        height: Address of the height of the pelvis, which counts from the ground; -1 for velocities.
        ground: Height of the ground under it, m.
    """
    total = 0.0
    for j in range(len(addresses)):
        if weights[j] != 0.0:
            value = values[addresses[j]]
            if addresses[j] == height:
                value -= ground
            total += weights[j] * np.exp(-8.0 * (value - ratio * reference[j]) ** 2)
    return dt * total


@kernel
def end_effector_reward(dt: float, feet: np.ndarray, reference: np.ndarray) -> float:
    """Reward closeness of both feet, seen from the pelvis, to the reference; shape (2, 2): r and l, forward and up."""
    error = 0.0
    for side in range(2):
        for axis in range(2):
            error += (feet[side, axis] - reference[side, axis]) ** 2
    # 5 cm at each foot leave 0.82; the scale of DeepMimic's end-effector term (Peng et al. 2018).
    return dt * np.exp(-40.0 * error)
