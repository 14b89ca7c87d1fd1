"""Many simulations of one model as seen by compiled code: their buffers by address, their physics."""

from collections.abc import Callable, Sequence
from typing import Any

import mujoco
import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from myoassist.model.kernel import kernel
from myoassist.rollout.physics import STAGE_VEL, mj_euler, mj_forward, mj_forward_skip, mj_step

# Columns of the address table.
DATA, QPOS, QVEL, ACT, CTRL, SENSORDATA, XPOS, XMAT, WARNINGS, LENGTH, RATE, FIBRES = range(12)
N_WARNINGS = int(mujoco.mjtWarning.mjNWARNING)


def make_addresses(datas: list[mujoco.MjData], fibre_numbers: int = 0) -> np.ndarray:
    """Return the addresses of the buffers of every simulation, shape (len(datas), 12).

    They stay valid as long as the data lives.

    Args:
        datas: The simulations.
        fibre_numbers: How many numbers at the end of the user data are the state of fibres.
    """
    table = np.zeros((len(datas), 12), dtype=np.int64)
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
            (LENGTH, "actuator_length"),
            (RATE, "actuator_velocity"),
        ):
            buffer = getattr(data, name)
            row[column] = buffer.ctypes.data if buffer.size else 0
        if fibre_numbers:
            row[FIBRES] = data.userdata[len(data.userdata) - fibre_numbers :].ctypes.data
        # Pairs of (last info, number) of 32 bits; the view starts at the first number.
        row[WARNINGS] = data.warning.number.ctypes.data
    return table


def _view_of(item: types.Type) -> Callable[..., Any]:
    """Return a compiled function that gives a buffer at an address as an array of shape (size,).

    `numba.carray` does the same, but its result is counted as a reference, which kernels go without.
    """
    array = types.Array(item, 1, "C")

    def generate(context: Any, builder: Any, _signature: object, arguments: Sequence[Any]) -> Any:
        made = context.make_array(array)(context, builder)
        width = context.get_constant(types.intp, item.bitwidth // 8)
        data = builder.inttoptr(arguments[0], context.get_data_type(item).as_pointer())
        populate_array(made, data=data, shape=[arguments[1]], strides=[width], itemsize=width, meminfo=None)
        return made._getvalue()

    @intrinsic
    def view_of(_context: object, _address: object, _size: object) -> object:
        return array(types.intp, types.intp), generate

    return view_of


view = _view_of(types.float64)
_view_of_int = _view_of(types.int32)


@kernel
def count_warnings(address: int) -> int:
    """Return how many warnings a simulation has raised since its reset."""
    pairs = _view_of_int(address, 2 * N_WARNINGS - 1)
    total = 0
    for i in range(N_WARNINGS):
        total += pairs[2 * i]
    return total


@kernel
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
