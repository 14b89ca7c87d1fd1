"""The judged end of a walk, cut into strides of 100 points."""

from dataclasses import dataclass

import numpy as np

from myoassist.gait.events import HeelStrikes
from myoassist.rollout.log import WalkLog

STRIDE_POINTS = 100


@dataclass(frozen=True)
class GaitWindow:
    """The last strides of a walk, from left heel strike to left heel strike.

    Attributes:
        first: Sample of the first left heel strike.
        last: Sample of the last left heel strike.
        left: Left heel strikes in [first, last].
        right: Right heel strikes in [first, last].
        starts: First sample of each stride, shape (n,).
        stops: Sample after the last one of each stride, shape (n,).
    """

    first: int
    last: int
    left: np.ndarray
    right: np.ndarray
    starts: np.ndarray
    stops: np.ndarray

    @property
    def n_strides(self) -> int:
        """Number of strides."""
        return len(self.starts)

    @property
    def samples(self) -> slice:
        """Samples of whole strides: from the first heel strike up to the last one, which begins the next stride."""
        return slice(self.first, self.last)

    @property
    def whole(self) -> slice:
        """Samples from the first to the last heel strike, both included."""
        return slice(self.first, self.last + 1)


def cut_window(strikes: HeelStrikes, num_strides: int, compat: bool = False) -> GaitWindow:
    """Cut the window of the last strides.

    Args:
        strikes: Heel strikes of the walk.
        num_strides: Number of strides wanted.
        compat: Take every second event of both feet together as stride limits, which is the same as long as the feet
            alternate; otherwise strides run from one left heel strike to the next.

    Raises:
        ValueError: if there are fewer than num_strides + 1 left heel strikes.
    """
    if len(strikes.left) < num_strides + 1:
        raise ValueError(f"{num_strides} strides need {num_strides + 1} left heel strikes, found {len(strikes.left)}")
    left = strikes.left[-(num_strides + 1) :]
    first, last = int(left[0]), int(left[-1])
    right = strikes.right[(strikes.right >= first) & (strikes.right <= last)]
    starts, stops = left[:-1], left[1:]
    if compat:
        merged = np.sort(np.concatenate([left, right]))
        starts = merged[0:-2:2]
        stops = merged[2::2][: len(starts)]
    return GaitWindow(first, last, left, right, starts, stops)


def stride_window(start: int, stop: int) -> GaitWindow:
    """Return the window of one stride of either leg, from its heel strike to the next, samples; steps are left out."""
    none = np.zeros(0, dtype=np.int64)
    return GaitWindow(start, stop, none, none, np.array([start]), np.array([stop]))


def normalize_strides(values: np.ndarray, window: GaitWindow) -> np.ndarray:
    """Resample every stride to 100 points by linear interpolation.

    Point j of a stride of n samples lies at sample j·n/99 and holds the last sample beyond n - 1: the grid on which
    the published cost values were computed.

    Args:
        values: Samples of the whole walk, shape (T, ...).
        window: Strides to cut out.

    Returns:
        Shape (n_strides, 100, ...).
    """
    lengths = (window.stops - window.starts)[:, None]
    position = np.minimum(np.arange(STRIDE_POINTS) * lengths / (STRIDE_POINTS - 1), lengths - 1)
    lower = position.astype(np.intp)
    fraction = (position - lower).reshape(position.shape + (1,) * (values.ndim - 1))
    below = values[window.starts[:, None] + lower]
    above = values[window.starts[:, None] + np.minimum(lower + 1, lengths - 1)]
    return below + fraction * (above - below)


def displacement(log: WalkLog, window: GaitWindow) -> np.ndarray:
    """Return the way of the pelvis over the window, shape (2,), m: forward (along the incline on a slope) and left."""
    delta = log.pelvis_pos_w[window.last] - log.pelvis_pos_w[window.first]
    forward = np.hypot(delta[0], delta[2]) if log.slope_deg != 0.0 else delta[0]
    return np.array([forward, delta[1]])


def duration(log: WalkLog, window: GaitWindow) -> float:
    """Return the time from the first to the last heel strike of the window, s."""
    return float(log.time[window.last] - log.time[window.first])
