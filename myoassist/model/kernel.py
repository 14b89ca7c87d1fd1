"""The decorator of every compiled function that runs within a simulation step, and what array code it replaces."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

# Kernels get every array from outside and allocate none, so they need no runtime that counts references. With it, each
# array taken out of a tuple costs two atomic counts: four fifths of the time of the reflex controller, measured.
# What this forbids (allocating, `a[:] = b`) fails when the kernel is compiled.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "forceinline": True}

kernel: Callable[..., Any] = njit(**_OPTIONS)
inlined_kernel: Callable[..., Any] = njit(**_OPTIONS, inline="always")


@kernel
def copy(target: np.ndarray, source: np.ndarray) -> None:
    """Copy the elements of one vector onto another of the same length."""
    for i in range(len(source)):
        target[i] = source[i]


@kernel
def is_finite(values: np.ndarray) -> bool:
    """Return whether no element of a vector is infinite or NaN."""
    finite = True
    for value in values:
        finite = finite and np.isfinite(value)
    return finite
