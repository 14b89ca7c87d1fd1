import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoassist.config.schema.cost_formula import shipped_target, target_names
from myoassist.config.schema.run import CostConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.result import FAILURE_COST
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import ModelError
from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.foot_shape import measure_feet
from myoassist.gait.reference.human import match_reference
from myoassist.rollout.log import Outcome
from tests.gait.synthetic_walk import FRONTAL_NAMES, PLANAR_NAMES, empty_walk, reference_walk
from tests.walkers import make_walker

PEOPLE = match_reference(1.25, 0.9)
FEET = measure_feet(make_walker())
PLAN = replace(plan_cost(PLANAR_NAMES), people=PEOPLE, feet=FEET)
FRONTAL_PLAN = replace(plan_cost(FRONTAL_NAMES), people=PEOPLE, feet=FEET)
VECTOR = np.full(81, 1.1)
KINEMATICS = CostConfig(target="kinematics")
PUBLISHED_KEYS = [
    "Effort_Cost",
    "Symmetry_Cost",
    "Velocity_Cost",
    "GRF_Cost",
    "JointPain_Cost",
    "HipPain_Cost",
    "KneePain_Cost",
    "AnklePain_Cost",
    "Kinematic_Cost",
    "Comb_Eff_Vel_Pain_Scruff",
    "Comb_Kine_Vel_Pain_Scruff",
    "Actual_velocity",
    "Actual_dist",
    "Actual_time",
    "Pelvis_Cost",
    "Trunk_Cost",
    "EMG_Cost",
    "Metabolic_Cost",
    "Param_L1",
    "Stage",
    "Total_Cost",
]


def assert_consistent(result):
    assert math.isfinite(result.total)
    assert all(math.isfinite(part) for part in result.parts.values())
    assert math.isclose(result.total, sum(result.parts.values()), rel_tol=1e-12, abs_tol=1e-9)
    assert bool(result.reason) == (result.stage in ("0", "1a", "1b", "1c"))
    assert bool(result.terms) == (result.stage in ("2", "3"))


def test_a_fall_costs_less_the_farther_it_was():
    log = empty_walk(300, step_limit=2000, outcome=Outcome.FELL, reason="pelvis below 0.65 m")
    log.pelvis_pos_w[-1, 0] = 3.0
    result = evaluate_cost(log, VECTOR, KINEMATICS, PLAN)
    assert (result.total, result.stage, result.reason) == (98997.0, "1a", "pelvis below 0.65 m")
    assert (result.walked_time, result.distance) == (pytest.approx(3.0), 3.0)
    assert_consistent(result)


def test_one_missing_step_is_not_a_fall():
    assert evaluate_cost(empty_walk(1999, step_limit=2000), VECTOR, KINEMATICS, PLAN).stage == "1b"
    assert evaluate_cost(empty_walk(1998, step_limit=2000), VECTOR, KINEMATICS, PLAN).stage == "1a"


@pytest.mark.parametrize("mode", ["clean", "compat"])
def test_too_few_steps(mode):
    log = empty_walk(2000)
    log.pelvis_pos_w[-1, 0] = 3.0
    log.new_step[100:500:100, LEFT] = 1.0
    log.new_step[150:650:100, RIGHT] = 1.0
    log.joint_angle[log.new_step[:, LEFT] > 0, LEFT, 2] -= 0.2
    log.joint_angle[log.new_step[:, RIGHT] > 0, RIGHT, 2] -= 0.2
    result = evaluate_cost(log, VECTOR, CostConfig(mode=mode), PLAN)
    assert (result.total, result.stage) == (98992.5, "1b")
    assert "4 left and 5 right" in result.reason
    assert_consistent(result)


def test_symmetry_that_cannot_be_computed():
    log = reference_walk()
    log.new_step[450, RIGHT] = 0.0
    result = evaluate_cost(log, VECTOR, KINEMATICS, PLAN)
    assert result.stage == "1c"
    assert result.total == pytest.approx(98000.0 - log.pelvis_pos_w[-1, 0] - 0.5 * 15)
    assert_consistent(result)


@pytest.mark.parametrize("outcome", [Outcome.INVALID_START, Outcome.UNSTABLE, Outcome.NAN_CONTROL, Outcome.ERROR])
@pytest.mark.parametrize("n_steps", [0, 100, 1000])
def test_failures_have_the_worst_cost_and_a_reason(outcome, n_steps):
    log = empty_walk(n_steps, step_limit=1000, outcome=outcome)
    if n_steps:
        log.flat[-1] = np.nan
    result = evaluate_cost(log, VECTOR, KINEMATICS, PLAN)
    assert (result.total, result.stage) == (FAILURE_COST, "0")
    assert outcome.name in result.reason
    assert_consistent(result)


