"""Which entries of the search vector the controllers of a configuration have; nothing compiled is loaded for it."""

from myoassist.config.places import load_place
from myoassist.config.schema.control import HUMAN_CONTROLLERS, ControlConfig
from myoassist.config.schema.own_code import is_own
from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.parameters import curve_entries, impedance_entries
from myoassist.control.own import declare
from myoassist.model.devices.device import Device
from myoassist.model.devices.table import choose_clock
from myoassist.space.parameter import Entries


def human_entries(control: ControlConfig, dimensions: int) -> Entries:
    """Return the entries of the human controller; code of the user has to be imported before.

    Args:
        control: Configuration of the human controller.
        dimensions: 2 (planar) or 3.
    """
    if is_own(control.controller):
        return declare.human_entries(declare.own_class(control.controller, declare.Human))
    entries: Entries = load_place(f"{HUMAN_CONTROLLERS[control.controller]}.parameters:entries")(control, dimensions)
    return entries


def device_entries(exo: ExoConfig, worn: Device | None) -> Entries:
    """Return the entries of the device controller; code of the user has to be imported before.

    Args:
        exo: Exo configuration.
        worn: Worn device.
    """
    if is_own(exo.controller):
        return declare.device_entries(declare.own_class(exo.controller, declare.Device))
    if exo.controller == "impedance" and worn is not None and worn.prosthesis is not None:
        return impedance_entries(worn.prosthesis.motor_joints)
    return curve_entries(exo, choose_clock(worn, exo) == "stride")
