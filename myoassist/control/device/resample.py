"""Carry a torque curve over to another number of points, keeping its peak."""

import numpy as np

from myoassist.control.device.splines import TorqueCurve, build_curve, four_param_knots, npoint_knots

# Torque fractions below this make a curve unusable.
LOWEST_TORQUE = 0.01
PEAK_GRID = np.linspace(0.0, 100.0, 1000)


def find_peak(curve: TorqueCurve) -> tuple[float, float]:
    """Return where a curve is highest on 1000 equally spaced places of stance, and how high.

    Returns:
        Fraction of stance, 0..1, and the value of the curve.
    """
    values = curve(PEAK_GRID)
    place = int(np.argmax(values))
    return float(PEAK_GRID[place]) / 100.0, float(values[place])


def sample_curve(curve: TorqueCurve, n_points: int) -> np.ndarray:
    """Describe a torque curve by n points: its value in the middle of n equal parts of stance, and its peak.

    The point of the part that holds the peak moves to it, because only that point can lie there.

    Args:
        curve: Torque in fractions of the maximal torque over percent of stance.
        n_points: Number of points.

    Returns:
        Raw exo entries: n torque fractions within 0.01..1, then n times as fractions of their parts, shape (2n,).
    """
    centres = (np.arange(n_points) + 0.5) / n_points
    torque = curve(100.0 * centres)
    time = np.full(n_points, 0.5)
    peak_time, peak = find_peak(curve)
    # At either end the curve is held at zero, so a peak there is that of a curve without torque.
    if 0.0 < peak_time < 1.0:
        part = min(int(peak_time * n_points), n_points - 1)
        torque[part] = peak
        time[part] = peak_time * n_points - part
    return np.concatenate([np.clip(torque, LOWEST_TORQUE, 1.0), np.clip(time, 0.0, 1.0)])


def resample_npoint(values: np.ndarray, n_points: int) -> np.ndarray:
    """Carry an n-point torque curve over to another number of points.

    Args:
        values: Raw exo entries, m torques then m times within their parts, shape (2m,).
        n_points: New number of points; where it is m, the values stay as they are.

    Returns:
        Raw exo entries, shape (2 * n_points,).

    Raises:
        ValueError: if points of the old curve coincide.
    """
    values = np.asarray(values, dtype=float)
    if len(values) == 2 * n_points:
        return values.copy()
    return sample_curve(build_curve(*npoint_knots(values, 1.0)), n_points)


def four_param_to_npoint(values: np.ndarray, n_points: int) -> np.ndarray:
    """Describe a four-parameter torque curve by n points.

    Args:
        values: Peak torque, rise time, peak time and fall time as fractions, shape (4,).
        n_points: Number of points.

    Returns:
        Raw exo entries, shape (2 * n_points,).

    Raises:
        ValueError: if knots of the curve coincide.
    """
    return sample_curve(build_curve(*four_param_knots(np.asarray(values, dtype=float), 1.0)), n_points)
