"""Torques of ligaments, compiled; what they are is in `model.plant.ligaments`."""

import numpy as np

from myoassist.model.kernel import kernel
from myoassist.model.plant.ligaments import DAMPING, DIRECTION, DOF, QPOS, START, STIFFNESS


@kernel
def pull_ligaments(
    ligaments: np.ndarray, torque: np.ndarray, qpos: np.ndarray, qvel: np.ndarray, applied: np.ndarray
) -> None:
    """Set the torques of ligaments at the present angles and rates; a ligament never pushes.

    Args:
        ligaments: Rows as `plant.ligaments` describes them, shape (m, 9).
        torque: Receives their sizes, N·m, shape (m,).
        qpos: Positions.
        qvel: Velocities.
        applied: The simulator's applied forces; those of joints with ligaments are replaced.
    """
    for i in range(ligaments.shape[0]):
        applied[int(ligaments[i, DOF])] = 0.0
    for i in range(ligaments.shape[0]):
        row = ligaments[i]
        stretch = row[DIRECTION] * (qpos[int(row[QPOS])] - row[START])
        pull = 0.0
        if stretch > 0.0:
            rate = row[DIRECTION] * qvel[int(row[DOF])]
            pull = row[STIFFNESS] * stretch * min(max(1.0 + row[DAMPING] * rate, 0.0), 10.0)
            applied[int(row[DOF])] -= row[DIRECTION] * pull
        # Threads of a batch share this, and nothing reads it there.
        torque[i] = pull
