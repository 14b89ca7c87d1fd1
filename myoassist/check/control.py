"""Rules of the group `control`."""

from myoassist.config.schema.own_code import check_own
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError


def check_control(config: RunConfig) -> None:
    """Refuse a human controller that does not exist, or delays that it does not have.

    Raises:
        ConfigError: naming the key.
    """
    control = config.control
    if config.task == "rl":
        return
    if control.delayed and control.controller != "reflex":
        raise ConfigError(
            f"control.delayed=true with control.controller={control.controller}",
            "control.controller=reflex, whose delays these are",
            "control.delayed=false (or control=reflex)",
        )
    if config.task == "search":
        check_own("control.controller", control.controller)
