"""Common factors of groups of parameters: few coordinates that move a search vector of many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

# Largest logarithm of a factor: beyond it every bound is reached, and a product stays finite.
_LARGEST = 30.0


@dataclass(frozen=True)
class Factor:
    """Parameters that a search over factors moves together.

    Attributes:
        name: What messages call it.
        patterns: Names of its parameters, or patterns such as `activity_*`, as both legs have them.
        step: What a coordinate of 1 does: the logarithm of the factor, or the raw amount.
        added: Whether it adds an amount to the raw values instead of multiplying the decoded ones.
    """

    name: str
    patterns: tuple[str, ...]
    step: float = 1.0
    added: bool = False


@dataclass(frozen=True)
class FactorSpace:
    """Coordinates z, shape (K,), around a vector of N raw parameters: factors exp(z) and amounts, all 0 at the vector.

    A parameter may be a member of several; those of none keep their value.

    Attributes:
        names: Of the coordinates, K of them.
        members: Places of the parameters of each.
        steps: What a coordinate of 1 does, see `Factor`, shape (K,).
        added: Which of them add an amount, shape (K,).
        zero: Raw value at which the decoded one is 0, shape (N,).
    """

    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    steps: np.ndarray
    added: np.ndarray
    zero: np.ndarray

    def __len__(self) -> int:
        return len(self.names)

    def vector(self, base: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return the raw vector of coordinates z, without regard to bounds, shape (N,).

        Args:
            base: Raw vector at z = 0, which is returned exactly, shape (N,).
            z: Coordinates, shape (K,).
        """
        logarithm, amount = np.zeros(len(base)), np.zeros(len(base))
        for _, members, step, added, value in self._each(z):
            (amount if added else logarithm)[members] += step * value
        logarithm = np.clip(logarithm, -_LARGEST, _LARGEST)
        return base + (base - self.zero) * np.expm1(logarithm) + amount

    def widths(self, base: np.ndarray, z: np.ndarray, deviations: np.ndarray) -> np.ndarray:
        """Return the standard deviation of each raw parameter, to first order, 0 of those that nothing moves.

        Args:
            base: Raw vector at z = 0, shape (N,).
            z: Coordinates, shape (K,).
            deviations: Their standard deviations, taken as independent, shape (K,).
        """
        variance = np.zeros(len(base))
        plain = self.vector(base, np.where(self.added, 0.0, z)) - self.zero
        for _, members, step, added, value in self._each(deviations):
            variance[members] += np.square(step * value * (1.0 if added else plain[members]))
        return np.sqrt(variance)

    def _each(self, values: np.ndarray) -> Iterator[tuple[str, list[int], float, bool, float]]:
        for k, name in enumerate(self.names):
            yield name, list(self.members[k]), float(self.steps[k]), bool(self.added[k]), float(values[k])

    def encode(self) -> dict[str, Any]:
        """Return the space as plain JSON values."""
        arrays = {name: getattr(self, name).tolist() for name in ("steps", "added", "zero")}
        return {"names": list(self.names), "members": [list(item) for item in self.members], **arrays}

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> Self:
        """Return the space that `encode` wrote.

        Raises:
            KeyError, TypeError, ValueError: if the data are something else.
        """
        return cls(
            tuple(str(name) for name in data["names"]),
            tuple(tuple(int(i) for i in item) for item in data["members"]),
            np.array(data["steps"], dtype=np.float64),
            np.array(data["added"], dtype=bool),
            np.array(data["zero"], dtype=np.float64),
        )
