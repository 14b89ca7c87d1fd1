"""Nevergrad optimizers by name, with the ones of our own and the ones that cannot work refused."""

import warnings
from typing import Any

from myoassist.config.nearest import nearest_names
from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.space import SearchSpace

DIAGONAL_CMA = "WideDiagonalCMA"
RANDOM_THEN_CMA = "RandomThenWideDiagonalCMA"
PARENT_KEEPING_ES = "ParentKeepingES"
RANDOM_THEN_ES = "RandomThenParentKeepingES"


def register_optimizers() -> None:
    """Add our optimizers to nevergrad's registry; safe to call again.

    `WideDiagonalCMA` starts CMA-ES three times as wide as nevergrad does and adapts variances only, which suits few
    evaluations in many dimensions. `ParentKeepingES` is an evolution strategy of 16 parents and 8 offspring that keeps
    its parents. The variants with `RandomThen` spend a tenth of the budget on random search first.
    """
    import nevergrad as ng

    if RANDOM_THEN_CMA in ng.optimizers.registry:
        return
    families = ng.families
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cma = families.ParametrizedCMA(scale=3.0, diagonal=True).set_name(DIAGONAL_CMA, register=True)
        strategy = families.EvolutionStrategy(
            recombination_ratio=0.25, only_offsprings=False, offsprings=8, popsize=16
        ).set_name(PARENT_KEEPING_ES, register=True)
        random = ng.optimizers.RandomSearch
        families.Chaining([random, cma], ["tenth"]).set_name(RANDOM_THEN_CMA, register=True)
        families.Chaining([random, strategy], ["tenth"]).set_name(RANDOM_THEN_ES, register=True)


def build_optimizer(
    name: str, space: SearchSpace, constraints: list[Any], *, budget: int, num_workers: int, seed: int, noisy: bool
) -> Any:
    """Build a nevergrad optimizer, the same one for the same arguments.

    Args:
        name: Name in nevergrad's registry, ours included.
        space: What to search.
        constraints: Functions of the parameter values, see `constraints.read_constraints`.
        budget: Number of evaluations that it is planned for; some optimizers divide it into phases.
        num_workers: Individuals per generation.
        seed: Seed of its random stream.
        noisy: Whether the same individual may be judged differently twice.

    Raises:
        ConfigError: if there is no such optimizer, or it cannot search this space.
    """
    import nevergrad as ng

    register_optimizers()
    _check_name(name, space, list(ng.optimizers.registry))
    if num_workers > 1 and getattr(ng.optimizers.registry[name], "no_parallelization", False):
        # Its own refusal leaves a half-built optimizer behind, which Python complains about when it is removed.
        raise _refuse(name, space, f"it judges one individual after the other, not {num_workers} at once")
    parametrization = ng.p.Dict(**space.build())
    parametrization.function.deterministic = not noisy
    parametrization.random_state.seed(seed)
    for constraint in constraints:
        parametrization.register_cheap_constraint(constraint)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ng.optimizers.registry[name](parametrization=parametrization, budget=budget, num_workers=num_workers)
    except (ImportError, ValueError, NotImplementedError, AssertionError, ArithmeticError) as error:
        raise _refuse(name, space, str(error)) from None


def _refuse(name: str, space: SearchSpace, why: str) -> ConfigError:
    return ConfigError(
        f"hydra.sweeper.optim.optimizer={name} cannot search this space: {why}",
        "an optimizer that takes these parameters and works with several workers",
        f"hydra.sweeper.optim.optimizer={RANDOM_THEN_CMA if space.dimension > 1 else 'OnePlusOne'}",
    )


def _check_name(name: str, space: SearchSpace, known: list[str]) -> None:
    if name not in known:
        near = nearest_names(name, known, 3)
        shown = near or [RANDOM_THEN_CMA, "OnePlusOne", "TwoPointsDE", "NGOpt"]
        raise ConfigError(
            f"hydra.sweeper.optim.optimizer={name}: nevergrad has no such optimizer",
            f"a name of its registry, e.g. {', '.join(shown)}",
            f"hydra.sweeper.optim.optimizer={near[0] if near else '<one of these>'}",
        )
    # In one dimension nevergrad silently replaces pycma by a package that is not installed.
    if space.dimension == 1 and "CMA" in name:
        raise ConfigError(
            f"hydra.sweeper.optim.optimizer={name} with one searched parameter ({next(iter(space.parameters))})",
            "two parameters or more: CMA-ES adapts a covariance, which one dimension does not have",
            "hydra.sweeper.optim.optimizer=OnePlusOne, or search more parameters",
        )
