"""From the torque that a controller asks for to the control of an actuator, compiled."""

from myoassist.control.buffers import Buffers, Ids
from myoassist.model.kernel import kernel
from myoassist.model.plant.transmission import MIN_ARM


@kernel
def exo_torque_per_force(b: Buffers, ids: Ids, leg: int) -> float:
    """Return the assisting torque on the driven joint per force of its actuator: a lever arm, or 1 without a cable."""
    arm = ids.exo_arm[leg]
    angle = b.qpos[ids.exo_qpos[leg]]
    return ids.exo_direction[leg] * (arm[0] + angle * (arm[1] + angle * (arm[2] + angle * (arm[3] + angle * arm[4]))))


@kernel
def control_per_torque(b: Buffers, ids: Ids, leg: int) -> float:
    """Return what an assisting torque is divided by to get the control of its actuator, N·m."""
    arm = exo_torque_per_force(b, ids, leg)
    if abs(arm) < MIN_ARM:
        arm = MIN_ARM if arm >= 0.0 else -MIN_ARM
    return arm * ids.exo_gain[leg]
