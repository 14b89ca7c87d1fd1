"""True slopes and the published height field."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.ground.ground import make_terrain
from myoassist.rollout.simulator import Simulator


def ground_height(model, x):
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    geom = np.zeros(1, dtype=np.int32)
    groups = np.ones(6, dtype=np.uint8)
    # Bodies are out of the way: the ray starts 3 m beside the walker.
    distance = mujoco.mj_ray(model, data, [x, 3.0, 50.0], [0.0, 0.0, -1.0], groups, 1, -1, geom)
    return 50.0 - distance


@pytest.mark.parametrize("nominal, true", [(2.0, 0.446), (5.0, 1.117), (10.0, 2.249), (-5.0, -1.117)])
def test_published_slopes_are_less_steep_than_their_names(nominal, true):
    env = EnvConfig(slope_deg=nominal, slope_mode="compat")
    model = build_walker(ModelConfig(), env).model
    heights = [ground_height(model, x) for x in (5.0, 15.0)]
    assert np.rad2deg(np.arctan((heights[1] - heights[0]) / 10.0)) == pytest.approx(true, abs=0.001)
    terrain = make_terrain(env)
    np.testing.assert_allclose(terrain.at(np.array([5.0, 15.0])), heights, atol=0.01)


@pytest.mark.parametrize("slope", [-10.0, -2.0, 5.0])
def test_clean_slopes_are_as_steep_as_they_say_over_fifteen_metres(slope):
    model = build_walker(ModelConfig(), EnvConfig(slope_deg=slope)).model
    heights = [ground_height(model, x) for x in (0.0, 20.0)]
    assert np.rad2deg(np.arctan((heights[1] - heights[0]) / 20.0)) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize(
    "slope, mode", [(-10.0, "clean"), (10.0, "clean"), (-3.0, "clean"), (10.0, "compat"), (2.0, "compat")]
)
def test_walks_start_on_the_ground(slope, mode):
    env = EnvConfig(slope_deg=slope, slope_mode=mode, sim_time=0.2)
    simulator = Simulator(build_walker(ModelConfig(), env), env, ExoConfig())
    log = simulator.simulate(simulator.table.initial)
    assert log.n_steps > 5, log.reason
    assert log.load[:5].sum() > 0.1
