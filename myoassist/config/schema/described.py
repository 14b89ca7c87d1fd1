"""Read a mapping inside a list of the configuration, described by a dataclass as whole groups are."""

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any, TypeVar

from myoassist.config.schema.keys import format_value, refuse_unknown_keys, schema_keys
from myoassist.config.schema.values import check_entry
from myoassist.files.errors import ConfigError

Described = TypeVar("Described")


def read_described(schema: type[Described], content: Any, place: str, example: str) -> Described:
    """Return an instance of a dataclass with the values of a mapping, checked by type, range and choice.

    Args:
        schema: Dataclass of `option` fields. Those of type Any are left to the caller.
        content: The mapping.
        place: Where it stands, for messages.
        example: A remedy for everything that is not understood.

    Raises:
        ConfigError: for something else than a mapping, an unknown or missing key, or a value that does not fit.
    """
    keys = schema_keys(schema)
    needed = [name for name, key in keys.items() if key.default is MISSING]
    if not isinstance(content, Mapping):
        raise ConfigError(f"{place}={format_value(content)}", f"a mapping with {', '.join(needed or keys)}", example)
    refuse_unknown_keys(content, list(keys), place)
    missing = [name for name in needed if name not in content]
    if missing:
        raise ConfigError(f"{place} has no {', '.join(missing)}", f"all of {', '.join(needed)}", example)
    for name, value in content.items():
        check_entry(keys[name], value, place, example)
    return schema(**content)
