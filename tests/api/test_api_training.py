"""Trainings of policies out of Python: what callbacks are told, stops, Ctrl-C, and the same rows as without them."""

import math
import signal
from pathlib import Path

import pandas as pd
import pytest

import myoassist as ma

WORDS = ["exp=rl_test", "env.num_envs=2", "rl.threads=1", "rl.total_timesteps=96"]
WORDS += ["rl.ppo_params.n_steps=16", "rl.ppo_params.batch_size=32", "rl.ppo_params.n_epochs=1"]
WORDS += ["rl.logger_params.evaluate_frequency=1"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


def rows(folder, name="history.csv"):
    return (Path(folder) / name).read_text().splitlines()


@pytest.mark.long
def test_a_training_tells_every_rollout_and_every_evaluation(here):
    told, judged = [], []
    run = ma.train_policy(ma.compose(*WORDS, "logdir=told"), told.append, judged.append)
    history = run.history
    assert [item.number for item in told] == list(range(1, len(history) + 1)) == [1, 2, 3]
    assert [item.steps for item in told] == list(history["steps"]) == [32, 64, 96]
    assert {item.limit for item in told} == {96}
    assert [item.episodes for item in told] == list(history["episodes"])
    lengths = history["episode_length"]
    assert [item.episode_length for item in told] == pytest.approx(list(lengths), nan_ok=True)
    assert [math.isnan(item.episode_return) for item in told] == list(history["return"].isna())
    for name in told[0].rewards:
        assert [item.rewards[name] for item in told] == pytest.approx(list(history[f"reward/{name}"]))
    assert [item.update["loss"] for item in told] == pytest.approx(list(history["loss"]))
    table = pd.read_csv(run.folder / "evaluations.csv")
    assert [item.steps for item in judged] == list(table["steps"])
    # The last policy is judged too, which is known after the last rollout only.
    assert judged[-1].steps == 96
    assert [item.score for item in judged] == pytest.approx(list(table["score"]))
    assert run.status["fitness"] == pytest.approx(max(item.score for item in judged), abs=0.01)
    assert told[-1].best is None or told[-1].best in judged
    ma.train_policy(ma.compose(*WORDS, "logdir=plain"))
    assert rows("told") == rows("plain") and rows("told", "evaluations.csv") == rows("plain", "evaluations.csv")


def _return_true(rollout):
    return rollout.number == 2


def _raise(rollout):
    if rollout.number == 2:
        raise ma.StopSearch


def _interrupt(rollout):
    if rollout.number == 2:
        signal.raise_signal(signal.SIGINT)


LONG = [pytest.param(stop, marks=pytest.mark.long) for stop in (_return_true, _raise)]


@pytest.mark.long
@pytest.mark.parametrize("stop", [_interrupt, *LONG])
def test_a_training_that_is_stopped_goes_on_as_if_it_had_not_been(stop, here, capsys):
    before = signal.getsignal(signal.SIGINT)
    config = ma.compose(*WORDS, "logdir=stopped")
    run = ma.train_policy(config, stop)
    assert run.status["status"] == "interrupted" and run.status["rollouts"] == 2 and len(run.history) == 2
    assert "the same command continues" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before
    numbers = []
    run = ma.train_policy(config, lambda rollout: numbers.append(rollout.number))
    assert run.status["status"] == "finished" and numbers == [3]
    ma.train_policy(ma.compose(*WORDS, "logdir=whole"))
    assert rows("stopped") == rows("whole")


@pytest.mark.long
def test_an_evaluation_stops_a_training(here):
    judged = []
    words = [word.replace("total_timesteps=96", "total_timesteps=64000") for word in WORDS]

    def enough(evaluation):
        judged.append(evaluation)
        return True

    run = ma.train_policy(ma.compose(*words, "logdir=run"), evaluated=enough)
    assert run.status["status"] == "interrupted" and run.status["steps"] < 64000
    assert len(judged) >= 1 and run.status["fitness"] == pytest.approx(judged[-1].score)


@pytest.mark.long
def test_an_error_of_a_callback_is_raised_and_the_run_goes_on(here):
    def fail(rollout):
        if rollout.number == 2:
            raise ZeroDivisionError("mine")

    config = ma.compose(*WORDS, "logdir=run")
    with pytest.raises(ZeroDivisionError, match="mine"):
        ma.train_policy(config, fail)
    assert ma.train_policy(config).status["status"] == "finished"
    ma.train_policy(ma.compose(*WORDS, "logdir=whole"))
    assert rows("run") == rows("whole")
