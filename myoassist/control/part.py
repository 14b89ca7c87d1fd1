"""What a part of the loop (human controller, device controller, muscle model) shows to the outside."""

from typing import Any, NamedTuple

import numpy as np

from myoassist.control.buffers import Buffers, Ids, Signals
from myoassist.model.kernel import kernel


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
