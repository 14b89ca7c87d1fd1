"""Find strides in a recording of several, from joint angles alone: where the built-in gait fits best, and how long."""

import itertools
from collections.abc import Mapping

import numpy as np

from myoassist.gait.reference.judgement import GOOD_AGREEMENT, NAMES, templates
from myoassist.gait.strides import STRIDE_POINTS

# Lengths that are tried, as factors from one to the next, and starts as parts of the length.
_LENGTH_STEP = 1.04
_START_STEP = 0.02
SHORTEST_STRIDE = 15  # rows
# A stride that fits less well than this part of the best one is none.
_WORST_FIT = 0.7
# At either end of the recording it has to fit this well, and nearly as well as within.
_BORDER_FIT, _BORDER_SHARE = 0.8, 0.9
# The ends of a stride are no farther apart than this share of the range, in the mean of its curves.
LARGEST_OPENING = 0.1
# Strides follow each other after this part of the best length.
_LEAST_DISTANCE, _MOST_DISTANCE = 0.7, 1.35
# A cycle is often given without its last row.
_MISSING_END = 0.03
_POINTS = 50

Curves = Mapping[tuple[str, str], np.ndarray]


def find_strides(curves: Curves, lead: str = "l") -> list[tuple[float, float]]:
    """Return first and last row of the strides of a recording, from heel strike to heel strike of one leg.

    Args:
        curves: Hip, knee and ankle angle by name and side, any unit and sign, evenly spaced, each of shape (n,).
        lead: l or r, the leg whose heel strikes begin a stride.

    Returns:
        Rows, not whole ones in general, in order; empty where nothing looks like a stride.
    """
    pairs = []
    for (name, side), curve in curves.items():
        if name in NAMES and np.ptp(curve) > 0.0:
            template = templates()[name] if side == lead else np.roll(templates()[name], STRIDE_POINTS // 2)
            pairs.append((name, np.asarray(curve, dtype=np.float64), template))
    if not pairs:
        return []
    n = len(pairs[0][1])
    signs = dict.fromkeys(NAMES, 1.0)
    best, length = -1.0, 0.0
    longest = (n - 1) / (1.0 - _MISSING_END)
    n_lengths = max(int(np.log(max(longest / SHORTEST_STRIDE, 1.0)) / np.log(_LENGTH_STEP)) + 1, 1)
    for tried in np.geomspace(longest, SHORTEST_STRIDE, n_lengths):
        fits = _fits(pairs, tried, _starts(n, tried))
        for pattern in itertools.product((1.0, -1.0), repeat=len(NAMES)):
            turned = dict(zip(NAMES, pattern, strict=True))
            worth = _total(fits, turned).max() - 0.05 * pattern.count(-1.0)
            if worth > best:
                best, length, signs = float(worth), float(tried), turned
    if best < GOOD_AGREEMENT:
        return []
    finer = np.minimum(length * np.linspace(1.0 / _LENGTH_STEP, _LENGTH_STEP, 17), longest)
    length = float(max(finer, key=lambda tried: _total(_fits(pairs, tried, _starts(n, tried)), signs).max()))
    return _choose(pairs, length, signs, n)


def _starts(n: int, length: float) -> np.ndarray:
    last = max(n - 1 - (1.0 - _MISSING_END) * length, 0.0)
    return np.linspace(0.0, last, int(last / (_START_STEP * length)) + 2)


def _fits(
    pairs: list[tuple[str, np.ndarray, np.ndarray]], length: float, starts: np.ndarray
) -> dict[str, list[np.ndarray]]:
    """Return the correlation of every window with the template of its curve, by joint, each of shape (starts,)."""
    phase = np.arange(_POINTS) / _POINTS
    fits: dict[str, list[np.ndarray]] = {}
    for name, curve, template in pairs:
        rows = starts[:, None] + length * phase
        window = np.interp(rows, np.arange(len(curve)), curve)
        model = np.interp(STRIDE_POINTS * phase, np.arange(STRIDE_POINTS), template)
        window = window - window.mean(axis=1, keepdims=True)
        model = model - model.mean()
        scale = np.sqrt((window**2).sum(axis=1) * (model @ model))
        fits.setdefault(name, []).append(window @ model / np.maximum(scale, 1e-12))
    return fits


def _total(fits: Mapping[str, list[np.ndarray]], signs: Mapping[str, float]) -> np.ndarray:
    return np.mean([signs[name] * np.mean(rows, axis=0) for name, rows in fits.items()], axis=0)


def _choose(
    pairs: list[tuple[str, np.ndarray, np.ndarray]], length: float, signs: Mapping[str, float], n: int
) -> list[tuple[float, float]]:
    """Return the strides whose beginnings fit better than their neighbours."""
    starts = _starts(n, length)
    fit = _total(_fits(pairs, length, starts), signs)
    inner = fit[1:-1]
    chosen: list[int] = []
    for place in np.argsort(-fit):
        if fit[place] < _WORST_FIT * fit.max():
            break
        # Beyond the first and the last row it may fit better still: a stride there begins before the recording.
        border = place in (0, len(fit) - 1)
        if border and fit[place] < max(_BORDER_FIT, _BORDER_SHARE * (inner.max() if len(inner) else 0.0)):
            continue
        if all(abs(starts[place] - starts[other]) >= _LEAST_DISTANCE * length for other in chosen):
            chosen.append(int(place))
    begins = sorted(float(starts[place]) for place in chosen)
    strides = []
    for place, begin in enumerate(begins):
        end = begin + length
        if place + 1 < len(begins) and begins[place + 1] - begin <= _MOST_DISTANCE * length:
            end = begins[place + 1]
        if _open(pairs, begin, end) < LARGEST_OPENING:
            strides.append((begin, end))
    return strides


def _open(pairs: list[tuple[str, np.ndarray, np.ndarray]], begin: float, end: float) -> float:
    """Return how far the ends of a stride are apart, a share of the curves' ranges."""
    parts = []
    for _, curve, _ in pairs:
        first, last = np.interp([begin, end], np.arange(len(curve)), curve)
        parts.append(abs(last - first) / np.ptp(curve))
    return float(np.mean(parts))
