"""Batches whose muscles have fibres and tendons: any number, any threads, MuJoCo's physics, exact continuation."""

from functools import cache

import mujoco
import numpy as np
import pytest
from walking_batches import draw_actions, make_config

from myoassist.model.build import Walker, build_walker
from myoassist.rl.env.batch import WalkBatch
from myoassist.rollout.muscle.fibre import LENGTH, STATE_SIZE
from myoassist.rollout.muscle.tendon import forward_physics, make_fibres, settle_physics, step_physics

STEPS = 25


def choose(kind: str) -> str:
    return "model.plant=human" if kind == "human" else f"model.muscle_model={kind}"


@cache
def tendon_walker(kind: str) -> Walker:
    config = make_config(choose(kind))
    return build_walker(config.model, config.env, exo=config.exo, seed=config.seed)


def make_batch(kind: str, n: int, threads: int = 1, *overrides: str) -> WalkBatch:
    config = make_config(choose(kind), *overrides)
    return WalkBatch(config, n, 5, threads, walker=tendon_walker(kind))


def roll(batch: WalkBatch, actions: list[np.ndarray]) -> np.ndarray:
    rows = []
    for action in actions:
        batch.step(action)
        rows.append(np.concatenate([batch.obs.ravel(), batch.rewards, batch.ended]))
    return np.array(rows)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["elastic", "rigid", "human"])
def test_trajectories_do_not_depend_on_threads_or_size(kind):
    batch = make_batch(kind, 4)
    rng = np.random.default_rng(1)
    actions = [draw_actions(rng, batch) for _ in range(STEPS)]
    batch.reset()
    alone = roll(batch, actions)
    assert np.isfinite(alone).all() and batch.unstable == 0
    threaded = make_batch(kind, 4, 2)
    threaded.reset()
    np.testing.assert_array_equal(alone, roll(threaded, actions))
    threaded.close()
    small = make_batch(kind, 2)
    small.reset()
    for action in actions:
        small.step(action[:2])
    np.testing.assert_array_equal(small.obs, batch.obs[:2])


@pytest.mark.parametrize("kind", ["elastic", "rigid", "human"])
def test_physics_equals_mujoco_with_forces_between_the_stages(kind):
    batch = make_batch(kind, 1, 1, "env.out_of_trajectory_threshold=100")
    model, task = batch.walker.model, batch.task
    rng = np.random.default_rng(2)
    batch.reset()
    data, start = mujoco.MjData(model), batch.datas[0]
    data.qpos[:], data.qvel[:], data.act[:] = start.qpos, start.qvel, start.act
    mujoco.mj_forward(model, data)
    fibres = make_fibres(batch.walker, data.userdata)
    settle_physics(model, data, fibres)
    for _ in range(10):
        action = draw_actions(rng, batch)
        batch.step(action)
        data.ctrl[:] = task.control_mid + np.clip(action[0], -1.0, 1.0) * task.control_half
        for step in range(task.substeps):
            step_physics(model, data, fibres, step == 0)
        forward_physics(model, data, fibres)
        if batch.ended[0]:
            break
        np.testing.assert_array_equal(data.qpos, start.qpos)
        np.testing.assert_array_equal(data.userdata, start.userdata)
        np.testing.assert_array_equal(data.sensordata, start.sensordata)
        np.testing.assert_array_equal(data.qfrc_applied, start.qfrc_applied)


def test_a_stored_state_goes_on_exactly():
    batch = make_batch("human", 3)
    rng = np.random.default_rng(3)
    actions = [draw_actions(rng, batch) for _ in range(2 * STEPS)]
    batch.reset()
    roll(batch, actions[:STEPS])
    state = batch.get_state()
    lengths = [data.userdata[LENGTH::STATE_SIZE].copy() for data in batch.datas]
    assert (np.array(lengths) > 0.1).all()
    rest = roll(batch, actions[STEPS:])
    other = make_batch("human", 3)
    other.reset()
    other.set_state(state)
    np.testing.assert_array_equal(rest, roll(other, actions[STEPS:]))
