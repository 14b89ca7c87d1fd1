"""What the excitation of every muscle is made of: contributions of parts of a controller, as they reach the muscles.

A controller whose `now` is empty keeps none; the compiled code then does no more than ask for its length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from myoassist.control.channel import Channel
from myoassist.control.human.delays import Delays, allocate, fill, push
from myoassist.control.signals import MUSCLE_NAMES, N_MUSCLES, PRE_STIMULATION
from myoassist.model.kernel import kernel

# The constant pre-stimulation; comes first in every controller.
REST = 0
REST_NAME = "rest"


class Contributions(NamedTuple):
    """Contributions of n parts of a controller, of which m pairs of part and muscle are shown.

    Attributes:
        now: What every part gives every muscle group in this step, shape (2, n, 13); (0, 0, 0) to keep none.
        before: Work space: excitation before a part has added to it, shape (13,).
        shown: Part and muscle group of each pair, shape (m, 2).
        delays: Way of each pair from the spinal cord to the muscle, right leg first.
        arrived: What has arrived, shape (2, m).
    """

    now: np.ndarray
    before: np.ndarray
    shown: np.ndarray
    delays: Delays
    arrived: np.ndarray


@dataclass(frozen=True)
class Contribution(Channel):
    """A channel with the part of the excitation of a muscle group that one part of the controller gives.

    Attributes:
        source: Name of the part.
        muscle: Name of the muscle group.
    """

    source: str = ""
    muscle: str = ""


def contribution_channels(pairs: Sequence[tuple[str, str]], meanings: dict[str, str]) -> tuple[Contribution, ...]:
    """Return the channels of pairs of part and muscle group, in their order.

    Args:
        pairs: Names of part and muscle group.
        meanings: What each part does, in a few words.
    """
    return tuple(
        Contribution(
            f"excitation_{muscle}_from_{source}",
            (2,),
            "1",
            f"excitation of {muscle} by {source}: {meanings[source]}",
            source=source,
            muscle=muscle,
            internal=True,
        )
        for source, muscle in pairs
    )


def make_contributions(
    sources: Sequence[str], pairs: Sequence[tuple[str, str]], length: np.ndarray | None = None
) -> Contributions:
    """Allocate the contributions of a controller.

    Args:
        sources: Names of all its parts.
        pairs: Pairs of part and muscle group that are shown; none keeps nothing.
        length: Entries of the output delay of every muscle group, shape (13,); None is one each.
    """
    shown = np.array([(sources.index(source), MUSCLE_NAMES.index(muscle)) for source, muscle in pairs], dtype=np.int64)
    shown = shown.reshape(-1, 2)
    entries = np.ones(N_MUSCLES, dtype=np.int64) if length is None else length
    # One buffer where there is none, so that the arrays of all controllers are of one kind.
    ways = np.tile(entries[shown[:, 1]], 2) if len(shown) else np.ones(1, dtype=np.int64)
    size = (2, len(sources), N_MUSCLES) if len(shown) else (0, 0, 0)
    return Contributions(np.zeros(size), np.zeros(N_MUSCLES), shown, allocate(ways), np.zeros((2, len(shown))))


def reset_contributions(c: Contributions, activation: np.ndarray) -> None:
    """Fill the ways to the muscles: what they get before the first excitation arrives counts as rest.

    Args:
        c: Contributions, changed in place.
        activation: Activations of the start, shape (2, 13).
    """
    c.now[:] = 0.0
    m = len(c.shown)
    for leg in range(2):
        for i, (source, muscle) in enumerate(c.shown):
            fill(c.delays, leg * m + i, activation[leg, muscle] if source == REST else 0.0)


@kernel
def begin_leg(c: Contributions, leg: int) -> None:
    """Begin a leg with the pre-stimulation alone."""
    if len(c.now) > 0:
        for i in range(c.now.shape[1]):
            for m in range(N_MUSCLES):
                c.now[leg, i, m] = PRE_STIMULATION if i == REST else 0.0
        for m in range(N_MUSCLES):
            c.before[m] = PRE_STIMULATION


@kernel
def note(c: Contributions, leg: int, source: int, out: np.ndarray) -> None:
    """Give a part what the excitation of a leg, shape (13,), has changed by since the last note."""
    if len(c.now) > 0:
        for m in range(N_MUSCLES):
            c.now[leg, source, m] += out[m] - c.before[m]
            c.before[m] = out[m]


@kernel
def move(c: Contributions, leg: int, source: int, target: int, muscle: int, value: float) -> None:
    """Count a part of what one part gives a muscle to another one."""
    if len(c.now) > 0:
        c.now[leg, target, muscle] += value
        c.now[leg, source, muscle] -= value


@kernel
def send(c: Contributions, leg: int) -> None:
    """Send the contributions of a leg on their way, and take those that arrive; once a step."""
    m = len(c.shown)
    for i in range(m):
        c.arrived[leg, i] = push(c.delays, leg * m + i, c.now[leg, c.shown[i, 0], c.shown[i, 1]])


@kernel
def log_contributions(c: Contributions, row: np.ndarray, column: int) -> int:
    """Write what has arrived into a row of the log; return the next column."""
    for i in range(len(c.shown)):
        for leg in range(2):
            row[column] = c.arrived[leg, i]
            column += 1
    return column
