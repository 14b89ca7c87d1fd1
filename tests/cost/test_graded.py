"""Graded targets: nothing jumps, whatever gets better gets cheaper, falls are ordered by how far they came."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from myoassist.check.cost import check_strides, check_terms
from myoassist.config.schema.cost_formula import read_formula, shipped_target, target_names
from myoassist.config.schema.run import CostConfig, EnvConfig, RunConfig
from myoassist.cost import graded
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.registry import find_term
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import ConfigError
from myoassist.gait.foot_shape import measure_feet
from myoassist.gait.leg_strides import find_leg_strides
from myoassist.gait.reference.human import GRAVITY, PERCENT
from myoassist.rollout.log import Outcome
from tests.gait.human_walk import human_walk
from tests.gait.synthetic_walk import PLANAR_NAMES, empty_walk
from tests.walkers import make_walker

GRADED = [name for name in target_names() if shipped_target(name).graded]
HUMAN = CostConfig(target="human_gait", num_strides=10, l1_weight=0.0)
VECTOR = np.full(77, 1.1)
FEET = measure_feet(make_walker())


def walk(n_strides=16, dt=0.01, **kwargs):
    log, people = human_walk(n_strides=n_strides, dt=dt, **kwargs)
    # So that bending and unbending the joints costs something.
    log.limit_torque[:] = 2.0
    return log, replace(plan_cost(PLANAR_NAMES), people=people, feet=FEET)


def cost(log, plan, config=HUMAN):
    result = evaluate_cost(log, VECTOR, config, plan)
    assert math.isfinite(result.total)
    assert result.total == pytest.approx(sum(result.parts.values()), rel=1e-12)
    assert bool(result.terms) == (result.stage == "3") == (not result.reason)
    return result


def cut(log, samples, step_limit=None):
    """The same walk, fallen after some samples."""
    limit = step_limit or log.step_limit
    return replace(log, flat=log.flat[:samples].copy(), step_limit=limit, outcome=Outcome.FELL, reason="fell")


def worse(log, name):
    """Make a copy of a walk worse in one term."""
    log = replace(log, flat=log.flat.copy())
    match name:
        case "hip_sd" | "knee_sd" | "ankle_sd":
            angle = log.joint_angle[:, :, ("hip_sd", "knee_sd", "ankle_sd").index(name)]
            angle += 0.5 * (angle - angle.mean())
        case "stance_knee_sd":
            log.joint_angle[:, :, 1] += 0.1
        case "knee_symmetry":
            log.joint_angle[:, 0, 1] += 0.1
        case "trunk_range":
            log.trunk_pitch[:] *= 6.0
        case "trunk_lean" | "lean":
            log.trunk_pitch[:] += 0.3
        case "grf_sd" | "grf_peak" | "grf_over" | "first_contact":
            log.ground_force_w[:, :, 2] *= 1.6
        case "grf_fore_aft_sd":
            log.ground_force_w[:, :, 0] *= 1.5
        case "emg_shape" | "calf_shape" | "activation_cubed":
            log.activation[:] = np.clip(log.activation + 0.5 * np.abs(np.sin(np.arange(log.n_steps)))[:, None], 0, 1)
        case "limit_torque":
            log.limit_torque[:] = 3.0
        case "head_acceleration" | "trunk_acceleration":
            log.pelvis_pos_w[::2, 2] += 0.002
        case "speed":
            log.pelvis_pos_w[:, 0] *= 0.8
        case "stride_time_sd":
            # Every fourth stride twice as fast.
            kept = np.ones(log.n_steps, dtype=bool)
            period = int(np.diff(find_leg_strides(log, 2).starts[1])[0])
            for stride in range(0, log.n_steps // period, 4):
                kept[stride * period : (stride + 1) * period : 2] = False
            flat = log.flat[kept]
            return replace(log, flat=flat, step_limit=len(flat))
        case "cot":
            pytest.skip("the log of this walk holds no muscle properties")
    return log


@pytest.mark.parametrize(
    ("target", "name"),
    [("human_gait", name) for name in shipped_target("human_gait").terms]
    + [("human_gait_2", name) for name in ("lean", "first_contact")],
)
def test_a_walk_that_is_worse_in_a_term_costs_more(target, name):
    log, plan = walk()
    config = replace(HUMAN, target=target)
    good, bad = cost(log, plan, config), cost(worse(log, name), plan, config)
    assert (good.stage, bad.stage) == ("3", "3")
    assert bad.parts[name] > good.parts[name]
    assert bad.total > good.total


@pytest.mark.parametrize("target", GRADED)
def test_parts_are_the_weighted_terms(target):
    log, plan = walk()
    config = CostConfig(target=target, num_strides=10, l1_weight=0.5, weights={"speed": 3.0})
    result = cost(worse(log, "speed"), plan, config)
    formula = shipped_target(target).terms
    for name, weight in formula.items():
        assert result.parts[name] == pytest.approx(weight * (3.0 if name == "speed" else 1.0) * result.terms[name])
    assert result.parts["l1"] == pytest.approx(0.5 * 7.7)
    # What weighs more than any fall costs less than any.
    whole = sum(part for name, part in result.parts.items() if name != "ceiling")
    beyond = {"ceiling"} if whole > graded.BENT else set()
    assert set(result.parts) == {"stage", "l1", *formula, *beyond}


def test_people_walk_nearly_for_free_and_the_predictive_target_knows_nothing_of_them():
    log, plan = walk()
    log.limit_torque[:] = 0.0
    assert cost(log, plan).total < 3.0
    assert not any(find_term(name).people for name in shipped_target("predictive").terms)
    alone = replace(plan, people=None)
    assert cost(log, alone, replace(HUMAN, target="predictive")).stage == "3"


def test_a_sharp_first_contact_costs_what_it_is_above_people():
    log, plan = walk()
    config = replace(HUMAN, formula={"grading": "graded", "terms": {"first_contact": 4.0}})
    assert cost(log, plan, config).terms["first_contact"] == 0.0
    mean, sd = plan.people.curves["grf"]
    # One leg comes down with a plateau of a body weight from 2 to 6 %; later peaks are not of this term.
    period = int(np.diff(find_leg_strides(log, 2).starts[1])[0])
    place = np.arange(log.n_steps) % period / period * 100.0
    weight = log.mass * GRAVITY
    hard = replace(log, flat=log.flat.copy())
    hard.ground_force_w[(place > 1.0) & (place < 7.0), 1, 2] = weight
    result = cost(hard, plan, config)
    i = int(np.searchsorted(PERCENT, 2.0))
    assert result.terms["first_contact"] == pytest.approx(0.5 * (1.0 - mean[i] - sd[i]), abs=0.02)
    assert result.parts["first_contact"] == pytest.approx(4.0 * result.terms["first_contact"])
    late = replace(log, flat=log.flat.copy())
    late.ground_force_w[(place > 12.0) & (place < 60.0), 1, 2] = 1.5 * weight
    assert cost(late, plan, config).terms["first_contact"] == 0.0


def test_falls_are_ordered_by_time_and_all_cost_more_than_the_worst_walk():
    log, plan = walk()
    totals = [cost(cut(log, n), plan).total for n in range(20, log.n_steps - 1, 37)]
    assert all(later < earlier for earlier, later in pairwise(totals))
    terrible = worse(log, "speed")
    terrible.limit_torque[:] = 5000.0
    terrible.ground_force_w[:, :, 2] *= 20.0
    worst = cost(terrible, plan)
    assert worst.stage == "3" and worst.parts["ceiling"] < 0.0
    assert totals[-1] > worst.total > 900.0


def test_a_fall_just_before_the_end_costs_little_more_than_no_walk_can():
    log, plan = walk()
    result = cost(cut(log, log.n_steps - 5), plan)
    assert graded.UNFINISHED < result.total < graded.UNFINISHED + 25.0


def test_of_two_falls_the_one_with_better_strides_is_cheaper():
    log, plan = walk()
    n = 6 * (log.n_steps // 16)
    good, bad = cost(cut(log, n), plan), cost(cut(worse(log, "ankle_sd"), n), plan)
    assert good.parts["not_walked"] == bad.parts["not_walked"]
    assert good.total < bad.total
    # A better gait is worth seconds, not half a walk.
    assert bad.parts["gait"] - good.parts["gait"] < graded.NOT_WALKED / 2


def test_the_ceiling_keeps_the_order():
    sums = np.linspace(0.0, 1e6, 2001)
    bent = np.array([graded.bend(value) for value in sums])
    assert (np.diff(bent) > 0.0).all() and bent[-1] < graded.UNFINISHED
    assert graded.bend(499.0) == 499.0 and graded.bend(500.1) == pytest.approx(500.1, abs=1e-4)


def test_standing_is_no_walk_and_worse_than_a_long_fall():
    log, plan = walk()
    standing = empty_walk(log.n_steps, PLANAR_NAMES, 0.01)
    standing.ground_force_w[:, :, 2] = 400.0
    result = cost(standing, plan)
    assert result.stage == "1b"
    assert result.total > cost(cut(log, log.n_steps // 3), plan).total
    # Whoever stops walking has walked until then only.
    stopped = replace(log, flat=log.flat.copy())
    stopped.ground_force_w[log.n_steps // 2 :, :, 2] = 400.0
    half = cost(stopped, plan)
    assert half.stage == "1b" and half.parts["not_walked"] > 0.3 * graded.NOT_WALKED


def test_feet_that_do_not_alternate_are_judged_all_the_same():
    log, plan = walk()
    hop = replace(log, flat=log.flat.copy())
    for name in ("ground_force_w", "joint_angle"):
        getattr(hop, name)[:, 0] = getattr(hop, name)[:, 1]
    assert cost(hop, plan).stage == "3"


def test_failures_are_worse_than_any_fall():
    log, plan = walk()
    failed = replace(log, outcome=Outcome.UNSTABLE, reason="unstable")
    assert cost(failed, plan).total > cost(cut(log, 1), plan).total
    broken = replace(log, flat=log.flat.copy())
    broken.limit_torque[-300:] = np.nan
    assert "limit_torque" in cost(broken, plan).reason


def test_mean_curves_of_many_signals_are_those_of_numpy():
    log, _ = walk()
    strides = find_leg_strides(log, 10)
    values = np.random.default_rng(1).standard_normal((log.n_steps, 3))
    for leg in range(2):
        samples = np.arange(log.n_steps)
        for column in range(3):
            rows = [
                np.interp(start + PERCENT / 100.0 * (stop - start), samples, values[:, column])
                for start, stop in zip(strides.starts[leg], strides.stops[leg], strict=True)
            ]
            np.testing.assert_array_equal(strides.mean_curves(values, leg)[:, column], np.mean(rows, axis=0))


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ({"terms": {"cot": 1}, "grading": "soft"}, "grading=soft"),
        ({"terms": {"cot": 1}, "grading": "graded", "gates": ["velocity"]}, "is graded, and there are gates"),
        ({"terms": {"cot": 1}, "grading": "graded", "offset": 5}, "is graded, and there are offset"),
        ({"terms": {"cot": 1}, "gates": []}, "cot is a term of graded targets"),
        ({"terms": {"symmetry": 1}, "grading": "graded"}, "symmetry is not known"),
    ],
)
def test_formulas_that_do_not_fit_are_refused(formula, message):
    with pytest.raises(ConfigError, match=message):
        check_terms(CostConfig(target="own", formula=formula, num_strides=10))


@pytest.mark.parametrize(
    ("cost_fields", "sim_time", "message"),
    [
        ({"num_strides": 5}, 20.0, "num_strides=5"),
        ({"num_strides": 10, "mode": "compat"}, 20.0, "mode=compat"),
        ({"num_strides": 10}, 6.0, "sim_time=6"),
    ],
)
def test_too_little_to_judge_is_refused(cost_fields, sim_time, message):
    config = RunConfig(env=EnvConfig(sim_time=sim_time), cost=CostConfig(target="human_gait", **cost_fields))
    with pytest.raises(ConfigError, match=message):
        check_strides(config)


def test_published_terms_work_in_graded_targets():
    log, plan = walk()
    formula = {"terms": {"effort": 1, "kinematics": 0.1, "velocity": 5}, "grading": "graded"}
    assert read_formula(formula).graded
    config = CostConfig(target="own", formula=formula, num_strides=10, l1_weight=0.0)
    check_terms(config)
    assert cost(log, plan, config).parts.keys() == {"stage", "l1", "effort", "kinematics", "velocity"}
