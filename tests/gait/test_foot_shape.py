"""Clearance of the swinging foot: the term reads joints; here it is held against every point of the feet."""

from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.sources.shipped import find_controller
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.staging import evaluate_cost
from myoassist.gait.foot_clearance import MID_SWING, swing_clearances
from myoassist.gait.foot_shape import measure_feet
from myoassist.gait.leg_strides import find_leg_strides
from myoassist.gait.reference.human import PERCENT
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome
from myoassist.rollout.start_pose import surface_points

# The ground is drawn from strike to strike, of a heel that sinks in a little.
TOLERANCE = 0.005
RIGHT = 0


def walk(*overrides, shipped):
    config = compose_run([*overrides, "cost.draws=1", "env.sim_time=10"]).config
    problem = WalkProblem(config, 1)
    simulator = problem.simulator
    poses = np.zeros((simulator.step_limit, simulator.walker.model.nq))
    log = simulator.simulate(read_vector(Path(find_controller(shipped))).vector, poses=poses)
    assert log.outcome == Outcome.SURVIVED, log.reason
    return config, problem.simulator, log, poses


def lineage(model, body):
    while body > 0:
        yield body
        body = int(model.body_parentid[body])


def lowest_points(walker, poses, samples, normal_w):
    """Lowest coordinate of the right foot along the normal of the ground, m, by forward kinematics of whole poses."""
    model, data = walker.model, mujoco.MjData(walker.model)
    ankle = int(model.jnt_bodyid[walker.layout.joint_leg[RIGHT, 2]])
    # The foot behind the ankle and the toes behind the foot.
    foot = [g for g in walker.layout.feet if ankle in lineage(model, int(model.geom_bodyid[g]))]
    assert foot
    found = []
    for sample in samples:
        data.qpos[:] = poses[sample]
        mujoco.mj_kinematics(model, data)
        found.append(
            min(
                data.geom_xpos[geom] @ normal_w
                + surface_points(model, int(geom)).lowest(data.geom_xmat[geom].reshape(3, 3).T @ normal_w)
                for geom in foot
            )
        )
    return np.array(found)


@pytest.mark.parametrize(
    ("overrides", "shipped"),
    [
        (["exp=human_level"], "human_soft"),
        (["exp=human_level", "env.slope_deg=5"], "human_up_5"),
        (["exp=human_level", "env.slope_deg=-10"], "human_down_10"),
        (["exp=prosthesis"], "human_prosthesis"),
        (["exp=walk_3d"], "human_3d"),
    ],
)
def test_clearance_is_that_of_the_lowest_point_of_the_foot(overrides, shipped):
    _, simulator, log, poses = walk(*overrides, shipped=shipped)
    walker = simulator.walker
    strides = find_leg_strides(log, 6)
    starts, stops = strides.starts[RIGHT], strides.stops[RIGHT]
    got = swing_clearances(log, strides, measure_feet(walker))
    assert got.shape == (len(starts) + len(strides.starts[1]),)
    place = PERCENT[(MID_SWING[0] <= PERCENT) & (MID_SWING[1] >= PERCENT)] / 100.0
    normal_w = walker.terrain.up_w
    for clearance, start, stop in zip(got[: len(starts)], starts, stops, strict=True):
        swing = (start + place * (stop - start)).astype(int)
        assert clearance == pytest.approx(lowest_points(walker, poses, swing, normal_w).min(), abs=TOLERANCE)


def test_who_lifts_the_feet_less_pays_more_and_who_clears_the_ground_pays_nothing():
    config, simulator, log, _ = walk("exp=human_level", "+cost.formula.terms.foot_clearance=0.5", shipped="human_soft")
    plan = plan_walk_cost(log.layout.muscle_names, config.cost, simulator.walker)
    result = evaluate_cost(log, np.zeros(77), config.cost, plan)
    clearance = swing_clearances(log, find_leg_strides(log, config.cost.num_strides), plan.feet)
    assert (clearance < 0.02).all()
    assert result.terms["foot_clearance"] == pytest.approx(1000.0 * (0.02 - clearance).clip(0.0, 0.04).mean())
    assert result.parts["foot_clearance"] == pytest.approx(0.5 * result.terms["foot_clearance"])
    # Feet that are less deep all over change nothing; toes that are so clear more ground.
    paid = result.terms["foot_clearance"]
    feet = plan.feet
    shorter = replace(plan, feet=replace(feet, foot=feet.foot - 0.01, toes=feet.toes - 0.01))
    lifted = replace(plan, feet=replace(feet, toes=feet.toes - 0.03))
    assert evaluate_cost(log, np.zeros(77), config.cost, shorter).terms["foot_clearance"] == pytest.approx(paid)
    assert evaluate_cost(log, np.zeros(77), config.cost, lifted).terms["foot_clearance"] < 0.8 * paid
