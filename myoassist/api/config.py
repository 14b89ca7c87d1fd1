"""Compose the configuration of a run out of the words of a command."""

from typing import TYPE_CHECKING, Any

from myoassist.files.errors import ConfigError

if TYPE_CHECKING:
    from myoassist.config.compose.run import ComposedRun
    from myoassist.config.schema.run import RunConfig


class Config:
    """The configuration of a run; groups and keys are attributes: `config.cost.tgt_vel`.

    A value that is set counts as if it had been among the words: `config.cost.tgt_vel = 1.0` is
    `"cost.tgt_vel=1.0"`. A group option cannot be set in this way; `change` takes it.

    Args:
        composed: What the words give.
    """

    _composed: "ComposedRun"

    def __init__(self, composed: "ComposedRun") -> None:
        from myoassist.runs.stored_config import flatten_values

        object.__setattr__(self, "_composed", composed)
        object.__setattr__(self, "_values", flatten_values(composed.config))

    def __getattr__(self, name: str) -> Any:
        """Return a group or key of the configuration."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._composed.config, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a key of the configuration.

        Raises:
            ConfigError: if it has no such key.
        """
        if not hasattr(self._composed.config, name):
            from myoassist.config.schema.keys import closest, run_keys

            near = closest(name, list(run_keys()))
            raise ConfigError(
                f"{name}: there is no such key", "a key of `myoassist.list_keys()`", f"config.{near}" if near else ""
            )
        setattr(self._composed.config, name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *vars(self._composed.config)})

    @property
    def overrides(self) -> list[str]:
        """The words that give this configuration, those of values that were set included."""
        return self.compose().all_overrides

    def change(self, *overrides: str) -> "Config":
        """Return the configuration with further words; this one stays as it is.

        Raises:
            ConfigError: as `compose`.
        """
        return compose(*self.overrides, *overrides)

    def compose(self) -> "ComposedRun":
        """Return what the training command is handed, with the values that were set among its words.

        Raises:
            ConfigError: if a value does not fit.
        """
        from myoassist.config.compose.run import compose_run
        from myoassist.config.run_names import override_key
        from myoassist.runs.stored_config import flatten_values, write_value

        now = flatten_values(self._composed.config)
        changed = {key: value for key, value in now.items() if value != self._values[key]}
        if not changed:
            return self._composed
        kept = [text for text in self._composed.all_overrides if override_key(text) not in changed]
        return compose_run([*kept, *(f"{key}={write_value(value)}" for key, value in changed.items())])

    def plain(self) -> "RunConfig":
        """Return a checked copy of the configuration.

        Raises:
            UserError: as `compose`.
        """
        import copy

        config = copy.deepcopy(self.compose().config)
        _check(config)
        return config

    def __repr__(self) -> str:
        return f"Config({', '.join(map(repr, self.overrides))})"


def compose(*overrides: str) -> Config:
    """Compose the configuration of a run, as the training command does.

    Args:
        *overrides: What the command is given: `"exp=tutorial"`, `"cost.tgt_vel=1.0"`; no flags.

    Raises:
        ConfigError: if a word, key or value is refused, with the message of the command.
    """
    from myoassist.config.compose.foreign_spelling import check_train_arguments
    from myoassist.config.compose.hydra_command import is_hydra_command
    from myoassist.config.compose.run import compose_run, require_experiment

    words = list(overrides)
    for word in words:
        if not isinstance(word, str):
            raise ConfigError(f"{word!r} is no text", 'words of the command: compose("exp=tutorial", "seed=1")')
    check_train_arguments(words)
    if is_hydra_command(words):
        raise ConfigError(
            f"{next(word for word in words if word.startswith('-'))} in a configuration",
            "key=value or group=option; flags are for the command",
            "`sweep` runs all combinations of values, `list_keys` tells what there is",
        )
    require_experiment(words)
    composed = compose_run(words)
    _check(composed.config)
    return Config(composed)


def _check(config: "RunConfig") -> None:
    from myoassist.check.run import check

    check(config)


def require_config(config: object, name: str) -> Config:
    """Return a configuration that was handed over.

    Args:
        config: What was handed over.
        name: Name of the function, for the message.

    Raises:
        ConfigError: if it is something else.
    """
    if isinstance(config, Config):
        return config
    raise ConfigError(
        f"{name} was given {type(config).__name__}",
        "a configuration",
        f'{name}(compose("exp=tutorial"))',
    )
