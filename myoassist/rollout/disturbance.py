"""Pushes, sensor noise and starts of a walk, drawn before it begins so that the loop stays compiled and repeatable."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from myoassist.config.schema.draws import PerturbationConfig
from myoassist.control.signals import BODY_SIGNALS, LEG_SIGNALS
from myoassist.model.ground.footholds import FIRM, Footing
from myoassist.space.table import ParameterTable

# Standard deviation of the noise at a factor of 1.
ANGLE_NOISE, RATE_NOISE = 0.01, 0.1  # rad, rad/s
LOAD_NOISE, FORCE_NOISE = 0.02, 0.02  # body weights, peak forces
PUSH_TIME = 0.1  # s, of drawn pushes
_NOISE = {
    **dict.fromkeys(("theta", "phi_hip", "phi_knee", "phi_ankle", "phi_mtp"), ANGLE_NOISE),
    **dict.fromkeys(("theta_f", "phi_hip_add"), ANGLE_NOISE),
    **dict.fromkeys(("dtheta", "dtheta_f", "dphi_hip", "dphi_knee"), RATE_NOISE),
    "load_ipsi": LOAD_NOISE,
    **{name: FORCE_NOISE for name in LEG_SIGNALS if name.startswith("F_")},
}


class Disturbance(NamedTuple):
    """What disturbs a walk.

    Attributes:
        push: Forward force on the pelvis in every control step, N, shape (T,), or (0,) for none.
        noise: Additions to the body signals and to both legs' signals, shape (T, 46), or (0, 46) for none.
        footing: Planes under the feet, which follow uneven ground.
    """

    push: np.ndarray
    noise: np.ndarray
    footing: Footing = FIRM


def draw_disturbance(config: PerturbationConfig, steps: int, dt: float, seed: int) -> Disturbance:
    """Draw the disturbance of one walk.

    Args:
        config: What disturbs.
        steps: Number of control steps.
        dt: Control interval, s.
        seed: Seed of the noise.
    """
    push = np.zeros(0)
    if config.push_force != 0.0:
        time = np.arange(steps) * dt
        # Half a step of slack keeps rounding from moving the beginning.
        since = (time + 0.5 * dt) % config.push_interval
        push = np.where(
            (time + 0.5 * dt >= config.push_interval) & (since < config.push_duration), config.push_force, 0.0
        )
    return Disturbance(push, draw_sensor_noise(config.sensor_noise, steps, np.random.default_rng(seed)))


def draw_sensor_noise(factor: float, steps: int, generator: np.random.Generator) -> np.ndarray:
    """Return additions to the signals, shape (steps, 46), or (0, 46) where the factor is 0."""
    names = list(BODY_SIGNALS) + list(LEG_SIGNALS) * 2
    if factor == 0.0:
        return np.zeros((0, len(names)))
    deviation = factor * np.array([_NOISE.get(name, 0.0) for name in names])
    return generator.standard_normal((steps, len(names))) * deviation


def draw_pushes(impulse: float, interval: float, steps: int, dt: float, generator: np.random.Generator) -> np.ndarray:
    """Return pushes at drawn times, forward or backward, N, shape (steps,), or (0,) where the impulse is 0.

    Args:
        impulse: Largest push, N·s; each lasts PUSH_TIME and has between half of it and all.
        interval: Least time between pushes and before the first, s; each comes up to half of it later.
        steps: Number of control steps.
        dt: Control interval, s.
        generator: Source of the draws.
    """
    if impulse == 0.0:
        return np.zeros(0)
    push = np.zeros(steps)
    length = max(round(PUSH_TIME / dt), 1)
    first = 0.0
    while True:
        first += interval * (1.0 + 0.5 * generator.random())
        size = impulse * (0.5 + 0.5 * generator.random()) * (1.0 if generator.random() < 0.5 else -1.0)
        start = round(first / dt)
        if start >= steps:
            return push
        push[start : start + length] = size / (length * dt)


@dataclass(frozen=True)
class StartSpread:
    """How far the starts are spread.

    Attributes:
        count: Number of walks.
        angle_sd_deg: Standard deviation of every initial joint angle and of the pelvis tilt, deg.
        speed_sd: Standard deviation of the initial forward speed, m/s.
    """

    count: int
    angle_sd_deg: float = 1.0
    speed_sd: float = 0.02


def perturb_start(
    vector: np.ndarray, table: ParameterTable, spread: StartSpread, generator: np.random.Generator
) -> np.ndarray:
    """Return the vector with normal noise on its initial pose and speed; everything else is untouched.

    Args:
        vector: Raw parameters, shape (D,).
        table: Their parameter table.
        spread: Standard deviations.
        generator: Source of the draws; the same one gives the same vector.
    """
    changed = np.array(vector, dtype=float)
    pose = table.group_slice("pose")
    for i in range(pose.start, pose.stop):
        sd = spread.speed_sd if table.parameters[i].unit == "m/s" else np.deg2rad(spread.angle_sd_deg)
        changed[i] += generator.normal(0.0, sd) / table.scale[i]
    return changed