def test_a_fall_before_the_first_step():
    log = empty_walk(0, step_limit=1000, outcome=Outcome.FELL)
    assert evaluate_cost(log, VECTOR, KINEMATICS, PLAN).total == 99000.0


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("activation", "effort"),
        ("joint_angle", "kinematics"),
        ("trunk_pitch", "trunk"),
        ("pelvis_pos_w", "velocity"),
        ("joint_pos_w", "symmetry"),
        ("load_heel", "grf"),
        ("limit_torque", "pain"),
    ],
)
def test_a_term_that_is_not_a_number_fails_and_is_named(column, name):
    log = reference_walk()
    getattr(log, column)[200:701] = np.nan
    result = evaluate_cost(log, VECTOR, KINEMATICS, PLAN)
    assert (result.total, result.stage) == (FAILURE_COST, "0")
    assert name in result.reason
    assert_consistent(result)


def test_a_broken_vector_fails():
    for value, name in ((np.nan, "l1"), (np.inf, "l1")):
        vector = VECTOR.copy()
        vector[3] = value
        assert name in evaluate_cost(reference_walk(), vector, KINEMATICS, PLAN).reason


@pytest.mark.parametrize("name", [name for name in target_names() if shipped_target(name).grading == "gated"])
@pytest.mark.parametrize("mode", ["clean", "compat"])
@pytest.mark.parametrize("speed", [1.25, 1.4])
def test_total_is_the_sum_of_the_parts_of_every_target(name, mode, speed):
    log = reference_walk(speed=speed)
    # The landing foot is the more dorsiflexed one, so that both labellings agree.
    log.joint_angle[log.new_step[:, LEFT] > 0, LEFT, 2] -= 0.4
    log.joint_angle[log.new_step[:, RIGHT] > 0, RIGHT, 2] -= 0.4
    log.limit_torque[:] = 1.0
    result = evaluate_cost(log, VECTOR, CostConfig(target=name, mode=mode), PLAN)
    terms, target = result.terms, shipped_target(name)
    passed = speed == 1.25 or not target.gated
    assert result.stage == ("3" if passed else "2")
    measured = {
        "effort": terms["Effort_Cost"],
        "kinematics": terms["Kinematic_Cost"] - terms["Trunk_Cost"],
        "trunk": terms["Trunk_Cost"],
        "grf": terms["GRF_Cost"],
        "pain": terms["JointPain_Cost"],
        "emg": terms["EMG_Cost"],
        "metabolic": terms["Metabolic_Cost"],
    }
    if passed:
        expected = (10000.0 if name == "velocity" else 0.0) + sum(measured[t] for t in target.terms)
    else:
        expected = 10000.0 + target.velocity_factor * 0.15
    assert result.total == pytest.approx(expected + 8.1)
    assert terms["JointPain_Cost"] == (0.0 if mode == "compat" else pytest.approx(6.0))
    assert_consistent(result)


def test_stages_do_not_overlap():
    fell = empty_walk(100, step_limit=800, outcome=Outcome.FELL)
    few = empty_walk(800)
    lost = reference_walk()
    lost.new_step[450, RIGHT] = 0.0
    slow, good = reference_walk(speed=0.5), reference_walk()
    failed = empty_walk(0, outcome=Outcome.UNSTABLE)
    logs = (good, slow, lost, few, fell, failed)
    results = [evaluate_cost(log, VECTOR, KINEMATICS, PLAN) for log in logs]
    assert [r.stage for r in results] == ["3", "2", "1c", "1b", "1a", "0"]
    totals = [r.total for r in results]
    assert totals == sorted(totals)


def test_reported_terms_of_a_planar_walk():
    result = evaluate_cost(reference_walk(), VECTOR, KINEMATICS, PLAN)
    terms = result.terms
    assert list(terms) == PUBLISHED_KEYS
    assert terms["Pelvis_Cost"] is None
    np.testing.assert_allclose(terms["Actual_velocity"], [1.25, 0.0], atol=1e-12)
    np.testing.assert_allclose(terms["Actual_dist"], [6.25, 0.0], atol=1e-12)
    assert terms["Actual_time"] == pytest.approx(5.0)
    assert (terms["Stage"], terms["Total_Cost"]) == ("3", result.total)
    kinematics = terms["Kinematic_Cost"] - terms["Trunk_Cost"]
    assert kinematics == pytest.approx(5.177, abs=0.001)
    unified = 1000.0 * terms["Velocity_Cost"] + terms["Trunk_Cost"] + terms["JointPain_Cost"]
    assert terms["Comb_Eff_Vel_Pain_Scruff"] == pytest.approx(terms["Effort_Cost"] + unified)
    assert terms["Comb_Kine_Vel_Pain_Scruff"] == pytest.approx(kinematics + unified)


