"""Impedances of powered prosthetic joints as a part of the loop."""

import math
from typing import Any

import numpy as np

from myoassist.control.device.base import DeviceController
from myoassist.control.device.impedance import Impedance, joint_torque, make_impedance, reset_impedance, update_phase
from myoassist.control.device.parameters import impedance_entries
from myoassist.control.part import Start
from myoassist.control.signals import LOAD, P_ANKLE
from myoassist.model.kernel import kernel

HALF_PI = math.pi / 2.0


@kernel
def drive_device(impedance: Impedance, b: Any, ids: Any) -> None:
    """Set the controls of powered joints from angle and velocity of this instant, at every physics step."""
    for leg in range(2):
        for j in range(3):
            motor = ids.motor[leg, j]
            if motor >= 0:
                sign = ids.sign_leg[leg, j]
                angle, velocity = b.qpos[ids.qpos_leg[leg, j]], b.qvel[ids.qvel_leg[leg, j]]
                torque = joint_torque(impedance, leg, j, sign * angle, sign * velocity)
                b.ctrl[motor] = sign * torque / ids.motor_gain[leg, j]


@kernel
def update_device(impedance: Impedance, b: Any, ids: Any, const: Any, s: Any) -> int:
    """Advance the phases of both legs and drive their joints."""
    for leg in range(2):
        update_phase(impedance, leg, s.noisy_legs[leg, LOAD], HALF_PI - s.noisy_legs[leg, P_ANKLE], const.dt)
    drive_device(impedance, b, ids)
    return 1


class ImpedanceController(DeviceController):
    """Stiffness, damping and equilibrium angle per phase of the stride.

    Args:
        joints: Powered joints, knee and ankle.
    """

    key = "impedance"
    update = staticmethod(update_device)
    drive = staticmethod(drive_device)

    def __init__(self, joints: tuple[str, ...]) -> None:
        self.entries = impedance_entries(joints)

    def make(self) -> Impedance:
        """Allocate phases and values."""
        return make_impedance()

    def explain_invalid(self, raw: np.ndarray) -> str:
        """All values within the bounds can be used."""
        del raw
        return ""

    def reset(self, state: Impedance, raw: np.ndarray, values: np.ndarray, start: Start) -> None:
        """Install the impedances and start both legs in their phases."""
        del raw
        names = [row.name for row in self.entries.rows]
        reset_impedance(state, dict(zip(names, values.tolist(), strict=True)), start.swing_leg)
