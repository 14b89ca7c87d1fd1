"""Types and ranges of every single key, as its schema declares them."""

import dataclasses
from typing import Any

from myoassist.config.hydra.rewording import unknown_key
from myoassist.config.schema.keys import format_value, run_keys
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError


def check_values(node: Any, prefix: str = "") -> None:
    """Refuse keys that do not exist, and values of another type or out of range.

    Args:
        node: Configuration, or a group of it.
        prefix: Its name with a dot; empty for the whole.

    Raises:
        ConfigError: naming the key, its value, what was expected and an override that helps.
    """
    names = [item.name for item in dataclasses.fields(node)]
    for name in vars(node):
        # +typo=1 passes composition and arrives as an attribute.
        if name not in names:
            raise unknown_key(prefix + name, f"{prefix}{name}={format_value(vars(node)[name])}")
    for name in names:
        value = getattr(node, name)
        if dataclasses.is_dataclass(value):
            check_values(value, f"{prefix}{name}.")
        elif f"{prefix}{name}" in run_keys():
            check_value(run_keys()[prefix + name], value)
        else:
            raise ConfigError(f"{prefix}{name}={format_value(value)} is not a group", f"the keys of {prefix}{name}")
