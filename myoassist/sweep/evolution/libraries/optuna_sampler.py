"""Samplers of Optuna behind the ask and tell of an evolution."""

import importlib.util
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from myoassist.config.nearest import nearest_names
from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.settings import OPTIM, EvolutionOptim
from myoassist.sweep.evolution.space import SearchSpace, format_override
from myoassist.sweep.evolution.state import WORST_LOSS

DEFAULT_SAMPLER = "TPESampler"
# Those that minimize one number, take whatever a space is made of, and are asked again in no time after a kill.
SAMPLERS = (DEFAULT_SAMPLER, "CmaEsSampler", "QMCSampler", "RandomSampler")
# How often a sampler may break the constraints before chance takes its turn, which never asks for the same again.
_DRAWS = 20
_CHANCES = 10000


@dataclass(frozen=True)
class OptunaCandidate:
    """What a sampler asks for, as an evolution sees it.

    Attributes:
        value: Searched key -> value.
        uid: Number of the trial.
        trial: Trial of Optuna.
        parents_uids: None are known.
    """

    value: dict[str, Any]
    uid: str
    trial: Any = field(repr=False)
    parents_uids: tuple[str, ...] = ()


class OptunaOptimizer:
    """A study in memory that is asked and told; the same answers to the same questions.

    Args:
        study: The study, minimizing.
        distributions: Searched key -> distribution of Optuna.
        labels: Searched key -> label of Optuna -> value, for choices that Optuna cannot store.
        constraints: Functions of the values; an individual that breaks one is drawn again.
        seed: Seed of what is drawn where the sampler finds nothing that meets the constraints.
    """

    def __init__(
        self,
        study: Any,
        distributions: dict[str, Any],
        labels: dict[str, dict[str, Any]],
        constraints: list[Callable[[dict[str, Any]], bool]],
        seed: int,
    ) -> None:
        self._study = study
        self._distributions = distributions
        self._labels = labels
        self._constraints = constraints
        self._random = np.random.default_rng(seed)

    def ask(self) -> OptunaCandidate:
        """Return the next individual; one that breaks a constraint where no other was found."""
        from optuna.trial import TrialState

        for _ in range(_DRAWS):
            trial = self._study.ask(self._distributions)
            if self._is_allowed(trial.params):
                break
            # Without a value a trial teaches nothing; the sampler draws anew.
            self._study.tell(trial, state=TrialState.FAIL)
        else:
            drawn = (self._draw() for _ in range(_CHANCES))
            self._study.enqueue_trial(next(filter(self._is_allowed, drawn), self._draw()))
            trial = self._study.ask(self._distributions)
        return OptunaCandidate(self._values(trial.params), str(trial.number), trial)

    def _values(self, params: dict[str, Any]) -> dict[str, Any]:
        return {key: self._labels.get(key, {}).get(params[key], params[key]) for key in self._distributions}

    def _is_allowed(self, params: dict[str, Any]) -> bool:
        values = self._values(params)
        return all(limit(values) for limit in self._constraints)

    def _draw(self) -> dict[str, Any]:
        """Return values that are spread evenly over the space."""
        params: dict[str, Any] = {}
        for key, kind in self._distributions.items():
            share = self._random.random()
            if key in self._labels:
                params[key] = kind.choices[int(share * len(kind.choices))]
                continue
            whole = isinstance(kind.low, int)
            low, high = (kind.low, kind.high + 1) if whole else (kind.low, kind.high)
            value = low * (high / low) ** share if kind.log else low + share * (high - low)
            params[key] = min(math.floor(value), kind.high) if whole else min(value, kind.high)
        return params

    def tell(self, candidate: OptunaCandidate, loss: float) -> None:
        """Tell what came of an individual; the worst loss is infinity, which every sampler ranks last."""
        self._study.tell(candidate.trial, math.inf if loss >= WORST_LOSS else loss)


def build_sampler(space: SearchSpace, constraints: list[Any], optim: EvolutionOptim, budget: int) -> OptunaOptimizer:
    """Build a study with a sampler, the same one for the same arguments.

    Args:
        space: What to search.
        constraints: Functions of the parameter values, see `constraints.read_constraints`.
        optim: Settings; `optimizer` is the name of a sampler.
        budget: Number of evaluations; no sampler divides it.

    Raises:
        ConfigError: if Optuna is missing, has no such sampler, or it cannot search this space.
    """
    del budget
    _check_package("optuna", "hydra/sweeper=optuna")
    _check_sampler(optim.optimizer, space)
    distributions, labels = describe_space(space)
    # Imported late: a grid needs none of it.
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(sampler=_make_sampler(optim, len(distributions)), direction="minimize")
        study.enqueue_trial(_first_values(space, distributions, labels))
    return OptunaOptimizer(study, distributions, labels, constraints, optim.seed)


