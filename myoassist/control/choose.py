"""Which controllers a configuration asks for."""

from myoassist.config.places import load_place
from myoassist.config.schema.control import HUMAN_CONTROLLERS, ControlConfig
from myoassist.config.schema.own_code import is_own
from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.base import DeviceController
from myoassist.control.device.powered_joints import ImpedanceController
from myoassist.control.device.torque_curve import TorqueCurveController
from myoassist.control.human.base import HumanController
from myoassist.control.own.compiled import OwnDeviceController, OwnHumanController
from myoassist.model.devices.device import Device
from myoassist.model.devices.table import choose_clock


def choose_human(control: ControlConfig, dimensions: int) -> HumanController:
    """Return the human controller of a run; code of the user has to be imported before.

    Args:
        control: Configuration of the human controller.
        dimensions: 2 (planar) or 3.
    """
    if is_own(control.controller):
        return OwnHumanController(control.controller)
    controller: HumanController = load_place(f"{HUMAN_CONTROLLERS[control.controller]}.part:controller")(
        control, dimensions
    )
    return controller


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
