"""Keys with two names: a published one or an old place is another name of ours, which alone is read."""

import warnings
from collections.abc import Callable, Collection, Iterable
from typing import Any

from myoassist.config.schema.keys import Key, format_value, read_key, run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError

# What a value means under the other name, where that is not the same value.
_MEANINGS: dict[str, Callable[[Any], Any]] = {
    "env.physics_sim_framerate": lambda rate: 1.0 / rate,
    "env.terrain_type": lambda kind: "flat" if kind == "dev" else kind,
}
# Old names of trainers.
TASKS = {"reflex": "search"}


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
        if run_keys()[alias].metadata["moved"]:
            warnings.warn(f"{alias} has moved and is taken as {canonical}={format_value(value)}", stacklevel=2)
        if alias in typed or canonical not in typed:
            _write(config, canonical, _MEANINGS.get(alias, lambda same: same)(value))
        _write(config, alias, None)
    if config.task in TASKS:
        warnings.warn(f"task={config.task} has been renamed and is taken as task={TASKS[config.task]}", stacklevel=2)
        config.task = TASKS[config.task]


def renew_stored(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a stored configuration of an older version with every key where it is now.

    Args:
        content: Nested mappings as they lie in a file; what is no mapping where one belongs is left to who reads it.
    """
    renewed: dict[str, Any] = {
        name: dict(value) if isinstance(value, dict) else value for name, value in content.items()
    }
    if isinstance(task := renewed.get("task"), str):
        renewed["task"] = TASKS.get(task, task)
    for alias, canonical in alias_keys().items():
        group, _, name = alias.rpartition(".")
        new_group, _, new_name = canonical.rpartition(".")
        place = renewed.get(group)
        if not run_keys()[alias].metadata["moved"] or not isinstance(place, dict) or place.get(name) is None:
            continue
        target = renewed.setdefault(new_group, {})
        if isinstance(target, dict):
            # Read as it is written: one value lies at the old place or at the new one.
            target.setdefault(new_name, place[name])
            place[name] = None
    return renewed


def renew_flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return stored values by dotted key, as sweeps keep them, with every key where it is now."""
    renewed = dict(values)
    if isinstance(task := renewed.get("task"), str):
        renewed["task"] = TASKS.get(task, task)
    for alias, canonical in alias_keys().items():
        if run_keys()[alias].metadata["moved"] and renewed.get(alias) is not None:
            renewed.setdefault(canonical, renewed[alias])
            renewed[alias] = None
    return renewed


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
