"""A learned device on a reflex-controlled human."""

import numpy as np
import pytest

from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.push import push_walkers
from myoassist.rl.env.walk_env import WalkEnv
from myoassist.rl.kernels.layout import END_REASONS, RUNNING
from tests.rl.walking_batches import make_config

OFF = np.ones(2)


def hybrid_config(*overrides) -> RunConfig:
    from myoassist.config.compose.run import compose_run

    return compose_run(["exp=rl_hybrid", *overrides]).config


@pytest.fixture(scope="module")
def walker():
    return WalkBatch(hybrid_config(), 1, 0).walker


def make_hybrid(walker, n_envs, *overrides, threads=1):
    return WalkBatch(hybrid_config(*overrides), n_envs, 3, threads, walker=walker)


@pytest.mark.long
def test_the_action_is_the_device(walker):
    batch = make_hybrid(walker, 2)
    assert batch.action_names == ("Exo_R", "Exo_L")
    assert WalkEnv(batch.config, batch=make_hybrid(walker, 1)).action_space.shape == (2,)
    assert sum(name.startswith("act/") for name in batch.observation_names) == 22
    batch.reset()
    batch.step(np.array([[1.0, -1.0], [0.0, 0.5]]))
    scale = batch.config.env.device_ctrl_scale
    exo = [walker.model.actuator(name).id for name in batch.action_names]
    np.testing.assert_allclose([data.ctrl[exo] for data in batch.datas], scale * np.array([[0.0, -1.0], [-0.5, -0.25]]))


def test_the_human_walks_on_by_itself(walker):
    batch = make_hybrid(walker, 3)
    batch.reset(np.array([0, 60, 133]))
    start = [data.qpos[0] for data in batch.datas]
    for _ in range(250):
        batch.step(np.tile(OFF, (3, 1)))
        assert (batch.ended == RUNNING).all()
    distance = np.array([data.qpos[0] for data in batch.datas]) - start
    # 5 s at its own speed of 1.07 m/s.
    np.testing.assert_allclose(distance / 5.0, 1.07, atol=0.06)


def test_starts_continue_the_recorded_walk(walker):
    batch = make_hybrid(walker, 1)
    starts = batch.task.start_qpos
    batch.reset(np.array([10]))
    for k in range(1, 6):
        batch.step(OFF[None])
        expected = starts[10 + k].copy()
        moved = batch.datas[0].qpos.copy()
        expected[0] = moved[0] = 0.0
        # The constraint solver starts warm in the one and cold in the other.
        np.testing.assert_allclose(moved, expected, atol=2e-3)


def test_the_device_changes_the_walk(walker):
    free, helped = make_hybrid(walker, 1), make_hybrid(walker, 1)
    free.reset(np.array([0]))
    helped.reset(np.array([0]))
    for _ in range(10):
        free.step(OFF[None])
        helped.step(np.array([[0.5, 0.5]]))
    assert np.abs(free.datas[0].qpos - helped.datas[0].qpos).max() > 0.01
    term = free.reward_names.index("exo_activation_penalty")
    assert free.reward_terms[0, term] == 0.0
    assert helped.reward_terms[0, term] == pytest.approx(-0.1 * 0.02 * 0.25**2)


def roll(batch, actions):
    batch.reset()
    seen = []
    for action in actions:
        batch.step(action)
        seen.append((batch.obs.copy(), batch.rewards.copy(), batch.ended.copy()))
    return [np.array(column) for column in zip(*seen, strict=True)]


def test_threads_and_size_do_not_matter(walker):
    rng = np.random.default_rng(0)
    actions = [rng.uniform(-1.0, 1.0, (4, 2)) for _ in range(120)]
    seen = roll(make_hybrid(walker, 4), actions)
    assert (seen[2] != RUNNING).any(), "no resets"
    for column, again in zip(seen, roll(make_hybrid(walker, 4, threads=2), actions), strict=True):
        np.testing.assert_array_equal(column, again)
    for column, again in zip(seen, roll(make_hybrid(walker, 2), [a[:2] for a in actions]), strict=True):
        np.testing.assert_array_equal(column[:, :2], again)


def test_a_state_continues_exactly(walker):
    rng = np.random.default_rng(1)
    first, second = make_hybrid(walker, 2), make_hybrid(walker, 2)
    first.reset()
    second.reset()
    for _ in range(15):
        first.step(rng.uniform(0.0, 1.0, (2, 2)))
    second.set_state(first.get_state())
    for _ in range(30):
        action = rng.uniform(0.0, 1.0, (2, 2))
        first.step(action)
        second.step(action)
        np.testing.assert_array_equal(first.obs, second.obs)


def test_nan_ends_only_its_own_episode(walker):
    batch = make_hybrid(walker, 2)
    batch.reset()
    batch.step(np.array([[np.nan, 1.0], [1.0, 1.0]]))
    assert [END_REASONS[k] for k in batch.ended] == ["unstable", "running"] and batch.unstable == 1
    for _ in range(20):
        batch.step(np.tile(OFF, (2, 1)))
    assert (batch.ended == RUNNING).all() and np.isfinite(batch.obs).all()


def test_what_cannot_work_is_refused(walker, tmp_path):
    with pytest.raises(ConfigError, match="myoAssistLegImitation-v0"):
        WalkBatch(
            hybrid_config("env.env_id=myoAssistLegImitation-v0", "env.reference_data_path=shipped:tutorial_fast"),
            1,
            0,
            walker=walker,
        )
    short = tmp_path / "short.txt"
    short.write_text("1\n1\n")
    with pytest.raises(ConfigError, match="is not of this human"):
        WalkBatch(hybrid_config(f"rl.human_param_path={short}"), 1, 0, walker=walker)
    ones = tmp_path / "ones.txt"
    ones.write_text("\n".join(["1.0"] * 200))
    with pytest.raises(ConfigError, match="does not walk"):
        WalkBatch(hybrid_config(f"rl.human_param_path={ones}"), 1, 0, walker=walker)
    assert make_config().rl.human == "policy"


def test_a_push_moves_who_is_pushed_and_nobody_else(walker):
    def walk(force):
        batch = make_hybrid(walker, 2)
        batch.reset(np.array([0, 0]))
        for step in range(6):
            push_walkers(batch, np.array([force if 2 <= step < 5 else 0.0, 0.0]))
            batch.step(np.tile(OFF, (2, 1)))
        return np.array([data.qvel[walker.layout.qvel_tx] for data in batch.datas]), [
            d.qpos.copy() for d in batch.datas
        ]

    (plain, alone), (pushed, moved) = walk(0.0), walk(300.0)
    assert pushed[0] - plain[0] > 0.1
    np.testing.assert_array_equal(moved[1], alone[1])
    np.testing.assert_array_equal(alone[0], alone[1])
