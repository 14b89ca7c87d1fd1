"""Many simulations of one model as seen by compiled code: their buffers by address, their physics."""

import mujoco
import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.extending import intrinsic

from myoassist.rollout.physics import STAGE_VEL, mj_euler, mj_forward, mj_forward_skip, mj_step

# Columns of the address table.
DATA, QPOS, QVEL, ACT, CTRL, SENSORDATA, XPOS, XMAT, WARNINGS = range(9)
N_WARNINGS = int(mujoco.mjtWarning.mjNWARNING)


def make_addresses(datas: list[mujoco.MjData]) -> np.ndarray:
    """Return the addresses of the buffers of every simulation, shape (len(datas), 9).

    They stay valid as long as the data lives.
    """
    table = np.zeros((len(datas), 9), dtype=np.int64)
    for row, data in zip(table, datas, strict=True):
        row[DATA] = data._address
        for column, name in (
            (QPOS, "qpos"),
            (QVEL, "qvel"),
            (ACT, "act"),
            (CTRL, "ctrl"),
            (SENSORDATA, "sensordata"),
            (XPOS, "xpos"),
            (XMAT, "xmat"),
        ):
            buffer = getattr(data, name)
            row[column] = buffer.ctypes.data if buffer.size else 0
        # Pairs of (last info, number) of 32 bits; the view starts at the first number.
        row[WARNINGS] = data.warning.number.ctypes.data
    return table


@intrinsic
def _float_pointer(typingctx: object, address: object) -> object:
    """Make a pointer to double of an integer."""
    signature = types.CPointer(types.float64)(types.int64)

    def generate(context: object, builder: object, signature: object, arguments: object) -> object:
        return builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())

    return signature, generate


@intrinsic
def _int_pointer(typingctx: object, address: object) -> object:
    """Make a pointer to a 32-bit integer of an integer."""
    signature = types.CPointer(types.int32)(types.int64)

    def generate(context: object, builder: object, signature: object, arguments: object) -> object:
        return builder.inttoptr(arguments[0], ir.IntType(32).as_pointer())

    return signature, generate


@njit(cache=True, nogil=True)
def view(address: int, size: int) -> np.ndarray:
    """Return a buffer of doubles as an array of shape (size,)."""
    return carray(_float_pointer(address), (size,))


@njit(cache=True, nogil=True)
def count_warnings(address: int) -> int:
    """Return how many warnings a simulation has raised since its reset."""
    pairs = carray(_int_pointer(address), (2 * N_WARNINGS - 1,))
    total = 0
    for i in range(N_WARNINGS):
        total += pairs[2 * i]
    return total


@njit(cache=True, nogil=True)
def advance(model_address: int, data_address: int, substeps: int, euler: bool) -> None:
    """Advance a forwarded simulation by `substeps` and forward it again.

    Equals `mj_step` that many times followed by `mj_forward`, bit for bit. With the Euler integrator the position and
    velocity stages, which the last forward pass has computed for the same state, are not repeated.
    """
    remaining = substeps
    if euler:
        mj_forward_skip(model_address, data_address, STAGE_VEL, 1)
        mj_euler(model_address, data_address)
        remaining -= 1
    for _ in range(remaining):
        mj_step(model_address, data_address)
    mj_forward(model_address, data_address)
