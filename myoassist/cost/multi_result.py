"""From the costs in single walking conditions to the cost over all of them."""

from collections.abc import Sequence

import numpy as np

from myoassist.cost.report import MEAN
from myoassist.cost.result import STAGES, CostResult, sum_parts

# From the worst to the best.
# Stages in which the regularizer does not count, as with one condition.
_EARLY = STAGES[:4]
# Reported once, for all conditions together.
_SHARED_TERMS = ("Param_L1",)


def combine_results(
    results: Sequence[CostResult], weights: Sequence[float], names: Sequence[str], l1: float, l1_weight: float
) -> CostResult:
    """Return the weighted mean of costs plus the regularizer.

    Args:
        results: Costs of the conditions, without regularizer.
        weights: Share of each condition, of sum 1.
        names: What each condition is, for messages and cost files.
        l1: Distance of the whole vector from its regular values.
        l1_weight: Its weight; not counted while every walk ends before it can be judged.

    Returns:
        A result with parts `c<k>_<part>` and `l1` that sum to its total; stage, outcome, reason, time and distance of
        the worst condition; terms of every condition under `c<k>_<term>`, then their means, then those of the whole.
    """
    parts: dict[str, float] = {}
    for number, (result, weight) in enumerate(zip(results, weights, strict=True), start=1):
        parts |= {f"c{number}_{name}": weight * value for name, value in result.parts.items() if name != "l1"}
    judged = any(result.stage not in _EARLY for result in results)
    if judged:
        parts["l1"] = l1_weight * l1
    total = sum_parts(parts)
    worst = min(range(len(results)), key=lambda i: (STAGES.index(results[i].stage), -results[i].total))
    last = results[worst]
    reason = f"condition {worst + 1} ({names[worst]}): {last.reason}" if last.reason else ""
    return CostResult(
        total=total,
        stage=last.stage,
        parts=parts,
        outcome=last.outcome,
        terms=_lay_out(results, weights, names) | {"Param_L1": l1, "Stage": last.stage, "Total_Cost": total},
        reason=reason,
        walked_time=last.walked_time,
        distance=last.distance,
    )


def _lay_out(
    results: Sequence[CostResult], weights: Sequence[float], names: Sequence[str]
) -> dict[str, float | str | np.ndarray | None]:
    terms: dict[str, float | str | np.ndarray | None] = {}
    for number, (result, name) in enumerate(zip(results, names, strict=True), start=1):
        own = result.terms or {"Stage": result.stage, "Total_Cost": result.total}
        terms[f"Condition {number}"] = name
        terms |= {f"c{number}_{key}": value for key, value in own.items() if key not in _SHARED_TERMS}
    terms[MEAN] = ", ".join(f"{weight:.6g}" for weight in weights)
    if all(result.terms for result in results):
        for key in results[0].terms:
            values = [result.terms[key] for result in results]
            if key not in (*_SHARED_TERMS, "Stage", "Total_Cost"):
                terms[key] = _mean(values, weights)
    return terms


def _mean(values: Sequence[float | str | np.ndarray | None], weights: Sequence[float]) -> float | np.ndarray | None:
    numbers = [value for value in values if value is not None and not isinstance(value, str)]
    if len(numbers) < len(values):
        return None
    mean: float | np.ndarray = 0.0
    for value, weight in zip(numbers, weights, strict=True):
        mean = mean + weight * value
    return mean if isinstance(mean, np.ndarray) else float(mean)
