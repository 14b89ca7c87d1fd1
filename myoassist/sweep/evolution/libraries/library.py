"""The libraries that say what an evolution tries next."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from myoassist.sweep.evolution.algorithms import build_optimizer
from myoassist.sweep.evolution.libraries.optuna_sampler import build_sampler
from myoassist.sweep.evolution.libraries.optuna_study import StudyFile
from myoassist.sweep.evolution.settings import EvolutionOptim
from myoassist.sweep.evolution.space import SearchSpace
from myoassist.sweep.evolution.state import EvolutionState


class Follower(Protocol):
    """Something that is kept at what the journal says."""

    def follow(self, state: EvolutionState) -> None:
        """Take over what is new."""
        ...


@dataclass(frozen=True)
class Library:
    """A library with optimizers.

    Attributes:
        name: Its package, see `EvolutionState.library`.
        packages: Packages whose versions decide what its optimizers ask for.
        build: Make an optimizer, with `ask()` and `tell(candidate, loss)`, the same one for the same arguments: space,
            constraints, settings, number of evaluations. A candidate has `value`, `uid` and `parents_uids`.
        follow: Make what is kept in the folder for tools of the library, if anything.
    """

    name: str
    packages: tuple[str, ...]
    build: Callable[[SearchSpace, list[Any], EvolutionOptim, int], Any]
    follow: Callable[[Path, SearchSpace], Follower] | None = None


def _build_nevergrad(space: SearchSpace, constraints: list[Any], optim: EvolutionOptim, budget: int) -> Any:
    return build_optimizer(
        optim.optimizer,
        space,
        constraints,
        budget=budget,
        num_workers=optim.num_workers,
        seed=optim.seed,
        noisy=optim.noisy,
    )


NEVERGRAD = Library("nevergrad", ("nevergrad", "numpy", "cma"), _build_nevergrad)
OPTUNA = Library("optuna", ("optuna", "numpy", "scipy"), build_sampler, StudyFile)
