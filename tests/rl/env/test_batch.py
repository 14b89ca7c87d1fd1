"""Batched environments: the same for any number of them and of threads, the physics of MuJoCo, exact continuation."""

import mujoco
import numpy as np
import pytest

from myoassist.rl.env.walk_env import WalkEnv
from myoassist.rl.kernels.layout import END_REASONS, RUNNING
from tests.rl.walking_batches import draw_actions, level_walker, make_batch

STEPS = 60


def roll(batch, actions):
    """Return observations, rewards, terms and ends of all steps."""
    batch.reset()
    seen = []
    for action in actions:
        batch.step(action)
        seen.append((batch.obs.copy(), batch.rewards.copy(), batch.reward_terms.copy(), batch.ended.copy()))
    return [np.array(column) for column in zip(*seen, strict=True)]


@pytest.fixture(scope="module")
def recorded():
    batch = make_batch(6)
    rng = np.random.default_rng(1)
    actions = [draw_actions(rng, batch) for _ in range(STEPS)]
    seen = roll(batch, actions)
    assert (seen[3] != RUNNING).sum() > 6, "no resets in this walk"
    return actions, seen


@pytest.mark.parametrize("threads", [2, 4])
def test_trajectories_do_not_depend_on_threads(recorded, threads):
    actions, seen = recorded
    batch = make_batch(6, threads=threads)
    for column, again in zip(seen, roll(batch, actions), strict=True):
        np.testing.assert_array_equal(column, again)
    batch.close()


def test_trajectories_do_not_depend_on_the_size_of_the_batch(recorded):
    actions, seen = recorded
    for column, again in zip(seen, roll(make_batch(3), [action[:3] for action in actions]), strict=True):
        np.testing.assert_array_equal(column[:, :3], again)


def test_a_batch_is_as_many_single_environments(recorded):
    actions, (observations, rewards, terms, ended) = recorded
    for number in (0, 3):
        batch = make_batch(1)
        env = WalkEnv(batch.config, number=number, batch=batch)
        env.batch.seed(5, number)
        env.reset()
        for k in range(STEPS):
            observation, reward, terminated, truncated, info = env.step(actions[k][number])
            assert reward == rewards[k, number]
            assert list(info["rwd_dict"].values()) == terms[k, number].tolist()
            assert (terminated or truncated) == (ended[k, number] != RUNNING)
            if terminated or truncated:
                assert info["end"] == END_REASONS[ended[k, number]]
                # A vectorized environment resets here; the episode that has begun is the batch's.
                observation, _ = env.reset()
            np.testing.assert_array_equal(observation, observations[k, number])


def test_physics_equals_mujoco():
    batch = make_batch(1, "env.out_of_trajectory_threshold=100")
    model = level_walker().model
    rng = np.random.default_rng(2)
    low, high = model.actuator_ctrlrange.T
    batch.reset()
    data = mujoco.MjData(model)
    start = batch.datas[0]
    data.qpos[:], data.qvel[:], data.act[:] = start.qpos, start.qvel, start.act
    mujoco.mj_forward(model, data)
    substeps = round(1.0 / (30.0 * model.opt.timestep))
    for _ in range(15):
        action = draw_actions(rng, batch)
        batch.step(action)
        assert batch.ended[0] == RUNNING
        data.ctrl[:] = (low + high) / 2 + np.clip(action[0], -1.0, 1.0) * (high - low) / 2
        for _ in range(substeps):
            mujoco.mj_step(model, data)
        mujoco.mj_forward(model, data)
        for name in ("qpos", "qvel", "act", "sensordata", "qacc_warmstart", "actuator_force"):
            np.testing.assert_array_equal(getattr(data, name), getattr(batch.datas[0], name), err_msg=name)


def test_state_continues_exactly(recorded):
    actions, _ = recorded
    changing = ("env.min_target_velocity=0.8", "env.max_target_velocity=1.6", "env.max_target_velocity_period=2")
    first = make_batch(6, *changing)
    first.reset()
    for action in actions[:25]:
        first.step(action)
    state = {name: value.copy() for name, value in first.get_state().items()}
    second = make_batch(6, *changing, seed=99)
    second.reset()
    second.step(actions[3])
    second.set_state(state)
    np.testing.assert_array_equal(first.obs, second.obs)
    for action in actions[25:]:
        first.step(action)
        second.step(action)
        np.testing.assert_array_equal(first.obs, second.obs)
        np.testing.assert_array_equal(first.rewards, second.rewards)
        np.testing.assert_array_equal(first.ended, second.ended)


