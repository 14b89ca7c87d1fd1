"""A torque curve over stance or stride as a part of the loop: four parameters, n points, or none."""

from typing import Any

import numpy as np

from myoassist.config.schema.run import ExoConfig
from myoassist.control.channel import Channel
from myoassist.control.device.actuation import control_per_torque
from myoassist.control.device.base import DeviceController
from myoassist.control.device.parameters import curve_entries
from myoassist.control.device.splines import explain_invalid, profile_curve
from myoassist.control.device.timing import PERCENT, Exo, make_exo, reset_exo, update_exo
from myoassist.control.part import Start
from myoassist.control.signals import LOAD
from myoassist.model.kernel import kernel


@kernel
def update_device(exo: Exo, b: Any, ids: Any, const: Any, s: Any) -> int:
    """Set the actuators of both legs to the torque of the curve."""
    finite = True
    changed = 0
    for leg in range(2):
        actuator = ids.exo[leg]
        if actuator >= 0:
            scale = control_per_torque(b, ids, leg)
            value = update_exo(exo, leg, s.noisy_legs[leg, LOAD], const.dt) / scale
            if value != b.ctrl[actuator]:
                changed = 1
            b.ctrl[actuator] = value
            finite = finite and np.isfinite(value)
    return changed if finite else -1


@kernel
def log_device(exo: Exo, row: np.ndarray, column: int) -> None:
    """Write the place of both legs on the curve."""
    for leg in range(2):
        row[column + leg] = exo.clock[leg, PERCENT]


class TorqueCurveController(DeviceController):
    """A curve of torque over the percentage of stance or stride; off with `exo.controller=none`.

    Args:
        config: Exo configuration.
        stride: The curve is timed by the stride.
    """

    key = "curve"
    channels = (Channel("exo_percent", (2,), "%", "percent of stance, or of the stride"),)
    update = staticmethod(update_device)
    log = staticmethod(log_device)

    def __init__(self, config: ExoConfig, stride: bool) -> None:
        self._config = config
        self._stride = stride
        self.entries = curve_entries(config, stride)

    def make(self) -> Exo:
        """Allocate clocks and curve."""
        return make_exo()

    def explain_invalid(self, raw: np.ndarray) -> str:
        """Say why the curve cannot be built."""
        reason = explain_invalid(raw, self._config)
        if reason:
            return reason
        try:
            profile_curve(raw, self._config, self._stride)
        except ValueError as error:
            return str(error)
        return ""

    def reset(self, state: Exo, raw: np.ndarray, values: np.ndarray, start: Start) -> None:
        """Install the curve and restart the clocks."""
        del values, start
        reset_exo(state, profile_curve(raw, self._config, self._stride), self._config.max_torque, self._stride)
