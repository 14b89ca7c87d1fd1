"""The Gymnasium environments, the vectorized one, and what is observed and driven, in which order."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from myoassist.config.schema.rl import ENV_IDS
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from myoassist.rl.env.observation import resolve_observation
from myoassist.rl.env.vec_env import BatchedVecEnv
from myoassist.rl.env.walk_env import WalkEnv, register_environments
from myoassist.rl.kernels.layout import RUNNING
from tests.rl.walking_batches import draw_actions, level_walker, make_batch, make_config

MUSCLES = ["hamstrings", "bifemsh", "edl", "fdl", "glutmax", "iliopsoas", "rectfem", "vasti", "gastroc", "soleus"]
MUSCLES += ["tibant"]
LEGS = ["ankle_angle_l", "ankle_angle_r", "hip_flexion_l", "hip_flexion_r", "knee_angle_l", "knee_angle_r"]
SENSORS = ["r_foot", "l_foot", "r_toes", "l_toes"]


def make_env(*overrides, **options):
    batch = make_batch(1, *overrides)
    return WalkEnv(batch.config, batch=batch, **options)


def test_the_observation_has_the_published_order():
    batch = make_batch(1)
    expected = [f"qpos/{name}" for name in [*LEGS, "pelvis_tilt", "pelvis_ty"]]
    expected += [f"qvel/{name}" for name in [*LEGS, "pelvis_tilt", "pelvis_tx", "pelvis_ty"]]
    expected += [f"act/{name}_{side}" for side in "rl" for name in MUSCLES]
    expected += [f"sensor/{name}" for name in SENSORS]
    expected += ["target_velocity"]
    assert len(expected) == 44
    assert list(batch.observation_names) == expected
    assert list(batch.action_names) == [f"{name}_{side}" for side in "rl" for name in MUSCLES] + ["Exo_R", "Exo_L"]


def test_observed_values_are_those_of_the_simulation():
    batch = make_batch(3, "env.out_of_trajectory_threshold=100")
    model = batch.walker.model
    weight = 9.81 * model.body_mass.sum()
    rng = np.random.default_rng(3)
    batch.reset()
    for _ in range(8):
        batch.step(draw_actions(rng, batch))
    for i, data in enumerate(batch.datas):
        assert batch.ended[i] == RUNNING
        values = [data.joint(name).qpos[0] for name in [*LEGS, "pelvis_tilt", "pelvis_ty"]]
        values += [data.joint(name).qvel[0] for name in [*LEGS, "pelvis_tilt", "pelvis_tx", "pelvis_ty"]]
        values += [data.act[model.actuator(f"{name}_{side}").actadr[0]] for side in "rl" for name in MUSCLES]
        values += [data.sensor(name).data[0] / weight for name in SENSORS]
        values += [batch.state.schedule[i, 5]]
        np.testing.assert_array_equal(batch.obs[i], np.array(values, dtype=np.float32))
    assert batch.obs[:, 39:43].max() > 0.1


def test_models_with_more_muscles_only_add_activations():
    config = make_config("model.musculature=26")
    walker = build_walker(config.model, config.env, exo=config.exo)
    names = resolve_observation(config.env, walker).names
    assert len(names) == 48 and walker.model.nu == 28
    assert [name.split("/")[0] for name in names] == ["qpos"] * 8 + ["qvel"] * 9 + ["act"] * 26 + ["sensor"] * 4 + [
        "target_velocity"
    ]
    sides = [name[-1] for name in names[17:43]]
    assert sides == ["r"] * 13 + ["l"] * 13


@pytest.mark.parametrize("key, kind", [("pos", "joint"), ("vel", "joint"), ("sensor", "sensor")])
def test_unknown_channels_are_refused_by_name(key, kind):
    config = make_config(f"env.observation_joint_{key}_keys=[elbow]")
    with pytest.raises(ConfigError, match=f"env.observation_joint_{key}_keys names elbow") as refusal:
        resolve_observation(config.env, level_walker())
    assert ("r_foot" if kind == "sensor" else "knee_angle_r") in refusal.value.expected


def test_actions_span_the_control_range():
    batch = make_batch(1, "env.out_of_trajectory_threshold=100")
    data, model = batch.datas[0], batch.walker.model
    for action, part in ((-1.0, 0.0), (0.0, 0.5), (1.0, 1.0), (7.0, 1.0)):
        batch.reset()
        batch.step(np.full((1, 24), action))
        assert batch.ended[0] == RUNNING
        low, high = model.actuator_ctrlrange.T
        np.testing.assert_allclose(data.ctrl, low + part * (high - low))
    # Full action means no torque of a device that can only plantarflex.
    assert data.ctrl[model.actuator("Exo_R").id] == 0.0


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_gymnasium_accepts_the_environment(env_id):
    register_environments()
    assert env_id in gymnasium.registry
    overrides = [f"env.env_id={env_id}"]
    env = make_env(*overrides, "env.custom_max_episode_steps=5")
    check_env(env, skip_render_check=True)
    assert env.observation_space.shape == (44,) and env.action_space.shape == (24,)
    assert (env.observation_space.low == -10.0).all() and (env.observation_space.high == 10.0).all()


@pytest.mark.long
def test_environments_are_made_by_their_id():
    register_environments()
    env = gymnasium.make("myoAssistLegImitation-v0")
    observation, _ = env.reset(seed=3)
    again, _ = env.reset(seed=3)
    np.testing.assert_array_equal(observation, again)
    assert env.unwrapped.batch.config.env.env_id == "myoAssistLegImitation-v0"


def test_seeded_resets_repeat_and_unseeded_ones_go_on():
    env = make_env()
    first, _ = env.reset(seed=11)
    second, _ = env.reset()
    again, _ = env.reset(seed=11)
    np.testing.assert_array_equal(first, again)
    assert (first != second).any()
    chosen, _ = env.reset(options={"start": 9})
    assert env.batch.state.frame[0] == 9
    np.testing.assert_array_equal(chosen, env.reset(options={"start": 9})[0])


def test_a_reset_after_a_changed_target_starts_anew():
    env = make_env("env.custom_max_episode_steps=1")
    env.reset()
    env.step(np.full(24, -1.0))
    env.batch.set_target("UNIFORM", 0.0, 0.77, 0.5, 1.0, 5.0)
    assert env.reset()[0][-1] == pytest.approx(0.77)


def test_infos_hold_the_reward_and_the_end():
    env = make_env("env.custom_max_episode_steps=2", "env.out_of_trajectory_threshold=100")
    env.reset()
    for k in range(2):
        _, reward, terminated, truncated, info = env.step(np.full(24, -0.9))
        assert sum(info["rwd_dict"].values()) == pytest.approx(reward, rel=1e-12)
        assert not terminated and truncated == (k == 1)
    assert info["end"] == "time_over"


def test_the_vectorized_environment_resets_by_itself():
    batch = make_batch(4, "env.custom_max_episode_steps=3", "env.out_of_trajectory_threshold=100")
    venv = BatchedVecEnv(batch)
    venv.seed(21)
    first = venv.reset()
    total = np.zeros(4)
    for k in range(3):
        observations, rewards, dones, infos = venv.step(np.full((4, 24), -0.9))
        total += rewards
        assert dones.all() == (k == 2)
    for i, info in enumerate(infos):
        assert info["TimeLimit.truncated"] and info["episode"]["l"] == 3
        assert info["episode"]["r"] == pytest.approx(total[i], rel=1e-5)
        assert info["episode"]["terms"].sum() == pytest.approx(info["episode"]["r"])
        assert (info["terminal_observation"] != observations[i]).any()
    venv.seed(21)
    np.testing.assert_array_equal(venv.reset(), first)
    assert venv.get_attr("n_envs") == [4] * 4
