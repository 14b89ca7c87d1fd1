"""Metabolic energy of muscles from their states.

Source: Bhargava, Pandy & Anderson, "A phenomenological model for estimating metabolic energy consumption in muscle
contraction", J Biomech 2004, with the fibre mass and maintenance-heat curve of its OpenSim implementation (Uchida et
al., PLoS ONE 2016).
"""

import numpy as np

from myoassist.gait.slow_fibres import shares_by_name
from myoassist.rollout.log import WalkLog

DENSITY = 1059.7  # kg/m^3
SPECIFIC_TENSION = 0.25e6  # Pa
BASAL_POWER = 1.51  # W/kg of body mass
# Heat rates of slow and fast fibres, W/kg of muscle.
ACTIVATION_SLOW, ACTIVATION_FAST = 40.0, 133.0
MAINTENANCE_SLOW, MAINTENANCE_FAST = 74.0, 111.0
# Shortening-heat coefficients: of the isometric and the actual force while shortening, of the force while lengthening.
SHORTENING_ISOMETRIC, SHORTENING_FORCE, LENGTHENING_FORCE = 0.16, 0.18, 0.157
_MAINTENANCE_LENGTH = np.array([0.5, 1.0, 1.5])
_MAINTENANCE_FACTOR = np.array([0.5, 1.0, 0.0])


def muscle_power(log: WalkLog) -> np.ndarray:
    """Return the metabolic power of every muscle, W, shape (T, muscles); never negative.

    Raises:
        ValueError: if the log does not tell peak forces and fibre lengths.
    """
    layout = log.layout
    if layout.f_max is None or layout.optimal_length is None:
        raise ValueError("the log holds no muscle properties")
    mass = layout.f_max * layout.optimal_length * DENSITY / SPECIFIC_TENSION
    slow = shares_by_name(layout.muscle_names)
    excitation, activation = np.clip(log.excitation, 0.0, 1.0), np.clip(log.activation, 0.0, 1.0)
    length, velocity = log.fiber_length, log.fiber_velocity * layout.optimal_length
    force = np.maximum(log.muscle_force, 0.0)
    activation_heat = mass * _fibre_mix(excitation, slow, ACTIVATION_SLOW, ACTIVATION_FAST)
    maintenance = np.interp(length, _MAINTENANCE_LENGTH, _MAINTENANCE_FACTOR)
    maintenance_heat = mass * maintenance * _fibre_mix(activation, slow, MAINTENANCE_SLOW, MAINTENANCE_FAST)
    isometric = layout.f_max * activation * active_force_length(length)
    shortening = np.where(
        velocity <= 0.0, SHORTENING_ISOMETRIC * isometric + SHORTENING_FORCE * force, LENGTHENING_FORCE * force
    )
    total = activation_heat + maintenance_heat - shortening * velocity - force * velocity
    return np.maximum(total, 0.0)


def _fibre_mix(drive: np.ndarray, slow: np.ndarray, slow_rate: float, fast_rate: float) -> np.ndarray:
    """Return the heat rate of a muscle whose slow fibres are recruited first, W/kg."""
    angle = 0.5 * np.pi * drive
    return slow_rate * slow * np.sin(angle) + fast_rate * (1.0 - slow) * (1.0 - np.cos(angle))


def active_force_length(length: np.ndarray) -> np.ndarray:
    """Return the active force-length factor of a fibre length in optimal lengths (a Gaussian of width 0.45)."""
    return np.exp(-(((length - 1.0) / 0.45) ** 2))


def metabolic_cost(log: WalkLog, first: int, last: int, distance: float) -> float:
    """Return the gross metabolic cost of transport of a part of a walk, J/kg/m.

    Args:
        log: The walk.
        first: First sample.
        last: Last sample, excluded.
        distance: Way of the pelvis in between, m.
    """
    power = muscle_power(log)[first:last].sum(axis=1).mean() + BASAL_POWER * log.mass
    return float(power * (last - first) * log.dt / (log.mass * distance))
