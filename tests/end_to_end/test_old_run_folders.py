"""Run folders that an earlier state of the code has left are resumed, extended, evaluated and read.

They lie in tests/data/old_runs as 0.1.0 wrote them, without plots and second copies; versions.json names the commit.
"""

import csv
import json
import shutil
from pathlib import Path

import pytest

from myoassist import cli, evaluate, train
from myoassist.runs.catalogue import day_folder

OLD = Path(__file__).resolve().parents[1] / "data" / "old_runs"
SEARCH = [
    *("exp=exo_4param", "env.sim_time=1.5", "optimizer.popsize=3", "optimizer.maxiter=2", "optimizer.threads=1"),
    "optimizer.param_path=shipped:walk_22",
    # The body that was meant when these runs began.
    "overlays=published",
]
TRAINING = [
    *("exp=rl_test", "env.num_envs=2", "env.physics_sim_framerate=510", "rl.threads=1", "rl.ppo_params.n_steps=16"),
    *("rl.ppo_params.batch_size=16", "rl.ppo_params.n_epochs=2", "rl.logger_params.evaluate_frequency=2"),
    "rl.policy_params.custom_policy_params.net_arch={human_actor: [4], exo_actor: [2], common_critic: [4]}",
]
EVOLUTION = [
    "exp=debug",
    "overlays=published",
    "evo=evo",
    "+exp/mutations=[exo_torque,optimizer]",
    "task=fake",
    "evo.population_size=2",
]
GRID = ["exp=exo_npoint", "task=fake", "exo.max_torque=10,20", "expname=grid", "overlays=[published,sweep]", "-m"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty current directory; nothing is written into the stored folders."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)


def take(name, target=None):
    """Copy a stored folder here and return where it is now."""
    shutil.copytree(OLD / name, target or name)
    return Path(target or name)


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def totals(folder):
    return [float(row["total"]) for row in read_rows(folder / "history_candidates.csv")]


@pytest.mark.long
def test_an_interrupted_search_ends_like_the_one_that_was_not_interrupted():
    folder = take("half_finished")
    before = (folder / "history_candidates.csv").read_bytes()
    assert len(totals(folder)) == 3
    assert train.main([*SEARCH, f"logdir={folder}"]) == 0
    assert (folder / "history_candidates.csv").read_bytes().startswith(before)
    # Another processor rounds otherwise; so short a walk from a good start does not make much of it.
    assert totals(folder) == pytest.approx(totals(OLD / "finished"), rel=1e-9)
    assert read_json(folder / "status.json")["status"] == "finished"


@pytest.mark.long
def test_a_finished_search_is_extended_by_a_larger_maxiter(capsys):
    folder = take("finished")
    assert train.main([*SEARCH, f"logdir={folder}"]) == 0
    assert "nothing is left to do" in capsys.readouterr().out
    assert train.main([*SEARCH, f"logdir={folder}", "optimizer.maxiter=3"]) == 0
    assert totals(folder)[:6] == totals(OLD / "finished") and len(totals(folder)) == 9


@pytest.mark.long
def test_the_state_of_a_finished_search_goes_on_in_a_new_folder():
    folder = take("finished")
    search = [item for item in SEARCH if not item.startswith("optimizer.param_path")]
    assert train.main([*search, f"optimizer.pickle_path={folder}", "logdir=new"]) == 0
    assert read_json(Path("new/status.json"))["generation"] == 4


@pytest.mark.long
def test_the_best_of_a_finished_search_is_evaluated():
    folder = take("finished")
    assert evaluate.main([f"run={folder}", "env.render_modes=[]"]) == 0
    assert read_json(folder / "eval_terms.json")["total"] == pytest.approx(
        read_json(folder / "best_parameters.json")["total"], rel=1e-9
    )
    assert (folder / "report.html").is_file()


@pytest.mark.long
def test_a_training_goes_on_and_its_policy_is_evaluated(capsys):
    folder = take("rl")
    assert evaluate.main([f"run={folder}", "env.render_modes=[]", "starts=0"]) == 0
    assert (folder / "analyze_results_00" / "policy_scores.json").is_file()
    rows = read_rows(folder / "history.csv")
    command = [*TRAINING, "rl.total_timesteps=96", f"logdir={folder}"]
    # On steady paths it would be another training; the first remedy keeps those that it had.
    assert train.main(command) == 2
    assert "model.steady_paths=false" in capsys.readouterr().err.partition("to fix:")[2].splitlines()[0]
    assert train.main([*command, "model.steady_paths=false"]) == 0
    assert read_rows(folder / "history.csv")[:2] == rows
    assert (read_json(folder / "status.json")["status"], read_json(folder / "status.json")["steps"]) == ("finished", 96)


@pytest.mark.long
def test_an_evolution_is_extended_and_reported():
    folder = take("evolution")
    rows = read_rows(folder / "individuals.csv")
    command = [*EVOLUTION, "evo.num_generations=3", "hydra/launcher=basic", f"logdir={folder}"]
    assert train.main(command) == 0
    now = read_rows(folder / "individuals.csv")
    assert now[:4] == rows and len(now) == 6
    assert {row["status"] for row in now} == {"finished"}
    assert cli.main(["evos", str(folder)]) == 0
    assert len(read_rows(folder / "evos" / "individuals.csv")) == 6


def test_a_finished_grid_is_found_and_reported(capsys):
    # Under today's date: a finished one of an older date is not gone on with, and a new one would start.
    folder = take("grid", day_folder() / "grid")
    before = {path: path.read_bytes() for path in folder.rglob("result.json")}
    assert train.main([*GRID, "hydra/launcher=basic"]) == 0
    assert "2 runs: 2 finished" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in Path("logs").rglob("result.json")} == before
    assert cli.main(["sweeps", str(folder)]) == 0
    rows = read_rows(folder / "sweeps" / "runs.csv")
    assert sorted(float(row["best"]) for row in rows) == pytest.approx([0.7287865110546698, 1.4787865110546698])