def describe_space(space: SearchSpace) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return a space as distributions of Optuna, and what the labels of its choices stand for.

    Raises:
        ConfigError: if a number has no bounds, or none that leave a whole number between them.
    """
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    distributions: dict[str, Any] = {}
    labels: dict[str, dict[str, Any]] = {}
    for key, entry in space.parameters.items():
        if "choices" in entry:
            named = {_label(value): value for value in entry["choices"]}
            distributions[key] = CategoricalDistribution(list(named))
            labels[key] = named
            continue
        lower, upper = entry["lower"], entry["upper"]
        if lower is None:
            raise ConfigError(
                f"search space of {key} has no bounds, and hydra/sweeper=optuna samples between bounds",
                "a lower and an upper bound",
                f"'{key}=interval(<lower>,<upper>)'",
            )
        if not entry["integer"]:
            distributions[key] = FloatDistribution(lower, upper, log=entry["log"])
            continue
        first, last = math.ceil(lower), math.floor(upper)
        if first > last:
            raise ConfigError(
                f"search space of {key}: no whole number lies between {lower:g} and {upper:g}",
                "bounds with a whole number between them",
                f"'{key}=interval({math.floor(lower)},{math.ceil(upper)})'",
            )
        distributions[key] = IntDistribution(first, last, log=entry["log"])
    return distributions, labels


def _label(value: Any) -> Any:
    """Return a choice as Optuna can store it: plain values as they are, lists as their text."""
    plain = value is None or isinstance(value, bool | int | float | str)
    return value if plain else format_override("", value).removeprefix("=")


def _first_values(space: SearchSpace, distributions: dict[str, Any], labels: dict[str, dict[str, Any]]) -> dict:
    """Return where the search starts, as nevergrad does: the given start, else the middle, else the first choice."""
    values: dict[str, Any] = {}
    for key, entry in space.parameters.items():
        if key in labels:
            values[key] = next(iter(labels[key]))
            continue
        init = entry["init"] if entry["init"] is not None else (entry["lower"] + entry["upper"]) / 2
        kind = distributions[key]
        number = round(init) if entry["integer"] else init
        values[key] = min(max(number, kind.low), kind.high)
    return values


def _make_sampler(optim: EvolutionOptim, dimension: int) -> Any:
    import optuna

    make = getattr(optuna.samplers, optim.optimizer)
    if optim.optimizer == "CmaEsSampler":
        # Individuals of one generation beyond the population would be simulated and never counted.
        popsize = max(optim.num_workers, 4 + math.floor(3 * math.log(dimension)))
        return make(seed=optim.seed, popsize=popsize, warn_independent_sampling=False)
    if optim.optimizer == "QMCSampler":
        return make(seed=optim.seed, scramble=True, warn_independent_sampling=False)
    return make(seed=optim.seed)


def _check_sampler(name: str, space: SearchSpace) -> None:
    if name not in SAMPLERS:
        near = nearest_names(name, list(SAMPLERS), 1) or [DEFAULT_SAMPLER]
        raise ConfigError(
            f"{OPTIM}.optimizer={name}: hydra/sweeper=optuna has no such sampler",
            f"one of {', '.join(SAMPLERS)}; optimizers of nevergrad need hydra/sweeper=evolution_nevergrad",
            f"{OPTIM}.optimizer={near[0]}",
        )
    numbers = [key for key, entry in space.parameters.items() if "choices" not in entry]
    if name == "CmaEsSampler" and len(numbers) < 2:
        raise ConfigError(
            f"{OPTIM}.optimizer={name} with {len(numbers)} searched number{'s' * (len(numbers) != 1)}",
            "two numbers or more: CMA-ES adapts a covariance, which one dimension does not have",
            f"{OPTIM}.optimizer={DEFAULT_SAMPLER}, or search more numbers",
        )
    if name == "CmaEsSampler":
        _check_package("cmaes", f"{OPTIM}.optimizer={name}")


def _check_package(package: str, asked: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise ConfigError(
            f"{asked} needs the package {package}, which is not installed",
            "Optuna, which is an extra of this project",
            "python -m pip install 'optuna>=5,<6' cmaes",
        )
