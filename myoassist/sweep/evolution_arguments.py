"""Short spellings of an evolution on the command line."""

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
    chosen = any(argument.lstrip("+").startswith("evo=") for argument in arguments)
    if chosen and not any(argument.startswith("-") for argument in arguments):
        completed.append("--multirun")
    return completed
