"""Rules of the group `control`."""

from myoassist.config.schema.control import (
    ALONE,
    AT_TARGET,
    DELAYED_CONTROLLERS,
    HUMAN_CONTROLLERS,
    MODULAR_CONTROLLERS,
    STRIKE,
)
from myoassist.config.schema.keys import format_value
from myoassist.config.schema.own_code import check_own, is_own
from myoassist.config.schema.resolved import control_of
from myoassist.config.schema.run import RunConfig
from myoassist.control.human.guided.parameters import speed_of
from myoassist.control.human.guided.pattern import LEG_LENGTH, SPEED_KEY
from myoassist.control.legs import AMP, SHARED, gone_muscles
from myoassist.files.errors import ConfigError
from myoassist.model.devices.table import DEVICES, device_of
from myoassist.optimize.conditions import condition_config, list_conditions
from myoassist.people.tables import place_speed

# Keys of the guided reflexes -> value that changes nothing, what they alone have.
_GUIDED_ALONE = {
    "speed": (None, "follows a speed"),
    "swing_contact": (STRIKE, "has a stumble response"),
    "cadence": (AT_TARGET, "has a clock with a cadence"),
    "late_foot": (ALONE, "has a clock that waits for a foot"),
}


def check_control(config: RunConfig) -> None:
    """Refuse a human controller that does not exist, delays or gains that it does not have, a speed nobody walks at.

    Raises:
        ConfigError: naming the key.
    """
    control = config.control
    if config.task == "rl":
        return
    if control.delayed and control.controller not in DELAYED_CONTROLLERS:
        raise ConfigError(
            f"control.delayed=true with control.controller={control.controller}",
            f"control.controller={' or '.join(DELAYED_CONTROLLERS)}, whose delays these are",
            "control.delayed=false (or control=reflex)",
        )
    for name, (neutral, ability) in _GUIDED_ALONE.items():
        value = getattr(control, name)
        if value != neutral and control.controller != "guided":
            raise ConfigError(
                f"control.{name}={format_value(value)} with control.controller={control.controller}",
                f"control.controller=guided, which alone {ability}",
                f"control.{name}={format_value(neutral)} (or control=guided)",
            )
    if control.log_modules and control.controller not in MODULAR_CONTROLLERS:
        raise ConfigError(
            f"control.log_modules=true with control.controller={control.controller}",
            f"control.controller={' or '.join(MODULAR_CONTROLLERS)}, whose excitation is a sum of modules",
            "control.log_modules=false (or control=reflex)",
        )
    if control.controller == "guided":
        for condition in list_conditions(config):
            place_speed(speed_of(control_of(condition_config(config, condition))), LEG_LENGTH, SPEED_KEY)
    if config.task == "search":
        check_own("control.controller", control.controller)
        _check_legs(config)


def _check_legs(config: RunConfig) -> None:
    """Refuse gains of their own for the legs where the controller gives both the same parameters or nothing is gone."""
    control = config.control
    if control.legs == SHARED:
        return
    if is_own(control.controller):
        raise ConfigError(
            f"control.legs={control.legs} with control.controller={control.controller}",
            f"{', '.join(HUMAN_CONTROLLERS)}: a controller of your own declares the parameters of each leg itself",
            "control.legs=shared",
        )
    if control.legs == AMP and not gone_muscles(device_of(config.model)):
        limbs = ", ".join(device.short for device in DEVICES if gone_muscles(device))
        raise ConfigError(
            f"control.legs=amp with model.device={format_value(config.model.device)}",
            f"a prosthesis that replaces muscles: {limbs}",
            "control.legs=bilateral (or model=osl_a)",
        )
