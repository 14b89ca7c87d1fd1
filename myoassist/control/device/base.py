"""What a device controller is: named parameters, state, reset, compiled updates, channels of the log."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from myoassist.control.channel import Channel
from myoassist.control.part import Start, log_nothing
from myoassist.model.kernel import kernel
from myoassist.space.parameter import Entries


@kernel
def drive_nothing(_device: Any, _b: Any, _ids: Any) -> None:
    """Drive hook of a device that holds its command within a control step."""


class DeviceController(ABC):
    """A controller of the worn device; its compiled functions become part of the loop, as those of the human do.

    `update(device, b, ids, const, s) -> int` sets the controls of the device at a control step and returns -1 if one is
    NaN, 1 if one has changed, else 0. `drive(device, b, ids)` may set them again before every further physics step.

    Attributes:
        key: Tells loops with different controllers apart; enters the name of compiled code.
        entries: Its parameters, all of group exo, and what they add to the name of the layout, behind a hyphen.
        channels: Columns of the log that it fills.
        update: Compiled update of one control step.
        drive: Compiled update between control steps.
        log: Compiled log, as that of the human.
    """

    key: str
    entries: Entries
    channels: tuple[Channel, ...] = ()
    update: Callable[..., Any]
    drive: Callable[..., Any] = staticmethod(drive_nothing)
    log: Callable[..., Any] = staticmethod(log_nothing)

    @abstractmethod
    def make(self) -> Any:
        """Allocate the state of one walker."""

    @abstractmethod
    def explain_invalid(self, raw: np.ndarray) -> str:
        """Say why raw parameters cannot be used; empty if they can."""

    @abstractmethod
    def reset(self, state: Any, raw: np.ndarray, values: np.ndarray, start: Start) -> None:
        """Bring a state to the start of a walk.

        Args:
            state: What `make` returned, changed in place.
            raw: Parameters as they are searched, in the order of `entries`.
            values: The same, decoded.
            start: Where the walk begins.
        """
