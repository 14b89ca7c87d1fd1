"""Read the force of the ground on each foot and where it acts, compiled."""

import numpy as np

from myoassist.control.buffers import Buffers, Ids
from myoassist.model.ground.sensors import FORCE, POINT, TORQUE
from myoassist.model.kernel import kernel

LEAST_FORCE = 1.0  # N, vertical; below it there is no centre of pressure


@kernel
def foot_load(b: Buffers, ids: Ids, leg: int) -> float:
    """Return the load of a foot as reflexes, cost and policies feel it, N; see `model.sensing`."""
    load = b.sensordata[ids.load[leg, 0]]
    if ids.load[leg, 1] >= 0:
        load += b.sensordata[ids.load[leg, 1]]
    return load


@kernel
def record_ground(row: np.ndarray, column: int, b: Buffers, ids: Ids) -> int:
    """Write the force of the ground on both feet (N) and its centres of pressure (m), world frame.

    The centre of pressure is the point at the height of the contacts about which the force has no horizontal moment;
    it is 0 while the foot is unloaded.

    Args:
        row: Row of the flat log.
        column: First of 12 columns: force of right and left foot, centre of right and left foot.
        b: Simulator buffers.
        ids: Addresses.

    Returns:
        First column behind.
    """
    for leg in range(2):
        first = ids.ground[leg]
        c, p = column + 3 * leg, column + 6 + 3 * leg
        for i in range(3):
            row[c + i] = b.sensordata[first + FORCE + i]
            row[p + i] = 0.0
        vertical = row[c + 2]
        if vertical > LEAST_FORCE:
            row[p] = b.sensordata[first + POINT] - b.sensordata[first + TORQUE + 1] / vertical
            row[p + 1] = b.sensordata[first + POINT + 1] + b.sensordata[first + TORQUE] / vertical
            row[p + 2] = b.sensordata[first + POINT + 2]
    return column + 12
