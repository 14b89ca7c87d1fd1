"""From the costs of several walks of a candidate to one cost: their mean, moved towards the bad ones."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import CostConfig
from myoassist.cost.graded import WORST_FALL
from myoassist.cost.result import STAGES, CostResult, sum_parts
from myoassist.cost.staging import FALL_OFFSET

# Stages of walks that were judged by their terms.
_WALKED = STAGES[4:]


def matters(first: CostResult) -> bool:
    """Return whether the disturbed walks of a candidate matter, by its undisturbed one.

    Whoever falls without being disturbed is worse than whoever does not, whatever else happens to it.
    """
    return first.stage in _WALKED


def combine_draws(results: Sequence[CostResult], config: CostConfig) -> CostResult:
    """Return the cost of a candidate over its walks.

    A walk that was not simulated, because the undisturbed one did not reach its end, counts as the worst fall: such a
    candidate costs more than any that walks undisturbed. So does a disturbed walk whose physics failed.

    Args:
        results: Costs of the walks, the undisturbed first; only this one where it does not `matter`.
        config: Number of walks, risk and its weight.

    Returns:
        A result whose parts are means over the walks, `draws_lost` for walks that count as the worst fall, and `risk`;
        stage, outcome, reason, time, distance and terms are those of the undisturbed walk.
    """
    first, n = results[0], config.draws
    if first.stage == "0":
        return first
    target = find_target(config)
    worst = WORST_FALL if target.graded or target.moments else FALL_OFFSET
    counted = [result.parts if result.total <= worst else {"draws_lost": worst} for result in results[1:]]
    counted = [first.parts, *counted, *[{"draws_lost": worst}] * (n - len(results))]
    totals = np.array([math.fsum(parts.values()) for parts in counted])
    names = dict.fromkeys(name for parts in counted for name in parts)
    parts = {name: math.fsum(item.get(name, 0.0) for item in counted) / n for name in names}
    mean = math.fsum(parts.values())
    if config.risk != "mean":
        parts["risk"] = config.risk_weight * max(_risk(totals, config.risk) - mean, 0.0)
    total = sum_parts(parts)
    if not first.terms:
        return replace(first, total=total, parts=parts)
    own: dict[str, float | str | np.ndarray | None] = {
        "Draws": float(n),
        "Draws_Walked": float(sum(result.stage in _WALKED for result in results)),
        "Draw_Costs": totals,
        "Stage": first.stage,
        "Total_Cost": total,
    }
    terms = {name: value for name, value in first.terms.items() if name not in own} | own
    return replace(first, total=total, parts=parts, terms=terms)


def _risk(totals: np.ndarray, kind: str) -> float:
    """Return the worst total, or the mean of the worse half, at least one."""
    if kind == "worst":
        return float(totals.max())
    return float(np.sort(totals)[len(totals) // 2 :].mean())
