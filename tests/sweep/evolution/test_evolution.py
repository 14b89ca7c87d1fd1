"""Evolutions run, continue exactly, refuse what does not fit, and say why."""

import csv
import json
import pickle
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
import yaml

from myoassist.files.errors import ResumeError, UnsafeFileError
from myoassist.sweep.evolution.store import read_state, write_checkpoint
from tests.sweep.evolution_runs import SMALL, SPACE, cut_journal, evolve, start, table


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert evolve() == 0
    return folder / "evolution"


@pytest.fixture
def copy(undisturbed, tmp_path, monkeypatch):
    """A copy of a finished evolution in the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(undisturbed, "evolution")
    return tmp_path / "evolution"


def rows(folder):
    with (folder / "individuals.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_it_leaves_folders_journal_and_results(undisturbed):
    individuals = rows(undisturbed)
    assert [(row["generation"], row["rank"]) for row in individuals] == [
        (str(generation), str(rank)) for generation in range(3) for rank in range(4)
    ]
    for row in individuals:
        status = json.loads((undisturbed / row["folder"] / "status.json").read_text())
        assert status["status"] == "finished"
        assert float(row["fitness"]) == -status["best"]
    config = yaml.safe_load((undisturbed / "generation_1/rank_2/config.yaml").read_text())
    assert config["seed"] == int(individuals[6]["seed"])
    assert config["exo"]["max_torque"] == float(individuals[6]["exo.max_torque"])
    best = yaml.safe_load((undisturbed / "optimization_results.yaml").read_text())
    assert best["best_evaluated_result"] == max(float(row["fitness"]) for row in individuals)
    assert len({row["seed"] for row in individuals}) == 12


def test_nothing_absolute_is_stored(undisturbed):
    for name in ("evolution.jsonl", "individuals.csv", "optimization_results.yaml", "nevergrad.pkl"):
        assert str(undisturbed.parent).encode() not in (undisturbed / name).read_bytes()


def test_minimize_finds_the_lowest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert evolve("hydra.sweeper.optim.maximize=false", "evo.num_generations=2") == 0
    best = yaml.safe_load(Path("evolution/optimization_results.yaml").read_text())
    assert best["best_evaluated_result"] == min(float(row["fitness"]) for row in rows(tmp_path / "evolution"))
    losses = {float(row["fitness"]): float(row["loss"]) for row in rows(tmp_path / "evolution")}
    assert all(fitness == loss for fitness, loss in losses.items())


@pytest.mark.parametrize("lines", [1, 2, 4, 7, 8, 12])
def test_a_journal_cut_anywhere_is_continued_exactly(copy, undisturbed, lines):
    cut_journal(copy, lines)
    assert evolve() == 0
    assert table(copy) == table(undisturbed)


def test_a_half_written_line_is_dropped_and_said(copy, undisturbed, capsys):
    cut_journal(copy, 5, tail=b'{"event": "resu')
    assert evolve() == 0
    assert "15 bytes were dropped" in capsys.readouterr().out
    assert table(copy) == table(undisturbed)
    assert all(json.loads(line) for line in (copy / "evolution.jsonl").read_text().splitlines())


def test_a_damaged_line_in_the_middle_is_refused(copy, capsys):
    lines = (copy / "evolution.jsonl").read_text().splitlines(keepends=True)
    (copy / "evolution.jsonl").write_text("".join([*lines[:3], "rubbish\n", *lines[4:]]))
    assert evolve() == 2
    assert "line 4 is damaged" in capsys.readouterr().err


@pytest.mark.long
def test_without_checkpoint_and_without_journal_the_other_one_does(copy, undisturbed):
    (copy / "nevergrad.pkl").unlink()
    assert evolve("evo.num_generations=3") == 0
    assert table(copy) == table(undisturbed)
    (copy / "evolution.jsonl").unlink()
    assert evolve() == 0
    assert table(copy) == table(undisturbed)


def test_the_checkpoint_runs_no_code(copy):
    class Harm:
        def __reduce__(self):
            return (print, ("harm",))

    (copy / "nevergrad.pkl").write_bytes(pickle.dumps({"format": 1, "signature": Harm()}))
    with pytest.raises(UnsafeFileError, match="print"):
        read_state(copy / "nevergrad.pkl")


def test_the_checkpoint_is_made_of_the_journal(copy, undisturbed):
    before = (copy / "nevergrad.pkl").read_bytes()
    write_checkpoint(copy)
    assert (copy / "nevergrad.pkl").read_bytes() == before
    state, truth = read_state(copy / "nevergrad.pkl"), read_state(copy)
    assert [vars(item) for item in state.individuals] == [vars(item) for item in truth.individuals]
    assert (state.told, state.sessions, state.fixed) == (truth.told, truth.sessions, truth.fixed)


def test_a_checkpoint_that_differs_from_its_journal_is_refused(copy):
    content = pickle.loads((copy / "nevergrad.pkl").read_bytes())
    content["individuals"][2]["fitness"] += 1.0
    (copy / "nevergrad.pkl").write_bytes(pickle.dumps(content, protocol=4))
    with pytest.raises(ResumeError, match=r"differ in job 2") as caught:
        read_state(copy / "nevergrad.pkl")
    assert "evolution.jsonl is the truth" in caught.value.remedy
    # The folder goes on with its journal.
    assert read_state(copy).individuals[2].fitness == content["individuals"][2]["fitness"] - 1.0
    content["signature"]["seed"] = 1000
    (copy / "nevergrad.pkl").write_bytes(pickle.dumps(content, protocol=4))
    with pytest.raises(ResumeError, match="the settings, job 2"):
        read_state(copy / "nevergrad.pkl")
    # On its own it is all there is.
    (copy / "evolution.jsonl").unlink()
    assert read_state(copy / "nevergrad.pkl").signature["seed"] == 1000


def test_results_of_runs_that_ended_alone_are_collected(copy, undisturbed):
    # Announcement of the last generation, but no results: the runs themselves have finished.
    announced = [
        number
        for number, line in enumerate((copy / "evolution.jsonl").read_text().splitlines(), start=1)
        if '"event": "ask", "generation": 2' in line
    ]
    cut_journal(copy, announced[0])
    before = (copy / "generation_2/rank_1/status.json").read_bytes()
    assert evolve() == 0
    assert (copy / "generation_2/rank_1/status.json").read_bytes() == before
    assert table(copy) == table(undisturbed)


@pytest.mark.long
def test_a_changed_range_or_task_is_refused_with_the_difference(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    base = ["exp=debug", "evo=evo", "task=fake", "hydra/launcher=basic", "logdir=evolution", "evo.population_size=2"]
    base += ["evo.num_generations=1", "evo.optimizer=OnePlusOne"]
    assert evolve("exo.max_torque=interval(1.0,100.0)", base=base) == 0
    assert evolve("exo.max_torque=interval(1.0,50.0)", "cost.tgt_vel=1.0", base=base) == 2
    text = capsys.readouterr().err
    assert "parameters.exo.max_torque.upper: 100.0 -> 50.0" in text
    assert "task.cost.tgt_vel: 1.25 -> 1.0" in text
    assert "fresh=true" in text


@pytest.mark.long
def test_more_generations_extend_it_and_the_last_may_be_partial(copy):
    before = table(copy)
    assert evolve("hydra.sweeper.optim.budget=14") == 0
    assert table(copy).startswith(before)
    assert [row["rank"] for row in rows(copy) if row["generation"] == "3"] == ["0", "1"]


def test_resume_by_copying_to_another_day(copy, undisturbed, monkeypatch):
    cut_journal(copy, 8)
    shutil.move(copy, "somewhere")
    assert evolve("logdir=somewhere") == 0
    assert table("somewhere") == table(undisturbed)


@pytest.mark.long
def test_resume_from_a_checkpoint_into_a_new_folder(copy, undisturbed, capsys):
    shutil.move(copy, "older")
    shutil.rmtree("older/generation_2")
    state_lines = (Path("older") / "evolution.jsonl").read_text().splitlines(keepends=True)
    told = next(number for number, line in enumerate(state_lines, 1) if '"event": "tell", "generation": 1' in line)
    cut_journal(Path("older"), told)
    assert evolve("logdir=newer", "hydra.sweeper.optim.checkpoint=older") == 0
    individuals = rows(Path("newer"))
    assert [row["fitness"] for row in individuals] == [row["fitness"] for row in rows(undisturbed)]
    assert individuals[0]["folder"] == "../older/generation_0/rank_0"
    assert individuals[-1]["folder"] == "generation_2/rank_3"
    assert read_state(Path("newer")).parent == "../older"
    # The new folder stands alone: the same command goes on without the checkpoint.
    assert evolve("logdir=newer") == 0


def test_an_unfinished_evolution_of_an_older_day_is_continued(tmp_path, undisturbed, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    older = tmp_path / "logs/2020-01-01/mine"
    shutil.copytree(undisturbed, older)
    cut_journal(older, 8)
    base = [item for item in SMALL if not item.startswith("logdir=")]
    assert evolve("expname=mine", base=base) == 0
    assert "unfinished evolution of 2020-01-01" in capsys.readouterr().out
    assert table(older) == table(undisturbed)


@pytest.mark.long
def test_load_if_exists_and_resume_are_obeyed(copy, capsys):
    assert evolve("hydra.sweeper.optim.load_if_exists=false") == 2
    assert evolve("resume=never") == 2
    assert evolve("resume=must", "logdir=nowhere") == 2
    assert "resume=must" in capsys.readouterr().err
    assert evolve("fresh=true", "evo.num_generations=1") == 0
    assert Path("evolution.old-1/individuals.csv").exists()
    assert len(rows(copy)) == 4


@pytest.mark.long
def test_too_many_failures_stop_it_after_saving(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert evolve("fake.fail_below=-16", "evo.num_generations=2") == 1
    text = capsys.readouterr().err
    assert "2 of 4 individuals of generation 0 failed" in text
    assert "fake failure" in text
    assert "generation_0/rank_0" in text
    individuals = rows(tmp_path / "evolution")
    assert [row["status"] for row in individuals] == ["failed", "finished", "failed", "finished"]
    assert evolve("fake.fail_below=-16", "evo.num_generations=2", "hydra.sweeper.optim.max_failure_rate=1") == 0
    assert len(rows(tmp_path / "evolution")) == 8


def test_nan_never_reaches_the_optimizer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    extra = ["fake.fail_below=-16", "fake.failure=nan", "evo.num_generations=1", "hydra.sweeper.optim.failed_loss=1e6"]
    assert evolve(*extra, "hydra.sweeper.optim.max_failure_rate=1") == 0
    failed = [row for row in rows(tmp_path / "evolution") if row["status"] == "failed"]
    assert failed and all(row["fitness"] == "" and float(row["loss"]) == 1e6 for row in failed)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["+exp/mutations=[exo_torque]", "evo.optimizer=CMA"], "one searched parameter"),
        (["+exp/mutations=[exo_torque,optimizer]", "evo.optimizer=CMAA"], "no such optimizer"),
        (["+exp/mutations=[exo_torque]", "exo.max_torque=interval(5.0,5.0)"], "bounds"),
        # The search starts from the current value.
        (["+exp/mutations=[optimizer]", "optimizer.popsize=200"], "optimizer.popsize: it starts at 200, outside"),
        (["+exp/mutations=[exo_torque,optimizer]", "+exp/constraints=light_strong"], "limits exo.mass"),
        (["+exp/mutations=[exo_torque,optimizer]", "evo.population_size=0"], "num_workers=0"),
        ([], "nothing to search"),
        (["seed=interval(1,5)"], "seed cannot be searched"),
        (["optimizer.sigma_gain=interval(-3.0,5.0)", "exo.max_torque=interval(1.0,2.0)"], "sigma_gain=-3"),
    ],
)
def test_impossible_evolutions_are_refused_before_anything_is_written(tmp_path, monkeypatch, capsys, overrides, words):
    monkeypatch.chdir(tmp_path)
    base = ["exp=debug", "evo=evo", "task=fake", "evo.num_generations=1", "hydra/launcher=basic", "logdir=evolution"]
    assert evolve("evo.population_size=1", *overrides, base=base) == 2
    assert words in capsys.readouterr().err
    assert not Path("evolution").exists()


@pytest.mark.long
def test_two_daemons_on_one_evolution_are_refused(tmp_path):
    first = start(tmp_path, "fake.sleep=0.2")
    try:
        while not (tmp_path / "evolution/evolution.jsonl").exists():
            assert first.poll() is None, first.stdout.read()
            time.sleep(0.05)
        second = start(tmp_path, "fake.sleep=0.2")
        assert second.wait(60) == 2
        assert "is in use by process" in second.stdout.read()
    finally:
        first.kill()
        first.wait()


@pytest.mark.long
@pytest.mark.parametrize("launcher", ["basic", "local"])
def test_sigkill_at_any_instant_changes_nothing(tmp_path, undisturbed, launcher):
    rng = random.Random(launcher)
    base = [*SPACE, "evo.population_size=4", "evo.num_generations=3", f"hydra/launcher={launcher}", "logdir=evolution"]
    kills = 0
    for _ in range(4):
        process = start(tmp_path, "fake.sleep=0.1", base=base)
        while not (tmp_path / "evolution/evolution.jsonl").exists():
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.02)
        time.sleep(rng.uniform(1.0, 6.0))
        process.kill()
        kills += process.wait() == -signal.SIGKILL
    assert kills > 0
    process = start(tmp_path, "fake.sleep=0.1", base=base)
    output = process.communicate(timeout=180)[0]
    assert process.returncode == 0, output
    assert table(tmp_path / "evolution") == table(undisturbed)


@pytest.mark.long
def test_a_killed_worker_is_tried_again_and_then_counted(tmp_path):
    base = [*SPACE, "evo.population_size=4", "evo.num_generations=1", "hydra/launcher=local", "logdir=evolution"]
    extra = ["fake.fail_below=-16", "fake.failure=kill", "hydra.sweeper.optim.max_failure_rate=1"]
    process = start(tmp_path, *extra, base=base)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    state = read_state(tmp_path / "evolution")
    assert [item.status for item in state.individuals] == ["killed", "finished", "killed", "finished"]
    assert [item.attempts for item in state.individuals] == [2, 1, 2, 1]
    once = start(tmp_path, *extra, "fake.fail_once=true", "logdir=once", base=base)
    assert once.wait(120) == 0
    assert [item.status for item in read_state(tmp_path / "once").individuals] == ["finished"] * 4


@pytest.mark.long
def test_a_hanging_worker_reaches_its_time_limit(tmp_path):
    base = [*SPACE, "evo.population_size=4", "evo.num_generations=1", "hydra/launcher=local", "logdir=evolution"]
    extra = ["fake.fail_below=-16", "fake.failure=hang", "hydra.sweeper.optim.max_failure_rate=1"]
    limits = ["hydra.launcher.timeout_min=0.1", "hydra.sweeper.optim.retries=0"]
    process = start(tmp_path, *extra, *limits, base=base)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    state = read_state(tmp_path / "evolution")
    assert [item.status for item in state.individuals] == ["timeout", "finished", "timeout", "finished"]
