"""Muscles without strength: the walk is simulated, and every number of it is finite."""

import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.staging import evaluate_cost
from myoassist.gait.metabolics import muscle_power
from myoassist.model.build import build_walker
from myoassist.rl.env.batch import WalkBatch
from myoassist.rollout.simulator import Simulator


@pytest.mark.parametrize(
    ("musculature", "strength"),
    [
        (22, {"soleus": 0.0}),
        (22, {"soleus_r": 0.0, "all": 0.9}),
        (22, {"all": 0.0}),
        (80, {"soleus": 0.0, "tibant": 0}),
    ],
)
def test_a_walk_without_some_muscles(musculature, strength):
    walker = build_walker(ModelConfig(musculature=musculature, muscle_strength=strength), EnvConfig())
    simulator = Simulator(walker, EnvConfig(sim_time=2.0), ExoConfig())
    log = simulator.simulate(simulator.table.initial)
    assert log.n_steps > 10
    assert np.isfinite(log.flat).all() and np.isfinite(muscle_power(log)).all()
    muscle = log.muscle_names.index("soleus_r")
    assert not np.any(log.muscle_force[:, muscle])
    config = compose_run(["exp=baseline"]).config.cost
    result = evaluate_cost(log, simulator.table.initial, config, plan_cost(log.muscle_names))
    assert np.isfinite(result.total)


def test_episodes_without_some_muscles():
    config = compose_run(["exp=rl_test", "env.num_envs=2", "model.muscle_strength={soleus: 0, tibant_r: 0}"]).config
    batch = WalkBatch(config, 2, 0)
    batch.reset()
    for _ in range(5):
        batch.step(np.zeros((2, len(batch.action_names))))
        assert np.isfinite(batch.obs).all() and np.isfinite(batch.rewards).all()
