"""The settings of the evolution sweeper, and their check."""

import math
from dataclasses import dataclass, field
from typing import Any

from myoassist.files.errors import ConfigError

SWEEPER_NAME = "evolution_nevergrad"


@dataclass
class EvolutionOptim:
    """How an evolution searches and when it gives up.

    Attributes:
        optimizer: Name of a nevergrad optimizer.
        num_workers: Individuals per generation, evaluated at once.
        generations: Number of generations; a larger value extends a finished evolution.
        budget: Number of evaluations; null is generations times num_workers. The last generation may be a partial one.
        noisy: Whether the same individual may be judged differently twice.
        maximize: Whether a higher return value of a run is better.
        seed: Seed of the evolution; the seeds of its runs follow from it.
        max_failure_rate: Share of a generation that may fail before the evolution stops.
        failed_loss: Loss of a failed individual (minimized, whatever maximize says); null is the worst there is.
        retries: How often a killed or timed-out individual is launched again.
        load_if_exists: Whether an evolution that is there is continued; false refuses it.
        checkpoint: Checkpoint, journal or folder of another evolution to continue in this folder.
    """

    optimizer: str = "RandomThenWideDiagonalCMA"
    num_workers: int = 16
    generations: int = 20
    budget: int | None = None
    noisy: bool = True
    maximize: bool = True
    seed: int = 0
    max_failure_rate: float = 0.25
    failed_loss: float | None = None
    retries: int = 1
    load_if_exists: bool = True
    checkpoint: str | None = None


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
    whole = {"num_workers": 1, "generations": 1, "budget": 1, "retries": 0, "seed": 0}
    for name, lowest in whole.items():
        value = getattr(optim, name)
        if value is not None and value < lowest:
            raise ConfigError(
                f"hydra.sweeper.optim.{name}={value}",
                f"an integer, at least {lowest}",
                f"hydra.sweeper.optim.{name}={lowest}   (the nearest that is allowed)",
            )
    if not 0.0 <= optim.max_failure_rate <= 1.0:
        # A percentage.
        share = f"{optim.max_failure_rate / 100.0:g}" if 1.0 < optim.max_failure_rate <= 100.0 else "<share>"
        raise ConfigError(
            f"hydra.sweeper.optim.max_failure_rate={optim.max_failure_rate}",
            "a share between 0 and 1",
            f"hydra.sweeper.optim.max_failure_rate={share}",
        )
    if optim.failed_loss is not None and not math.isfinite(optim.failed_loss):
        raise ConfigError(
            f"hydra.sweeper.optim.failed_loss={optim.failed_loss}",
            "a finite number, or null for the worst",
            "hydra.sweeper.optim.failed_loss=null",
        )


def count_evaluations(optim: EvolutionOptim) -> int:
    """Return the number of evaluations that were asked for."""
    return optim.budget if optim.budget is not None else optim.generations * optim.num_workers
