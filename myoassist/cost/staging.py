"""From the record of a walk to its cost: failed, fell, too few steps, gates not passed, gates passed.

Graded targets are judged by `cost.graded`, those of moments by `cost.moments`.
"""

import math
from dataclasses import replace

import numpy as np

from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import CostConfig
from myoassist.cost import terms
from myoassist.cost.graded import ended_early, judge_graded
from myoassist.cost.judged_walk import CostPlan, JudgedWalk
from myoassist.cost.moments import judge_moments
from myoassist.cost.registry import OwnTermError, active_own_terms, find_term, measure_own_terms, published_terms
from myoassist.cost.result import CostResult, make_failure, make_result
from myoassist.cost.targets import STAGE_COST, assemble
from myoassist.gait.events import find_felt_strikes
from myoassist.gait.strides import cut_window
from myoassist.rollout.log import Outcome, WalkLog

FALL_OFFSET = 99.0 * STAGE_COST
ASYMMETRIC_OFFSET = 98.0 * STAGE_COST
STEP_REWARD = 0.5
_FAILURES = (Outcome.INVALID_START, Outcome.UNSTABLE, Outcome.NAN_CONTROL, Outcome.ERROR)


def evaluate_cost(log: WalkLog, vector: np.ndarray, config: CostConfig, plan: CostPlan) -> CostResult:
    """Compute the cost of one candidate.

    Args:
        log: Its walk.
        vector: Its raw search vector, shape (n,).
        config: Target, mode, weights and gates; `check.cost` refuses what is wrong in it.
        plan: Lookups for the muscles of the log.

    Returns:
        A result with a finite total. Whatever cannot be computed makes a failure of stage 0 with a reason.
    """
    if log.muscle_names != plan.muscle_names:
        raise ValueError("the cost plan was made for other muscles than those of this log")
    time = _finite_last(log.time) if log.n_steps else 0.0
    x_end = float(log.pelvis_pos_w[-1, 0]) if log.n_steps else 0.0
    common = {
        "outcome": log.outcome,
        "walked_time": time,
        "distance": x_end if math.isfinite(x_end) else 0.0,
    }
    if log.outcome in _FAILURES:
        return make_failure(log.reason or f"the simulation ended with {log.outcome.name}", common)
    if not math.isfinite(x_end):
        return make_failure("the distance walked is not a number", common)
    # Overflow and NaN are looked for below, so NumPy need not warn about them.
    with np.errstate(all="ignore"):
        target = find_target(config)
        if target.moments:
            return judge_moments(log, vector, config, plan, common)
        if target.graded:
            return judge_graded(log, vector, config, plan, common)
        return _judge(log, vector, config, plan, common, x_end)


def _judge(
    log: WalkLog, vector: np.ndarray, config: CostConfig, plan: CostPlan, common: dict, x_end: float
) -> CostResult:
    compat = config.mode == "compat"
    if ended_early(log):
        reason = log.reason or f"ended after {common['walked_time']:.2f} s"
        return make_result("1a", {"stage": FALL_OFFSET, "distance": 0.0 - x_end}, common, reason)
    strikes = find_felt_strikes(log, compat)
    early = {"distance": 0.0 - x_end, "steps": 0.0 - STEP_REWARD * strikes.total}
    if min(len(strikes.left), len(strikes.right)) < config.num_strides + 1:
        reason = (
            f"{len(strikes.left)} left and {len(strikes.right)} right heel strikes; "
            f"{config.num_strides + 1} of each are needed"
        )
        return make_result("1b", {"stage": FALL_OFFSET, **early}, common, reason)
    window = cut_window(strikes, config.num_strides, compat)
    walk = JudgedWalk(log, window, config, plan)
    if walk.symmetry is None:
        reason = f"left and right heel strikes do not alternate over the last {config.num_strides} strides"
        return make_result("1c", {"stage": ASYMMETRIC_OFFSET, **early}, common, reason)
    try:
        own = measure_own_terms(walk, active_own_terms(config, tuple(find_target(config).terms)))
    except OwnTermError as error:
        return make_failure(str(error), common)
    values, reported = _measure(walk, vector)
    values |= own
    broken = [name for name, value in {**reported, **values}.items() if not np.isfinite(value).all()]
    if broken:
        return make_failure(f"not a finite number: {', '.join(broken)}", common)
    stage, parts = assemble(values, config)
    if not math.isfinite(sum(parts.values())):
        return make_failure("the weighted sum of the terms is not a finite number", common)
    result = make_result(stage, parts, common)
    return replace(result, terms=_report(values, reported, own, plan.muscles.planar, result))


def _measure(walk: JudgedWalk, vector: np.ndarray) -> tuple[dict[str, float], dict[str, float | np.ndarray]]:
    """Compute every term of the package, unweighted, and what is only reported."""
    log, window = walk.log, walk.window
    values = {name: find_term(name).function(walk) for name in published_terms()}
    values["pelvis"] = 0.0 if walk.planar else terms.pelvis_posture(log, window)
    values["l1"] = terms.parameter_l1(vector)
    reported: dict[str, float | np.ndarray] = {
        "pain by joint": walk.limit_pain,
        "displacement": walk.displacement,
        "duration": walk.duration,
    }
    if not walk.planar:
        reported["hip rotation"] = terms.hip_posture(log.hip_rotation, window, terms.NEUTRAL_HIP_ROTATION)
        reported["hip adduction"] = terms.hip_posture(log.hip_adduction, window, terms.NEUTRAL_HIP_ADDUCTION)
    return values, reported


def _report(
    values: dict[str, float],
    reported: dict[str, float | np.ndarray],
    own: dict[str, float],
    planar: bool,
    result: CostResult,
) -> dict[str, float | str | np.ndarray | None]:
    """Lay the terms out under their published keys, in the published order, then ours."""
    pain = np.asarray(reported["pain by joint"])
    way, time = reported["displacement"], reported["duration"]
    unified = 1000.0 * values["velocity"] + values["trunk"] + values["pain"]
    report: dict[str, float | str | np.ndarray | None] = {
        **_by_key(values, "effort", "symmetry", "velocity", "grf", "pain"),
        "HipPain_Cost": float(pain[0]),
        "KneePain_Cost": float(pain[1]),
        "AnklePain_Cost": float(pain[2]),
        "Kinematic_Cost": values["kinematics"] + values["trunk"],
    }
    if not planar:
        report["Hip Rotation Cost"] = reported["hip rotation"]
        report["Hip Adduction Cost"] = reported["hip adduction"]
    return report | {
        "Comb_Eff_Vel_Pain_Scruff": values["effort"] + unified,
        "Comb_Kine_Vel_Pain_Scruff": values["kinematics"] + unified,
        "Actual_velocity": way / time,
        "Actual_dist": way,
        "Actual_time": time,
        "Pelvis_Cost": None if planar else values["pelvis"],
        **_by_key(values, "trunk", "emg", "metabolic", *own),
        "Param_L1": values["l1"],
        "Stage": result.stage,
        "Total_Cost": result.total,
    }


def _by_key(values: dict[str, float], *names: str) -> dict[str, float]:
    return {find_term(name).key: values[name] for name in names}


def _finite_last(column: np.ndarray) -> float:
    value = float(column[-1])
    return value if math.isfinite(value) else 0.0
