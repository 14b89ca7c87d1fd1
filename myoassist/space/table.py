"""The parameter table: the only source of names, units, decoding, bounds and initial values of a search vector.

Raw parameters are near 1; physical value = scale * raw + offset.
"""

import numpy as np

from myoassist.files.errors import LayoutError
from myoassist.space.factors import Factor
from myoassist.space.parameter import Parameter


class ParameterTable:
    """An ordered set of parameters with a layout name.

    Args:
        parameters: Entries in vector order.
        layout: Name of the layout, e.g. `2d-npoint6`; vectors of another layout are refused.
        factors: What a search over factors moves together, see `space.factors`.
    """

    def __init__(self, parameters: list[Parameter], layout: str, factors: tuple[Factor, ...] = ()) -> None:
        self.parameters = tuple(parameters)
        self.layout = layout
        self.factors = factors
        self.names = tuple(p.name for p in parameters)
        self.scale = np.array([p.scale for p in parameters])
        self.offset = np.array([p.offset for p in parameters])
        self.lower = np.array([p.lower for p in parameters])
        self.upper = np.array([p.upper for p in parameters])
        self.initial = np.array([p.initial for p in parameters])
        self.groups = tuple(p.group for p in parameters)
        self.free = np.array([not p.fixed for p in parameters])
        # Angles are decoded to rad and shown in degrees, as their unit says.
        self._angles = np.array([p.unit.startswith("deg") for p in parameters], dtype=bool)
        self._index = {name: i for i, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.parameters)

    def index(self, name: str) -> int:
        """Return the position of a name in the vector."""
        return self._index[name]

    def group_slice(self, group: str) -> slice:
        """Return the contiguous slice of a group; empty when the group has no entry."""
        members = [i for i, g in enumerate(self.groups) if g == group]
        return slice(members[0], members[-1] + 1) if members else slice(len(self), len(self))

    def check(self, vector: np.ndarray, source: str = "parameter vector") -> np.ndarray:
        """Return the vector as float64 of shape (len(self),).

        Raises:
            LayoutError: if the length differs or an entry is not finite.
        """
        vector = np.asarray(vector, dtype=np.float64).reshape(-1)
        if vector.shape[0] != len(self):
            raise LayoutError(
                f"{source} has {vector.shape[0]} entries",
                f"{len(self)} entries of layout {self.layout}",
                "use a file of the same musculature and exo.controller, or change these to match the file",
            )
        if not np.isfinite(vector).all():
            bad = [self.names[i] for i in np.flatnonzero(~np.isfinite(vector))]
            raise LayoutError(f"{source} holds NaN or infinite values at {', '.join(bad)}", "finite numbers")
        return vector

    def decode(self, vector: np.ndarray) -> np.ndarray:
        """Return physical values `scale * raw + offset` (angles in rad), shape (len(self),).

        Where the product is beyond floating point it is infinite, without a warning: no raw value is too large for a
        file or a search without upper bounds, and a walk says of which parameters it was; see `infinite_names`.
        """
        with np.errstate(over="ignore"):
            return self.scale * self.check(vector) + self.offset

    def show(self, vector: np.ndarray) -> np.ndarray:
        """Return physical values in the unit of each parameter, angles in degrees, shape (len(self),)."""
        with np.errstate(over="ignore"):
            values = self.decode(vector)
            return np.where(self._angles, np.rad2deg(values), values)

    def raw(self, name: str, value: float) -> float:
        """Return the raw value of a parameter out of its physical value in its unit, the inverse of `show`."""
        i = self._index[name]
        decoded = np.deg2rad(value) if self._angles[i] else value
        return float((decoded - self.offset[i]) / self.scale[i])

    def infinite_names(self, values: np.ndarray) -> list[str]:
        """Return the names of decoded values, shape (len(self),), that are beyond floating point."""
        return [self.names[i] for i in np.flatnonzero(~np.isfinite(values))]

    def clamp(self, vector: np.ndarray) -> np.ndarray:
        """Return the vector with every entry moved into its bounds."""
        return np.clip(self.check(vector), self.lower, self.upper)
