"""What a part of the loop writes into the log."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Channel:
    """A quantity that a part writes into the log at every control step.

    Attributes:
        name: Name of the column, unique within a log.
        shape: Shape of one sample; (2,) is one value per leg, right and left.
        unit: Its unit, 1 for none.
        meaning: What it is, in a few words.
        by_muscle: Whether its values are those of the muscles of the log, in their order.
        internal: Whether it is logged only with `control.log_modules`; the figure of the whole walk leaves it out.
    """

    name: str
    shape: tuple[int, ...]
    unit: str
    meaning: str
    by_muscle: bool = False
    internal: bool = False

    @property
    def size(self) -> int:
        """Number of columns."""
        return int(np.prod(self.shape, dtype=int))
