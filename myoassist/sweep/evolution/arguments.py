"""Short spellings of an evolution on the command line."""

from myoassist.config.hydra.flags import split_flags
from myoassist.files.errors import ConfigError

_SETTINGS = "hydra.sweeper.optim"
_SHORT = {
    "evo.population_size": f"{_SETTINGS}.num_workers",
    "evo.num_generations": f"{_SETTINGS}.generations",
    "evo.seed": f"{_SETTINGS}.seed",
    "evo.optimizer": f"{_SETTINGS}.optimizer",
}
_ADDED_GROUPS = ("exp/mutations", "exp/constraints")


def complete_evolution(arguments: list[str]) -> list[str]:
    """Write out what the short spellings of an evolution stand for.

    `evo=evo` implies `--multirun`; `evo.population_size`, `evo.num_generations`, `evo.seed` and `evo.optimizer` stand
    for settings of the sweeper; `exp/mutations` and `exp/constraints` need no `+`.

    Args:
        arguments: Overrides and flags as typed.

    Raises:
        ConfigError: for a setting or search space of an evolution in the command of a single run.
    """
    completed = []
    for argument in arguments:
        key, sign, value = argument.partition("=")
        plain = key.lstrip("+")
        if sign and plain in _SHORT:
            completed.append(f"{_SHORT[plain]}={value}")
        elif sign and plain in _ADDED_GROUPS:
            completed.append(f"+{plain}={value}")
        else:
            completed.append(argument)
    flags = split_flags(arguments)[0]
    single = not flags.keys() - {"--config-dir"}
    if any(argument.lstrip("+").startswith("evo=") for argument in arguments):
        return [*completed, "--multirun"] if single else completed
    for argument in arguments:
        key = argument.partition("=")[0].lstrip("+")
        if single and "=" in argument and key in (*_SHORT, *_ADDED_GROUPS):
            raise ConfigError(
                f"{argument} without an evolution: a single run searches nothing",
                "evo=evo, or scripts/evo.sh, which adds it",
                f"{argument} evo=evo",
            )
    return completed
