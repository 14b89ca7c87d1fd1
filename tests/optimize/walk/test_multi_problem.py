"""Real walks on several conditions: shared and affine vectors, processes, whole runs, chains."""

import csv
import json

import numpy as np
import pytest

from myoassist import train
from myoassist.config.compose.run import compose_run
from myoassist.cost.report import parse_terms
from myoassist.files.errors import ResumeError
from myoassist.gait.reference.own import format_template
from myoassist.optimize.loop.processes import ProcessProblem
from myoassist.optimize.store.reference_copy import keep_reference
from myoassist.optimize.walk.multi import MultiProblem
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.runs.catalogue import read_status
from tests.walkers import WALKING_VECTOR

# Reflexes of the published body with a device, over several conditions.
SEVERAL = ["exp=debug", "overlays=published", "model=tutorial"]
MULTISPEED, MULTISLOPE = [*SEVERAL, "optimizer=multispeed"], [*SEVERAL, "optimizer=multislope"]
WALK = ["env.sim_time=5", "cost.num_strides=2", "cost.target=effort", "optimizer.threads=1"]
TINY = ["model.physics=fast", "env.sim_time=0.4", "optimizer.popsize=3", "optimizer.maxiter=2", "optimizer.threads=1"]


def single_total(config, vector, speed, slope):
    config.optimizer.mode = "single"
    config.cost.tgt_vel, config.env.slope_deg = speed, slope
    return WalkProblem(config, 1).evaluate(vector, 0, 0)


@pytest.fixture(scope="module")
def speeds():
    config = compose_run([*MULTISPEED, *WALK, "cost.target=kinematics", "optimizer.optim_params=[1.2,1.3]"]).config
    return config, MultiProblem(config, 1)


def test_total_is_the_mean_of_single_runs(speeds):
    _, problem = speeds
    vector = np.concatenate([WALKING_VECTOR, np.zeros(51)])
    result = problem.evaluate(vector, 0, 0)
    assert result.total == pytest.approx(sum(result.parts.values()), rel=1e-12)
    fresh = compose_run([*MULTISPEED, *WALK, "cost.target=kinematics"]).config
    singles = [single_total(fresh, WALKING_VECTOR, speed, 0.0) for speed in (1.2, 1.3)]
    assert {single.stage for single in singles} <= {"2", "3"}
    assert result.total == pytest.approx(np.mean([single.total for single in singles]), rel=1e-9)
    assert singles[0].total != singles[1].total
    # Without slopes the walk is the same in both conditions, only the target differs.
    assert result.terms["c1_Effort_Cost"] == result.terms["c2_Effort_Cost"]


def test_slopes_of_parameters_change_the_walk_with_the_condition(speeds):
    _, problem = speeds
    vector = np.concatenate([WALKING_VECTOR, np.zeros(51)])
    plain = problem.evaluate(vector, 0, 0)
    vector[problem.table.index("slope_theta_tgt")] = 0.4
    changed = problem.evaluate(vector, 0, 0)
    assert changed.terms["c1_Effort_Cost"] != changed.terms["c2_Effort_Cost"]
    assert changed.parts["l1"] - plain.parts["l1"] == pytest.approx(0.4)
    np.testing.assert_allclose(problem.vector_of(vector, 0.05)[0] - WALKING_VECTOR[0], 0.02)


@pytest.mark.long
def test_shared_vector_on_slopes_and_in_processes():
    config = compose_run([*MULTISLOPE, *WALK, "optimizer.optim_params=[0,1]", "optimizer.optim_weights=[3,1]"]).config
    problem = MultiProblem(config, 1)
    result = problem.evaluate(WALKING_VECTOR, 0, 0)
    assert problem.table.layout == "2d-four_param"
    assert result.terms["Condition 2"] == "speed=1.25, slope=1"
    totals = [result.terms[f"c{k}_Total_Cost"] for k in (1, 2)]
    assert totals[0] != totals[1]
    judged = result.parts.get("l1", 0.0)
    assert result.total == pytest.approx(0.75 * totals[0] + 0.25 * totals[1] + judged, rel=1e-12)
    assert judged == pytest.approx(np.abs(WALKING_VECTOR - 1).sum())
    with ProcessProblem(config, problem.table, 1) as processes:
        assert processes.evaluate(WALKING_VECTOR, 0, 0).total == result.total


def run(tmp_path, *arguments):
    assert train.main([*TINY, *arguments, f"logdir={tmp_path / 'run'}"]) == 0
    return tmp_path / "run"


