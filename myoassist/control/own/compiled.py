"""Controllers of the user as parts of the loop.

What crosses into compiled code of the package is `Own`, whatever the user's class is: parameters and state are records
of numbers, so that one type of the package stands for all and no class of a file enters the cache.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from myoassist.config.schema.own_code import own_key
from myoassist.control.channel import Channel
from myoassist.control.device.actuation import control_per_torque
from myoassist.control.device.base import DeviceController
from myoassist.control.human.base import HumanController
from myoassist.control.own.declare import (
    Device,
    Human,
    device_entries,
    functions_of,
    human_entries,
    own_class,
    parameter_type,
    state_type,
)
from myoassist.control.part import Start
from myoassist.control.senses import SENSES, fill_senses, sense_start
from myoassist.control.signals import N_MUSCLES
from myoassist.model.kernel import kernel

# As kernels, but never cached on their own: the loop that they are in is.
HOOK_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "forceinline": True}
_hook = njit(**HOOK_OPTIONS)


class Own(NamedTuple):
    """State of a controller of the user.

    Attributes:
        parameters: Record of the parameters, shape (1,).
        state: Record of the state, shape (1,).
        flat: The same as numbers, shape (n,).
        logged: Places in `flat` of what the log keeps.
        senses: Record of the senses, shape (1,).
        torque: Torques of a device, N·m, shape (2, 3).
        limit: Largest torque of an exoskeleton, N·m, shape (1,).
    """

    parameters: np.ndarray
    state: np.ndarray
    flat: np.ndarray
    logged: np.ndarray
    senses: np.ndarray
    torque: np.ndarray
    limit: np.ndarray


def make_own(own: type[Human], max_torque: float = 0.0) -> Own:
    """Allocate the state of a controller of the user."""
    state = np.zeros(1, dtype=state_type(own))
    flat = state.view(np.float64)
    logged: list[int] = []
    for name in own.channels:
        first = state.dtype.fields[name][1] // 8
        logged += range(first, first + own.state[name])
    return Own(
        np.zeros(1, dtype=parameter_type(own)),
        state,
        flat,
        np.array(logged, dtype=np.int64),
        np.zeros(1, dtype=SENSES),
        np.zeros((2, 3)),
        np.array([max_torque]),
    )


def channels_of(own: type[Human]) -> tuple[Channel, ...]:
    """Return the columns of the log that a controller of the user fills, named after its class."""
    return tuple(
        Channel(f"{own.__name__}_{name}", (own.state[name],) if own.state[name] > 1 else (), unit or "1", name)
        for name, unit in own.channels.items()
    )


@kernel
def log_own(own: Own, row: np.ndarray, column: int) -> None:
    """Write the channels of a controller of the user."""
    for i in range(len(own.logged)):
        row[column + i] = own.flat[own.logged[i]]


@kernel
def _within(value: float, low: float, high: float) -> float:
    # Written so that a NaN passes through and the loop can see it.
    if value < low:
        return low
    return high if value > high else value


@kernel
def _limit_excitations(excitation: np.ndarray) -> None:
    for leg in range(2):
        for m in range(N_MUSCLES):
            excitation[leg, m] = _within(excitation[leg, m], 0.0, 1.0)


@kernel
def _apply_torques(own: Own, b: Any, ids: Any) -> int:
    """Turn torques into controls; return -1 if one is NaN, else 1."""
    finite = True
    for leg in range(2):
        actuator = ids.exo[leg]
        if actuator >= 0:
            torque = _within(own.torque[leg, ids.exo_joint], -own.limit[0], own.limit[0])
            finite = finite and np.isfinite(torque)
            b.ctrl[actuator] = torque / control_per_torque(b, ids, leg)
        for joint in range(3):
            motor = ids.motor[leg, joint]
            if motor >= 0:
                torque = own.torque[leg, joint]
                finite = finite and np.isfinite(torque)
                b.ctrl[motor] = ids.sign_leg[leg, joint] * torque / ids.motor_gain[leg, joint]
    return 1 if finite else -1


def _human_hook(function: Callable[..., Any]) -> Callable[..., Any]:
    update = _hook(function)

    @_hook
    def update_human(own: Any, b: Any, ids: Any, const: Any, s: Any, command: Any) -> None:
        fill_senses(own.senses, b, ids, s)
        update(own.parameters[0], own.state[0], own.senses[0], command.excitation, const.dt)
        _limit_excitations(command.excitation)

    return update_human


def _device_hook(function: Callable[..., Any]) -> Callable[..., Any]:
    update = _hook(function)

    @_hook
    def update_device(own: Any, b: Any, ids: Any, const: Any, s: Any) -> int:
        fill_senses(own.senses, b, ids, s)
        update(own.parameters[0], own.state[0], own.senses[0], own.torque, const.dt)
        return _apply_torques(own, b, ids)

    return update_device


def _reset(state: Own, own: type[Human], values: np.ndarray, start: Start, reset: Callable[..., Any] | None) -> None:
    state.flat[:] = 0.0
    state.torque[:] = 0.0
    for name, value in zip([item.name for item in own.parameters], values, strict=True):
        state.parameters[name] = value
    sense_start(state.senses, start.buffers, start.ids, start.signals)
    if reset is not None:
        reset(state.parameters[0], state.state[0], state.senses[0])


def _load(value: str, kind: type[Human]) -> tuple[type[Human], dict[str, Callable[..., Any]]]:
    own = own_class(value, kind)
    return own, functions_of(own)


class OwnHumanController(HumanController):
    """A human controller out of a file of the user, which has been imported before.

    Args:
        value: `<file.py>` or `<file.py>:Name`.
    """

    log = staticmethod(log_own)

    def __init__(self, value: str) -> None:
        self._own, functions = _load(value, Human)
        self.key = own_key(value)
        self.entries = human_entries(self._own)
        self.channels = channels_of(self._own)
        self.update = _hooks(self.key, "human", functions["update"])
        self._reset = njit(functions["reset"]) if "reset" in functions else None

    def make(self, dt: float) -> Own:
        """Allocate the records."""
        del dt
        return make_own(self._own)

    def reset(self, state: Own, values: np.ndarray, start: Start) -> None:
        """Clear the state, install the parameters, and call the reset of the class if it has one."""
        _reset(state, self._own, values[0], start, self._reset)


class OwnDeviceController(DeviceController):
    """A device controller out of a file of the user, which has been imported before.

    Args:
        value: `<file.py>` or `<file.py>:Name`.
        max_torque: Largest torque of an exoskeleton, N·m.
    """

    log = staticmethod(log_own)

    def __init__(self, value: str, max_torque: float) -> None:
        self._own, functions = _load(value, Device)
        self.key = own_key(value)
        self.entries = device_entries(self._own)
        self.channels = channels_of(self._own)
        self.update = _hooks(self.key, "device", functions["update"])
        self._reset = njit(functions["reset"]) if "reset" in functions else None
        self._max_torque = max_torque

    def make(self) -> Own:
        """Allocate the records."""
        return make_own(self._own, self._max_torque)

    def explain_invalid(self, raw: np.ndarray) -> str:
        """All values within the bounds can be used."""
        del raw
        return ""

    def reset(self, state: Own, raw: np.ndarray, values: np.ndarray, start: Start) -> None:
        """Clear the state, install the parameters, and call the reset of the class if it has one."""
        del raw
        _reset(state, self._own, values, start, self._reset)


_MADE: dict[tuple[str, str], Callable[..., Any]] = {}


def _hooks(key: str, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the hook of a function, the same one for the same file, so that its loop is assembled once."""
    if (key, kind) not in _MADE:
        _MADE[key, kind] = _human_hook(function) if kind == "human" else _device_hook(function)
    return _MADE[key, kind]
