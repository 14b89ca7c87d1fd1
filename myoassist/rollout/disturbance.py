"""Pushes and sensor noise of a walk, drawn before it starts so that the loop stays compiled and repeatable."""

from typing import NamedTuple

import numpy as np

from myoassist.config.schema.run import PerturbationConfig
from myoassist.control.signals import BODY_SIGNALS, LEG_SIGNALS

# Standard deviation of the noise at a factor of 1.
ANGLE_NOISE, RATE_NOISE = 0.01, 0.1  # rad, rad/s
LOAD_NOISE, FORCE_NOISE = 0.02, 0.02  # body weights, peak forces
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
    """

    push: np.ndarray
    noise: np.ndarray


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
    names = list(BODY_SIGNALS) + list(LEG_SIGNALS) * 2
    noise = np.zeros((0, len(names)))
    if config.sensor_noise > 0.0:
        deviation = config.sensor_noise * np.array([_NOISE.get(name, 0.0) for name in names])
        noise = np.random.default_rng(seed).standard_normal((steps, len(names))) * deviation
    return Disturbance(push, noise)
