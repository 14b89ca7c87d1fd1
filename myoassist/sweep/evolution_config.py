"""The settings of the evolution sweeper, and their check."""

import sys
from dataclasses import dataclass, field, replace
from typing import Any

from myoassist.config.errors import ConfigError
from myoassist.config.key_values import check_value
from myoassist.config.keys import describe_range, format_value, schema_keys
from myoassist.config.option import option
from myoassist.config.reference import format_schema_table, run_generator

SWEEPER_NAME = "evolution_nevergrad"
_SETTINGS = "hydra.sweeper.optim"
_SHORT = {"optimizer": "optimizer", "num_workers": "population_size", "generations": "num_generations", "seed": "seed"}


@dataclass
class EvolutionOptim:
    """How an evolution searches and when it gives up."""

    optimizer: str = option(
        "RandomThenWideDiagonalCMA", "Any name of nevergrad's registry: OnePlusOne, TwoPointsDE, NGOpt, ..."
    )
    num_workers: int = option(16, "Individuals per generation, evaluated at once.", ge=1)
    generations: int = option(20, "Number of generations; a larger value extends a finished evolution.", ge=1)
    budget: int | None = option(
        None, "Evaluations; null is the product of the two. The last generation may be a partial one.", ge=1
    )
    noisy: bool = option(True, "The same individual may be judged differently twice.")
    maximize: bool = option(True, "A higher return value of a run is better.")
    seed: int = option(
        0, "Every individual's seed follows from it, its generation and its rank; `evo=evo` takes the run's.", ge=0
    )
    max_failure_rate: float = option(
        0.25, "Share of a generation that may fail; above it the evolution stops after saving.", ge=0.0, le=1.0
    )
    failed_loss: float | None = option(
        None, "Loss of a failed individual, minimized whatever `maximize` says; null is the worst there is."
    )
    retries: int = option(
        1, "How often a killed or timed-out individual is launched again; it goes on from its checkpoint.", ge=0
    )
    load_if_exists: bool = option(True, "Whether an evolution that is there is continued; false refuses it.")
    checkpoint: str | None = option(
        None, "Checkpoint, journal or folder of another evolution to continue in this folder, see below."
    )


@dataclass
class EvolutionSweeperConfig:
    """Entry of Hydra's `hydra/sweeper` group.

    Attributes:
        optim: See `EvolutionOptim`.
        params: Searched key -> `{init, lower, upper, step, integer, log}`, list of values, or sweep text.
        constraints: Name -> `{terms: {key: factor}, lower, upper}`.
    """

    _target_: str = "myoassist.sweep.evolution.EvolutionSweeper"
    optim: EvolutionOptim = field(default_factory=EvolutionOptim)
    params: dict[str, Any] | None = None
    constraints: dict[str, Any] | None = None


def check_optim(optim: EvolutionOptim) -> None:
    """Refuse settings that make no evolution.

    Raises:
        ConfigError: naming the key, its value and what was expected.
    """
    for name, key in schema_keys(EvolutionOptim).items():
        value = getattr(optim, name)
        if name == "max_failure_rate" and 1.0 < value <= 100.0:
            # A percentage.
            raise ConfigError(
                f"{_SETTINGS}.{name}={format_value(value)}",
                describe_range(key),
                f"{_SETTINGS}.{name}={value / 100.0:g}",
            )
        check_value(replace(key, name=f"{_SETTINGS}.{name}"), value)


def count_evaluations(optim: EvolutionOptim) -> int:
    """Return the number of evaluations that were asked for."""
    return optim.budget if optim.budget is not None else optim.generations * optim.num_workers


def format_settings_table() -> str:
    """Return a Markdown table of the settings, with the short names of those that change most."""
    return format_schema_table(EvolutionOptim, {name: f"`evo.{short}`" for name, short in _SHORT.items()})


if __name__ == "__main__":
    sys.exit(run_generator("settings", format_settings_table, sys.argv[1:]))
