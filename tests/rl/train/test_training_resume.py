"""Trainings that were stopped, killed or extended go on as if nothing had happened."""

import csv
import json
import signal
import time

import numpy as np
import pytest
from stable_baselines3 import PPO

from myoassist.rl.policy.file import read_policy
from myoassist.runs.catalogue import read_status
from myoassist.runs.policy_files import list_models
from myoassist.train import train
from tests.rl.small_runs import compose_small, start_training

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        score = train(compose_small("logdir=run"))
    return folder / "run", score


def final_tensors(run):
    return read_policy(list_models(run)[-1][1]).tensors


def assert_same(run, other):
    assert (run / "history.csv").read_bytes() == (other / "history.csv").read_bytes()
    assert (run / "evaluations.csv").read_bytes() == (other / "evaluations.csv").read_bytes()
    tensors, others = final_tensors(run), final_tensors(other)
    assert all(np.array_equal(tensors[name], others[name]) for name in others)


def test_the_folder_holds_everything(undisturbed):
    run, score = undisturbed
    status = read_status(run)
    assert status["status"] == "finished" and status["steps"] == 256 and status["fitness"] == score
    assert 0.0 < score <= 1.0
    with (run / "history.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["steps"]) for row in rows] == [64, 128, 192, 256]
    parts = [float(rows[0][key]) for key in rows[0] if key.startswith("reward/")]
    assert parts and np.isfinite(parts).all()
    assert float(rows[0]["learning_rate"]) == 1e-4
    records = json.loads((run / "train_log.json").read_text())["log_datas"]
    assert [record["num_timesteps"] for record in records] == [64, 128, 192, 256]
    assert records[0]["approx_kl"] == -1 and records[1]["approx_kl"] == float(rows[0]["approx_kl"])
    session = json.loads((run / "session_config.json").read_text())
    assert session["env_params"]["control_framerate"] == 30.0 and session["ppo_params"]["n_steps"] == 16
    assert list((run / "tensorboard").glob("events.out.tfevents.*"))
    for text in (run / "session_config.json", run / "status.json", run / "train_log.json"):
        assert str(run.parent) not in text.read_text()
    best = read_policy(run / "best_model.zip")
    assert best.note["evaluation"]["score"] == score
    assert PPO.load(run / "best_model.zip", device="cpu").num_timesteps == best.num_timesteps


def test_an_extended_run_equals_a_long_one(undisturbed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    train(compose_small("logdir=run", "rl.total_timesteps=100"))
    train(compose_small("logdir=run"))
    assert "Extending the finished run" in capsys.readouterr().out
    assert (tmp_path / "run" / "history.csv").read_bytes() == (undisturbed[0] / "history.csv").read_bytes()
    tensors = final_tensors(undisturbed[0])
    assert all(np.array_equal(value, tensors[name]) for name, value in final_tensors(tmp_path / "run").items())


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_or_killed_run_goes_on(undisturbed, tmp_path, monkeypatch, sent):
    process = start_training(tmp_path, "logdir=run")
    deadline = time.monotonic() + 1200.0
    while read_status(tmp_path / "run").get("steps", 0) < 64 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(sent)
    output, _ = process.communicate(timeout=600)
    if sent == signal.SIGTERM:
        assert process.returncode == 143, output
        assert "the same command continues" in output
        assert read_status(tmp_path / "run")["status"] == "interrupted"
    monkeypatch.chdir(tmp_path)
    train(compose_small("logdir=run"))
    assert read_status(tmp_path / "run")["status"] == "finished"
    assert_same(tmp_path / "run", undisturbed[0])


def test_a_damaged_checkpoint_falls_back_to_the_one_before(undisturbed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(compose_small("logdir=run", "rl.total_timesteps=192"))
    path = tmp_path / "run" / "checkpoint.bin"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.warns(UserWarning, match="damaged|checksum"):
        train(compose_small("logdir=run"))
    assert (tmp_path / "run" / "history.csv").read_bytes() == (undisturbed[0] / "history.csv").read_bytes()


def test_going_on_from_a_policy_adds_steps(undisturbed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(compose_small("logdir=run", f"env.prev_trained_policy_path={undisturbed[0]}", "rl.total_timesteps=64"))
    status = read_status(tmp_path / "run")
    best = read_policy(undisturbed[0] / "best_model.zip").num_timesteps
    assert status["first_steps"] == best and status["steps"] == best + 64


def test_a_training_with_symmetry_and_a2c(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(compose_small("logdir=mirror", "rl.total_timesteps=64", "rl.ppo_params.mirror_coef=0.1"))
    assert read_status(tmp_path / "mirror")["status"] == "finished"
    ppo = ("batch_size=8192", "n_epochs=30")
    defaults = [f"rl.ppo_params.{item}" for item in ppo]
    train(compose_small("logdir=a2c", "rl.total_timesteps=64", "rl.algorithm=a2c", *defaults))
    assert read_status(tmp_path / "a2c")["steps"] == 64
