"""Walks of a policy in the real environment: what is recorded is what the environment did."""

import json
import urllib.error
import urllib.request

import mujoco
import numpy as np
import pytest

from myoassist.analysis.policy.evaluation import evaluate_policy, make_policy
from myoassist.analysis.policy.figures import plot_actions, plot_reward, plot_speed, split_side
from myoassist.analysis.policy.gait_data import collect_gait_data
from myoassist.analysis.policy.live import LiveWalk, WatchedBatch, watch_training
from myoassist.analysis.policy.robustness import choose_speeds, measure_robustness, plot_robustness, write_robustness
from myoassist.analysis.policy.rollout import RandomPolicy, roll_out
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.files.errors import LayoutError
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.policy.file import PolicyFile
from myoassist.rollout.log import Outcome
from tests.analysis.walking_policies import Quiet

pytestmark = pytest.mark.long
ENTRY = EvaluationEntry(num_timesteps=60, min_target_velocity=1.0, max_target_velocity=1.5)


@pytest.fixture(scope="module")
def config():
    return compose_run(["exp=rl_test"]).config


@pytest.fixture(scope="module")
def batch(config):
    return WalkBatch(config, 1, 0, evaluation=True)


@pytest.fixture(scope="module")
def evaluation(config, batch):
    return evaluate_policy(config, batch, Quiet(), ENTRY, trained_steps=7)


def test_the_record_is_the_trajectory_of_the_environment(batch):
    walk = roll_out(batch, Quiet(), ENTRY)
    assert walk.log.outcome is Outcome.FELL
    batch.reset(np.array([0]))
    poses, rewards, ended = [], [], False
    while not ended:
        batch.step(Quiet().act(batch.obs))
        ended = bool(batch.ended[0])
        poses.append(batch.datas[0].qpos.copy())
        rewards.append(batch.rewards[0])
    # Where it ended the environment stands at the next start already.
    assert np.array_equal(walk.steps.qpos[:-1], np.array(poses[:-1]))
    assert walk.steps.terms.sum(axis=1) == pytest.approx(rewards)
    assert len(walk.steps) == len(poses)


def test_samples_lie_between_the_control_steps(batch, evaluation):
    log, steps = evaluation.log, evaluation.steps
    per_step = round(steps.interval / log.dt)
    assert log.dt <= 0.01 and per_step * log.dt == pytest.approx(steps.interval)
    assert log.n_steps == per_step * len(steps)
    assert np.array_equal(evaluation.poses[per_step - 1 :: per_step], steps.qpos)
    # Between them, the path is as smooth as physics: no sample is a repetition.
    assert (np.abs(np.diff(evaluation.poses[:, 0])) > 0.0).all()
    muscle = batch.walker.layout.muscle_act
    assert log.activation[per_step - 1 :: per_step] == pytest.approx(steps.act[:, muscle])
    assert steps.target == pytest.approx(1.25)


def test_the_walk_is_measured_as_a_reflex_walk_is(evaluation):
    assert evaluation.learned and evaluation.has_exo
    assert evaluation.result.total == pytest.approx(sum(evaluation.result.parts.values()))
    assert evaluation.metrics["time_walked"] == pytest.approx(evaluation.result.walked_time)
    assert evaluation.config.cost.tgt_vel == pytest.approx(1.25)
    assert plot_speed(evaluation) is not None and plot_reward(evaluation) is not None
    if evaluation.curves.empty:
        assert plot_actions(evaluation) is None


def test_gait_data_hold_every_channel_in_the_published_form(evaluation):
    content = json.loads(json.dumps(collect_gait_data(evaluation)))
    model, length = evaluation.walker.model, len(evaluation.steps)
    series = content["series_data"]
    assert content["metadata"]["data_length"] == length
    assert set(series["joint_data"]) == {model.joint(i).name for i in range(model.njnt)}
    knee = model.joint("knee_angle_r").qposadr[0]
    assert np.ravel(series["joint_data"]["knee_angle_r"]["qpos"]) == pytest.approx(evaluation.steps.qpos[:, knee])
    assert series["actuator_data"]["soleus_r"].keys() == {"force", "velocity", "ctrl", "activation"}
    assert "activation" not in series["actuator_data"]["Exo_R"]
    assert len(series["physics_data"]["contacts"]["data"]) == length
    contact = next(item for step in series["physics_data"]["contacts"]["data"] for item in step)
    assert contact.keys() == {"pos", "force", "torque", "geom1", "geom2"} and contact["force"][0] >= 0.0
    assert np.array(series["target_data"]["target_velocity"]).shape == (length, 1)


def test_walks_from_many_starts(config, tmp_path):
    batch = WalkBatch(config, 3, 0, evaluation=True)
    table = measure_robustness(batch, Quiet(), [1.0, 1.25], walk_time=1.5)
    assert table.survived.shape == (2, 3) and not table.passed.any()
    # The first start is that of `roll_out`; the distance is the walked one.
    alone = roll_out(
        WalkBatch(config, 1, 0, evaluation=True),
        Quiet(),
        EvaluationEntry(min_target_velocity=1.25, max_target_velocity=1.25),
    )
    assert table.survived[1, 0] == pytest.approx(len(alone.steps) * alone.steps.interval)
    way = alone.steps.qpos[-2, 0] / ((len(alone.steps) - 1) * alone.steps.interval)
    assert table.speed[1, 0] == pytest.approx(way)
    write_robustness(tmp_path / "table.csv", table)
    assert len((tmp_path / "table.csv").read_text().splitlines()) == 7
    assert len(plot_robustness(table).axes) == 2
    batch.close()


def test_a_live_walk_goes_on_after_a_fall_and_can_be_looked_at_again(batch):
    live = LiveWalk(batch, RandomPolicy(24, 0), ENTRY)
    live.place(live.duration)
    assert live.episodes > 1
    last = live.data.qpos.copy()
    live.place(0.0)
    assert not np.array_equal(last, live.data.qpos)
    live.place(1e9)
    assert np.array_equal(last, live.data.qpos)


def test_a_watched_batch_shows_where_the_training_is(batch):
    batch.reset(np.array([5]))
    view = WatchedBatch(batch)
    before = view.data.qpos.copy()
    batch.step(Quiet().act(batch.obs))
    view.place(0.0)
    assert np.array_equal(view.data.qpos, batch.datas[0].qpos) and not np.array_equal(before, view.data.qpos)
    assert mujoco.mj_id2name(view.model, mujoco.mjtObj.mjOBJ_BODY, view.pelvis)


def test_a_training_is_served_to_a_browser_as_long_as_it_lasts(batch, capsys):
    pytest.importorskip("mjviser")
    batch.reset(np.array([5]))
    with watch_training(batch, port=18120):
        url = next(word for word in capsys.readouterr().out.split() if word.startswith("http"))
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.status == 200
        batch.step(Quiet().act(batch.obs))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=3)


def test_a_policy_of_other_channels_is_refused(batch):
    names = [*batch.observation_names[:-1], "qpos/elbow"]
    file = PolicyFile("p.zip", {}, {"observation_names": names, "action_names": list(batch.action_names)}, 0, {})
    with pytest.raises(LayoutError, match="qpos/elbow"):
        make_policy(file, batch)


def test_speeds_and_sides():
    assert choose_speeds(1.25, 1.25) == [1.25]
    assert choose_speeds(0.5, 1.5) == pytest.approx([0.5, 0.75, 1.0, 1.25, 1.5])
    assert [split_side(name) for name in ("soleus_l", "Exo_R", "motor")] == [("soleus", 1), ("Exo", 0), ("motor", None)]
