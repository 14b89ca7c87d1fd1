"""Keys that mean something by another key alone, resolved where they are used; the stored configuration keeps them."""

from dataclasses import replace

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import ModelConfig, RunConfig


def control_of(config: RunConfig) -> ControlConfig:
    """Return the human controller of a walk of a configuration; its speed is that of the cost where it names none."""
    speed = config.control.speed
    return replace(config.control, speed=config.cost.tgt_vel if speed is None else speed)


def follows_speed(config: RunConfig) -> bool:
    """Return whether a walk depends on the speed of the cost: a controller follows it and no other speed is set."""
    return config.control.controller == "guided" and config.control.speed is None


def has_steady_paths(model: ModelConfig) -> bool:
    """Return whether tendons keep to one side of their guides by `model.steady_paths`: full physics has no guides."""
    return model.steady_paths and model.physics == "fast"
