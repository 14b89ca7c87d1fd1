"""Curricula of target speed and ground, by steps and by success, and their continuation."""

import math

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.rl import CurriculumConfig
from myoassist.config.schema.run import EnvConfig
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.curriculum import SUCCESS_STEP, Curriculum
from myoassist.rl.env.terrain import foot_points
from myoassist.rl.env.walk_env import WalkEnv
from tests.rl.walking_batches import make_batch, make_config

SPEEDS = EnvConfig(min_target_velocity=0.5, max_target_velocity=2.5, custom_max_episode_steps=100)


def test_speeds_grow_with_the_steps():
    curriculum = Curriculum(CurriculumConfig(start_velocity=1.0, fraction=0.5), SPEEDS)
    assert curriculum.active and curriculum.speeds == (1.0, 1.0)
    curriculum.advance(0.25, math.nan)
    assert curriculum.speeds == pytest.approx((0.75, 1.75))
    curriculum.advance(0.6, 0.0)
    assert curriculum.speeds == (0.5, 2.5)


def test_success_takes_one_step_at_a_time():
    curriculum = Curriculum(CurriculumConfig(start_velocity=1.0, advance="success", success_length=0.8), SPEEDS)
    for length in (math.nan, 79.0):
        curriculum.advance(0.9, length)
    assert curriculum.level == 0.0
    curriculum.advance(0.1, 80.0)
    assert curriculum.level == SUCCESS_STEP
    for _ in range(40):
        curriculum.advance(0.1, 100.0)
    assert curriculum.level == 1.0 and curriculum.speeds == (0.5, 2.5)


def test_without_keys_nothing_grows():
    curriculum = Curriculum(CurriculumConfig(), EnvConfig(terrain="random", terrain_params="0.1"))
    assert not curriculum.active and curriculum.terrain_factor == 1.0


def test_new_episodes_take_the_speeds_of_the_level():
    overrides = ("rl.curriculum.start_velocity=1", "env.min_target_velocity=0.5", "env.max_target_velocity=2.5")
    batch = make_batch(32, *overrides, "env.velocity_modes=[UNIFORM]")
    batch.reset()
    assert (batch.obs[:, -1] == 1.0).all()
    batch.set_progress(0.25, math.nan)
    batch.reset()
    targets = batch.obs[:, -1]
    assert 0.75 <= targets.min() < 0.9 and 1.6 < targets.max() <= 1.75
    evaluation = make_batch(32, *overrides, "env.velocity_modes=[UNIFORM]", evaluation=True)
    evaluation.reset()
    assert evaluation.obs[:, -1].max() > 2.0


def slope_batch(n_envs=2):
    config = make_config(
        "env.terrain=slope",
        'env.terrain_params="0.2"',
        "env.out_of_trajectory_threshold=100",
        "rl.curriculum.terrain_start=0.25",
        "rl.curriculum.fraction=1",
    )
    return WalkBatch(config, n_envs, 0)


def test_the_ground_grows_under_walkers():
    batch = slope_batch()
    assert batch._ground.factor == 0.25
    batch.reset(np.array([0, 4]))
    data = batch.datas[1]
    data.joint("pelvis_tx").qpos[0] += 30.0
    smooth, at = batch.walker.ground.smoothed(0.5), data.joint("pelvis_tx").qpos[0]
    data.joint("pelvis_ty").qpos[0] += 0.25 * float(smooth.at(at, 0.0))

    mujoco.mj_forward(batch.walker.model, data)
    before, level = data.joint("pelvis_ty").qpos[0], batch.datas[0].joint("pelvis_ty").qpos[0]
    batch.set_progress(0.5, math.nan)
    factor = 0.25 + 0.5 * 0.75
    assert batch._ground.factor == factor == batch.task.ground_frame[4]
    rise = data.joint("pelvis_ty").qpos[0] - before
    assert rise == pytest.approx((factor - 0.25) * float(smooth.at(at, 0.0)), abs=1e-9) and rise > 1.0
    assert batch.datas[0].joint("pelvis_ty").qpos[0] == level
    geom = batch.walker.model.geom("ground")
    hfield = batch.walker.model.hfield_size[geom.dataid[0]]
    assert hfield[2] == pytest.approx(factor * batch.walker.ground.relief)
    # Feet stand on what is simulated.
    lowest = foot_points(batch.walker, data.qpos[None])[0]
    assert abs((lowest[:, 2] - factor * batch.walker.ground.at(lowest[:, 0], lowest[:, 1])).min()) < 0.15


@pytest.mark.long
def test_a_state_holds_the_level():
    first = slope_batch()
    first.reset()
    first.set_progress(0.4, math.nan)
    for _ in range(3):
        first.step(np.full((2, 24), -0.8))
    state = first.get_state()
    second = slope_batch()
    second.reset()
    second.set_state(state)
    assert second.curriculum.level == 0.4 and second._ground.factor == first._ground.factor
    for _ in range(4):
        first.step(np.full((2, 24), -0.7))
        second.step(np.full((2, 24), -0.7))
        np.testing.assert_array_equal(first.obs, second.obs)


def test_single_environments_follow_too():
    batch = make_batch(1, "rl.curriculum.start_velocity=1", "env.velocity_modes=[UNIFORM]")
    env = WalkEnv(batch.config, batch=batch)
    assert env.reset()[0][-1] == 1.0
    env.set_progress(1.0, math.nan)
    assert env.reset()[0][-1] == 1.25
