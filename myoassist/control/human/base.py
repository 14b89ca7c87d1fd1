"""What a human controller is: named parameters, state, reset, one compiled update, channels of the log."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from myoassist.control.channel import Channel
from myoassist.control.part import Start, log_nothing
from myoassist.space.parameter import Entries


class HumanController(ABC):
    """A controller of the muscles.

    Its compiled functions become part of the loop, so they work on what `make` has allocated: a NamedTuple of this
    package whose fields are arrays. `update(human, b, ids, const, s, command)` reads the (noisy) signals and writes
    `command.excitation`; `log(human, row, column)` writes the channels into a row of the log from a column on.

    Attributes:
        key: Tells loops with different controllers apart; enters the name of compiled code.
        group: Group of its parameters in the search vector.
        entries: These parameters, and what they add to the name of the layout of the vector.
        channels: Columns of the log that it fills.
        update: Compiled update of one control step.
        log: Compiled log.
    """

    key: str
    group: str = "control"
    entries: Entries
    channels: tuple[Channel, ...] = ()
    update: Callable[..., Any]
    log: Callable[..., Any] = staticmethod(log_nothing)

    @abstractmethod
    def make(self, dt: float) -> Any:
        """Allocate the state of one walker; `dt` is the control interval, s."""

    @abstractmethod
    def reset(self, state: Any, values: np.ndarray, start: Start) -> None:
        """Bring a state to the start of a walk.

        Args:
            state: What `make` returned, changed in place.
            values: Decoded parameters of each leg, in the order of `entries`, shape (2, n); 0 for those that a leg does
                not have, equal in both legs where they share them.
            start: Where the walk begins.
        """

    def start_rates(self, swing_leg: int) -> np.ndarray | None:
        """Return the joint rates at which a walk begins; None leaves the legs at rest against each other.

        Args:
            swing_leg: Leg that swings, 0 right, 1 left.

        Returns:
            Rates of hip, knee and ankle, right and left, flexion positive, rad/s, shape (2, 3).
        """
        del swing_leg
        return None

    def trunk_target(self, values: np.ndarray) -> float:
        """Return the trunk lean that the controller aims at, rad; upright where it has no such parameter.

        Args:
            values: As in `reset`.
        """
        del values
        return 0.0
