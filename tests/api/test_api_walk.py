"""Walks out of Python: the numbers are those that the evaluation command writes."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest

import myoassist as ma
from myoassist import evaluate
from myoassist.files.errors import LayoutError, UserError

# Later than this, small changes of the model decide what happens; two strides are what the cost then needs.
RUN, SHORT = "shipped:walk_22", ["env.sim_time=5", "cost.num_strides=2"]


def open_figures():
    """Return the figures that pyplot holds, also those of other tests in this process."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else pyplot.get_fignums()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("walk")


@pytest.fixture(scope="module")
def walk(place):
    """A walk of a controller that comes with the package; the folder of its files is not made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.delenv("MYOASSIST_LOGS", raising=False)
        walk = ma.evaluate(RUN, *SHORT)
        assert list(place.iterdir()) == []
        yield walk


@pytest.fixture(scope="module")
def written(walk, place):
    """The folder that the command leaves of the same walk."""
    assert evaluate.main([f"run={RUN}", *SHORT, "env.render_modes=[]"]) == 0
    return walk.folder


def test_the_numbers_are_those_of_the_command(walk, written):
    terms = json.loads((written / "eval_terms.json").read_text())
    assert walk.cost == terms["total"] and walk.parts == terms["parts"] and walk.survived
    metrics = json.loads((written / "eval_metrics.json").read_text())
    for name, item in metrics.items():
        value = walk.metrics.value[name]
        assert (np.isnan(value) and item["value"] is None) or value == item["value"], name
    assert list(walk.metrics.unit) == [item["unit"] for item in metrics.values()]
    score = json.loads((written / "eval_score.json").read_text())
    assert walk.score.passed == score["gate"]["passed"]
    assert walk.score.missed == [item["name"] for item in score["gate"]["failed"]]
    assert walk.score.overall_sd == score["overall_sd"] and "overall_sd" in dir(walk.score)
    assert list(walk.score.bounds["light"]) == [item["light"] for item in score["card"]["gates"]]
    with pytest.raises(AttributeError, match="the score has no overal_sd"):
        _ = walk.score.overal_sd


def test_curves_are_those_of_the_table(walk, written):
    with (written / "eval_gait_cycle.csv").open(newline="") as stream:
        head, *rows = csv.reader(stream)
    curves = walk.curves
    assert ["percent", *curves.columns] == head and list(curves.index) == list(range(101))
    stored = np.array([[float(cell or "nan") for cell in row] for row in rows])[:, 1:]
    np.testing.assert_allclose(curves.to_numpy(), stored, rtol=1e-6)
    for side in "rl":
        assert 40.0 < curves[f"knee_angle_{side}_mean [deg]"].max() < 90.0


def test_the_log_has_names_units_and_the_signs_of_the_figures(walk):
    log, raw = walk.log, walk.evaluation.log
    assert log.index.name == "time [s]" and len(log) == raw.n_steps
    assert all(name.endswith("]") and " [" in name for name in log)
    assert log.columns.is_unique
    # The end of the judged strides is in the log as it is in the curves.
    assert log["knee_angle_r [deg]"].max() > 40.0
    np.testing.assert_allclose(log["vertical_grf_l [BW]"], raw.load[:, 1])
    np.testing.assert_allclose(log["ground_force_z_l [N]"], raw.load[:, 1] * raw.mass * 9.8)
    name = raw.muscle_names[3]
    np.testing.assert_array_equal(log[f"activation_{name} [0-1]"], raw.activation[:, 3])


def test_figures_belong_to_nobody(walk):
    before = open_figures()
    for name in ("gait_cycle", "joint_loads", "muscles", "time_series", "score", "comparison"):
        figure = getattr(walk.plot, name)()
        assert figure.axes, name
    assert figure._repr_png_()[:4] == b"\x89PNG"
    # A library may have imported it, but none of its figures is ours.
    assert open_figures() == before
    with pytest.raises(UserError, match="convergence"):
        walk.plot.convergence()


def test_notebooks_are_shown_lights(walk):
    page = walk._repr_html_()
    assert page.count("&#9679;") >= len(walk.score.bounds)
    assert "survived 5.00 s" in page and "<script" not in page
    assert repr(walk.score).startswith("missed: strides 2")


def test_a_vector_walks_as_the_run_does(walk):
    same = ma.simulate(walk.evaluation.vector, walk.config)
    assert same.cost == walk.cost
    np.testing.assert_array_equal(same.evaluation.log.flat, walk.evaluation.log.flat)
    with pytest.raises(UserError, match="has no folder"):
        same.report()


@pytest.mark.long
def test_parameters_are_changed_by_name_in_their_units(walk):
    config = ma.compose("exp=baseline", "overlays=published", "optimizer.param_path=shipped:walk_22", *SHORT)
    start = ma.simulate(None, config)
    changed = ma.simulate({"pelvis_tilt": -4.0}, config)
    assert changed.parameters.value["pelvis_tilt"] == pytest.approx(-4.0)
    others = [name for name in start.parameters.index if name != "pelvis_tilt"]
    assert changed.parameters.raw[others].equals(start.parameters.raw[others])
    assert ma.simulate(start.parameters["value"], config).cost == pytest.approx(start.cost)
    with pytest.raises(LayoutError, match="there is no parameter pelvis_tild"):
        ma.simulate({"pelvis_tild": -4.0}, config)
    with pytest.raises(LayoutError, match="has 3 entries"):
        ma.simulate([1.0, 2.0, 3.0], config)
    both = ma.compare([start, changed, walk])
    assert list(both.walks) == [start.name, f"{start.name} (2)", "walk_22"]
    assert both.metrics.loc["speed"].iloc[0] == start.metrics.value["speed"]
    assert both.plot.gait_cycle().axes
    assert "best" in both._repr_html_()
    with pytest.raises(UserError, match="2 names for 3 walks"):
        ma.compare([start, changed, walk], names=["a", "b"])


@pytest.mark.long
def test_report_video_repeats_and_a_policy(walk, place, tmp_path):
    page = walk.report(pictures=False)
    assert page.is_file() and "walk_22" in page.read_text()
    assert not (walk.folder / "eval.mp4").exists()
    # In a process of its own: MuJoCo takes its drawing back end when it is imported, and here it has been.
    program = (
        "import sys; from pathlib import Path; import myoassist as ma\n"
        f"video = ma.evaluate({RUN!r}, *{list(SHORT)!r}).video(Path(sys.argv[1]))\n"
        "assert video.path.read_bytes() == video.content and b'ftyp' in video.content[:16]\n"
        "assert 'data:video/mp4;base64,' in video._repr_html_()\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "folder" / "walk.mp4")], check=True, timeout=300)
    again = ma.evaluate(RUN, *SHORT, repeats=2)
    assert list(again.metrics.columns) == ["value", "mean", "sd", "n", "unit", "meaning"]
    assert again.metrics.loc["speed", "n"] <= 2
    policy = ma.evaluate("shipped:walk_rl", "rl.evaluate_param_list=[{num_timesteps: 60}]")
    assert policy.evaluation.learned and len(policy.log) > 10
    with pytest.raises(UserError, match="is a policy"):
        _ = policy.parameters
