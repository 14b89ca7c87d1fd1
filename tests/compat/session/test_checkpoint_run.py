"""Published checkpoints: nothing in them is run, sizes are checked, and they walk on a published model file."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest
import torch as th

from myoassist import cli
from myoassist.analysis.policy.evaluation import make_policy
from myoassist.compat.session.checkpoint_run import is_session_folder, open_session
from myoassist.files.errors import LayoutError, UnsafeFileError
from myoassist.rl.algorithms.registry import new_learner
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.vec_measure import make_vec_env
from myoassist.rl.policy.design import policy_params, route_batch
from myoassist.rl.policy.file import PolicyFile, read_policy
from myoassist.rl.policy.mirror import MirrorLoss
from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.policy.policy import routing_of
from myoassist.rl.policy.source import load_policy, load_transfer
from myoassist.rl.train.transfer import apply_transfer, check_tensors
from tests.compat.published_model import write_model
from tests.compat.published_rl import (
    PARAMS,
    POSITIONS,
    SENSORS,
    STEPS,
    VELOCITIES,
    make_tensors,
    write_checkpoint,
    write_session,
)


@pytest.fixture
def session(tmp_path):
    return write_session(tmp_path / "train_session_1")


def forward(tensors, name, values):
    """Linear and tanh in turn, as the published networks are."""
    for place in (0, 2, 4):
        prefix = f"policy_network.{name}.{place}"
        values = np.tanh(tensors[f"{prefix}.weight"].numpy() @ values + tensors[f"{prefix}.bias"].numpy())
    return values


def published_action(tensors, observation):
    human = forward(tensors, "human_policy_net", observation)
    exo = forward(tensors, "exo_policy_net", observation[[0, 1, 8, 9]])
    return np.concatenate([human, exo])


def test_the_pickled_class_in_the_header_is_never_made(session, tmp_path):
    bomb = tmp_path / "bomb"
    path = write_checkpoint(session, bomb)
    with pytest.raises(UnsafeFileError, match=r"rl\.trust_checkpoint=true"):
        load_policy(path, trusted=False)
    policy = load_policy(path, trusted=True)
    assert policy.num_timesteps == STEPS and policy.params["net_arch"] == PARAMS["net_arch"] and not policy.whole
    assert not bomb.exists()


def test_a_published_policy_acts_by_places(session, tmp_path):
    policy = read_policy(write_checkpoint(session, tmp_path / "bomb"))
    acting = NumpyPolicy(policy.tensors, routing_of(policy.params, 44, 24, policy.whole), policy.whole)
    observations = np.random.default_rng(0).normal(size=(3, 44)).astype(np.float32)
    expected = np.array([published_action(make_tensors(), row) for row in observations])
    np.testing.assert_allclose(acting.act(observations), expected, atol=1e-6)


def test_other_sizes_and_broken_values_are_refused(session, tmp_path):
    policy = read_policy(write_checkpoint(session, tmp_path / "bomb", make_tensors(exo_inputs=5)))
    with pytest.raises(LayoutError, match=r"exo_policy_net\.0 has weights of shape \(8, 5\)"):
        NumpyPolicy(policy.tensors, routing_of(policy.params, 44, 24, False))
    with pytest.raises(LayoutError, match="no net_arch and no net_indexing_info"):
        routing_of({}, 44, 24, False)
    tensors = make_tensors()
    tensors["log_std"][3] = th.nan
    with pytest.raises(UnsafeFileError, match="log_std is not finite"):
        read_policy(write_checkpoint(session, tmp_path / "bomb", tensors))


def test_a_session_folder_is_told_from_a_run(session, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert is_session_folder("train_session_1") and not is_session_folder("elsewhere") and not is_session_folder(None)
    path = write_checkpoint(session, tmp_path / "bomb")
    run = open_session("train_session_1", None, ["env.min_target_velocity=1.0", "env.max_target_velocity=1.0"])
    assert run.path.samefile(path) and run.config.env.min_target_velocity == 1.0
    # Nothing of ours is written into the folder of others.
    assert run.folder.name == "session_train_session_1" and session not in run.folder.resolve().parents
    assert "short_reference_gait.npz" in capsys.readouterr().out
    (session / "config.yaml").write_text("task: rl")
    assert not is_session_folder("train_session_1")


def make_config(session, model):
    overrides = [
        "model=custom",
        f"model.path={model.as_posix()}",
        "model.trust_path=true",
        "rl.trust_checkpoint=true",
        "env.num_envs=2",
        "rl.ppo_params.n_steps=8",
        "rl.ppo_params.batch_size=16",
    ]
    return open_session(str(session), None, overrides).config


def observe(model, data):
    """The published observation, written once more from its description."""
    weight = model.body_mass.sum() * 9.81
    parts = [data.qpos[[model.joint(name).qposadr[0] for name in POSITIONS]]]
    parts.append(data.qvel[[model.joint(name).dofadr[0] for name in VELOCITIES]])
    parts.append(data.act)
    parts.append(np.array([data.sensordata[model.sensor(name).adr[0]] for name in SENSORS]) / weight)
    return np.concatenate([*parts, [1.25]]).astype(np.float32)


@pytest.mark.long
def test_two_seconds_on_a_published_model_are_those_of_the_published_loop(session, tmp_path):
    file = write_model(tmp_path)
    path = write_checkpoint(session, tmp_path / "bomb")
    config = make_config(session, file)
    batch = WalkBatch(config, 1, 0, evaluation=True)
    assert len(batch.observation_names) == 44 and len(batch.action_names) == 24
    policy = make_policy(load_policy(path, config.rl.trust_checkpoint), batch)
    batch.set_target("UNIFORM", 0.0, 1.25, 1.25, 1.25, 5.0)
    observations = batch.reset(np.array([0]))

    model = mujoco.MjModel.from_xml_path(str(file))
    model.opt.timestep = 1.0 / 1200.0
    lean = np.array([1.0, 0.0, 0.0, -0.13])
    model.body_quat[model.body("torso").id] = lean / np.linalg.norm(lean)
    model.geom_pos[model.geom("terrain").id, 2] = 0.0
    data, low, high = mujoco.MjData(model), *model.actuator_ctrlrange.T
    data.qpos, data.qvel, data.act = batch.datas[0].qpos, batch.datas[0].qvel, batch.datas[0].act
    mujoco.mj_forward(model, data)
    tensors, compared = make_tensors(), 0
    for step in range(60):
        if compared == step:
            seen = observe(model, data)
            np.testing.assert_allclose(observations[0], seen, atol=1e-4)
            action = published_action(tensors, seen)
            np.testing.assert_allclose(policy.act(observations)[0], action, atol=1e-4)
            data.ctrl = (high + low) / 2 + np.clip(action, -1, 1) * (high - low) / 2
            mujoco.mj_step(model, data, 40)
            mujoco.mj_forward(model, data)
        batch.step(policy.act(observations))
        assert np.isfinite(batch.obs).all()
        observations = batch.obs
        compared += int(compared == step and not batch.ended[0])
    assert compared >= 10


@pytest.mark.long
def test_training_goes_on_from_a_published_policy(session, tmp_path):
    path = write_checkpoint(session, tmp_path / "bomb")
    config = make_config(session, write_model(tmp_path))
    config.env.prev_trained_policy_path = str(path)
    config.env.device_ctrl_scale = 0.5
    venv, batch = make_vec_env(config, 1)
    learner = new_learner(config, venv, policy_params(config, route_batch(config, batch), None))
    apply_transfer(load_transfer(config), learner, config)
    algorithm = learner.model
    assert algorithm.num_timesteps == STEPS
    observations = np.array(venv.reset())
    expected = [np.clip(published_action(make_tensors(), row), -1, 1) for row in observations]
    np.testing.assert_allclose(algorithm.predict(observations, deterministic=True)[0], expected, atol=1e-5)
    algorithm.learn(16, reset_num_timesteps=False)
    assert algorithm.num_timesteps == STEPS + 16
    # The exo has half of its range, -1 to 0, and its effort counts as a part of that.
    assert list(batch.task.control_mid[22:]) == [-0.25, -0.25] and list(batch.task.control_half[22:]) == [0.25, 0.25]
    assert list(batch.task.device_scale) == [2.0, 2.0] and (batch.task.control_half[:22] == 0.5).all()
    logged = MirrorLoss(algorithm.policy.routing, 0.1, 0.5).learn(algorithm, 16)
    assert logged["mirror_loss_weighted"] == pytest.approx(0.1 * logged["mirror_loss"])
    parts = 22 * logged["mirror_loss_muscles"] + 2 * logged["mirror_loss_device"]
    assert parts == pytest.approx(24 * logged["mirror_loss"], rel=1e-4) and parts > 0.0
    assert 0.0 < logged["mirror_gradient_device"] < 1.0
    venv.close()


def test_both_sides_of_a_shared_network_are_the_same():
    names = [f"policy_network.exo_policy_net_{side}.0.bias" for side in ("right", "left")]
    wanted = dict.fromkeys(names, (2,))
    same = PolicyFile("some.zip", dict.fromkeys(names, np.ones(2)), {}, 0, None)
    check_tensors(same, wanted)
    with pytest.raises(LayoutError, match="whose weights it shares"):
        check_tensors(replace(same, tensors={names[0]: np.ones(2), names[1]: np.zeros(2)}), wanted)


def test_evaluating_without_trust_is_refused_before_anything_is_built(session, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_checkpoint(session, tmp_path / "bomb")
    assert cli.main(["eval", "run=train_session_1", "env.render_modes=[]"]) == 2
    assert "rl.trust_checkpoint=true" in capsys.readouterr().err
    assert not (tmp_path / "bomb").exists()
