"""Running means for pictures."""

import numpy as np


def smooth(values: np.ndarray, window: float) -> np.ndarray:
    """Return the mean over a centred window of samples that shrinks at the ends, shape (T,)."""
    half = max(round(window), 1) // 2
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    first, last = np.maximum(index - half, 0), np.minimum(index + half + 1, len(values))
    return (total[last] - total[first]) / (last - first)
