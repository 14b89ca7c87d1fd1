"""What a part of the loop (human controller, device controller, muscle model) shows to the outside."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from myoassist.control.buffers import Buffers, Ids, Signals
from myoassist.model.kernel import kernel


@dataclass(frozen=True)
class Channel:
    """A quantity that a part writes into the log at every control step.

    Attributes:
        name: Name of the column, unique within a log.
        shape: Shape of one sample; (2,) is one value per leg, right and left.
        unit: Its unit, 1 for none.
        meaning: What it is, in a few words.
    """

    name: str
    shape: tuple[int, ...]
    unit: str
    meaning: str

    @property
    def size(self) -> int:
        """Number of columns."""
        return int(np.prod(self.shape, dtype=int))


class Start(NamedTuple):
    """The instant at which a walk begins.

    Attributes:
        signals: Signals of the start state.
        buffers: Views of the simulator in that state.
        ids: Addresses in them.
        swing_leg: Leg that swings, 0 right, 1 left.
        activation: Activations of the start, shape (2, 13).
    """

    signals: Signals
    buffers: Buffers
    ids: Ids
    swing_leg: int
    activation: np.ndarray


@kernel
def log_nothing(_part: Any, _row: np.ndarray, _column: int) -> None:
    """Log hook of a part without channels."""
