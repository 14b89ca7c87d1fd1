"""Turn Ctrl-C and termination into a request that the search loop answers at a safe place."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

# Not every operating system knows all of them.
_SIGNAL_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK")


class Stopped(Exception):  # noqa: N818 - how a run ended, nothing went wrong
    """End of a run that was asked to stop; everything is saved and the same command continues it.

    Args:
        signal_number: Signal that asked.
        message: What was saved, for people.
    """

    def __init__(self, signal_number: int, message: str) -> None:
        super().__init__(message)
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number


class StopRequest:
    """Remember the first stop signal while active, instead of interrupting whatever runs; a context manager.

    Further signals change nothing, so an impatient second Ctrl-C cannot break a file that is being written. Outside
    of the main thread, where Python handles no signals, only `request` has an effect.
    """

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self._previous: dict[int, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether somebody asked to stop."""
        return self.signal_number is not None

    def request(self, signal_number: int = signal.SIGINT) -> None:
        """Ask to stop as the given signal would."""
        if self.signal_number is None:
            self.signal_number = int(signal_number)

    def _handle(self, signal_number: int, frame: FrameType | None) -> None:
        self.request(signal_number)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in _SIGNAL_NAMES:
                number = getattr(signal, name, None)
                if number is not None:
                    self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            # None stands for a handler that was not installed from Python and cannot be put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._previous.clear()
