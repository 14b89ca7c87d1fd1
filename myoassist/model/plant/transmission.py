"""Torque that an actuator exerts on a leg joint per unit of its force, through joint, cable or linkage."""

import mujoco
import numpy as np

from myoassist.model.plant.couplings import find_couplings, follow_couplings

N_COEFFICIENTS = 5
# The least lever arm that a command is divided by: nearer to the joint the force would grow beyond any use.
MIN_ARM = 0.01  # m
_SAMPLES = 41
_STEP = 1e-4  # rad
# Range of motion that walking uses, rad; a polynomial over all that a joint allows would be worse there.
_WALKING = (-0.7, 1.2)


def fit_arm(model: mujoco.MjModel, actuator: int, joint: str) -> np.ndarray:
    """Fit the torque on a joint per actuator force over the joint's angle.

    By virtual work it is the derivative of the actuator's length with respect to the angle, the coordinates coupled to
    the joint following it. All other joints are at zero.

    Args:
        model: Compiled model.
        actuator: Its id; -1 gives an arm of 1.
        joint: Name of the joint.

    Returns:
        Polynomial of the angle (rad), from the constant up, shape (5,); m for cables, no unit for joint actuators.
    """
    constant = np.zeros(N_COEFFICIENTS)
    constant[0] = 1.0
    if actuator < 0:
        return constant
    if model.actuator_trntype[actuator] == mujoco.mjtTrn.mjTRN_JOINT:
        return constant * float(model.actuator_gear[actuator, 0])
    low, high = np.clip(model.joint(joint).range, *_WALKING)
    angles = np.linspace(low, high, _SAMPLES)
    arms = [measure_arm(model, actuator, joint, float(angle)) for angle in angles]
    return np.polynomial.polynomial.polyfit(angles, arms, N_COEFFICIENTS - 1)


def measure_arm(model: mujoco.MjModel, actuator: int, joint: str, angle: float) -> float:
    """Return the torque on a joint per actuator force at one angle (rad), by central differences."""
    data = mujoco.MjData(model)
    address = int(model.joint(joint).qposadr[0])
    couplings = find_couplings(model)
    lengths = []
    for offset in (-_STEP, _STEP):
        data.qpos[:] = model.qpos0
        data.qpos[address] = angle + offset
        # Twice: a linkage has coordinates that follow one that follows the joint.
        follow_couplings(couplings * 2, model.qpos0, data.qpos)
        mujoco.mj_fwdPosition(model, data)
        lengths.append(float(data.actuator_length[actuator]))
    return (lengths[1] - lengths[0]) / (2.0 * _STEP)
