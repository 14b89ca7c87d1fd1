"""Costs of several conditions become one: weights, dominance of a failure, sums of parts, blocks of the cost file."""

import math

import numpy as np
import pytest

from myoassist.config.schema.run import CostConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.multi_result import combine_results
from myoassist.cost.report import NO_SOLUTION, format_terms, parse_terms
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.optimize.loop.progress import describe_parts
from myoassist.rollout.log import Outcome
from tests.gait.synthetic_walk import PLANAR_NAMES, empty_walk, reference_walk

PLAN = plan_cost(PLANAR_NAMES)
NAMES = ("speed=1.25, slope=-5", "speed=1.25, slope=5")


def stub(total, stage="3"):
    outcome, reason = (Outcome.FELL, f"fell with {total}") if stage == "1a" else (Outcome.SURVIVED, "")
    parts = {"stage": total - 1.0, "effort": 1.0, "l1": 0.0}
    return CostResult(total, stage, parts, outcome, {} if reason else {"Effort_Cost": 1.0}, reason, 20.0, 25.0)


def judge(log, **fields):
    return evaluate_cost(log, np.ones(77), CostConfig(target="kinematics", l1_weight=0.0, **fields), PLAN)


def assert_consistent(result):
    assert math.isclose(result.total, sum(result.parts.values()), rel_tol=1e-12)
    assert result.terms["Total_Cost"] == result.total


def test_mean_weights_and_regularizer():
    result = combine_results([stub(100.0), stub(200.0)], [0.5, 0.5], NAMES, 20.0, 1.0)
    assert (result.total, result.stage, result.reason) == (170.0, "3", "")
    assert result.parts == {"c1_stage": 49.5, "c1_effort": 0.5, "c2_stage": 99.5, "c2_effort": 0.5, "l1": 20.0}
    assert combine_results([stub(100.0), stub(200.0)], [0.75, 0.25], NAMES, 20.0, 0.5).total == 135.0
    assert_consistent(result)


def test_a_failing_condition_dominates_and_is_named():
    good, better = stub(200.0), stub(100.0)
    fails = combine_results([better, stub(98990.0, "1a")], [0.5, 0.5], NAMES, 20.0, 1.0)
    passes = combine_results([good, good], [0.5, 0.5], NAMES, 20.0, 1.0)
    assert fails.total == 49565.0 > 100 * passes.total
    assert (fails.stage, fails.outcome) == ("1a", Outcome.FELL)
    assert fails.reason == "condition 2 (speed=1.25, slope=5): fell with 98990.0"
    assert_consistent(fails)


def test_walks_that_cannot_be_judged_carry_no_regularizer():
    result = combine_results([stub(98990.0, "1a"), stub(98980.0, "1a")], [0.5, 0.5], NAMES, 20.0, 1.0)
    assert result.total == 98985.0
    assert "l1" not in result.parts
    assert "condition 1" in result.reason


def test_one_condition_costs_what_a_single_run_costs():
    config = CostConfig(target="kinematics")
    for log in (reference_walk(), reference_walk(speed=1.0), empty_walk(300, step_limit=2000, outcome=Outcome.FELL)):
        vector = np.full(77, 1.1)
        single = evaluate_cost(log, vector, config, PLAN)
        result = combine_results([judge(log)], [1.0], ["speed=1.25, slope=0"], 7.7, 1.0)
        assert result.total == pytest.approx(single.total, rel=1e-12)
        assert result.stage == single.stage


def test_cost_file_has_a_block_per_condition_and_means():
    walks = [judge(reference_walk(speed=1.25)), judge(reference_walk(speed=1.0), tgt_vel=1.0)]
    result = combine_results(walks, [0.25, 0.75], NAMES, 5.0, 1.0)
    text = format_terms(result)
    assert text.startswith("Condition 1 : speed=1.25, slope=-5\nEffort_Cost : ")
    assert "\nCondition 2 : speed=1.25, slope=5\nEffort_Cost : " in text
    assert text.count("Effort_Cost : ") == 3
    assert text.count("Param_L1 : ") == 1
    parsed = parse_terms(text)
    assert list(parsed) == list(result.terms)
    assert parsed["c2_Effort_Cost"] == walks[1].terms["Effort_Cost"]
    mean = 0.25 * walks[0].terms["Effort_Cost"] + 0.75 * walks[1].terms["Effort_Cost"]
    assert parsed["Effort_Cost"] == pytest.approx(mean, rel=1e-12)
    np.testing.assert_allclose(parsed["Actual_velocity"], [1.0625, 0.0], atol=1e-3)
    assert (parsed["Mean"], parsed["Stage"], parsed["Pelvis_Cost"]) == ("0.25, 0.75", "3", None)


def test_block_of_a_fall_says_so():
    fall = judge(empty_walk(300, step_limit=2000, outcome=Outcome.FELL))
    result = combine_results([judge(reference_walk()), fall], [0.5, 0.5], NAMES, 5.0, 1.0)
    text = format_terms(result)
    assert f"Condition 2 : speed=1.25, slope=5\n{NO_SOLUTION}\nStage : 1a\n" in text
    assert "Effort_Cost" not in result.terms
    assert list(parse_terms(text)) == list(result.terms)


def test_progress_shows_the_share_of_each_condition():
    result = combine_results([stub(100.0), stub(200.0)], [0.5, 0.5], NAMES, 20.0, 1.0)
    assert describe_parts(result) == "c1 50 + c2 100 + l1 20"
