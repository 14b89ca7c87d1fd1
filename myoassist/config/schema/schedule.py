"""Keys of how a search proceeds, a part of `optimizer`: scan, stages, covariance, limits, members of a pool."""

from dataclasses import dataclass
from typing import Any

from myoassist.config.schema.option import option


@dataclass
class ScheduleConfig:
    """How a search proceeds."""

    scan: int = option(
        0,
        "Random vectors that a search begins with: they are drawn from optimizer.scan_from, and the best is where the "
        "algorithm starts. They count as evaluations and, popsize at a time, as generations. 0 for none.",
        ge=0,
        le=10**7,
    )
    scan_from: str = option(
        "shipped:flexed_knee",
        "Distribution of the random vectors: a YAML file, or one of the package (shipped:NAME).",
    )
    scan_time: float | None = option(
        None, "env.sim_time of the scan; null is that of the first stage.", gt=0.0, le=600.0, unit="s"
    )
    scan_keep: int = option(1, "Best vectors of the scan whose mean is the start.", ge=1, le=1000)
    scan_spread: bool = option(
        False,
        "Let the spread of these vectors set the first standard deviation of each parameter; optimizer.sigma_gain is "
        "their mean.",
    )
    stages: Any = option(
        None,
        "Stages of the search one after the other, each with its length and with keys of cost and env that it changes: "
        "[{name: imitate, evaluations: 4000, set: {cost.target: kinematics}}, {name: energy, sigma_gain: 2}]. null is "
        "one stage.",
        words="a list of mappings, or null",
    )
    factors: bool = option(
        False,
        "Search common factors of groups of parameters, which the controller names, instead of every parameter by "
        "itself; a coordinate of 1 is a factor of 2.72. A stage may say otherwise.",
    )
    diagonal_generations: int = option(
        0,
        "With cma, ipop and bipop, generations at the start of a search whose covariance is diagonal, which learns "
        "faster; then it is full. 0 for none.",
        ge=0,
        le=10**9,
    )
    max_evaluations: int | None = option(
        None,
        "Evaluations after which a search ends, besides optimizer.maxiter; null for no such limit.",
        ge=1,
        le=10**12,
        change=False,
    )
    members: int = option(
        1,
        "Searches that share the budget, popsize times maxiter evaluations: all begin, from seeds of their own, and "
        "the worst end at milestones. 1 for a search alone.",
        ge=1,
        le=1000,
    )
    finalists: int = option(
        0,
        "At the end of a search, let the best of so many last generations, its best, its last means and its start walk "
        "once more: over uneven ground, pushed and with noise that no search has drawn. The one that misses the "
        "fewest bounds, then lasts most often, is kept as chosen_parameters.json. 0 leaves it at the best.",
        ge=0,
        le=1000,
        change=False,
    )
    halving: float = option(2.0, "With members, the best of so many go on at a milestone.", gt=1.0, le=1000.0)
    milestones: list[float] = option(
        [],
        "With members, evaluations of each at which the worst end; empty gives all rungs the same share of the budget.",
        ge=1.0,
        le=1e9,
    )
