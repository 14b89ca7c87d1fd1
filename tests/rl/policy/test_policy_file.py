"""Policy files: what `PPO.load` reads, what is refused, going on from one."""

import io
import json
import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch as th
from stable_baselines3 import PPO

from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError, LayoutError, UnsafeFileError
from myoassist.rl.algorithms.ppo import PpoLearner
from myoassist.rl.policy.file import NOTE_NAME, add_note, dump_model, read_policy
from myoassist.rl.policy.source import find_policy_file, load_policy
from myoassist.rl.train.transfer import apply_transfer
from myoassist.runs.policy_files import list_models, model_path, newest_policy, prune_models
from tests.rl.pendulum_training import make_pendulum


@pytest.fixture(scope="module")
def trained():
    algorithm = make_pendulum()
    algorithm.learn(128)
    return algorithm


@pytest.fixture
def file(trained, tmp_path):
    path = tmp_path / "model.zip"
    path.write_bytes(dump_model(trained, {"algorithm": "ppo"}))
    return path


def tensors_of(algorithm):
    return {name: tensor.numpy().copy() for name, tensor in algorithm.policy.state_dict().items()}


def test_stable_baselines_loads_it(trained, file):
    loaded = PPO.load(file, device="cpu")
    observations = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    assert np.array_equal(
        loaded.predict(observations, deterministic=True)[0], trained.predict(observations, deterministic=True)[0]
    )
    assert loaded.num_timesteps == trained.num_timesteps


def test_tensors_parameters_and_steps_come_back(trained, file):
    policy = read_policy(file)
    for name, value in tensors_of(trained).items():
        assert np.array_equal(policy.tensors[name], value)
    assert policy.num_timesteps == 128 and not policy.whole
    assert policy.params["net_arch"] == {"exo_actor": [8], "common_critic": [8]}
    file.write_bytes(add_note(file.read_bytes(), evaluation={"score": 0.5}))
    again = read_policy(file)
    assert again.note["evaluation"] == {"score": 0.5} and again.note["algorithm"] == "ppo"
    assert PPO.load(file, device="cpu").num_timesteps == 128


def rewrite(path, **members):
    """Replace members of a zip; None removes one."""
    names = {"note": NOTE_NAME, "tensors": "policy.pth", "data": "data"}
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content |= {names[key]: value for key, value in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            if value is not None:
                archive.writestr(name, value)


def test_files_of_others_need_trust_and_are_read_from_their_own_header(file):
    rewrite(file, note=None)
    with pytest.raises(UnsafeFileError, match=r"rl\.trust_checkpoint=true"):
        load_policy(file, trusted=False)
    policy = load_policy(file, trusted=True)
    assert policy.note is None and policy.num_timesteps == 128
    assert policy.params["net_arch"] == {"exo_actor": [8], "common_critic": [8]}


class _Bomb:
    def __reduce__(self):
        return (open, ("bomb_went_off", "w"))


def test_nothing_in_a_file_is_run(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stream = io.BytesIO()
    th.save({"log_std": _Bomb()}, stream)
    rewrite(file, tensors=stream.getvalue())
    with pytest.raises(UnsafeFileError, match="tensors alone"):
        read_policy(file)
    rewrite(file, tensors=pickle.dumps(_Bomb()))
    with pytest.raises(UnsafeFileError, match="tensors alone"):
        read_policy(file)
    assert not (tmp_path / "bomb_went_off").exists()


def test_a_bomb_in_the_header_is_not_looked_at(trained, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    header = {"policy_class": {":type:": "x", ":serialized:": "gASV"}, "num_timesteps": 7}
    rewrite(file, data=json.dumps(header), note=None)
    assert read_policy(file).num_timesteps == 7


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"x" * 100])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    with pytest.raises(UnsafeFileError):
        read_policy(path)
    with pytest.raises(UnsafeFileError, match="cannot be read"):
        read_policy(tmp_path / "missing.zip")


def config(**flags):
    run = RunConfig()
    for name, value in flags.items():
        setattr(run.rl.policy_params.custom_policy_params, name, value)
    return run


def test_going_on_takes_tensors_and_counter_with_a_fresh_optimizer(trained, file):
    algorithm = make_pendulum(seed=9)
    apply_transfer(read_policy(file), PpoLearner(algorithm), config())
    assert algorithm.num_timesteps == 128
    for name, value in tensors_of(trained).items():
        assert np.array_equal(algorithm.policy.state_dict()[name].numpy(), value)
    assert not algorithm.policy.optimizer.state
    algorithm.learn(64, reset_num_timesteps=False)
    assert algorithm.num_timesteps == 192


@pytest.mark.parametrize(
    ("flag", "fresh"), [("reset_policy_net_after_load", "exo_"), ("reset_value_net_after_load", "value_")]
)
def test_reset_networks_are_new_and_learn(trained, file, flag, fresh):
    algorithm = make_pendulum(seed=9)
    apply_transfer(read_policy(file), PpoLearner(algorithm), config(**{flag: True}))
    before = tensors_of(algorithm)
    for name, value in tensors_of(trained).items():
        drawn = f"policy_network.{fresh}" in name and name.endswith("weight")
        assert np.array_equal(before[name], value) != drawn or "bias" in name
    algorithm.learn(64, reset_num_timesteps=False)
    after = tensors_of(algorithm)
    assert all(not np.array_equal(after[name], before[name]) for name in before)


def test_other_sizes_are_refused_naming_both(file):
    algorithm = make_pendulum(net_arch={"exo_actor": [6], "common_critic": [8]})
    with pytest.raises(
        LayoutError, match=r"exo_policy_net\.0\.weight is of shape \(8, 4\), here it is of shape \(6, 4\)"
    ):
        apply_transfer(read_policy(file), PpoLearner(algorithm), config())
    lacking = replace(read_policy(file), tensors={"log_std": np.zeros(1)})
    with pytest.raises(LayoutError, match=r"value_net\.0\.bias is not there"):
        apply_transfer(lacking, PpoLearner(algorithm), config())


def test_folders_stand_for_their_best_policy(tmp_path):
    (tmp_path / "trained_models").mkdir()
    with pytest.raises(ConfigError, match="no trained policy"):
        find_policy_file(tmp_path)
    for steps in (64, 128, 1024):
        model_path(tmp_path, steps).write_bytes(b"x")
    assert find_policy_file(tmp_path).name == "model_1024.zip"
    prune_models(tmp_path, 1, needed=[64])
    assert [steps for steps, _ in list_models(tmp_path)] == [64, 1024]
    (tmp_path / "best_model.zip").write_bytes(b"x")
    assert newest_policy(tmp_path).name == "best_model.zip"
    (tmp_path / "policy.zip").write_bytes(b"x")
    assert find_policy_file(tmp_path).name == "policy.zip"
