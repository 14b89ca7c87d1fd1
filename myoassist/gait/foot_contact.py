"""Stances of each foot from the whole force of the ground on it: heel strikes and toe-offs.

Version whole_foot_1: a foot begins to bear load where its load rises through RISE and ends where it falls through FALL;
a pause shorter than LEAST_SWING belongs to the stance. The foot as a whole counts: a heel alone is loaded again late in
stance, and a foot that lands on its toes would be missed.
"""

from typing import NamedTuple

import numpy as np

RISE, FALL = 0.1, 0.05  # body weights
LEAST_SWING = 0.15  # s


class Stances(NamedTuple):
    """Events of one foot.

    Attributes:
        strikes: First loaded sample after each swing, ascending.
        offs: First unloaded sample after each stance, ascending.
    """

    strikes: np.ndarray
    offs: np.ndarray


def loaded_samples(load: np.ndarray, dt: float) -> np.ndarray:
    """Return where a foot stands, shape (T,), bool.

    Args:
        load: Load of the foot, body weights, shape (T,).
        dt: Sample interval, s.
    """
    stands = np.zeros(len(load), dtype=bool)
    changes = np.where(load > RISE, 1, np.where(load < FALL, -1, 0))
    # Between the thresholds a foot is what it was.
    known = np.maximum.accumulate(np.where(changes != 0, np.arange(len(load)), -1))
    stands[known >= 0] = changes[known[known >= 0]] > 0
    for first, last in _runs(~stands):
        pause = round((last - first) * dt, 9)
        # At either end of the record the swing may be longer than what is seen of it.
        if pause < LEAST_SWING and first > 0 and last < len(load):
            stands[first:last] = True
    return stands


def find_stances(load: np.ndarray, dt: float) -> Stances:
    """Return heel strikes and toe-offs of one foot.

    A heel strike needs LEAST_SWING without load before it, so that none is found in that time after the start.

    Args:
        load: Load of the foot, body weights, shape (T,).
        dt: Sample interval, s.
    """
    strikes, offs = [], []
    for first, last in _runs(~loaded_samples(load, dt)):
        if round((last - first) * dt, 9) < LEAST_SWING:
            continue
        if first > 0:
            offs.append(first)
        if last < len(load):
            strikes.append(last)
    return Stances(np.asarray(strikes, dtype=np.intp), np.asarray(offs, dtype=np.intp))


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Return first sample and the sample behind the last of every run of true flags."""
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist(), strict=True))
