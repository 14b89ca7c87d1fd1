import json

import numpy as np
import pandas as pd
import pytest

from myoassist.control.table import build_table
from myoassist.files.errors import ConfigError, LayoutError, ResumeError, UnsafeFileError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.optimizers.cma_pickle import load_state
from tests.optimize.analytic_problem import StagedSphere, history_bytes, open_folder, small_config, small_table


def run(path, table=None, workers=1, plot=False, **options):
    problem = StagedSphere(table or small_table(fixed=2), workers)
    return minimize(problem, small_config(**options), open_folder(path), plot=plot)


def only(path, pattern):
    (found,) = path.glob(pattern)
    return found


def test_files_of_a_two_generation_run(tmp_path):
    table = build_table(2, controller="four_param")
    result = run(tmp_path / "a", table, plot=True, maxiter=2, popsize=4)
    path, name = tmp_path / "a", result.run_name
    assert name.startswith("myorfl_Velocity_2D_1_25_") and name.endswith("_None")
    for suffix in ("Best.txt", "BestLast.txt", "Best_Cost.txt", "BestLast_Cost.txt", "Pickle.pkl"):
        assert (path / f"{name}_{suffix}").is_file()
    assert (path / f"{name}_optimization_results.pdf").read_bytes().startswith(b"%PDF")
    picture = (path / f"{name}_optimization_results.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and (path / f"{name}_combined_results.png").read_bytes() == picture
    lines = (path / f"{name}_Best.txt").read_text().splitlines()
    assert len(lines) == 81 and all(len(line.split("e")[0].split(".")[1]) == 18 for line in lines)
    np.testing.assert_array_equal(np.loadtxt(path / f"{name}_Best.txt"), result.best.vector)
    np.testing.assert_array_equal(np.loadtxt(path / f"{name}_BestLast.txt"), result.best_last.vector)
    assert (table.clamp(result.best.vector) == result.best.vector).all()
    assert json.loads((path / "status.json").read_text())["status"] == "finished"
    again = run(path, table, maxiter=4, popsize=4)
    assert (result.generations, again.generations, again.evaluations) == (2, 4, 16)
    assert again.run_name == name


def test_history_adds_up(tmp_path):
    result = run(tmp_path, maxiter=15)
    candidates = pd.read_csv(tmp_path / "history_candidates.csv")
    generations = pd.read_csv(tmp_path / "history_generations.csv")
    parts = candidates[[c for c in candidates.columns if c.startswith("part_")]].fillna(0.0).sum(axis=1)
    np.testing.assert_allclose(parts, candidates["total"], rtol=0, atol=1e-9)
    grouped = candidates.groupby("generation")["total"]
    np.testing.assert_array_equal(grouped.min().to_numpy(), generations["best"])
    np.testing.assert_array_equal(grouped.median().to_numpy(), generations["median"])
    np.testing.assert_array_equal(np.minimum.accumulate(generations["best"]), generations["best_so_far"])
    assert generations["best_so_far"].iloc[-1] == result.best.result.total
    for stage in ("0", "1a", "2", "3"):
        count = (candidates["stage"].astype(str) == stage).sum()
        assert count == generations[f"stage_{stage}"].sum() and count > 0
    failed = candidates[candidates["outcome"] == "ERROR"]
    assert (failed["total"] == 1_200_000).all() and (failed["stage"].astype(str) == "0").all()
    assert set(failed["reason"]) == {"FloatingPointError: unstable, said MuJoCo", "total cost is nan"}


def test_named_parameters_of_the_best(tmp_path):
    result = run(tmp_path)
    content = json.loads((tmp_path / "best_parameters.json").read_text())
    assert content["layout"] == "2d" and content["total"] == result.best.result.total
    assert sum(content["parts"].values()) == pytest.approx(content["total"])
    first, last = content["parameters"][0], content["parameters"][-1]
    assert first["raw"] == result.best.vector[0]
    assert first["value"] == pytest.approx(np.rad2deg(0.5 * result.best.vector[0] + 0.1))
    assert (first["lower"], first["upper"], last["fixed"], last["raw"]) == (0.0, None, True, 0.25)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_do_not_change_anything(tmp_path, workers):
    run(tmp_path / "one", workers=1, maxiter=10)
    run(tmp_path / "more", workers=workers, maxiter=10)
    assert history_bytes(tmp_path / "one") == history_bytes(tmp_path / "more")


def test_seeds_differ_and_zero_is_a_seed(tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        run(tmp_path / name, seed=seed, maxiter=3)
    a, b, c = (history_bytes(tmp_path / name) for name in "abc")
    assert a == b
    assert a["history_candidates.csv"] != c["history_candidates.csv"]


def test_fixed_parameters_stay(tmp_path):
    result = run(tmp_path, maxiter=3)
    np.testing.assert_array_equal(result.best.vector[-2:], [0.25, 0.25])
    state = load_state(only(tmp_path, "*_Pickle.pkl"))
    assert state.N == 6 and state.opts["maxiter"] == 3


@pytest.mark.parametrize("checkpoint_every", [1, 3])
def test_extended_run_equals_uninterrupted(tmp_path, checkpoint_every):
    run(tmp_path / "whole", maxiter=9)
    run(tmp_path / "parts", maxiter=4, checkpoint_every=checkpoint_every)
    result = run(tmp_path / "parts", maxiter=9, checkpoint_every=checkpoint_every)
    assert result.generations == 9
    assert history_bytes(tmp_path / "parts") == history_bytes(tmp_path / "whole")


def test_finished_run_is_left_as_it_is(tmp_path):
    first = run(tmp_path, maxiter=4)
    before = history_bytes(tmp_path)
    second = run(tmp_path, maxiter=4)
    assert history_bytes(tmp_path) == before
    assert repr(second.best) == repr(first.best)


def test_checkpoint_of_another_layout_is_refused(tmp_path):
    run(tmp_path, maxiter=2)
    with pytest.raises(LayoutError, match=r"layout 2d with 8 parameters(.|\n)*layout 2d-npoint4 with 6"):
        run(tmp_path, small_table(layout="2d-npoint4"), maxiter=2)


def test_lost_history_is_not_overwritten(tmp_path):
    run(tmp_path, maxiter=2)
    history = tmp_path / "history_candidates.csv"
    history.write_bytes(history.read_bytes()[:100])
    with pytest.raises(ResumeError, match=r"history_candidates.csv has 100 bytes"):
        run(tmp_path, maxiter=4)
    assert history.stat().st_size == 100


def test_nothing_absolute_in_the_folder(tmp_path):
    run(tmp_path / "here", maxiter=2)
    words = (str(tmp_path).encode(), b"/work/", b"/home/")
    for file in (tmp_path / "here").rglob("*"):
        if file.is_file():
            assert not any(word in file.read_bytes() for word in words), file


def test_logs_can_be_read_by_pycma(tmp_path):
    from cma.logger import CMADataLogger

    result = run(tmp_path, maxiter=5)
    log = CMADataLogger(f"{tmp_path}/outcmaes/{result.run_name}_")
    for name, key in (("fit", "f"), ("xmean", "xmean"), ("axlen", "D"), ("stddev", "std"), ("xrecentbest", "xrecent")):
        table = np.loadtxt(f"{log.name_prefix}{name}.dat", comments="%")
        assert table.shape[0] == 5 and key in log.key_names
    np.testing.assert_array_equal(np.loadtxt(f"{log.name_prefix}xrecentbest.dat", comments="%").shape, (5, 11))


@pytest.mark.parametrize("source", ["folder", "pickle", "checkpoint"])
def test_pickle_path_continues_our_state(tmp_path, source):
    run(tmp_path / "whole", maxiter=9)
    run(tmp_path / "first", maxiter=4)
    config = small_config(maxiter=5, popsize=99)
    config.optimizer.pickle_path = str(
        {
            "folder": tmp_path / "first",
            "pickle": only(tmp_path / "first", "*_Pickle.pkl"),
            "checkpoint": tmp_path / "first" / "checkpoint.bin",
        }[source]
    )
    before = history_bytes(tmp_path / "first")
    result = minimize(StagedSphere(small_table(fixed=2)), config, open_folder(tmp_path / "second"), plot=False)
    assert (result.generations, result.evaluations) == (9, 72)
    whole = pd.read_csv(tmp_path / "whole" / "history_candidates.csv", dtype=str)
    second = pd.read_csv(tmp_path / "second" / "history_candidates.csv", dtype=str)
    columns = ["generation", "index", "total", "stage"]
    pd.testing.assert_frame_equal(
        whole[whole["generation"].astype(int) > 4][columns].reset_index(drop=True), second[columns]
    )
    best = only(tmp_path / "whole", "*_Best.txt").read_bytes()
    assert only(tmp_path / "second", "*_Best.txt").read_bytes() == best
    assert history_bytes(tmp_path / "first") == before
    # The continued run is resumed from its own checkpoint and extended like any other.
    config.optimizer.maxiter = 6
    assert (
        minimize(StagedSphere(small_table(fixed=2)), config, open_folder(tmp_path / "second"), plot=False).generations
        == 10
    )


def test_best_of_another_cost_is_not_carried_over(tmp_path):
    run(tmp_path / "first", maxiter=4)
    config = small_config(maxiter=1)
    config.cost.tgt_vel = 0.5
    config.optimizer.pickle_path = str(tmp_path / "first")
    with pytest.warns(UserWarning, match="another model or cost"):
        result = minimize(StagedSphere(small_table(fixed=2)), config, open_folder(tmp_path / "second"), plot=False)
    assert result.best.generation == 5


def test_foreign_pickle_needs_trust_and_the_right_length(tmp_path, data_folder):
    config = small_config(maxiter=20)
    config.optimizer.pickle_path = str(data_folder / "pycma_4_0_0.pkl")
    problem = StagedSphere(small_table(), failures=False)
    with pytest.raises(UnsafeFileError, match="trust_pickle=true"):
        minimize(problem, config, open_folder(tmp_path / "a"), plot=False)
    config.optimizer.trust_pickle = True
    with pytest.raises(LayoutError, match=r"searches 6 parameters(.|\n)*9 free"):
        minimize(StagedSphere(small_table(9)), config, open_folder(tmp_path / "b"), plot=False)
    result = minimize(problem, config, open_folder(tmp_path / "c"), plot=False)
    assert (result.generations, result.evaluations) == (25, 200)
    assert b"/tmp/foreign" not in only(tmp_path / "c", "*_Pickle.pkl").read_bytes()


def test_two_starts_are_refused(tmp_path):
    config = small_config()
    config.optimizer.pickle_path = config.optimizer.param_path = str(tmp_path)
    with pytest.raises(ConfigError, match="both given"):
        minimize(StagedSphere(small_table()), config, open_folder(tmp_path / "a"), plot=False)


def test_missing_state_is_refused(tmp_path):
    config = small_config()
    config.optimizer.pickle_path = str(tmp_path)
    with pytest.raises(ResumeError, match="holds no optimizer state"):
        minimize(StagedSphere(small_table()), config, open_folder(tmp_path / "a"), plot=False)


def test_stagnation_ends_the_run_and_names_the_reason(tmp_path):
    config = small_config(maxiter=50)
    config.optimizer.cma_options = {"ftarget": 1e6}
    result = minimize(StagedSphere(small_table(), failures=False), config, open_folder(tmp_path), plot=False)
    assert (result.stop_reason, result.generations) == ("ftarget", 1)
