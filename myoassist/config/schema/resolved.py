"""Keys whose null stands for another key, resolved where they are used; the stored configuration keeps the null."""

from dataclasses import replace

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import RunConfig


def control_of(config: RunConfig) -> ControlConfig:
    """Return the human controller of a walk of a configuration; its speed is that of the cost where it names none."""
    speed = config.control.speed
    return replace(config.control, speed=config.cost.tgt_vel if speed is None else speed)


def follows_speed(config: RunConfig) -> bool:
    """Return whether a walk depends on the speed of the cost: a controller follows it and no other speed is set."""
    return config.control.controller == "guided" and config.control.speed is None
