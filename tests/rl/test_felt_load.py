"""What policies and rewards feel of the ground, with touch and with contact sensing."""

from dataclasses import replace

import numpy as np
import pytest
from walking_batches import make_config

from myoassist.model.build import build_walker
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.observation import resolve_observation

SENSORS = ("r_foot", "r_toes", "l_foot", "l_toes")


def make(sensing):
    names = ",".join(SENSORS)
    config = make_config(f"model.sensing={sensing}", f"env.observation_joint_sensor_keys=[{names}]")
    walker = build_walker(config.model, config.env, exo=config.exo, seed=config.seed)
    return WalkBatch(config, 1, 5, walker=walker)


@pytest.mark.parametrize("sensing", ["touch", "contact"])
def test_observations_and_rewards_feel_what_the_key_says(sensing):
    batch = make(sensing)
    model, task, data = batch.walker.model, batch.task, batch.datas[0]
    channels = [batch.observation_names.index(f"sensor/{name}") for name in SENSORS]
    batch.reset()
    seen = 0
    for _ in range(60):
        batch.step(np.full((1, len(batch.action_names)), -0.8))
        if batch.ended[0]:
            continue
        values = data.sensordata
        if sensing == "touch":
            expected = [values[model.sensor(name).adr[0]] for name in SENSORS]
            loads = [sum(expected[:2]), sum(expected[2:])]
        else:
            foot = [values[model.sensor(f"ground_force_{side}").adr[0] + 2] for side in "rl"]
            toes = [values[model.sensor(f"ground_force_toes_{side}").adr[0] + 2] for side in "rl"]
            expected = [foot[0], toes[0], foot[1], toes[1]]
            loads = foot
        np.testing.assert_allclose(batch.obs[0, channels], np.array(expected) / task.body_weight, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(batch.state.forces[0], loads)
        seen += max(loads) > 100.0
    assert seen > 3


def test_the_channels_have_the_same_names_so_that_a_policy_can_be_tried_with_either():
    touch = make("touch").walker
    env = make_config().env
    names = resolve_observation(env, touch).names
    assert names == resolve_observation(env, make("contact").walker).names
    assert replace(touch, sensing="contact").layout.felt.tolist() == touch.layout.touch.tolist()
