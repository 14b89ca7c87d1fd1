"""From several walks of a candidate to one cost."""

import math
from itertools import pairwise

import pytest

from myoassist.config.schema.run import CostConfig
from myoassist.cost.draws import combine_draws, matters
from myoassist.cost.graded import WORST_FALL
from myoassist.cost.result import FAILURE_COST, CostResult
from myoassist.cost.staging import FALL_OFFSET
from myoassist.rollout.log import Outcome


def walked(total):
    terms = {"cot": total / 2, "Stage": "3", "Total_Cost": total}
    return CostResult(total, "3", {"stage": 0.0, "cot": total / 2, "speed": total / 2}, Outcome.SURVIVED, terms)


def fell(total):
    parts = {"stage": 1000.0, "not_walked": total - 1000.0}
    return CostResult(total, "1a", parts, Outcome.FELL, reason="fell", walked_time=5.0)


FAILED = CostResult(FAILURE_COST, "0", {"stage": FAILURE_COST}, Outcome.UNSTABLE, reason="unstable")


def config(draws=4, **fields):
    return CostConfig(target="human_gait", draws=draws, **fields)


def combine(results, **fields):
    result = combine_draws(results, config(**fields))
    assert result.total == pytest.approx(math.fsum(result.parts.values()), rel=1e-12)
    return result


def test_mean_worst_and_the_worse_half():
    results = [walked(20.0), walked(30.0), walked(40.0), walked(70.0)]
    assert combine(results).total == pytest.approx(40.0)
    assert combine(results, risk="worst").total == pytest.approx(40.0 + 0.5 * 30.0)
    assert combine(results, risk="worst", risk_weight=1.0).total == pytest.approx(70.0)
    assert combine(results, risk="cvar", risk_weight=1.0).total == pytest.approx(55.0)
    assert combine(results, risk="cvar", risk_weight=0.0).total == pytest.approx(40.0)


def test_parts_are_means_and_terms_those_of_the_undisturbed_walk():
    result = combine([walked(20.0), fell(1500.0)], draws=2, risk="worst")
    assert result.parts["cot"] == pytest.approx(5.0) and result.parts["not_walked"] == pytest.approx(250.0)
    assert (result.stage, result.reason, result.terms["cot"]) == ("3", "", 10.0)
    assert (result.terms["Draws"], result.terms["Draws_Walked"]) == (2.0, 1.0)
    assert list(result.terms["Draw_Costs"]) == [20.0, 1500.0]
    assert result.terms["Total_Cost"] == result.total


@pytest.mark.parametrize("risk", ["mean", "worst", "cvar"])
def test_whoever_falls_undisturbed_is_worse_than_whoever_falls_when_disturbed(risk):
    """From the best candidate to the worst: nothing that a fall was worth elsewhere turns two of them round."""
    ranked = [
        [walked(20.0), walked(30.0), walked(40.0), walked(70.0)],
        [walked(20.0), walked(30.0), walked(40.0), fell(1900.0)],
        [walked(900.0), fell(1900.0), fell(1900.0), fell(1990.0)],
        [fell(1001.0)],
        [fell(1999.0)],
        [FAILED],
    ]
    totals = [combine(results, risk=risk, risk_weight=0.5).total for results in ranked]
    assert all(better < worse for better, worse in pairwise(totals))
    assert [matters(results[0]) for results in ranked] == [True, True, True, False, False, False]
    assert totals[-1] == FAILURE_COST


def test_failed_physics_of_a_disturbed_walk_counts_as_the_worst_fall():
    result = combine([walked(20.0), FAILED, walked(20.0), walked(20.0)])
    assert result.total == pytest.approx((60.0 + WORST_FALL) / 4)
    assert result.parts["draws_lost"] == pytest.approx(WORST_FALL / 4)


def test_published_targets_have_their_own_worst_fall():
    result = combine_draws([walked(20.0), FAILED], CostConfig(target="kinematics", draws=2))
    assert result.total == pytest.approx((20.0 + FALL_OFFSET) / 2)
