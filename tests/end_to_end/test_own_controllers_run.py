"""The controllers of the documentation, as they stand there: searched, extended, evaluated, refused to others."""

import os
import shutil
import subprocess
import sys

import pytest
from walk_runs import find_run, finish, launch, result_bytes

from tests.control.own_files import page_files, write_page_files

pytestmark = pytest.mark.long

RUN = [
    "exp=debug", "overlays=published", "model=tutorial", "control.controller=clock.py",
    "exo.controller=spring.py:Spring", "exo.max_torque=40", "env.sim_time=0.6",
    "env.render_modes=[]", "optimizer.popsize=3", "optimizer.threads=1",
]  # fmt: skip


def evaluate(folder, cwd, code=0, environ=None, *options):
    command = [sys.executable, "-m", "myoassist.evaluate", f"run={folder}", *options]
    done = subprocess.run(
        command, cwd=cwd, env=environ or os.environ, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A run of two generations of both controllers."""
    place = tmp_path_factory.mktemp("own")
    write_page_files(place)
    finish(launch([*RUN, "optimizer.maxiter=2", "logdir=run"], place))
    return place


def test_the_run_is_searched_under_the_names_of_the_files(place):
    text = (place / "run" / "best_parameters.json").read_text()
    for name in ("period", "stance_drive", "stiffness", "2d.own_Clock-own_Spring"):
        assert f'"{name}"' in text
    assert len(page_files()["clock.py"].split("class Clock")[1].splitlines()) <= 22


def test_an_extended_run_is_one_that_was_never_interrupted(place):
    shutil.copytree(place / "run", place / "longer")
    said = finish(launch([*RUN, "optimizer.maxiter=3", "logdir=longer"], place))
    assert "Extending" in said
    processes = [*RUN[:-1], "optimizer.executor=processes", "optimizer.threads=2"]
    finish(launch([*processes, "optimizer.maxiter=3", "logdir=whole"], place))
    longer, whole = result_bytes(place / "longer"), result_bytes(place / "whole")
    for name in ("history_candidates.csv", "history_generations.csv"):
        assert longer[name] == whole[name]


def test_evaluation_shows_the_channels_under_their_names(place):
    evaluate("run", place)
    header, first, *_ = (place / "run" / "eval_channels.csv").read_text().splitlines()
    assert header == "time [s],Clock_phase_r [1],Clock_phase_l [1],Spring_stretch_r [rad],Spring_stretch_l [rad]"
    assert float(first.split(",")[0]) == pytest.approx(0.01)
    report = (place / "run" / "report.html").read_text()
    assert "clock.py" in report and "spring.py:Spring" in report
    assert "A controller of the user drives the muscles" in report
    assert (place / "run" / "eval_time_series.png").stat().st_size > 10000


def test_a_run_of_others_runs_no_code(place, tmp_path):
    shutil.copytree(place / "run", tmp_path / "run")
    for name in page_files():
        shutil.copy(place / name, tmp_path / name)
    # A cache in which nothing is known; compiled kernels stay where they are.
    environ = os.environ | {"MYOASSIST_CACHE": str(tmp_path / "cache"), "NUMBA_CACHE_DIR": str(tmp_path / "numba")}
    said = evaluate("run", tmp_path, 2, environ)
    assert "control.controller=clock.py in run would run code" in said and "trust_plugins=true" in said
    assert not (tmp_path / "numba").exists()


def test_a_broken_file_ends_before_anything_starts(tmp_path):
    write_page_files(tmp_path)
    text = page_files()["clock.py"].replace("dt / p.period", "dt / p.periode")
    (tmp_path / "clock.py").write_text(text)
    said = finish(launch(["exp=baseline", "control.controller=clock.py", "optimizer.maxiter=2"], tmp_path), 2)
    line = 1 + next(i for i, row in enumerate(text.splitlines()) if "periode" in row)
    assert f"clock.py, line {line}: there is no periode" in said
    assert "Traceback" not in said
    assert not (tmp_path / "logs").exists()


def test_reflexes_of_another_device_are_taken_over(tmp_path):
    write_page_files(tmp_path)
    command = [
        "exp=debug",
        "overlays=published",
        "model=tutorial",
        "exo.controller=spring.py",
        "optimizer.param_path=shipped:tutorial_4param",
        "env.sim_time=0.6",
        "optimizer.popsize=3",
    ]
    said = finish(launch([*command, "optimizer.maxiter=1", "optimizer.threads=1"], tmp_path))
    assert "its reflexes are taken over" in said
    assert '"stiffness"' in (find_run(tmp_path / "logs") / "best_parameters.json").read_text()
