"""Result folders of MyoAssist are start points: vectors, optimizer states, and torque curves of other sizes."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from myoassist import train
from myoassist.config.schema.run import RunConfig
from myoassist.control.device.resample import find_peak, resample_npoint
from myoassist.control.device.splines import build_curve, npoint_knots
from myoassist.control.table import build_table
from myoassist.files.errors import LayoutError, UnsafeFileError
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.store.continued_state import continue_search
from myoassist.space.parameter import Parameter
from myoassist.space.table import ParameterTable

TESTS = Path(__file__).parents[1]
PUBLISHED = np.array(json.loads((TESTS / "data" / "closedloop_2d_vectors.json").read_text())["params"])
NAME = "myorfl_Kine_2D_1_25_2025Jul29_1339_None"


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder as MyoAssist leaves it: cost files beside the vectors, a pickle, a copy of the preset."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "tutorial_0811_1439"
    folder.mkdir()
    for label, shift in (("Best", 0.0), ("BestLast", 0.01)):
        np.savetxt(folder / f"{NAME}_{label}.txt", PUBLISHED + shift)
        (folder / f"{NAME}_{label}_Cost.txt").write_text("Effort_Cost : 1.634\nSymmetry_Cost : 0.0178\n")
    (folder / "tutorial_0811_1439.bat").write_text("python train.py --model tutorial\n")
    return folder


def start(path, table, **options):
    config = RunConfig()
    config.optimizer.param_path = str(path)
    return load_start(config, table, **options)


def test_best_last_then_best(results):
    table = build_table(2, controller="four_param")
    np.testing.assert_array_equal(start(results, table, clamp=False), PUBLISHED + 0.01)
    (results / f"{NAME}_BestLast.txt").unlink()
    np.testing.assert_array_equal(start(results, table, clamp=False), PUBLISHED)
    np.testing.assert_array_equal(start(results, build_table(2), clamp=False), PUBLISHED[:77])


def test_vector_of_the_human_alone_gets_default_torques(results):
    for label in ("Best", "BestLast"):
        np.savetxt(results / f"{NAME}_{label}.txt", PUBLISHED[:77])
    vector = start(results, build_table(2, controller="four_param"))
    np.testing.assert_array_equal(vector[77:], [0.5, 0.467, 0.9, 0.075])


@pytest.mark.parametrize("length", [76, 80, 82])
def test_other_lengths_are_refused_naming_both_layouts(results, length):
    np.savetxt(results / f"{NAME}_BestLast.txt", np.ones(length))
    with pytest.raises(LayoutError, match=rf"has {length} entries(.|\n)*layout 2d-four_param with 81") as caught:
        start(results, build_table(2, controller="four_param"))
    assert "control=reflex 77 in 2D" in str(caught.value)


def test_first_pickle_of_a_folder_with_the_trust_flag(results):
    state = TESTS / "optimize" / "data" / "pycma_4_0_0.pkl"
    shutil.copy(state, results / f"{NAME}_Pickle.pkl")
    (results / "z.pkl").write_bytes(b"not read")
    config = RunConfig()
    config.optimizer.pickle_path = str(results)
    with pytest.raises(UnsafeFileError, match=r"optimizer\.trust_pickle=true"):
        continue_search(config, build_table(2, controller="four_param"))
    config.optimizer.trust_pickle = True
    # The stored search has few dimensions: refused for a walker, continued for a table of its own size.
    with pytest.raises(LayoutError, match="2d-four_param"):
        continue_search(config, build_table(2, controller="four_param"))
    from myoassist.optimize.optimizers.cma_pickle import load_state

    stored = load_state(state)
    rows = [Parameter(f"p{i}", "", 1.0, 0.0, -np.inf, np.inf, 1.0, "reflex") for i in range(stored.N)]
    search = continue_search(config, ParameterTable(rows, "own"))
    assert search.first_generation == stored.countiter
    np.testing.assert_array_equal(search.optimizer.strategy.mean, stored.mean)


def test_pickle_that_would_run_code_is_refused(results):
    # Protocol 0: import os.system and call it.
    (results / "a.pkl").write_bytes(b"cos\nsystem\n(S'touch broken'\ntR.")
    config = RunConfig()
    config.optimizer.pickle_path, config.optimizer.trust_pickle = str(results), True
    with pytest.raises(UnsafeFileError):
        continue_search(config, build_table(2, controller="four_param"))
    assert not Path("broken").exists()


@pytest.mark.long
def test_run_with_another_number_of_points(results, capsys):
    old = np.array([0.2, 0.8, 0.3, 0.3, 0.6, 0.85])
    np.savetxt(results / f"{NAME}_BestLast.txt", np.concatenate([PUBLISHED[:77], old]))
    arguments = ["exp=exo_npoint", f"optimizer.param_path={results.name}", "optimizer=evaluate", "env.sim_time=0.3"]
    with pytest.warns(UserWarning, match="torque curve of 3 points resampled to 6, peak kept"):
        assert train.main([*arguments, "expname=check"]) == 0
    with pytest.warns(UserWarning, match="resampled to 6"):
        assert train.main(["exp=exo_npoint", arguments[1], "env.sim_time=0.3", "optimizer.popsize=3",
                           "optimizer.maxiter=1", "optimizer.sigma_gain=0.001", "expname=search"]) == 0  # fmt: skip
    (best,) = Path("logs").glob("*/search/best_parameters.json")
    content = json.loads(best.read_text())
    assert content["layout"] == "2d-npoint6"
    exo = np.array([row["raw"] for row in content["parameters"] if row["group"] == "exo"])
    np.testing.assert_allclose(exo, resample_npoint(old, 6), atol=1e-3)
    new_time, new_peak = find_peak(build_curve(*npoint_knots(exo, 1.0)))
    old_time, old_peak = find_peak(build_curve(*npoint_knots(old, 1.0)))
    assert abs(new_time - old_time) < 2e-3 and abs(new_peak - old_peak) < 2e-3
