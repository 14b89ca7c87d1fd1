"""Short real runs: every way to start one, and what it leaves behind."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from myoassist import evaluate, train
from myoassist.runs.record import read_run_config
from tests.analysis.broken_graphics import without_graphics
from tests.end_to_end.walk_runs import TINY, absolute_paths, find_run, finish, launch
from tests.model.test_build import write_own_file


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A directory with a finished run of exo_npoint in its logs folder."""
    place = tmp_path_factory.mktemp("finished")
    before = Path.cwd()
    os.chdir(place)
    try:
        assert train.main(["exp=exo_npoint", *TINY]) == 0
    finally:
        os.chdir(before)
    return place


@pytest.fixture
def beside(finished, tmp_path, monkeypatch):
    """The finished run, with new runs going to another log folder."""
    monkeypatch.chdir(finished)
    monkeypatch.setenv("MYOASSIST_LOGS", str(tmp_path / "logs"))
    return find_run(finished / "logs").relative_to(finished), tmp_path / "logs"


def read_json(path):
    return json.loads(path.read_text())


def first_vectors(folder):
    """Return the mean of the search after the first generation and the table of parameters."""
    (path,) = folder.glob("outcmaes/*_xmean.dat")
    return np.loadtxt(path, comments="%", ndmin=2)


def test_a_run_leaves_these_files_and_nothing_else(finished):
    folder = find_run(finished / "logs")
    name = read_json(folder / "status.json")["run_name"]
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    (overrides,) = folder.glob("exo_npoint_*.yaml")
    expected = {"config.yaml", "status.json", "versions.json", overrides.name, "best_parameters.json"}
    expected |= {"history_candidates.csv", "history_generations.csv", "timing.csv"}
    expected |= {"checkpoint.bin", "checkpoint.previous.bin"}
    expected |= {f"{name}_{end}" for end in ("Best.txt", "BestLast.txt", "Best_Cost.txt", "BestLast_Cost.txt")}
    expected |= {f"{name}_{end}" for end in ("Pickle.pkl", "optimization_results.pdf", "optimization_results.png")}
    expected |= {f"{name}_combined_results.png"}
    tables = ("axlen", "fit", "sigvec", "stddev", "xmean", "xrecentbest")
    expected |= {f"outcmaes/{name}_{table}.dat" for table in tables}
    assert written == expected
    assert [path.name for path in finished.iterdir()] == ["logs"]
    assert absolute_paths(folder) == []


def test_a_run_stores_what_it_found(finished):
    folder = find_run(finished / "logs")
    status = read_json(folder / "status.json")
    best = read_json(folder / "best_parameters.json")
    assert (status["status"], status["generation"], status["evaluations"]) == ("finished", 2, 6)
    assert status["best"] == best["total"] == pytest.approx(sum(best["parts"].values()), rel=1e-12)
    (vector,) = folder.glob("*_Best.txt")
    np.testing.assert_array_equal(np.loadtxt(vector), [item["raw"] for item in best["parameters"]])
    rows = np.genfromtxt(folder / "history_candidates.csv", delimiter=",", names=True, dtype=None, encoding=None)
    assert rows["total"].min() == best["total"]


def test_the_same_command_finds_the_finished_run(finished, monkeypatch, capsys):
    monkeypatch.chdir(finished)
    assert train.main(["exp=exo_npoint", *TINY]) == 0
    assert "nothing is left to do" in capsys.readouterr().out
    assert len(list((finished / "logs").glob("*/*"))) == 1


@pytest.mark.long
def test_warm_start_from_a_run_folder(beside):
    folder, logs = beside
    assert train.main(["exp=exo_npoint", *TINY, "optimizer.sigma_gain=1e-3", f"optimizer.param_path={folder}"]) == 0
    new = find_run(logs)
    (start,) = folder.glob("*_BestLast.txt")
    # With so small a deviation the search stays where it began, up to the clamping into the bounds.
    bounds = read_json(folder / "best_parameters.json")["parameters"]
    low = np.array([-np.inf if item["lower"] is None else item["lower"] for item in bounds])
    high = np.array([np.inf if item["upper"] is None else item["upper"] for item in bounds])
    found = np.loadtxt(next(new.glob("*_BestLast.txt")))
    np.testing.assert_allclose(found, np.clip(np.loadtxt(start), low, high), atol=1e-3)
    assert read_run_config(new).optimizer.param_path == folder.as_posix()
    assert absolute_paths(new) == []


