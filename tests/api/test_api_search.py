"""Searches out of Python: callbacks, stops, Ctrl-C, and the same bytes as the command."""

import signal
import sys
from pathlib import Path

import pytest

import myoassist as ma
from myoassist import train
from myoassist.files.errors import ResumeError, UserError

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
from walk_runs import TINY, result_bytes

WORDS = ["exp=debug", "overlays=published", *(word for word in TINY if "maxiter" not in word), "optimizer.maxiter=3"]


def open_figures():
    """Return the figures that pyplot holds, also those of other tests in this process."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else pyplot.get_fignums()


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


def test_a_search_tells_every_generation_and_leaves_the_run_of_the_command(here):
    told, before = [], open_figures()
    run = ma.optimize(ma.compose(*WORDS, "logdir=python"), told.append)
    assert train.main([*WORDS, "logdir=command"]) == 0
    assert result_bytes(Path("python")) == result_bytes(Path("command"))
    assert [item.number for item in told] == [1, 2, 3]
    assert [item.evaluations for item in told] == list(run.history["evaluations"])
    assert [item.best for item in told] == pytest.approx(list(run.history["best_so_far"]))
    assert told[0].limit == 3 and len(told[0].totals) == 3
    assert told[-1].best == pytest.approx(sum(told[-1].parts.values()))
    assert told[-1].vector == pytest.approx(run.vector)
    assert run.status["status"] == "finished" and run.name == "python"
    assert len(run.candidates) == 9 and run.candidates["total"].min() == pytest.approx(told[-1].best)
    assert list(run.best["raw"]) == list(run.vector)
    assert run.config.optimizer.maxiter == 3
    figure = run.plot.convergence()
    assert figure._repr_png_()[:4] == b"\x89PNG"
    # A library may have imported it, but none of its figures is ours.
    assert open_figures() == before


def _return_true(generation):
    return generation.number == 2


def _raise(generation):
    if generation.number == 2:
        raise ma.StopSearch


def _interrupt(generation):
    if generation.number == 2:
        signal.raise_signal(signal.SIGINT)


LONG = [pytest.param(stop, marks=pytest.mark.long) for stop in (_return_true, _raise)]


@pytest.mark.long
@pytest.mark.parametrize("stop", [_interrupt, *LONG])
def test_a_search_that_is_stopped_goes_on_as_if_it_had_not_been(stop, here, capsys):
    before = signal.getsignal(signal.SIGINT)
    config = ma.compose(*WORDS, "logdir=stopped")
    run = ma.optimize(config, stop)
    assert run.status["status"] == "interrupted" and run.status["generation"] == 2
    assert list(run.history["generation"]) == [1, 2]
    assert "the same command continues" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before
    assert ma.optimize(config).status["status"] == "finished"
    assert train.main([*WORDS, "logdir=whole"]) == 0
    assert result_bytes(Path("stopped")) == result_bytes(Path("whole"))


@pytest.mark.long
def test_an_error_of_the_callback_is_raised_and_the_run_goes_on(here):
    def fail(generation):
        if generation.number == 2:
            raise ZeroDivisionError("mine")

    config = ma.compose(*WORDS, "logdir=run")
    with pytest.raises(ZeroDivisionError, match="mine"):
        ma.optimize(config, fail)
    assert list(ma.load_run("run").history["generation"])[:1] == [1]
    assert ma.optimize(config).status["generation"] == 3


@pytest.mark.long
def test_a_finished_run_is_extended_and_another_configuration_refused(here):
    config = ma.compose(*WORDS, "logdir=run")
    ma.optimize(config)
    config.optimizer.maxiter = 4
    assert ma.optimize(config).status["generation"] == 4
    with pytest.raises(ResumeError, match="another configuration"):
        ma.optimize(config.change("cost.tgt_vel=1.0"))


@pytest.mark.long
def test_a_run_without_a_generation_says_so(here):
    config = ma.compose(*WORDS, "logdir=run")
    run = ma.optimize(config, lambda _: True)
    for file in (*run.folder.glob("best_parameters.json"), *run.folder.glob("history_*.csv")):
        file.unlink()
    with pytest.raises(UserError, match="there is no best yet"):
        _ = run.best
    with pytest.raises(UserError, match=r"history_generations.csv cannot be read"):
        _ = run.history


@pytest.mark.long
def test_a_pool_and_a_chain_tell_all_their_searches(here):
    words = [word for word in WORDS if "maxiter" not in word]
    config = ma.compose(*words, "optimizer.maxiter=8", "optimizer.members=2", "logdir=pool")
    told = []
    run = ma.optimize(config, lambda item: told.append(item.number))
    assert run.status["status"] == "finished" and told.count(1) == 2 and max(told) > 2, told
    words = [word for word in words if not word.startswith("env.sim_time")]
    chain = ["exp=multispeed", "overlays=published", "cost=kinematics", "optimizer.multi_strategy=chain", *words[2:]]
    chain.append("env.sim_time=0.5")
    config = ma.compose(*chain, "optimizer.maxiter=1", "logdir=chain")
    told = []
    run = ma.optimize(config, lambda item: told.append(item.number))
    assert run.status["status"] == "finished" and len(told) == len(config.optimizer.optim_params), told


@pytest.mark.long
def test_a_grid_returns_its_index_and_a_policy_is_trained(here):
    table = ma.sweep(*WORDS, "seed=0,1", "optimizer.threads=1", "hydra.launcher.max_parallel=1")
    assert list(table["seed"]) == ["0", "1"] and set(table["status"]) == {"finished"}
    assert table["best"][0] == pytest.approx(ma.load_run(table["run"][0]).status["best"])
    with pytest.raises(UserError, match="-m in a grid"):
        ma.sweep("exp=debug", "-m")
    small = ["env.num_envs=2", "rl.ppo_params.n_steps=16", "rl.ppo_params.batch_size=32", "rl.total_timesteps=64"]
    run = ma.train_policy(ma.compose("exp=rl_test", "rl.ppo_params.n_epochs=1", "rl.threads=1", *small))
    assert run.status["status"] == "finished" and len(run.history) == 2
    assert ma.evaluate(run).score.content["plant"] == "published"
