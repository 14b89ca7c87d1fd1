"""From the record of a walk to its cost: failed, fell, too few steps, gates not passed, gates passed."""

import math
from dataclasses import dataclass, replace

import numpy as np

from myoassist.config.schemas import CostConfig
from myoassist.cost import terms
from myoassist.cost.own_terms import OwnTermError, active_own_terms, measure_own_terms
from myoassist.cost.result import FAILURE_COST, CostResult, sum_parts
from myoassist.cost.targets import STAGE_COST, assemble
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.muscles import MuscleColumns, find_muscle_columns, select_muscles
from myoassist.gait.own_reference import UNCHANGED, load_reference
from myoassist.gait.reference import ReferenceGait
from myoassist.gait.reference_edits import ReferenceEdits
from myoassist.gait.strides import GaitWindow, cut_window, displacement, duration
from myoassist.rollout.log import Outcome, WalkLog

FALL_OFFSET = 99.0 * STAGE_COST
ASYMMETRIC_OFFSET = 98.0 * STAGE_COST
STEP_REWARD = 0.5
_FAILURES = (Outcome.INVALID_START, Outcome.UNSTABLE, Outcome.NAN_CONTROL, Outcome.ERROR)


@dataclass(frozen=True)
class CostPlan:
    """Everything that is looked up once and shared by all candidates and threads; nothing in it changes.

    Attributes:
        muscle_names: Muscles of the logs that the plan is for.
        muscles: Their columns.
        emg_muscles: Columns of those that the reference gait has an EMG of.
        reference: The reference gait.
    """

    muscle_names: tuple[str, ...]
    muscles: MuscleColumns
    emg_muscles: MuscleColumns
    reference: ReferenceGait


def plan_cost(
    muscle_names: tuple[str, ...], reference: str | None = None, edits: ReferenceEdits = UNCHANGED
) -> CostPlan:
    """Look up what the cost needs of a model.

    Args:
        muscle_names: Actuator names of the muscles in the order of the log.
        reference: Value of `cost.reference`: file of an own reference gait, None for the built-in one.
        edits: What is changed in it.

    Raises:
        ModelError: if a muscle is missing.
        ReferenceFileError: if the file of an own reference gait is refused.
    """
    muscles, gait = find_muscle_columns(tuple(muscle_names)), load_reference(reference, edits)
    return CostPlan(tuple(muscle_names), muscles, select_muscles(muscles, gait.emg_muscles), gait)


def evaluate_cost(log: WalkLog, vector: np.ndarray, config: CostConfig, plan: CostPlan) -> CostResult:
    """Compute the cost of one candidate.

    Args:
        log: Its walk.
        vector: Its raw search vector, shape (n,).
        config: Target, mode, weights and gates; `check_cost` refuses what is wrong in it.
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
        return _failure(log.reason or f"the simulation ended with {log.outcome.name}", common)
    if not math.isfinite(x_end):
        return _failure("the distance walked is not a number", common)
    # Overflow and NaN are looked for below, so NumPy need not warn about them.
    with np.errstate(all="ignore"):
        return _judge(log, vector, config, plan, common, x_end)


def _judge(
    log: WalkLog, vector: np.ndarray, config: CostConfig, plan: CostPlan, common: dict, x_end: float
) -> CostResult:
    compat = config.mode == "compat"
    if log.n_steps < log.step_limit - 1:
        reason = log.reason or f"ended after {common['walked_time']:.2f} s"
        return _result("1a", {"stage": FALL_OFFSET, "distance": 0.0 - x_end}, common, reason)
    strikes = find_heel_strikes(log, compat)
    early = {"distance": 0.0 - x_end, "steps": 0.0 - STEP_REWARD * strikes.total}
    if min(len(strikes.left), len(strikes.right)) < config.num_strides + 1:
        reason = (
            f"{len(strikes.left)} left and {len(strikes.right)} right heel strikes; "
            f"{config.num_strides + 1} of each are needed"
        )
        return _result("1b", {"stage": FALL_OFFSET, **early}, common, reason)
    window = cut_window(strikes, config.num_strides, compat)
    symmetry = terms.symmetry_error(log, window, config.num_strides, compat)
    if symmetry is None:
        reason = f"left and right heel strikes do not alternate over the last {config.num_strides} strides"
        return _result("1c", {"stage": ASYMMETRIC_OFFSET, **early}, common, reason)
    try:
        own = measure_own_terms(log, window, config, active_own_terms(config))
    except OwnTermError as error:
        return _failure(str(error), common)
    values, reported = _measure(log, window, symmetry, vector, config, plan)
    values |= own
    broken = [name for name, value in {**reported, **values}.items() if not np.isfinite(value).all()]
    if broken:
        return _failure(f"not a finite number: {', '.join(broken)}", common)
    stage, parts = assemble(values, config)
    if not math.isfinite(sum(parts.values())):
        return _failure("the weighted sum of the terms is not a finite number", common)
    result = _result(stage, parts, common)
    return replace(result, terms=_report(values, reported, own, plan.muscles.planar, result))


def _measure(
    log: WalkLog, window: GaitWindow, symmetry: float, vector: np.ndarray, config: CostConfig, plan: CostPlan
) -> tuple[dict[str, float], dict[str, float | np.ndarray]]:
    """Compute every unweighted term, and what is only reported."""
    compat = config.mode == "compat"
    way, time = displacement(log, window), duration(log, window)
    errors = terms.kinematic_errors(log, window, plan.reference)
    pain = terms.limit_pain(log, window, compat)
    values = {
        "effort": terms.muscle_effort(log, window, plan.muscles, way, compat),
        "kinematics": float(errors[1:].sum()),
        "trunk": terms.trunk_error(log, window, config.trunk_err_type, errors[0], compat),
        "velocity": terms.velocity_error(way, time, config.tgt_vel),
        "symmetry": symmetry,
        "grf": terms.grf_load(log, window, config.tgt_grf_th, compat),
        "pain": float(pain.sum()),
        "emg": terms.emg_error(log, window, plan.emg_muscles, plan.reference, config.num_strides, compat),
        "pelvis": 0.0 if plan.muscles.planar else terms.pelvis_posture(log, window),
        "l1": terms.parameter_l1(vector),
        "metabolic": terms.metabolic(log, window, way),
    }
    reported: dict[str, float | np.ndarray] = {"pain by joint": pain, "displacement": way, "duration": time}
    if not plan.muscles.planar:
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
        "Effort_Cost": values["effort"],
        "Symmetry_Cost": values["symmetry"],
        "Velocity_Cost": values["velocity"],
        "GRF_Cost": values["grf"],
        "JointPain_Cost": values["pain"],
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
        "Trunk_Cost": values["trunk"],
        "EMG_Cost": values["emg"],
        "Metabolic_Cost": values["metabolic"],
        **own,
        "Param_L1": values["l1"],
        "Stage": result.stage,
        "Total_Cost": result.total,
    }


def _result(stage: str, parts: dict[str, float], common: dict, reason: str = "") -> CostResult:
    return CostResult(total=sum_parts(parts), stage=stage, parts=parts, reason=reason, **common)


def _failure(reason: str, common: dict) -> CostResult:
    return _result("0", {"stage": FAILURE_COST}, common, reason)


def _finite_last(column: np.ndarray) -> float:
    value = float(column[-1])
    return value if math.isfinite(value) else 0.0
