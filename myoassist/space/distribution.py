"""Random vectors: a distribution of every parameter, independent of the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np


@dataclass(frozen=True)
class VectorDistribution:
    """Independent distributions of N raw parameters.

    Attributes:
        center: Mean of each, shape (N,).
        width: Standard deviation of a normal one, half of the range of a uniform one, shape (N,).
        uniform: Which are uniform, shape (N,).
    """

    center: np.ndarray
    width: np.ndarray
    uniform: np.ndarray

    def draw(self, random: np.random.RandomState, n: int) -> np.ndarray:
        """Return n vectors, shape (n, N); the number of random numbers depends on n and N alone."""
        shape = (n, len(self.center))
        even = random.uniform(-1.0, 1.0, shape)
        normal = random.standard_normal(shape)
        return self.center + self.width * np.where(self.uniform, even, normal)

    def encode(self) -> dict[str, Any]:
        """Return the distribution as plain JSON values."""
        return {name: getattr(self, name).tolist() for name in ("center", "width", "uniform")}

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> Self:
        """Return the distribution that `encode` wrote.

        Raises:
            KeyError, TypeError, ValueError: if the data are something else.
        """
        return cls(
            np.array(data["center"], dtype=np.float64),
            np.array(data["width"], dtype=np.float64),
            np.array(data["uniform"], dtype=bool),
        )
