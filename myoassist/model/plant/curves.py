"""Dimensionless curves of a muscle with tendon, exact and as tables of cubics that compiled code reads.

Source: De Groote, Kinney, Rao & Fregly, "Evaluation of direct collocation optimal control problem formulations for
solving the muscle redundancy problem", Ann Biomed Eng 44:2922 (2016), supplement. Two of its force-velocity constants
are solved for, so that the curve is exactly 1 at rest and 0 at the greatest speed of shortening. Forces are never
negative, and tendon and passive curve go on as straight lines where no muscle works: an exponential would overflow when
a start pose pulls at a short tendon.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# Active force by length: height, centre, width and its growth with length of three bells.
_BELLS = (
    (0.8150671134243542, 1.055033428970575, 0.162384573599574, 0.063303448465465),
    (0.433004984392647, 0.716775413397760, -0.029947116970696, 0.200356847296188),
    (0.1, 1.0, 0.353553390593274, 0.0),
)
_PASSIVE_SHAPE, _PASSIVE_STRAIN = 4.0, 0.6
PASSIVE_LINEAR = 1.7  # optimal lengths, from where the passive curve is straight
_SPEED_SCALE, _SPEED_SHIFT = -8.149, -0.374
_SPEED_FACTOR = -1.0 / (np.arcsinh(_SPEED_SHIFT - _SPEED_SCALE) - np.arcsinh(_SPEED_SHIFT))
_TENDON_FACTOR, _TENDON_SHIFT = 0.2, 0.25
TENDON_FOOT = 0.995  # slack lengths, where the exponent of the tendon is 0
# Exponents of the tendon where its force is 0, 1 and 2 peak forces; it is straight beyond the last.
TENDON_SLACK, TENDON_ONE, TENDON_LINEAR = (np.log((f + _TENDON_SHIFT) / _TENDON_FACTOR) for f in (0.0, 1.0, 2.0))

# Ranges and numbers of intervals of the tables.
LENGTH_LOW, LENGTH_HIGH, LENGTHS = 0.1, 2.0, 380
SPEED_LOW, SPEED_HIGH, SPEEDS = -1.5, 1.5, 600
TENSIONS = 240


def active_force(length: np.ndarray) -> np.ndarray:
    """Return the active force, in peak forces, of a fibre length in optimal lengths."""
    total = np.zeros_like(np.asarray(length, dtype=float))
    for height, centre, width, growth in _BELLS:
        total += height * np.exp(-0.5 * ((length - centre) / (width + growth * length)) ** 2)
    return total


def passive_force(length: np.ndarray) -> np.ndarray:
    """Return the passive force, in peak forces, of a fibre length in optimal lengths."""
    bent = np.minimum(length, PASSIVE_LINEAR)
    scale = np.exp(_PASSIVE_SHAPE) - 1.0
    rise = np.exp(_PASSIVE_SHAPE * (bent - 1.0) / _PASSIVE_STRAIN)
    slope = _PASSIVE_SHAPE / _PASSIVE_STRAIN * rise / scale
    return np.maximum((rise - 1.0) / scale, 0.0) + slope * (length - bent)


def speed_force(speed: np.ndarray) -> np.ndarray:
    """Return the factor of the active force at a fibre speed in greatest speeds, lengthening positive."""
    shift = np.arcsinh(_SPEED_SHIFT)
    return _SPEED_FACTOR * (np.arcsinh(_SPEED_SCALE * speed + _SPEED_SHIFT) - shift) + 1.0


def tendon_exponent(strain_at_peak: np.ndarray) -> np.ndarray:
    """Return the exponent per slack length of a tendon whose strain under the peak force is given."""
    return TENDON_ONE / (strain_at_peak + 1.0 - TENDON_FOOT)


def tendon_force(exponent: np.ndarray) -> np.ndarray:
    """Return the force of a tendon, in peak forces, at `tendon_exponent * (length in slack lengths - TENDON_FOOT)`."""
    bent = np.clip(exponent, TENDON_SLACK, TENDON_LINEAR)
    rise = _TENDON_FACTOR * np.exp(bent)
    return rise - _TENDON_SHIFT + rise * np.maximum(exponent - TENDON_LINEAR, 0.0)


def tendon_energy(exponent: np.ndarray) -> np.ndarray:
    """Return the energy that a tendon holds, in peak force times slack length over its exponent per slack length."""
    bent = np.clip(exponent, TENDON_SLACK, TENDON_LINEAR)
    start, rise = _TENDON_FACTOR * np.exp(TENDON_SLACK), _TENDON_FACTOR * np.exp(bent)
    beyond = np.maximum(exponent - TENDON_LINEAR, 0.0)
    curved = rise - start - _TENDON_SHIFT * (bent - TENDON_SLACK)
    return curved + beyond * (rise - _TENDON_SHIFT) + 0.5 * rise * beyond**2


class Curves(NamedTuple):
    """Tables of the curves; a row holds the coefficients of a cubic in the place within its interval, 0 to 1.

    Attributes:
        length: Active and passive force between LENGTH_LOW and LENGTH_HIGH, shape (LENGTHS, 8).
        speed: Force by speed between SPEED_LOW and SPEED_HIGH, shape (SPEEDS, 4).
        tendon: Tendon force between the exponents TENDON_SLACK and TENDON_LINEAR, shape (TENSIONS, 4).
    """

    length: np.ndarray
    speed: np.ndarray
    tendon: np.ndarray


def make_curves() -> Curves:
    """Tabulate the curves; the cubics meet values and slopes at the ends of every interval."""
    low, high = float(TENDON_SLACK), float(TENDON_LINEAR)
    return Curves(
        np.hstack(
            [
                _cubics(active_force, LENGTH_LOW, LENGTH_HIGH, LENGTHS),
                _cubics(passive_force, LENGTH_LOW, LENGTH_HIGH, LENGTHS),
            ]
        ),
        _cubics(speed_force, SPEED_LOW, SPEED_HIGH, SPEEDS),
        _cubics(tendon_force, low, high, TENSIONS),
    )


def _cubics(curve: Callable[[np.ndarray], np.ndarray], low: float, high: float, count: int) -> np.ndarray:
    """Return the coefficients of `count` cubics, from the constant up, shape (count, 4)."""
    step = (high - low) / count
    left = low + step * np.arange(count)
    # Slopes from within the interval: a curve may have a corner at its ends.
    tiny = 1e-6 * step
    y0, y1 = curve(left), curve(left + step)
    d0 = (curve(left + tiny) - y0) / 1e-6
    d1 = (y1 - curve(left + step - tiny)) / 1e-6
    return np.ascontiguousarray(np.stack([y0, d0, 3.0 * (y1 - y0) - 2.0 * d0 - d1, 2.0 * (y0 - y1) + d0 + d1], axis=1))
