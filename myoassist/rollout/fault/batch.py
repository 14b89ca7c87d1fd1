"""Remember the physics of many environments before every step, so that a failing step can be repeated."""

import mujoco
import numpy as np

from myoassist.model.kernel import copy, kernel
from myoassist.rollout.batch import view
from myoassist.rollout.fault.find import PHYSICS

# Buffers that a step starts from; together with the time they are what changes while a policy walks.
_BUFFERS = ("qpos", "qvel", "act", "ctrl", "qacc_warmstart", "userdata")


@kernel
def copy_buffers(addresses: np.ndarray, sizes: np.ndarray, out: np.ndarray) -> None:
    """Copy buffers, addresses (N, B) of sizes (B,), one behind the other into the rows of `out`, (N, sum of sizes)."""
    for i in range(addresses.shape[0]):
        first = 0
        for j in range(addresses.shape[1]):
            size = sizes[j]
            if size > 0:
                copy(out[i, first : first + size], view(addresses[i, j], size))
            first += size


class BatchRecorder:
    """The state before the step of every environment; costs microseconds per step of the batch.

    Args:
        model: Their model.
        datas: Their data.
    """

    def __init__(self, model: mujoco.MjModel, datas: list[mujoco.MjData]) -> None:
        self._model = model
        self._sizes = np.array([getattr(datas[0], name).size for name in _BUFFERS], dtype=np.int64)
        self._addresses = np.array(
            [[getattr(data, name).ctypes.data for name in _BUFFERS] for data in datas], dtype=np.int64
        )
        self._values = np.zeros((len(datas), int(self._sizes.sum())))

    def keep(self) -> None:
        """Remember the present state of all environments."""
        copy_buffers(self._addresses, self._sizes, self._values)

    def controls(self, i: int) -> np.ndarray:
        """Return the controls that were kept of environment `i`, shape (nu,)."""
        first = int(self._sizes[:3].sum())
        return self._values[i, first : first + int(self._sizes[3])].copy()

    def state(self, i: int, time: float) -> np.ndarray:
        """Return what was kept of environment `i` as a MuJoCo state of kind "integration"; `time` in s."""
        data = mujoco.MjData(self._model)
        bounds = np.concatenate([[0], np.cumsum(self._sizes)])
        for name, first, last in zip(_BUFFERS, bounds[:-1], bounds[1:], strict=True):
            getattr(data, name)[:] = self._values[i, first:last]
        data.time = time
        state = np.zeros(mujoco.mj_stateSize(self._model, PHYSICS))
        mujoco.mj_getState(self._model, data, state, PHYSICS)
        return state