def test_reported_terms_in_3d():
    log = reference_walk(names=FRONTAL_NAMES)
    log.pelvis_list[:] = np.deg2rad(50.0)
    result = evaluate_cost(log, VECTOR, KINEMATICS, FRONTAL_PLAN)
    keys = PUBLISHED_KEYS.copy()
    keys[9:9] = ["Hip Rotation Cost", "Hip Adduction Cost"]
    assert list(result.terms) == keys
    assert result.stage == "2"
    assert result.parts["pelvis"] == pytest.approx(25.0)
    assert result.terms["Hip Rotation Cost"] > result.terms["Hip Adduction Cost"] > 0.0
    assert_consistent(result)


def test_modes_differ_where_they_should():
    log = reference_walk(samples=1000, dt=0.001)
    log.joint_angle[log.new_step[:, LEFT] > 0, LEFT, 2] -= 0.4
    log.joint_angle[log.new_step[:, RIGHT] > 0, RIGHT, 2] -= 0.4
    log.limit_torque[:] = 0.5
    log.load_heel[:] = 1.0
    clean, compat = (
        evaluate_cost(log, VECTOR, CostConfig(target="kinematics", mode=mode, trunk_err_type="no_trunk"), PLAN).terms
        for mode in ("clean", "compat")
    )
    assert compat["Effort_Cost"] == pytest.approx(10.0 * clean["Effort_Cost"])
    assert (clean["Trunk_Cost"], compat["JointPain_Cost"]) == (0.0, 0.0)
    assert compat["Trunk_Cost"] > 0.0
    assert clean["JointPain_Cost"] == pytest.approx(3.0)
    # Load is at least 2 body weights throughout, so the excess is smaller by the threshold.
    assert compat["GRF_Cost"] - clean["GRF_Cost"] == pytest.approx(1.5)
    assert clean["EMG_Cost"] == pytest.approx(compat["EMG_Cost"])
    assert clean["Velocity_Cost"] == compat["Velocity_Cost"]


def test_a_plan_serves_several_threads_and_one_set_of_muscles():
    logs = [reference_walk(speed=1.0 + 0.05 * i) for i in range(8)]
    serial = [evaluate_cost(log, VECTOR, KINEMATICS, PLAN).total for log in logs]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda log: evaluate_cost(log, VECTOR, KINEMATICS, PLAN).total, logs)) == serial
    with pytest.raises(ValueError, match="other muscles"):
        evaluate_cost(logs[0], VECTOR, KINEMATICS, FRONTAL_PLAN)
    with pytest.raises(ModelError, match="soleus_r"):
        plan_cost(("tibant_r",))


@settings(max_examples=60, deadline=None)
@given(
    target=st.sampled_from(target_names()),
    mode=st.sampled_from(["clean", "compat"]),
    trunk=st.sampled_from(["ref_diff", "zero_diff", "tgt_diff", "vel_square", "no_trunk"]),
    scale=st.sampled_from([0.0, 1e-9, 0.1, 1.0, 1e4, 1e160, 1e308]),
    holes=st.integers(0, 3),
    infinite=st.booleans(),
    frontal=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    outcome=st.sampled_from([Outcome.SURVIVED, Outcome.SURVIVED, Outcome.FELL]),
)
def test_total_is_finite_and_the_sum_of_the_parts_for_any_log(
    target, mode, trunk, scale, holes, infinite, frontal, seed, outcome
):
    rng = np.random.default_rng(seed)
    log = reference_walk(names=FRONTAL_NAMES if frontal else PLANAR_NAMES, outcome=outcome)
    steps = log.new_step.copy()
    with np.errstate(over="ignore"):
        log.flat[:] += scale * rng.normal(size=log.flat.shape)
        vector = 1.0 + scale * rng.normal(size=77)
    log.new_step[:] = steps if rng.random() < 0.7 else rng.random(steps.shape) < 0.01
    log.flat[rng.integers(0, 800, holes), rng.integers(0, log.layout.size, holes)] = np.inf if infinite else np.nan
    config = CostConfig(target=target, mode=mode, trunk_err_type=trunk, num_strides=int(rng.integers(1, 7)))
    assert_consistent(evaluate_cost(log, vector, config, FRONTAL_PLAN if frontal else PLAN))
