"""Metabolic energy of muscles at a specific tension of 0.60 MPa: two models, work and heat of every muscle.

Sources: Umberger, "Stance and swing phase costs in human walking", J R Soc Interface 7:1329 (2010), as Uchida, Hicks,
Dembia & Delp, "Stretching your energetic budget", PLoS ONE 11:e0150378 (2016) use it: orderly recruitment of slow
fibres, negative work counts, no muscle's power is negative, no heat is below 1 W/kg. Bhargava, Pandy & Anderson,
J Biomech 37:81 (2004). `metabolics` is the model of before, Bhargava at 0.25 MPa; the target `metabolic` keeps it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from myoassist.gait.metabolics import (
    ACTIVATION_FAST,
    ACTIVATION_SLOW,
    BASAL_POWER,
    DENSITY,
    LENGTHENING_FORCE,
    MAINTENANCE_FAST,
    MAINTENANCE_SLOW,
    SHORTENING_FORCE,
    SHORTENING_ISOMETRIC,
)
from myoassist.gait.slow_fibres import shares_by_beginning
from myoassist.model.plant.curves import active_force
from myoassist.rollout.log import WalkLog

SPECIFIC_TENSION = 0.60e6  # Pa
RESTING_POWER = 1.2  # W/kg of body mass, of the models after Umberger
LEAST_HEAT = 1.0  # W/kg of muscle
_AEROBIC = 1.5
_FASTEST = 10.0  # optimal lengths/s, of fast fibres; of slow ones a part
_SLOW_PART = 2.5
_MOST_SLOW_HEAT = 100.0  # W/kg
_MAINTENANCE_LENGTH = np.array([0.5, 1.0, 1.5])
_MAINTENANCE_FACTOR = np.array([0.5, 1.0, 0.0])


class MuscleEnergy(NamedTuple):
    """Power of every muscle over a walk.

    Attributes:
        work: Mechanical power of the contractile fibres, W, shortening positive, shape (T, muscles).
        heat: Power of heat, W, the same shape.
    """

    work: np.ndarray
    heat: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Metabolic power, W, shape (T, muscles)."""
        return self.work + self.heat


class _States(NamedTuple):
    """What both models read: shape (T, muscles), but for mass (kg), slow share, peak force (N) and optimal length."""

    excitation: np.ndarray
    activation: np.ndarray
    length: np.ndarray
    speed: np.ndarray
    force: np.ndarray
    mass: np.ndarray
    slow: np.ndarray
    f_max: np.ndarray
    optimal: np.ndarray


def muscle_mass(log: WalkLog) -> np.ndarray:
    """Return the mass that peak force and optimal length imply, kg, shape (muscles,).

    Raises:
        ValueError: if the log does not tell them.
    """
    layout = log.layout
    if layout.f_max is None or layout.optimal_length is None:
        raise ValueError("the log holds no muscle properties")
    return layout.f_max * layout.optimal_length * DENSITY / SPECIFIC_TENSION


def _read(log: WalkLog) -> _States:
    """Read the states; without fibres of its own, a muscle's whole force counts as that of its contractile part."""
    mass, names = muscle_mass(log), [channel.name for channel in log.layout.channels]
    force = log.active_force if "active_force" in names else log.muscle_force
    assert log.layout.f_max is not None and log.layout.optimal_length is not None
    return _States(
        np.clip(log.excitation, 0.0, 1.0),
        np.clip(log.activation, 0.0, 1.0),
        log.fiber_length,
        log.fiber_velocity,
        np.maximum(force, 0.0),
        mass,
        shares_by_beginning(log.layout.muscle_names),
        log.layout.f_max,
        log.layout.optimal_length,
    )


