"""Keys with two names: the published one is another name of ours, which alone is read."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from myoassist.config.errors import ConfigError
from myoassist.config.keys import Key, format_value, read_key, run_keys
from myoassist.config.schemas import RunConfig

# What a value means under the other name, where that is not the same value.
_MEANINGS: dict[str, Callable[[Any], Any]] = {
    "env.physics_sim_framerate": lambda rate: 1.0 / rate,
    "env.terrain_type": lambda kind: "flat" if kind == "dev" else kind,
}


def alias_keys() -> dict[str, str]:
    """Return the canonical key of every alias."""
    return {name: key.metadata["alias"] for name, key in run_keys().items() if key.metadata.get("alias")}


def apply_aliases(config: RunConfig, typed: Iterable[str], check: Callable[[Key, Any], None]) -> None:
    """Move the values of aliases to their canonical keys; aliases are null afterwards.

    An alias that a file sets gives way to its canonical key on the command line.

    Args:
        config: Composed configuration, changed in place.
        typed: Keys that were given on the command line.
        check: Refuses a value that does not fit a key.

    Raises:
        ConfigError: if an alias and its canonical key are both typed, or a value does not fit.
    """
    typed = set(typed)
    for alias, canonical in alias_keys().items():
        value = read_key(config, alias)
        if value is None:
            continue
        if alias in typed and canonical in typed:
            raise ConfigError(
                f"{alias}={format_value(value)} and {canonical} are both given",
                f"one of them: {alias} is another name of {canonical}",
                f"leave {alias} out",
            )
        check(run_keys()[alias], value)
        if alias in typed or canonical not in typed:
            _write(config, canonical, _MEANINGS.get(alias, lambda same: same)(value))
        _write(config, alias, None)


def drop_replaced(values: dict[str, Any], typed: Collection[str]) -> None:
    """Take canonical keys out of stored values whose alias is typed, so that the alias counts."""
    for alias, canonical in alias_keys().items():
        if alias in typed:
            values.pop(canonical, None)


def _write(config: RunConfig, name: str, value: Any) -> None:
    *path, last = name.split(".")
    node: Any = config
    for part in path:
        node = getattr(node, part)
    setattr(node, last, value)