@pytest.mark.parametrize("executor", ["threads", pytest.param("processes", marks=pytest.mark.long)])
def test_multispeed_run_writes_extends_and_evaluates(tmp_path, executor, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    own = [*MULTISPEED, "optimizer.optim_params=[1.0,1.5]", f"optimizer.executor={executor}"]
    folder = run(tmp_path, *own)
    best = json.loads((folder / "best_parameters.json").read_text())
    assert best["layout"] == "2d-four_param-affine51"
    assert sum(best["parts"].values()) == pytest.approx(best["total"])
    (cost_file,) = folder.glob("*_ms_1_0-1_5_*_Best_Cost.txt")
    assert parse_terms(cost_file.read_text())["Condition 2"] == "speed=1.5, slope=0"
    assert run(tmp_path, *own, "optimizer.maxiter=3") == folder
    assert read_status(folder)["generation"] == 3
    best = json.loads((folder / "best_parameters.json").read_text())
    capsys.readouterr()
    evaluation = [*MULTISPEED, "optimizer.mode=evaluate", "optimizer.evaluate_over=speed"]
    evaluation += ["optimizer.optim_params=[1.0,1.5]", f"optimizer.param_path={folder / 'best_parameters.json'}"]
    assert train.main([*evaluation, *TINY, f"logdir={tmp_path / 'evaluation'}"]) == 0
    shown = capsys.readouterr().out
    assert "Condition 1 : speed=1, slope=0" in shown
    assert f"total {best['total']:.5f}" in shown


@pytest.mark.long
def test_evaluation_shows_the_condition_that_is_named(tmp_path, monkeypatch, capsys):
    from myoassist import evaluate

    monkeypatch.chdir(tmp_path)
    folder = run(tmp_path, *MULTISPEED, "optimizer.optim_params=[1.0,1.5]")
    totals = json.loads((folder / "best_parameters.json").read_text())["terms"]
    for speed, condition in ((1.1, 1), (1.4, 2)):
        assert evaluate.main([f"run={folder}", f"cost.tgt_vel={speed}", "env.render_modes=[]"]) == 0
        terms = json.loads((folder / "eval_terms.json").read_text())
        assert terms["total"] == pytest.approx(totals[f"c{condition}_Total_Cost"])


def test_a_changed_reference_gait_is_not_continued(tmp_path):
    gait = tmp_path / "gait.csv"
    gait.write_text(format_template())
    folder = tmp_path / "run"
    folder.mkdir()
    keep_reference(None, folder)
    assert list(folder.iterdir()) == []
    keep_reference(str(gait), folder)
    keep_reference(str(gait), folder)
    assert (folder / "reference_gait.csv").is_file()
    gait.write_text(format_template().replace("\n0.0,9.", "\n0.0,8."))
    with pytest.raises(ResumeError, match="has changed since"):
        keep_reference(str(gait), folder)


def test_missing_list_is_refused_before_a_folder_is_made(tmp_path, capsys):
    arguments = [*MULTISLOPE, "optimizer.optim_params=[]", f"logdir={tmp_path / 'run'}"]
    assert train.main(arguments) == 2
    assert "optimizer.optim_params=[-5,0,5]" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.long
def test_chain_starts_each_search_from_its_neighbour_and_continues(tmp_path, monkeypatch, capsys):
    from myoassist.files.signals import Stopped
    from myoassist.optimize import chain

    monkeypatch.chdir(tmp_path)
    own = [*MULTISLOPE, "optimizer.multi_strategy=chain", "optimizer.optim_params=[-1,0,1]"]
    search, starts = chain.run_search, []

    def stop_in_the_third(config, folder, start=None, **shown):
        if len(starts) == 2:
            raise Stopped(15, "stopped")
        starts.append(start)
        return search(config, folder, start, **shown)

    monkeypatch.setattr(chain, "run_search", stop_in_the_third)
    assert train.main([*own, *TINY, f"logdir={tmp_path / 'run'}"]) == 143
    assert read_status(tmp_path / "run")["status"] == "interrupted"
    assert starts[0] is None
    monkeypatch.setattr(chain, "run_search", search)
    folder = run(tmp_path, *own)
    rows = list(csv.DictReader((folder / "chain.csv").open()))
    assert [(row["folder"], row["start"]) for row in rows] == [
        ("slope_0_0", ""),
        ("slope_1_0", "slope_0_0"),
        ("slope_n1_0", "slope_0_0"),
    ]
    middle = json.loads((folder / "slope_0_0" / "best_parameters.json").read_text())
    np.testing.assert_array_equal(starts[1], [item["raw"] for item in middle["parameters"]])
    status = read_status(folder)
    assert status["status"] == "finished"
    assert status["best"] == pytest.approx(np.mean([float(row["total"]) for row in rows]))
    before = (folder / "slope_0_0" / "history_candidates.csv").read_bytes()
    capsys.readouterr()
    run(tmp_path, *own)
    assert "nothing is left to do" in capsys.readouterr().out
    run(tmp_path, *own, "optimizer.maxiter=3")
    after = (folder / "slope_0_0" / "history_candidates.csv").read_bytes()
    assert after.startswith(before.split(b"\n")[0])
    assert after.count(b"\n") == before.count(b"\n") + 3
