"""Rules of the group `exo`; which device a controller drives is a matter between groups."""

from myoassist.config.schema.own_code import check_own
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError


def check_exo(config: RunConfig) -> None:
    """Refuse a device controller that does not exist, or whose profile cannot be held.

    Raises:
        ConfigError: naming the key.
    """
    exo = config.exo
    if config.task == "rl":
        if exo.controller != "none":
            raise ConfigError(
                f"exo.controller={exo.controller} with task=rl",
                "none: what drives the device is learned",
                "exo=none",
            )
        return
    if exo.fixed and exo.controller != "four_param":
        raise ConfigError(
            f"exo.fixed=true with exo.controller={exo.controller}",
            "exo.controller=four_param: only its default profile can be held fixed",
            "exo=four_param exo.fixed=true (or exo.fixed=false)",
        )
    if config.task == "search":
        check_own("exo.controller", exo.controller)
