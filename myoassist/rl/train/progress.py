"""Show how a training gets on: a line now and then."""

import math
import time
from collections import deque
from collections.abc import Mapping
from typing import TextIO

from myoassist.files.console import say

# Rollouts whose mean duration tells the time left.
_WINDOW = 20
# Shortest time between lines, s.
_INTERVAL = 10.0


class TrainProgress:
    """One line per rollout, but not more often than every few seconds.

    Args:
        limit: Environment steps at which the training ends.
        stream: Where the lines go.
        interval: Shortest time between lines, s.
    """

    def __init__(self, limit: int, stream: TextIO | None = None, interval: float = _INTERVAL) -> None:
        self._limit = limit
        self._stream = stream
        self._interval = interval
        self._next = 0.0
        self._paces: deque[tuple[int, float]] = deque(maxlen=_WINDOW)

    def update(
        self,
        steps: int,
        new_steps: int,
        duration: float,
        shares: Mapping[str, float],
        length: float,
        total: float,
        std: float,
    ) -> None:
        """Show a rollout and its update.

        Args:
            steps: Environment steps so far.
            new_steps: Those of this rollout.
            duration: Time of rollout and update, s.
            shares: Parts of this time by name, 0 to 1.
            length: Mean episode length, control steps.
            total: Mean return.
            std: Mean exploration noise.
        """
        self._paces.append((new_steps, duration))
        now = time.monotonic()
        if now < self._next and steps < self._limit:
            return
        self._next = now + self._interval
        rate = sum(pair[0] for pair in self._paces) / sum(pair[1] for pair in self._paces)
        left = max(0, self._limit - steps) / rate
        parts = " ".join(f"{name} {100.0 * share:.0f}%" for name, share in shares.items())
        episode = "no episode ended" if math.isnan(length) else f"episode {length:.1f} steps, return {total:.2f}"
        self.note(
            f"step {steps}/{self._limit}  {rate:.0f} steps/s  left {_clock(left)}  {episode}  std {std:.3f}  {parts}"
        )

    def note(self, text: str) -> None:
        """Print a line."""
        say(text, self._stream)


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