@pytest.mark.long
def test_pickle_path_continues_the_exact_search_in_a_new_folder(beside, finished, tmp_path, monkeypatch):
    folder, logs = beside
    assert train.main(["exp=exo_npoint", *TINY, f"optimizer.pickle_path={folder}"]) == 0
    new = find_run(logs)
    assert read_json(new / "status.json")["generation"] == 4
    # The same four generations in one go.
    whole = tmp_path / "whole"
    monkeypatch.setenv("MYOASSIST_LOGS", str(whole))
    assert train.main(["exp=exo_npoint", *TINY, "optimizer.maxiter=4"]) == 0
    np.testing.assert_array_equal(first_vectors(new)[-1], first_vectors(find_run(whole))[-1])


@pytest.mark.long
def test_exo_npoint_cont_goes_on_from_the_newest_exo_npoint(finished, monkeypatch):
    monkeypatch.chdir(finished)
    assert train.main(["exp=exo_npoint_cont", *TINY, f"logdir={'continued'}"]) == 0
    config = read_run_config(finished / "continued")
    assert config.model.device == "dephy"
    assert read_json(finished / "continued" / "status.json")["status"] == "finished"
    assert absolute_paths(finished / "continued") == []


@pytest.mark.long
def test_evaluate_mode_writes_the_terms_of_one_vector(beside, capsys):
    folder, logs = beside
    assert train.main(["exp=exo_npoint", "optimizer=evaluate", f"optimizer.param_path={folder}", *TINY]) == 0
    new = find_run(logs)
    (terms,) = new.glob("*_Cost.txt")
    assert terms.name == f"{folder.name}_Cost.txt"
    assert "Total_Cost : " in terms.read_text()
    assert not list(new.glob("*_Best.txt"))
    assert read_json(new / "status.json")["status"] == "finished"


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ["exp=debug", "model=tutorial", "control.delayed=true"],
        ["exp=baseline", "env.slope_deg=5", "env.init_pose=walk_right"],
    ],
    ids=["delayed", "uphill"],
)
def test_other_walks(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert train.main([*arguments, *TINY, "optimizer.maxiter=1"]) == 0
    rows = (find_run(tmp_path / "logs") / "history_candidates.csv").read_text().splitlines()
    assert len(rows) == 4
    # A search from the initial values starts with walks, not with refused poses.
    assert any(row.split(",")[3] != "0" for row in rows[1:])


@pytest.mark.long
def test_own_model_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_own_file(tmp_path)
    assert train.main(["exp=exo_4param", "model=custom", "model.path=own.xml", *TINY, "optimizer.maxiter=1"]) == 0
    folder = find_run(tmp_path / "logs")
    assert read_run_config(folder).model.path == "own.xml"
    assert read_json(folder / "status.json")["status"] == "finished"
    assert evaluate.main([f"run={folder}", "env.render_modes=[]"]) == 0
    assert (folder / "eval_terms.json").exists()


def test_refusal_in_the_shell_ends_with_2(tmp_path):
    output = finish(launch(["exp=tutorial", "optimizer.popsize=0"], tmp_path), 2)
    assert "optimizer.popsize=2" in output
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="hides the libraries as Linux looks them up")
def test_training_needs_no_drawing_library(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    environ = {**without_graphics(tmp_path / "lib"), "MUJOCO_GL": "egl", "PYOPENGL_PLATFORM": "egl"}
    output = finish(launch(["exp=debug", *TINY, "optimizer.maxiter=1"], place, environ))
    assert "finished" in output
    assert "Traceback" not in output
    assert [path.name for path in place.iterdir()] == ["logs"]
