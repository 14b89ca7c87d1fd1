"""Cut a walk into the gait cycles and the stances of each leg, on a grid of whole percents."""

from dataclasses import dataclass

import numpy as np

from myoassist.gait.events import find_heel_strikes
from myoassist.gait.metrics import CONTACT_LOAD
from myoassist.rollout.log import WalkLog

PERCENT = np.arange(101.0)
MIN_STANCE_S = 0.2


@dataclass(frozen=True)
class LegCycles:
    """The last gait cycles of one leg.

    Attributes:
        leg: 0 right, 1 left.
        starts: Sample of the heel strike that begins each cycle, shape (n,).
        stops: Sample of the next heel strike of the same leg, shape (n,).
    """

    leg: int
    starts: np.ndarray
    stops: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)


def find_leg_cycles(log: WalkLog, num_strides: int) -> list[LegCycles]:
    """Return the last cycles of the right and of the left leg.

    Args:
        log: The walk.
        num_strides: Number of cycles per leg; fewer where there are not as many.
    """
    strikes = find_heel_strikes(log)
    cycles = []
    for leg, samples in enumerate((strikes.right, strikes.left)):
        last = samples[-(num_strides + 1) :]
        cycles.append(LegCycles(leg, last[:-1], last[1:]))
    return cycles


def find_stances(log: WalkLog, cycles: LegCycles) -> LegCycles:
    """Return the stances of the leg from its first to its last heel strike of the cycles.

    A stance is an unbroken contact above 0.1 body weight, which is also what starts and stops the clock of the exo;
    contacts shorter than 0.2 s do not count.
    """
    if len(cycles) == 0:
        return cycles
    # The heel-strike sample itself may lie just before or after the load passes the limit.
    margin = round(0.05 / log.dt)
    first, last = max(cycles.starts[0] - margin, 0), min(cycles.stops[-1] + margin, log.n_steps)
    loaded = np.zeros(last - first + 2, dtype=np.int8)
    loaded[1:-1] = log.load[first:last, cycles.leg] > CONTACT_LOAD
    change = np.diff(loaded)
    starts, stops = np.flatnonzero(change > 0) + first, np.flatnonzero(change < 0) + first
    # A stance that the section cuts off is no whole stance.
    kept = (stops - starts >= round(MIN_STANCE_S / log.dt)) & (stops < last) & (starts > first)
    return LegCycles(cycles.leg, starts[kept], stops[kept])


def stance_progress(log: WalkLog) -> np.ndarray:
    """Return the percent of stance of both legs at every sample, shape (T, 2); NaN in swing and where it is not known.

    A stance is an unbroken contact above 0.1 body weight of at least 0.2 s. How far a stance is that has no end, or no
    beginning, in the walk is not known.
    """
    percent = np.full((log.n_steps, 2), np.nan)
    for leg in range(2):
        change = np.diff((log.load[:, leg] > CONTACT_LOAD).astype(np.int8))
        starts, stops = np.flatnonzero(change > 0) + 1, np.flatnonzero(change < 0) + 1
        for start in starts:
            later = stops[stops > start]
            if len(later) and later[0] - start >= round(MIN_STANCE_S / log.dt):
                stop = later[0]
                percent[start:stop, leg] = 100.0 * np.arange(stop - start) / (stop - start)
    return percent


def resample(values: np.ndarray, cycles: LegCycles) -> np.ndarray:
    """Return a signal over each cycle at 0, 1, ..., 100 percent, shape (n, 101).

    Args:
        values: Samples of the whole walk, shape (T,).
        cycles: Cycles or stances.
    """
    samples = np.arange(len(values))
    fraction = PERCENT / 100.0
    return np.array(
        [
            np.interp(start + fraction * (stop - start), samples, values)
            for start, stop in zip(cycles.starts, cycles.stops, strict=True)
        ]
    ).reshape(-1, len(PERCENT))


def stance_percent(log: WalkLog, cycles: LegCycles) -> float | None:
    """Return where in the cycle the leg leaves the ground for good, mean of the cycles, percent; None if never."""
    ends = []
    for start, stop in zip(cycles.starts, cycles.stops, strict=True):
        # The next heel may touch down some samples before its strike is counted.
        loaded = np.flatnonzero(log.load[start : start + int(0.9 * (stop - start)), cycles.leg] > CONTACT_LOAD)
        if len(loaded):
            ends.append(100.0 * (loaded[-1] + 1) / (stop - start))
    return float(np.mean(ends)) if ends else None
