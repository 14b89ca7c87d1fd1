"""Neural delays as fixed-length first-in first-out buffers held in one flat array.

Every delayed signal owns a slot. A slot of N entries returns, right after a push, the value pushed N - 1 pushes ago.
One-way delays: short 3 ms, mid 5 ms, long 10 ms, supraspinal loop 15 ms (after Song & Geyer, J Physiol 2015).
"""

from typing import NamedTuple

import numpy as np

from myoassist.model.kernel import inlined_kernel, kernel

SHORT, MID, LONG, SUPRA = 3, 5, 10, 15  # ms

# From the spinal cord to a muscle, ms.
OUTPUT_DELAY = {
    **dict.fromkeys(("HAB", "HAD", "HFL", "GLU", "HAM", "RF"), SHORT),
    **dict.fromkeys(("VAS", "BFSH"), MID),
    **dict.fromkeys(("GAS", "SOL", "TA", "FDL", "EDL"), LONG),
}


class Delays(NamedTuple):
    """Buffers of all slots.

    Attributes:
        values: Entries, shape (slots, longest).
        length: Entries in use per slot, shape (slots,).
        head: Position of the oldest entry per slot, shape (slots,).
    """

    values: np.ndarray
    length: np.ndarray
    head: np.ndarray


def allocate(length: np.ndarray) -> Delays:
    """Return empty buffers with a number of entries for every slot, shape (slots,)."""
    return Delays(np.zeros((len(length), int(length.max()))), length, np.zeros(len(length), dtype=np.int64))


@inlined_kernel
def push(delays: Delays, slot: int, value: float) -> float:
    """Store a value and return the oldest one."""
    head = delays.head[slot]
    delays.values[slot, head] = value
    head += 1
    if head >= delays.length[slot]:
        head = 0
    delays.head[slot] = head
    return delays.values[slot, head]


@inlined_kernel
def oldest(delays: Delays, slot: int) -> float:
    """Return the oldest value of a slot."""
    return delays.values[slot, delays.head[slot]]


@kernel
def fill(delays: Delays, slot: int, value: float) -> None:
    """Set every entry of a slot."""
    for i in range(delays.length[slot]):
        delays.values[slot, i] = value
    delays.head[slot] = 0