def test_a_fixed_start_survives_a_state():
    first = make_batch(2)
    first.reset(np.array([10, 20]))
    second = make_batch(2)
    second.reset()
    second.set_state(first.get_state())
    # A broken episode ends at once, and the next starts at the same frame.
    second.step(np.full((2, 24), np.nan))
    np.testing.assert_array_equal(second.obs, first.obs)


BROKEN = {
    "qvel": "unstable after 0.000 s (badqvel: qvel of hip_flexion_r is nan",
    "qpos": "unstable after 0.000 s (badqpos: qpos of hip_flexion_r is nan",
    "action": "an action is not a number",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_nan_ends_only_its_own_episode(recorded, broken):
    actions, _ = recorded
    sound, batch = make_batch(6), make_batch(6)
    sound.reset()
    batch.reset()
    before = batch.obs[2].copy()
    action = actions[0].copy()
    if broken == "action":
        action[2, 5] = np.nan
    else:
        getattr(batch.datas[2], broken)[3] = np.nan
    sound.step(actions[0])
    batch.step(action)
    assert END_REASONS[batch.ended[2]] == "unstable"
    assert batch.terminated[2] and not batch.truncated[2] and batch.unstable == 1
    (fault,) = batch.take_faults()
    assert BROKEN[broken] in fault.reason and "," not in fault.reason
    assert batch.rewards[2] == 0.0 and (batch.reward_terms[2] == 0.0).all()
    np.testing.assert_array_equal(batch.terminal_obs[2], before)
    assert np.isfinite(batch.obs).all()
    others = [0, 1, 3, 4, 5]
    np.testing.assert_array_equal(batch.obs[others], sound.obs[others])
    # The environment goes on in a new episode.
    for action in actions[1:10]:
        batch.step(action)
    assert np.isfinite(batch.obs).all() and batch.unstable == 1


def test_resets_are_reproducible_and_independent():
    frames = []
    for seed in (7, 7, 8):
        batch = make_batch(16, seed=seed)
        batch.reset()
        frames.append(batch.state.frame.copy())
    np.testing.assert_array_equal(frames[0], frames[1])
    assert (frames[0] != frames[2]).mean() > 0.8
    assert len(set(frames[0])) > 12
    batch.seed(7)
    batch.reset()
    np.testing.assert_array_equal(batch.state.frame, frames[0])
    assert frames[0].min() >= 0 and frames[0].max() < batch.reference.length


def test_reset_poses_are_those_of_the_reference():
    batch = make_batch(3, "env.min_target_velocity=1", "env.max_target_velocity=1", "env.velocity_modes=[UNIFORM]")
    batch.reset(np.array([0, 17, 40]))
    model, reference = batch.walker.model, batch.reference
    for data, frame in zip(batch.datas, (0, 17, 40), strict=True):
        for name in ("knee_angle_r", "hip_flexion_l", "ankle_angle_r", "pelvis_tilt", "pelvis_ty"):
            assert data.joint(name).qpos[0] == pytest.approx(reference.q[name][frame], abs=0.02)
            speed = reference.dq[name][frame] / reference.mean_speed
            assert data.joint(name).qvel[0] == pytest.approx(speed, abs=1e-9)
        assert data.joint("pelvis_tx").qpos[0] == 0.0
        for muscle in ("soleus_r", "vasti_l"):
            address = model.actuator(muscle).actadr[0]
            assert data.act[address] == pytest.approx(np.clip(reference.act[muscle][frame], 0.0, 1.0))


def test_published_resets_scale_by_the_speed_of_the_frame():
    batch = make_batch(1, "env.reward_version=compat_b", "env.velocity_modes=[UNIFORM]")
    batch.reset(np.array([30]))
    reference, data = batch.reference, batch.datas[0]
    ratio = 1.25 / reference.dq["pelvis_tx"][30]
    assert data.joint("knee_angle_r").qvel[0] == pytest.approx(reference.dq["knee_angle_r"][30] * ratio)
    assert data.joint("pelvis_tx").qvel[0] == 1.25


def test_episodes_without_a_reference_start_at_the_target_speed():
    batch = make_batch(2, "env.env_id=myoAssistLeg-v0", "env.velocity_modes=[UNIFORM]")
    batch.reset()
    for data in batch.datas:
        assert data.joint("pelvis_tx").qvel[0] == 1.25
        assert np.abs(np.delete(data.qvel, batch.task.pelvis[0])).max() == 0.0


def end_after(steps, *overrides, action=-1.0):
    batch = make_batch(1, *overrides)
    batch.reset(np.array([0]))
    for k in range(steps):
        batch.step(np.full((1, 24), action))
        if batch.ended[0] != RUNNING:
            return k + 1, batch
    return steps, batch


def test_a_low_pelvis_terminates():
    steps, batch = end_after(60, "env.out_of_trajectory_threshold=100", "env.safe_height=0.8")
    assert END_REASONS[batch.ended[0]] == "fell" and batch.terminated[0] and not batch.truncated[0]
    names = list(batch.observation_names)
    assert batch.terminal_obs[0, names.index("qpos/pelvis_ty")] < 0.8
    assert batch.state.last_length[0] == steps


def test_leaving_the_trajectory_terminates():
    steps, batch = end_after(60, "env.out_of_trajectory_threshold=0.1", "env.safe_height=0")
    assert END_REASONS[batch.ended[0]] == "off_trajectory" and batch.terminated[0]
    names, frame = list(batch.observation_names), steps
    off = [
        abs(batch.terminal_obs[0, names.index(f"qpos/{name}")] - batch.reference.q[name][frame])
        for name in batch.config.env.reward_keys_and_weights.qpos_imitation_rewards
    ]
    assert max(off) > 0.1


def test_joints_and_distances_of_the_trajectory_test_can_be_chosen():
    base = ("env.out_of_trajectory_threshold=0.1", "env.safe_height=0", "env.out_of_trajectory_joint_keys=[pelvis_ty]")
    steps, batch = end_after(60, *base, "env.out_of_trajectory_distance=0.02")
    assert END_REASONS[batch.ended[0]] == "off_trajectory"
    at = list(batch.observation_names).index("qpos/pelvis_ty")
    assert abs(batch.terminal_obs[0, at] - batch.reference.q["pelvis_ty"][steps]) > 0.02
    later, _ = end_after(60, *base, "env.out_of_trajectory_distance=0.2")
    assert later > steps


@pytest.mark.parametrize("version, ends", [("clean", False), ("compat_b", True)])
def test_published_trajectory_tests_also_stop_at_joints_without_weight(version, ends):
    weights = "env.reward_keys_and_weights.qpos_imitation_rewards"
    joints = make_batch(1).config.env.reward_keys_and_weights.qpos_imitation_rewards
    zero = [f"{weights}.{name}=0" for name in joints]
    _, batch = end_after(
        12, *zero, f"env.reward_version={version}", "env.out_of_trajectory_threshold=0.05", "env.safe_height=0"
    )
    assert (END_REASONS[batch.ended[0]] == "off_trajectory") is ends


def test_the_step_limit_truncates():
    steps, batch = end_after(10, "env.custom_max_episode_steps=4", "env.out_of_trajectory_threshold=100")
    assert steps == 4
    assert END_REASONS[batch.ended[0]] == "time_over" and batch.truncated[0] and not batch.terminated[0]
    assert batch.rewards[0] != 0.0


def test_the_end_of_a_reference_truncates_without_reward_or_begins_again():
    batch = make_batch(1, "env.reference_end=truncate", "env.out_of_trajectory_threshold=100")
    last = batch.reference.length - 1
    batch.reset(np.array([last - 2]))
    for _ in range(2):
        batch.step(np.full((1, 24), -0.8))
        assert batch.ended[0] == RUNNING and batch.rewards[0] > 0.0
    batch.step(np.full((1, 24), -0.8))
    assert END_REASONS[batch.ended[0]] == "reference_over" and batch.truncated[0] and batch.rewards[0] == 0.0
    loop = make_batch(1, "env.out_of_trajectory_threshold=100")
    loop.reset(np.array([last - 2]))
    for _ in range(4):
        loop.step(np.full((1, 24), -0.8))
    assert loop.ended[0] == RUNNING and loop.state.frame[0] == 1


def test_an_evaluation_is_never_cut_off():
    batch = make_batch(1, "env.custom_max_episode_steps=3", "env.safe_height=0", evaluation=True)
    batch.reset(np.array([batch.reference.length - 3]))
    for _ in range(20):
        batch.step(np.full((1, 24), -1.0))
        assert batch.ended[0] == RUNNING
