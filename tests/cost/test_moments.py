"""A target that judges moments: falls are no special case, a longer and more human walk is cheaper."""

from dataclasses import replace

import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.cost_formula import read_formula
from myoassist.cost.moments import CLOCK
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import ConfigError
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome

SHORT = ("exp=human_level", "cost=likeness", "cost.draws=1", "env.sim_time=3")


def compose(*overrides):
    return compose_run(list(overrides)).config


@pytest.fixture(scope="module")
def walked():
    config = compose(*SHORT)
    problem = WalkProblem(config, 1)
    vector = problem.load_start(config)
    log = problem.simulator.simulate(vector, 0, seed=0)
    log = replace(log, flat=log.flat.copy())
    return config, problem, vector, log


def cost(walked, log):
    config, problem, vector, _ = walked
    plan = plan_walk_cost(log.muscle_names, config.cost, problem.simulator.walker)
    result = evaluate_cost(log, vector, config.cost, plan)
    assert result.total == pytest.approx(sum(result.parts.values()), rel=1e-12)
    return result


def cut(log, steps):
    return replace(log, flat=log.flat[:steps].copy(), outcome=Outcome.FELL, reason="fell")


def test_a_person_is_like_people_and_less_so_where_anything_is_otherwise(walked):
    log = walked[3]
    good = cost(walked, log)
    assert good.stage == "3" and good.parts["unlikeness"] < 30.0 and good.terms["Total_Cost"] == good.total
    for name, change in (("joint_angle", 0.2), ("ground_force_w", 300.0), ("pelvis_vel_heading", 0.3), (CLOCK, 0.1)):
        other = replace(log, flat=log.flat.copy())
        getattr(other, name)[:] += change
        assert cost(walked, other).parts["unlikeness"] > good.parts["unlikeness"] + 1.0, name
    tired = replace(log, flat=log.flat.copy())
    tired.activation[:] = 0.9
    assert cost(walked, tired).parts["moment_effort"] == pytest.approx(50.0 * 0.9**3)


def test_a_longer_walk_is_cheaper_and_a_fall_is_no_special_case(walked):
    log = walked[3]
    totals = [cost(walked, cut(log, steps)).total for steps in range(5, log.n_steps - 2, 10)]
    assert (np.diff(totals) < 0.0).all() and totals[0] > 90.0
    # Nothing jumps between a walk to the end and one that falls just before.
    assert abs(totals[-1] - cost(walked, log).total) < 5.0
    assert cost(walked, cut(log, 100)).stage == "1a" and cost(walked, cut(log, 100)).reason == "fell"


def test_what_does_not_fit_is_refused():
    with pytest.raises(ConfigError, match="has no clock"):
        check(compose(*SHORT, "control=reflex", "optimizer.param_path=null"))
    with pytest.raises(ConfigError, match="unlikeness is a term of targets that judge moments"):
        check(compose("exp=human_level", "+cost.formula.terms.unlikeness=1"))
    with pytest.raises(ConfigError, match="hip_sd is a term of targets that judge strides"):
        check(compose(*SHORT, "+cost.formula.terms.hip_sd=1"))
    with pytest.raises(ConfigError, match="grading is moments, and there are gates"):
        read_formula({"terms": {"unlikeness": 1}, "grading": "moments", "gates": ["velocity"]})


def test_a_search_from_nothing_composes_and_its_stages_are_held_less_and_less():
    config = compose("exp=human_level", "optimizer=from_nothing", "optimizer.param_path=shipped:made_up")
    check(config)
    problem = WalkProblem(config, 1)
    vector = problem.load_start(config)
    table = problem.simulator.table
    assert table.decode(vector)[table.index("activity_SOL")] == 1.0
    log = problem.simulator.simulate(vector, 0, seed=0)
    assert log.outcome is Outcome.FELL and log.n_steps * log.dt < 1.5
    holds = [stage["set"]["env.support"] for stage in config.optimizer.stages[:8]]
    assert holds == sorted(holds, reverse=True) and holds[-1] == 0.0
