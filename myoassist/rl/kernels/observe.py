"""What is read off the physics of one environment: the observation, the feet, the ground under the pelvis."""

import numpy as np

from myoassist.model.kernel import kernel
from myoassist.rl.kernels.layout import CLEAN, Task
from myoassist.rollout.batch import ACT, QPOS, QVEL, SENSORDATA, XMAT, XPOS, view

# Entries of `Task.sizes` and `Task.pelvis`.
NQ, NV, NA, NSENSOR, NBODY = range(5)
TX_SPEED, TY = range(2)


@kernel
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


@kernel
def ground_under_pelvis(task: Task, addresses: np.ndarray) -> float:
    """Return the height of the ground under the pelvis, m; 0 for published rewards, which count from the origin."""
    if task.version != CLEAN or task.ground.shape[0] < 2:
        return 0.0
    xpos = view(addresses[XPOS], 3 * task.sizes[NBODY])
    xmat = view(addresses[XMAT], 9 * task.sizes[NBODY])
    body, p = task.frames[0], task.frame_pos_b[0]
    m = 9 * body
    x = xpos[3 * body] + xmat[m] * p[0] + xmat[m + 1] * p[1] + xmat[m + 2] * p[2]
    y = xpos[3 * body + 1] + xmat[m + 3] * p[0] + xmat[m + 4] * p[1] + xmat[m + 5] * p[2]
    return ground_height(task, x, y)


@kernel
def observe(task: Task, row: np.ndarray, addresses: np.ndarray, target: float) -> None:
    """Write one observation: positions, velocities, activations, sensors, target speed."""
    qpos = view(addresses[QPOS], task.sizes[NQ])
    qvel = view(addresses[QVEL], task.sizes[NV])
    act = view(addresses[ACT], task.sizes[NA])
    sensors = view(addresses[SENSORDATA], task.sizes[NSENSOR])
    ground = ground_under_pelvis(task, addresses)
    k = 0
    for i in task.observe_q:
        row[k] = qpos[i] - ground if i == task.pelvis[TY] else qpos[i]
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


@kernel
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