def umberger(log: WalkLog) -> MuscleEnergy:
    """Return work and heat after Umberger 2010 as modified by Uchida 2016.

    Raises:
        ValueError: if the log does not tell peak forces and fibre lengths.
    """
    s = _read(log)
    angle = 0.5 * np.pi * s.excitation
    slow_drive = s.slow * np.sin(angle)
    drive = slow_drive + (1.0 - s.slow) * (1.0 - np.cos(angle))
    slow = np.where(s.excitation > 0.0, slow_drive / np.where(drive > 0.0, drive, 1.0), 1.0)
    state = np.where(s.excitation > s.activation, s.excitation, 0.5 * (s.excitation + s.activation))
    isometric = active_force(s.length)
    long = s.length > 1.0
    kept = 128.0 * (1.0 - slow) + 25.0
    activation_heat = _AEROBIC * state**0.6 * kept * np.where(long, 0.4 + 0.6 * isometric, 1.0)
    slow_rate, fast_rate = 100.0 / (_FASTEST / _SLOW_PART), 153.0 / _FASTEST
    shortening = np.minimum(-slow_rate * s.speed, _MOST_SLOW_HEAT) * slow - fast_rate * s.speed * (1.0 - slow)
    lengthening = 0.3 * slow_rate * s.speed
    moving_heat = _AEROBIC * np.where(s.speed <= 0.0, state**2 * shortening, state * lengthening)
    moving_heat *= np.where(long, isometric, 1.0)
    work = -s.force * s.speed * s.optimal
    heat = np.maximum((activation_heat + moving_heat) * s.mass, LEAST_HEAT * s.mass)
    return MuscleEnergy(work, np.maximum(heat, -work))


def bhargava(log: WalkLog) -> MuscleEnergy:
    """Return work and heat after Bhargava 2004.

    Raises:
        ValueError: if the log does not tell peak forces and fibre lengths.
    """
    s = _read(log)
    speed = s.speed * s.optimal
    angles = 0.5 * np.pi * s.excitation, 0.5 * np.pi * s.activation
    rates = (ACTIVATION_SLOW, ACTIVATION_FAST), (MAINTENANCE_SLOW, MAINTENANCE_FAST)
    activation, maintenance = (
        slow * s.slow * np.sin(angle) + fast * (1.0 - s.slow) * (1.0 - np.cos(angle))
        for angle, (slow, fast) in zip(angles, rates, strict=True)
    )
    heat = s.mass * (activation + np.interp(s.length, _MAINTENANCE_LENGTH, _MAINTENANCE_FACTOR) * maintenance)
    isometric = s.f_max * s.activation * active_force(s.length)
    shortening = SHORTENING_ISOMETRIC * isometric + SHORTENING_FORCE * s.force
    heat -= np.where(speed <= 0.0, shortening, LENGTHENING_FORCE * s.force) * speed
    work = -s.force * speed
    return MuscleEnergy(work, np.maximum(heat, -work))


# Name -> model and power at rest, W/kg of body mass. A name says model and specific tension; another constant gets
# another name.
ENERGY_MODELS: dict[str, tuple[Callable[[WalkLog], MuscleEnergy], float]] = {
    "umberger_060": (umberger, RESTING_POWER),
    "bhargava_060": (bhargava, BASAL_POWER),
}


def transport_cost(log: WalkLog, model: str, first: int, last: int, distance: float, moved: bool = False) -> float:
    """Return the gross metabolic cost of transport of a part of a walk, J/kg/m.

    As in studies of exoskeletons, per kg of the person: a device has to save what its own mass costs. Resting power is
    the person's too.

    Args:
        log: The walk.
        model: Name in `ENERGY_MODELS`.
        first: First sample.
        last: Last sample, excluded.
        distance: Way of the pelvis in between, m.
        moved: Per kg of all that moves, device included, as the graded term `cot` has it: within a search that is a
            constant factor.
    """
    function, rest = ENERGY_MODELS[model]
    mass = log.mass if moved else log.person_mass
    part = replace(log, flat=log.flat[first:last])
    power = function(part).total.sum(axis=1).mean() + rest * mass
    return float(power * (last - first) * log.dt / (mass * distance))


def energy_by_muscle(log: WalkLog, model: str, first: int, last: int) -> dict[str, tuple[float, float, float]]:
    """Return positive work, negative work and heat of every muscle over a part of a walk, mean powers in W."""
    energy = ENERGY_MODELS[model][0](log)
    work, heat = energy.work[first:last], energy.heat[first:last]
    columns = np.maximum(work, 0.0).mean(axis=0), np.minimum(work, 0.0).mean(axis=0), heat.mean(axis=0)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return dict(zip(log.layout.muscle_names, rows, strict=True))
