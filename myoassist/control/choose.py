"""Which controllers a configuration asks for."""

from collections.abc import Callable

from myoassist.config.places import load_place
from myoassist.config.schema.control import HUMAN_CONTROLLERS, MODULAR_CONTROLLERS, ControlConfig
from myoassist.config.schema.own_code import is_own
from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.base import DeviceController
from myoassist.control.device.powered_joints import ImpedanceController
from myoassist.control.device.torque_curve import TorqueCurveController
from myoassist.control.human.base import HumanController
from myoassist.control.own.compiled import OwnDeviceController, OwnHumanController
from myoassist.model.devices.device import Device
from myoassist.model.devices.table import choose_clock


def choose_human(control: ControlConfig, dimensions: int, inner: bool = False) -> HumanController:
    """Return the human controller of a run; code of the user has to be imported before.

    Args:
        control: Configuration of the human controller.
        dimensions: 2 (planar) or 3.
        inner: Log what the excitation is made of, where the controller can.
    """
    if is_own(control.controller):
        return OwnHumanController(control.controller)
    make: Callable[..., HumanController] = load_place(f"{HUMAN_CONTROLLERS[control.controller]}.part:controller")
    if inner and control.controller in MODULAR_CONTROLLERS:
        return make(control, dimensions, inner=True)
    return make(control, dimensions)


def choose_device(exo: ExoConfig, worn: Device | None) -> DeviceController:
    """Return the device controller of a run; code of the user has to be imported before.

    Args:
        exo: Exo configuration.
        worn: Worn device.
    """
    if is_own(exo.controller):
        return OwnDeviceController(exo.controller, exo.max_torque)
    if exo.controller == "impedance" and worn is not None and worn.prosthesis is not None:
        return ImpedanceController(worn.prosthesis.motor_joints)
    return TorqueCurveController(exo, choose_clock(worn, exo) == "stride")
