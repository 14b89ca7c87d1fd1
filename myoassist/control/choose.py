"""Which controllers a configuration asks for."""

from myoassist.config.schemas import ExoConfig
from myoassist.control.device.base import DeviceController
from myoassist.control.device.powered_joints import ImpedanceController
from myoassist.control.device.torque_curve import TorqueCurveController
from myoassist.control.human.base import HumanController
from myoassist.control.human.reflex.part import ReflexController
from myoassist.model.devices import Device, choose_clock


def choose_human(dimensions: int, delayed: bool) -> HumanController:
    """Return the human controller of a run.

    Args:
        dimensions: 2 (planar) or 3.
        delayed: Neural delays.
    """
    return ReflexController(dimensions, delayed)


def choose_device(exo: ExoConfig, worn: Device | None) -> DeviceController:
    """Return the device controller of a run.

    Args:
        exo: Exo configuration.
        worn: Worn device.
    """
    if exo.controller == "impedance" and worn is not None and worn.prosthesis is not None:
        return ImpedanceController(worn.prosthesis.motor_joints)
    return TorqueCurveController(exo, choose_clock(worn, exo) == "stride")
