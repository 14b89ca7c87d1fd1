import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from myoassist import evaluate
from myoassist.config.compose.run import compose_run
from myoassist.runs.folder import open_run

sys.path.insert(0, str(Path(__file__).parent / "analysis"))
from broken_graphics import without_choice, without_graphics

WALKING = Path(__file__).parent / "data" / "closedloop_2d_vectors.json"
# Long enough for the strides that the cost needs; later than this, small changes of the model decide what happens.
# What an evaluation writes even of a walk without a stride, drawing switched off.
WITHOUT_STRIDES = {
    "eval_terms.json",
    "eval_score.json",
    "eval_metrics.json",
    "eval_metrics.csv",
    "eval_time_series.png",
    "report.html",
}
RUN = ["exp=debug", "overlays=published", "model=tutorial", "env.sim_time=5", "cost.num_strides=2"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run folder as the optimizer leaves it, whose best walks."""
    from myoassist.files.json_values import to_json
    from myoassist.optimize.problem import Candidate
    from myoassist.optimize.store.result_files import describe_candidate, format_vector
    from myoassist.optimize.walk.problem import WalkProblem

    root = tmp_path_factory.mktemp("evaluate")
    before = Path.cwd()
    os.chdir(root)
    try:
        run = compose_run(RUN)
        problem = WalkProblem(run.config, 1)
        vector = np.array(json.loads(WALKING.read_text())["params"])
        best = Candidate(vector, problem.evaluate(vector, 0, 0), 1, 0)
        with open_run(run.config, run.exp, run.all_overrides) as folder:
            (folder.path / "myorfl_x_Best.txt").write_bytes(format_vector(vector))
            description = to_json(describe_candidate(best, problem.table, "myorfl_x"))
            (folder.path / "best_parameters.json").write_text(json.dumps(description))
            folder.write_status("finished", generation=1, best=best.result.total)
    finally:
        os.chdir(before)
    return root, folder.path, best.result


@pytest.fixture
def run_folder(finished, tmp_path, monkeypatch):
    """A copy of the run in a log folder of its own, and the result of its best."""
    root, folder, result = finished
    shutil.copytree(root / "logs", tmp_path / "logs")
    monkeypatch.chdir(tmp_path)
    return tmp_path, folder, result


def start(arguments, cwd, environ=None):
    return subprocess.run(
        [sys.executable, "-m", "myoassist.evaluate", *arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_results_are_those_of_the_search(run_folder, capsys):
    root, folder, result = run_folder
    before = {path.relative_to(root) for path in root.rglob("*")}
    assert evaluate.main(["exp=debug", "env.render_modes=[]"]) == 0
    terms = json.loads((folder / "eval_terms.json").read_text())
    assert terms["total"] == result.total
    assert terms["stage"] == result.stage
    assert sum(terms["parts"].values()) == pytest.approx(terms["total"], rel=1e-12)
    assert terms["terms"]["Effort_Cost"] == result.terms["Effort_Cost"]
    assert terms["parameters"] == "best_parameters.json"
    assert terms["overrides"] == ["env.render_modes=[]"]
    metrics = json.loads((folder / "eval_metrics.json").read_text())
    speed = float(np.asarray(result.terms["Actual_velocity"])[0])
    assert metrics["speed"]["value"] == pytest.approx(speed, rel=1e-9)
    assert metrics["speed"]["unit"] == "m/s"
    assert metrics["strides_judged"]["value"] == 2
    # Its own files, and nothing anywhere else.
    new = {path.name for path in root.rglob("*") if path.relative_to(root) not in before}
    pictures = {"eval_gait_cycle.png", "eval_joint_loads.png", "eval_muscles.png", "eval_time_series.png"}
    assert new == {
        *WITHOUT_STRIDES,
        *pictures,
        "eval_gait_cycle.csv",
        "eval_energy.csv",
        "eval_stats.csv",
        "eval_stats.json",
    }
    for name in pictures:
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    shown = capsys.readouterr().out
    assert "eval_gait_cycle.png" in shown
    assert "survived 5.00 s" in shown
    assert "another machine" not in shown


@pytest.mark.long
def test_params_and_short_walks(run_folder, capsys):
    root, folder, _ = run_folder
    shutil.copy(folder / "myorfl_x_Best.txt", root / "mine.txt")
    assert evaluate.main([f"run={folder}", "params=mine.txt", "env.sim_time=0.3", "env.render_modes=[]"]) == 0
    terms = json.loads((folder / "eval_terms.json").read_text())
    assert terms["parameters"] == "mine.txt"
    assert terms["stage"] == "1b"
    assert terms["terms"] == {}
    assert terms["walked_time"] == pytest.approx(0.3)
    assert json.loads((folder / "eval_metrics.json").read_text())["speed"]["value"] is None
    assert not (folder / "eval_gait_cycle.png").exists()
    assert (folder / "eval_time_series.png").exists()
    assert "neither leg made a whole stride" in capsys.readouterr().out


def test_start_that_is_invalid(run_folder, capsys):
    root, folder, _ = run_folder
    vector = np.loadtxt(folder / "myorfl_x_Best.txt")
    # The right knee far beyond its range; unclamped, because this is what an evaluation is for.
    vector[54] = 40.0
    np.savetxt(root / "bad.txt", vector)
    assert evaluate.main([f"run={folder}", "params=bad.txt"]) == 0
    terms = json.loads((folder / "eval_terms.json").read_text())
    assert terms["outcome"] == "INVALID_START"
    assert "could not start" in capsys.readouterr().out
    assert not list(folder.glob("eval*.png")) + list(folder.glob("*.mp4"))


@pytest.mark.long
def test_video_has_frames_that_move(run_folder):
    root, folder, _ = run_folder
    done = start([f"run={folder}", "env.sim_time=0.5", "env.video_speed=0.5"], root, without_choice())
    assert done.returncode == 0, done.stderr
    if "no video:" in done.stdout:
        pytest.skip(f"nothing can draw here: {done.stdout.partition('no video:')[2].strip()}")
    import imageio_ffmpeg

    frames = imageio_ffmpeg.read_frames(str(folder / "eval.mp4"))
    meta = next(frames)
    assert meta["size"] == (640, 480)
    assert meta["fps"] == 30.0
    assert meta["codec"] == "h264"
    pictures = np.array([np.frombuffer(frame, np.uint8).reshape(480, 640, 3) for frame in frames]).astype(int)
    # Half a second at half of its speed.
    assert len(pictures) == 30
    # Light ground and sky with a person in it, whose legs move, and tiles that pass by.
    assert 120 < pictures[0].mean() < 250
    assert np.abs(pictures[-1] - pictures[0])[200:460].mean() > 2.0
    from PIL import Image

    still = np.asarray(Image.open(folder / "eval_frame.png"))
    assert still.shape == (960, 1280, 3)
    assert still.std() > 10.0


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="hides the libraries as Linux looks them up")
def test_without_graphics_everything_else_is_written(run_folder):
    from myoassist.analysis.picture.graphics import PACKAGES

    root, folder, _ = run_folder
    done = start([f"run={folder}", "env.sim_time=0.5"], root, without_graphics(root / "lib"))
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "no video" in line]
    assert len(lines) == 1
    assert PACKAGES in lines[0]
    assert "Traceback" not in done.stderr
    written = {path.name for path in (*folder.glob("eval*"), *folder.glob("*.html"))}
    assert written == WITHOUT_STRIDES
    # The report says so too.
    assert PACKAGES in (folder / "report.html").read_text()


@pytest.mark.long
def test_from_another_directory_nothing_absolute_is_written(run_folder, tmp_path_factory, monkeypatch):
    root, folder, _ = run_folder
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("MYOASSIST_LOGS", str(root / "logs"))
    for chosen in (f"run={root / folder}", "exp=debug"):
        parameters = root / folder / "myorfl_x_Best.txt"
        assert evaluate.main([chosen, f"params={parameters}", "env.render_modes=[]", "env.sim_time=0.2"]) == 0
        written = [path for path in (root / folder).iterdir() if path.suffix in (".json", ".csv", ".html")]
        written = [path for path in written if path.name.startswith(("eval", "report"))]
        assert len(written) == 5
        for path in written:
            assert str(root) not in path.read_text()
            path.unlink()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["no run is chosen", "exp=tutorial"]),
        (["exp=exo_npoint"], ["no run of exo_npoint", "to fix:", "train exp=exo_npoint"]),
        (["exp=nope"], ["exp=nope", "exo_npoint_cont"]),
        (["run=nowhere"], ["run=nowhere does not exist"]),
        (["run=a", "run=b"], ["run= is given twice"]),
        (["exp="], ["names nothing"]),
        (["exp=tutorial", "--fast"], ["'--fast'"]),
        (["exp=tutorial", "repeats=0"], ["repeats=0", "whole number from 1"]),
        (["exp=tutorial", "repeats=2", "angle_sd=-1"], ["angle_sd=-1", "deg"]),
        (["exp=tutorial", "viewer=tv"], ["viewer=tv", "viewer=web"]),
        (["run=nowhere/*"], ["run=nowhere/* matches no folder"]),
    ],
)
def test_refused_before_anything_is_loaded_or_written(arguments, words, tmp_path):
    code = (
        "import sys; from myoassist.evaluate import main\n"
        f"code = main({arguments!r}); print(code, [n for n in ('mujoco', 'numba', 'matplotlib') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "2 []\n"
    assert [word for word in words if word not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["env.sim_time=-1"], ["env.sim_time=-1"]),
        (["env.simtime=1"], ["env.simtime", "sim_time"]),
        (["model=baseline"], ["exo.controller=four_param needs an ankle or hip actuator"]),
        (["params=none.txt"], ["params=none.txt does not exist"]),
        (["compare=none"], ["run=none does not exist"]),
        (["exo=none", "exo.n_points=0"], ["exo.n_points=0"]),
    ],
)
def test_bad_overrides_leave_the_run_alone(arguments, words, run_folder, capsys):
    _, folder, _ = run_folder
    assert evaluate.main([f"run={folder}", *arguments]) == 2
    message = capsys.readouterr().err
    assert [word for word in words if word not in message] == []
    assert not list(folder.glob("eval*"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell by DISPLAY")
@pytest.mark.parametrize("asked", ["viewer=window", "env.render_modes=[human]"])
def test_window_without_a_screen(asked, run_folder, monkeypatch, capsys):
    _, folder, _ = run_folder
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert evaluate.main([f"run={folder}", asked]) == 2
    message = capsys.readouterr().err
    assert "there is no screen" in message
    assert "viewer=web" in message
    assert not list(folder.glob("eval*"))


def test_run_without_a_best(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run = compose_run(RUN)
    with open_run(run.config, run.exp, run.all_overrides) as folder:
        pass
    assert evaluate.main([f"run={folder.path}"]) == 2
    assert "no best yet" in capsys.readouterr().err
    assert not list(folder.path.glob("eval*"))


@pytest.mark.long
def test_leftovers_are_told_apart(run_folder, capsys):
    _, folder, _ = run_folder
    (folder / "eval.mp4").write_bytes(b"old")
    assert evaluate.main([f"run={folder}", "env.sim_time=0.1", "env.render_modes=[]"]) == 0
    assert "From an earlier evaluation, not of this walk: eval.mp4" in capsys.readouterr().out


def test_help_names_every_option(capsys):
    assert evaluate.main(["-h"]) == 0
    shown = capsys.readouterr().out
    options = ("exp", "run", "params", "compare", "repeats", "robustness", "angle_sd", "speed_sd", "viewer", "port")
    assert [name for name in options if f"\n  {name}=" not in shown] == []
    assert "report.html" in shown


@pytest.mark.long
def test_repeats_and_comparison(run_folder, capsys):
    _, folder, _ = run_folder
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    untouched = {path.name: path.read_bytes() for path in other.iterdir() if path.is_file()}
    # So little that every walk stays on its feet.
    arguments = [f"run={folder}", f"compare={other}", "repeats=2", "angle_sd=0.2", "speed_sd=0", "env.render_modes=[]"]
    assert evaluate.main(arguments) == 0
    metrics = json.loads((folder / "eval_metrics.json").read_text())
    assert metrics["repeats"] == {"walks": 2, "survived": 2, "angle_sd_deg": 0.2, "speed_sd": 0.0, "seed": 0}
    assert metrics["distance"]["n"] == 2
    with (folder / "eval_repeats.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["outcome"] for row in rows] == ["SURVIVED", "SURVIVED"]
    ways = [float(row["distance [m]"]) for row in rows]
    assert ways[0] != ways[1]
    assert np.mean(ways) == pytest.approx(metrics["distance"]["mean"], rel=1e-7)
    assert np.std(ways, ddof=1) == pytest.approx(metrics["distance"]["sd"], rel=1e-4)
    with (folder / "eval_comparison.csv").open() as stream:
        # The same run twice: no difference, and the same draws.
        differences = {row["metric"]: row["difference"] for row in csv.DictReader(stream)}
    assert {float(value) for value in differences.values() if value} == {0.0}
    page = (folder / "report.html").read_text()
    assert "Two walks compared" in page
    assert "2 of 2 walks lasted" in page
    assert {path.name: path.read_bytes() for path in other.iterdir() if path.is_file()} == untouched
    assert "2 of 2 perturbed starts survived" in capsys.readouterr().out


@pytest.mark.long
def test_any_number_of_runs_side_by_side(run_folder):
    _, folder, _ = run_folder
    for name in ("other_1", "other_2"):
        shutil.copytree(folder, folder.with_name(name))
    arguments = [f"run={folder}", f"compare={folder.parent}/*", "env.render_modes=[]"]
    assert evaluate.main(arguments) == 0
    with (folder / "eval_comparison.csv").open() as stream:
        columns = next(csv.reader(stream))
    # The run itself matches the pattern too, and is there once.
    values = [name for name in columns if name.startswith("value [")]
    assert len(values) == len(set(values)) == 3 and "difference" not in columns
    page = (folder / "report.html").read_text()
    assert "3 walks compared" in page and "Score cards side by side" in page
    assert page.count("Far from a bound:") >= 3
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    for kind, start in starts.items():
        assert (folder / f"eval_comparison.{kind}").read_bytes().startswith(start)


@pytest.mark.long
def test_one_bad_run_of_several_does_not_stop_the_others(run_folder, capsys):
    _, folder, _ = run_folder
    bad = folder.with_name("aaa_bad")
    bad.mkdir()
    shutil.copy(folder / "config.yaml", bad)
    pattern = str(folder.parent / "*")
    assert evaluate.main([f"run={pattern}", "env.sim_time=0.2", "env.render_modes=[]"]) == 2
    captured = capsys.readouterr()
    assert "no best yet" in captured.err
    assert "1 of 2 runs evaluated" in captured.out
    assert (folder / "report.html").exists()
    assert [path.name for path in bad.iterdir()] == ["config.yaml"]
