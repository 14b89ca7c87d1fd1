"""Judge a walk by the whole sum of its terms, without gates; falls by how far they came.

A walk to the end costs the sum of its terms, always below UNFINISHED: where the sum is large, `ceiling` bends it down
without changing the order of two walks. A walk that ends early, or stops walking, costs UNFINISHED and a part for the
time not walked, one for the way not made, and one for how its strides, the more of them the better known, differ from
what the target wants. Nothing jumps: a fall just before the end costs little more than a bad walk, and of two falls at
the same time the one with better strides is cheaper.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import CostConfig
from myoassist.cost import terms
from myoassist.cost.graded_walk import GradedWalk
from myoassist.cost.judged_walk import CostPlan
from myoassist.cost.registry import OwnTermError, built_in_terms, find_term, measure_own_terms
from myoassist.cost.result import CostResult, make_failure, make_result
from myoassist.cost.targets import stage_3_terms
from myoassist.gait.leg_strides import LegStrides, find_leg_strides
from myoassist.rollout.log import WalkLog

# No walk to the end costs as much.
UNFINISHED = 1000.0
# Sum of terms from which `ceiling` bends it.
BENT = 500.0
# Largest parts of a walk that did not reach its end; time counts most.
NOT_WALKED, NO_WAY, NO_GAIT = 500.0, 200.0, 300.0
# Most that a walk can cost whose physics did not fail.
WORST_FALL = UNFINISHED + NOT_WALKED + NO_WAY + NO_GAIT
# Sum of terms that is half as bad as no gait at all.
HALF_GAIT = 50.0
# Strides that make a walk; of fewer the gait is known in part.
LEAST_STRIDES = 8
# A foot that has not struck the ground for so long walks no more, s.
LONGEST_STEP = 2.0


def judge_graded(
    log: WalkLog, vector: np.ndarray, config: CostConfig, plan: CostPlan, common: Mapping[str, Any]
) -> CostResult:
    """Return the cost of a walk that could be simulated.

    Args:
        log: The walk; it may have ended early.
        vector: Its raw search vector, shape (n,).
        config: Target and weights.
        plan: Lookups for the muscles of the log; people at the target speed where terms compare with them.
        common: outcome, walked_time and distance of the result.
    """
    strides = find_leg_strides(log, config.num_strides)
    walked = _walked_time(log, strides)
    whole = strides.count >= LEAST_STRIDES and walked >= _last_time(log)
    values: dict[str, float] = {}
    walk = GradedWalk(log, strides, config, plan) if strides.count > 1 else None
    if walk is not None:
        try:
            values = _measure(walk, config)
        except OwnTermError as error:
            return make_failure(str(error), common)
    weighted = _weigh(values, config)
    if not whole or walk is None:
        return make_result(*_unfinished(log, strides, walked, weighted, config, common), common, _why(log, strides))
    l1 = terms.parameter_l1(vector)
    broken = [name for name, value in {**values, "l1": l1}.items() if not math.isfinite(value)]
    if broken:
        return make_failure(f"not a finite number: {', '.join(broken)}", common)
    parts = {"stage": 0.0, **weighted, "l1": config.l1_weight * l1}
    total = sum(parts.values())
    if not math.isfinite(total):
        return make_failure("the weighted sum of the terms is not a finite number", common)
    if total > BENT:
        parts["ceiling"] = bend(total) - total
    result = make_result("3", parts, common)
    return replace(result, terms=_report(values, l1, walk, result))


def ended_early(log: WalkLog) -> bool:
    """Return whether a walk ended before its time; one missing step is none."""
    return log.n_steps < log.step_limit - 1


def bend(total: float) -> float:
    """Return a sum of terms as it counts: itself up to BENT, then slower and slower towards UNFINISHED."""
    if total <= BENT:
        return total
    room = UNFINISHED - BENT
    return UNFINISHED - room * room / (room + total - BENT)


def _measure(walk: GradedWalk, config: CostConfig) -> dict[str, float]:
    names, built_in = stage_3_terms(config), built_in_terms()
    own = measure_own_terms(walk, [name for name in names if name not in built_in])
    return {name: own[name] if name in own else find_term(name).function(walk) for name in names}


def _weigh(values: Mapping[str, float], config: CostConfig) -> dict[str, float]:
    formula = find_target(config).terms
    return {
        name: config.weights.get(name, 1.0) * formula.get(name, 1.0) * float(value) for name, value in values.items()
    }


def _last_time(log: WalkLog) -> float:
    return (log.step_limit - 1) * log.dt


def _walked_time(log: WalkLog, strides: LegStrides) -> float:
    """Return until when both feet took steps, s."""
    return min(log.n_steps * log.dt, (min(strides.last_strikes) + 1) * log.dt + LONGEST_STEP)


def _unfinished(
    log: WalkLog,
    strides: LegStrides,
    walked: float,
    weighted: Mapping[str, float],
    config: CostConfig,
    common: Mapping[str, Any],
) -> tuple[str, dict[str, float]]:
    """Return stage and parts of a walk that did not reach its end or took too few steps."""
    time = log.step_limit * log.dt
    way = min(max(float(common["distance"]) / (config.tgt_vel * time), 0.0), 1.0)
    cost = sum(weighted.values())
    known = min(max(strides.count - 1, 0) / (LEAST_STRIDES - 1), 1.0)
    # Terms that cannot be computed of so few strides are as good as none.
    bad = cost / (cost + HALF_GAIT) if weighted and math.isfinite(cost) else 1.0
    return "1a" if ended_early(log) else "1b", {
        "stage": UNFINISHED,
        "not_walked": NOT_WALKED * max(1.0 - walked / time, 0.0),
        "distance": NO_WAY * (1.0 - way),
        "gait": NO_GAIT * (1.0 - known * (1.0 - bad)),
    }


def _why(log: WalkLog, strides: LegStrides) -> str:
    if ended_early(log):
        return log.reason or f"ended after {log.n_steps * log.dt:.2f} s"
    right, left = (len(starts) for starts in strides.starts)
    return (
        f"{right} right and {left} left strides; at least {LEAST_STRIDES} of each up to the last {LONGEST_STEP:g} s "
        "are needed"
    )


def _report(
    values: Mapping[str, float], l1: float, walk: GradedWalk, result: CostResult
) -> dict[str, float | str | np.ndarray | None]:
    keyed: dict[str, float | str | np.ndarray | None] = {
        find_term(name).key or name: value for name, value in values.items()
    }
    return keyed | {
        "Actual_velocity": walk.displacement / walk.duration,
        "Actual_dist": walk.displacement,
        "Actual_time": walk.duration,
        "Param_L1": l1,
        "Stage": result.stage,
        "Total_Cost": result.total,
    }
