"""The settings of the evolution sweeper, and their check."""

from dataclasses import dataclass, field
from typing import Any

from myoassist.config.schema.keys import describe_expected, format_value, is_number, schema_keys
from myoassist.config.schema.option import option
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError

SWEEPER_NAME = "evolution_nevergrad"
OPTUNA_NAME = "optuna"
# Where its settings lie.
OPTIM = "hydra.sweeper.optim"


@dataclass
class EvolutionOptim:
    """How an evolution searches and when it gives up."""

    optimizer: str = option(
        "RandomThenWideDiagonalCMA",
        "Name of an optimizer of nevergrad, or of a sampler of Optuna.",
    )
    num_workers: int = option(16, "Individuals per generation, evaluated at once.", ge=1)
    generations: int = option(20, "Number of generations; a larger value extends a finished evolution.", ge=1)
    budget: int | None = option(
        None,
        "Number of evaluations; null is generations times num_workers. The last generation may be a partial one.",
        ge=1,
    )
    noisy: bool = option(True, "Whether the same individual may be judged differently twice.")
    maximize: bool = option(True, "Whether a higher return value of a run is better.")
    seed: int = option(0, "Seed of the evolution; the seeds of its runs follow from it.", ge=0)
    max_failure_rate: float = option(
        0.25,
        "Share of a generation that may fail before the evolution stops.",
        ge=0.0,
        le=1.0,
        words="a share between 0 and 1",
    )
    failed_loss: float | None = option(
        None,
        "Loss of a failed individual (minimized, whatever maximize says); null is the worst there is.",
        words="a finite number, or null for the worst",
    )
    retries: int = option(1, "How often a killed or timed-out individual is launched again.", ge=0)
    load_if_exists: bool = option(True, "Whether an evolution that is there is continued; false refuses it.")
    checkpoint: str | None = option(
        None, "Checkpoint, journal or folder of another evolution to continue in this folder."
    )


@dataclass
class EvolutionSweeperConfig:
    """Entry of Hydra's `hydra/sweeper` group.

    Attributes:
        optim: See `EvolutionOptim`.
        params: Searched key -> `{init, lower, upper, step, integer, log}`, list of values, or sweep text.
        constraints: Name -> `{terms: {key: factor}, lower, upper}`.
    """

    _target_: str = "myoassist.sweep.evolution.sweeper.EvolutionSweeper"
    optim: EvolutionOptim = field(default_factory=EvolutionOptim)
    params: dict[str, Any] | None = None
    constraints: dict[str, Any] | None = None


@dataclass
class OptunaSweeperConfig(EvolutionSweeperConfig):
    """The same entry for samplers of Optuna."""

    _target_: str = "myoassist.sweep.evolution.sweeper.OptunaSweeper"


def check_optim(optim: EvolutionOptim) -> None:
    """Refuse settings that make no evolution.

    Raises:
        ConfigError: naming the key, its value and what was expected.
    """
    for key in schema_keys(EvolutionOptim, f"{OPTIM}.").values():
        name = key.name.rpartition(".")[2]
        value = getattr(optim, name)
        if name == "max_failure_rate" and is_number(value) and 1.0 < value <= 100.0:
            # A percentage.
            raise ConfigError(
                f"{key.name}={format_value(value)} is not allowed",
                describe_expected(key),
                f"{key.name}={value / 100.0:g}",
            )
        check_value(key, value)


def count_evaluations(optim: EvolutionOptim) -> int:
    """Return the number of evaluations that were asked for."""
    return optim.budget if optim.budget is not None else optim.generations * optim.num_workers
