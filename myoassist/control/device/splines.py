"""Torque curves over stance or stride: from fractions of the search vector to a piecewise cubic.

Both controllers use monotone cubic interpolation (PCHIP, Fritsch & Butland 1984). Default profile of the four-parameter
controller: Poggensee & Collins, Science Robotics 2021, doi 10.1126/scirobotics.abf1078.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.parameters import DEFAULT_FOUR_PARAM, DEFAULT_FOUR_PARAM_STRIDE
from myoassist.model.devices.table import TORQUE_CONTROLLERS

if TYPE_CHECKING:
    from scipy.interpolate import PchipInterpolator


@dataclass(frozen=True)
class TorqueCurve:
    """A piecewise cubic over percent of stance or stride.

    Attributes:
        percent: Knots, strictly increasing from 0 to 100, shape (k,).
        torque: Torque at the knots, N·m, shape (k,).
        coefficients: Cubic, quadratic, linear and constant coefficient of each segment, shape (4, k - 1).
    """

    percent: np.ndarray
    torque: np.ndarray
    coefficients: np.ndarray

    def __call__(self, percent: np.ndarray) -> np.ndarray:
        """Return the unclipped torque, N·m, at percents of stance."""
        return _interpolate(self.percent, self.torque)(percent)


def build_curve(percent: np.ndarray, torque: np.ndarray) -> TorqueCurve:
    """Interpolate knots.

    Raises:
        ValueError: if knots coincide or are not increasing, or a torque is no finite number.
    """
    percent = np.asarray(percent, dtype=float)
    torque = np.asarray(torque, dtype=float)
    if not (np.diff(percent) > 0).all():
        raise ValueError(f"torque curve knots do not increase: {np.array2string(percent, precision=3)}")
    if not np.isfinite(torque).all():
        raise ValueError(f"torque curve is beyond what a number can hold: {np.array2string(torque, precision=3)} N·m")
    return TorqueCurve(percent, torque, np.ascontiguousarray(_interpolate(percent, torque).c))


def _interpolate(percent: np.ndarray, torque: np.ndarray) -> "PchipInterpolator":
    # Slow to import, and most runs have no curve.
    from scipy.interpolate import PchipInterpolator

    return PchipInterpolator(percent, torque)


def four_param_knots(values: np.ndarray, max_torque: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the knots (percent, N·m) of (peak torque, rise, peak time, fall), all as fractions."""
    # Infinite where it is beyond floating point, which `build_curve` refuses.
    with np.errstate(over="ignore"):
        peak = values[0] * max_torque
    rise, time, fall = 100.0 * values[1], 100.0 * values[2], 100.0 * values[3]
    percent, torque = [0.0], [0.0]
    if max(0.0, time - rise) > 0:
        percent.append(time - rise)
        torque.append(0.0)
    percent.append(time)
    torque.append(peak)
    end = min(100.0, time + fall)
    if end > time:
        percent.append(end)
        torque.append(0.0)
    if percent[-1] < 100.0:
        percent.append(100.0)
        torque.append(0.0)
    return np.array(percent), np.array(torque)


def npoint_knots(values: np.ndarray, max_torque: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the knots (percent, N·m) of n torque fractions followed by n times within n equal segments."""
    n = len(values) // 2
    torque = values[:n] * max_torque
    percent = 100.0 * (np.arange(n) + values[n:]) / n
    return np.concatenate(([0.0], percent, [100.0])), np.concatenate(([0.0], torque, [0.0]))


def explain_invalid(values: np.ndarray, config: ExoConfig) -> str:
    """Say why exo values are not a usable profile; empty if they are.

    Args:
        values: Exo entries of the search vector, raw.
        config: Exo configuration.
    """
    if config.controller not in TORQUE_CONTROLLERS:
        return ""
    if config.controller == "four_param":
        rise, time, fall = (100.0 * float(v) for v in values[1:4])
        if not 50.0 <= time <= 100.0:
            return f"exo peak time {time:.1f} % of stance (of the stride for hips) is outside 50..100 %"
        if not 0.0 < rise < time:
            return f"exo rise time {rise:.1f} % is not between 0 and the peak time {time:.1f} %"
        if not 0.0 < fall < 100.0 - time:
            return f"exo fall time {fall:.1f} % is not between 0 and {100 - time:.1f} %"
        return ""
    n = len(values) // 2
    torques, times = values[:n], values[n:]
    if not ((torques >= 0.01) & (torques <= 1.0)).all():
        return f"exo torque fractions {np.array2string(torques, precision=3)} are not all in 0.01..1"
    if not ((times >= 0.0) & (times <= 1.0)).all():
        return f"exo times {np.array2string(times, precision=3)} are not all in 0..1"
    return ""


def profile_curve(values: np.ndarray, config: ExoConfig, stride: bool = False) -> TorqueCurve | None:
    """Build the torque curve of the exo entries of a search vector.

    Args:
        values: Exo entries, raw; ignored when the profile is fixed.
        config: Exo configuration.
        stride: The curve is timed by the stride; tells which profile a fixed one is.

    Returns:
        The curve, or None when the controller follows none.

    Raises:
        ValueError: if knots coincide.
    """
    if config.controller not in TORQUE_CONTROLLERS:
        return None
    if config.controller == "four_param":
        if config.fixed:
            values = np.array(DEFAULT_FOUR_PARAM_STRIDE if stride else DEFAULT_FOUR_PARAM)
        return build_curve(*four_param_knots(np.asarray(values), config.max_torque))
    return build_curve(*npoint_knots(np.asarray(values), config.max_torque))
