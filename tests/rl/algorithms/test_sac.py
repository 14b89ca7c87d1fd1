"""Soft actor-critic: the networks, the promises of every algorithm, what is refused, and a training that goes on."""

import csv
import json

import numpy as np
import pytest
import torch as th
from gymnasium import spaces

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.learner import ALGORITHMS
from myoassist.files.errors import ConfigError
from myoassist.rl.algorithms.registry import LEARNERS
from myoassist.rl.algorithms.sac_policy import RoutedSacPolicy
from myoassist.rl.policy.file import dump_policy, read_policy
from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.policy.policy import routing_of
from myoassist.runs.catalogue import read_status
from myoassist.runs.policy_files import list_models
from myoassist.train import train
from tests.rl.pendulum_training import params

SMALL = (
    "exp=rl_test",
    "rl=sac",
    "env.num_envs=4",
    "env.physics_sim_framerate=510",
    "rl.threads=1",
    "rl.sac_params.n_steps=8",
    "rl.sac_params.gradient_steps=4",
    "rl.sac_params.batch_size=32",
    "rl.sac_params.buffer_size=96",
    "rl.sac_params.learning_starts=64",
    "rl.logger_params.checkpoint_frequency=1",
    "rl.logger_params.evaluate_frequency=0",
    "rl.logger_params.logging_frequency=2",
)


def make_policy(**changes):
    th.manual_seed(3)
    observations = spaces.Box(-10.0, 10.0, (4,), np.float32)
    return RoutedSacPolicy(
        observations,
        spaces.Box(-1.0, 1.0, (1,), np.float32),
        lambda _: 3e-4,
        custom_policy_params=params(start_action=[-0.5], **changes),
    )


def test_every_algorithm_is_registered():
    assert {name: kind.name for name, kind in LEARNERS.items()} == {name: name for name in ALGORITHMS}


def test_log_probabilities_are_those_of_a_squashed_gaussian():
    policy = make_policy()
    observations = th.randn(2000, 4)
    actions, log_prob = policy.actor.action_log_prob(observations)
    walker = policy.actor.walker
    raw = th.atanh(actions.double().clamp(-1 + 1e-9, 1 - 1e-9))
    mean = th.atanh(walker.policy_network.mean(observations).double())
    normal = th.distributions.Normal(mean, walker.log_std.double().exp())
    expected = normal.log_prob(raw).sum(-1) - th.log(1.0 - actions.double() ** 2).sum(-1)
    inner = (actions.abs() < 0.99).all(-1)
    assert inner.sum() > 1000
    np.testing.assert_allclose(log_prob[inner].detach(), expected[inner].detach(), atol=1e-3)


def test_constants_are_exact_and_have_no_probability():
    info = params()["net_indexing_info"]
    info["exo_actor"]["action"] = [
        {"type": "names", "names": ["a"]},
        {"type": "constant_names", "names": ["b"], "default_value": 0.3},
    ]
    policy = RoutedSacPolicy(
        spaces.Box(-10.0, 10.0, (4,), np.float32),
        spaces.Box(-1.0, 1.0, (2,), np.float32),
        lambda _: 3e-4,
        custom_policy_params=params(net_indexing_info=info, action_names=["a", "b"]),
    )
    observations = th.randn(50, 4)
    actions, log_prob = policy.actor.action_log_prob(observations)
    assert (actions[:, 1] == np.float32(0.3)).all() and actions[:, 0].std() > 0.0
    chosen, _ = policy.predict(observations.numpy(), deterministic=False)
    assert (chosen[:, 1] == np.float32(0.3)).all()
    assert log_prob.shape == (50,) and th.isfinite(log_prob).all()


def test_a_file_of_its_policy_is_read_like_any_other(tmp_path):
    policy = make_policy()
    path = tmp_path / "policy.zip"
    path.write_bytes(dump_policy(policy.actor.walker, 12, {"algorithm": "sac"}))
    file = read_policy(path)
    assert (file.num_timesteps, file.note["algorithm"]) == (12, "sac")
    numpy_policy = NumpyPolicy(file.tensors, routing_of(file.params, 4, 1, file.whole), file.whole)
    observations = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    expected = policy.predict(observations, deterministic=True)[0]
    np.testing.assert_allclose(numpy_policy.act(observations), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["rl=sac", "rl.ppo_params.mirror_coef=0.1"], "rl.ppo_params.mirror_coef=0 (or rl=ppo)"),
        (["rl=sac", "rl.sac_params.buffer_size=100"], "rl.sac_params.buffer_size=2000"),
        (["rl=sac", "env.num_envs=64", "rl.sac_params.n_steps=4096"], "give a rollout of 262144"),
        (["rl=sac", "rl.sac_params.ent_coef=0.1", "rl.sac_params.target_entropy=-3"], "rl.sac_params.ent_coef=null"),
        (["rl.sac_params.tau=0.1"], "rl.algorithm=sac, which alone reads rl.sac_params"),
        (["rl.algorithm=SAC"], "rl.algorithm=sac"),
    ],
)
def test_what_does_not_fit_is_refused(overrides, words):
    with pytest.raises(ConfigError) as caught:
        check(compose_run(["exp=rl_test", *overrides]).config)
    assert words in str(caught.value)


@pytest.mark.long
def test_an_extended_training_equals_a_long_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(compose_run([*SMALL, "logdir=whole", "rl.total_timesteps=192"]))
    # Once before the memory is full and once after.
    for steps in (64, 128, 192):
        train(compose_run([*SMALL, "logdir=parts", f"rl.total_timesteps={steps}"]))
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert read_status(parts)["steps"] == 192
    assert (whole / "history.csv").read_bytes() == (parts / "history.csv").read_bytes()
    with (whole / "history.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["n_updates"] for row in rows] == ["", "4", "8", "12", "16", "20"]
    assert all(np.isfinite(float(rows[-1][key])) for key in LEARNERS["sac"].update_keys)
    tensors, others = (read_policy(list_models(run)[-1][1]).tensors for run in (whole, parts))
    assert all(np.array_equal(value, others[name]) for name, value in tensors.items())
    session = json.loads((whole / "session_config.json").read_text())
    assert session["sac_params"]["n_steps"] == 8
    # What it learned is a policy like any other: PPO goes on from it.
    ppo = ["exp=rl_test", *SMALL[2:5], "rl.ppo_params.n_steps=16", "rl.ppo_params.batch_size=64"]
    start = f"env.prev_trained_policy_path={list_models(whole)[-1][1].as_posix()}"
    train(compose_run([*ppo, "rl.total_timesteps=64", start, "logdir=ppo"]))
    assert read_status(tmp_path / "ppo")["first_steps"] == 192
