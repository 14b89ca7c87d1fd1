"""A cost term of a user, for runs that are recorded."""

import numpy as np

from myoassist.cost.own_terms import cost_term

KNEE = 1


@cost_term("knee_power")
def knee_power(log, window, config):
    """Mean positive mechanical power of both knees per body mass, W/kg."""
    walk = window.whole
    power = log.joint_moment[walk, :, KNEE] * log.joint_velocity[walk, :, KNEE]
    return np.maximum(power, 0.0).sum(axis=1).mean() / log.mass
