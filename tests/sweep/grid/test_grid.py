import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myoassist import train
from myoassist.runs.catalogue import read_status
from myoassist.runs.index import INDEX_NAME, read_index

FAKE = ["exp=exo_npoint", "task=fake"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


def find_day(place):
    """The folder of the day on which the runs below this place began, whatever the day is by now."""
    (day,) = (place / "logs").iterdir()
    return day


def run_folders(place):
    return sorted(file.parent.relative_to(find_day(place)).as_posix() for file in place.rglob("status.json"))


def find_index(place):
    (file,) = place.rglob(INDEX_NAME)
    return file


def start(arguments, place):
    return subprocess.Popen(
        [sys.executable, "-m", "myoassist.train", *arguments],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def test_every_combination_runs_in_a_folder_of_its_own(place, capfd):
    arguments = [*FAKE, "expname=NAME_${exo.n_points}_${seed}", "exo.n_points=2,3", "seed=0,1,2", "-m"]
    assert train.main(arguments) == 0
    assert run_folders(place) == [f"NAME_{points}_{seed}" for points in (2, 3) for seed in (0, 1, 2)]
    index = find_index(place)
    assert index.parent.relative_to(place).as_posix() == f"logs/{find_day(place).name}/NAME_sweep_n_points_seed"
    assert str(place) not in index.read_text()
    rows = read_index(index)
    assert [row.swept for row in rows] == [[f"exo.n_points={p}", f"seed={s}"] for p in (2, 3) for s in (0, 1, 2)]
    assert {row.status for row in rows} == {"finished"}
    for row in rows:
        assert row.best == pytest.approx(json.loads((row.folder / "result.json").read_text())["total"])
    assert "6 runs: 6 finished." in capfd.readouterr().out
    # Nothing is left to do, and nothing is done.
    before = {file: file.stat().st_mtime_ns for file in place.rglob("status.json")}
    assert train.main(arguments) == 0
    assert "6 finished before" in capfd.readouterr().out
    assert {file: file.stat().st_mtime_ns for file in place.rglob("status.json")} == before


@pytest.mark.long
def test_list_values_are_single_values(place):
    Path("a.py").write_text("")
    Path("b.py").write_text("")
    assert train.main([*FAKE, "plugins=[a.py],[a.py, b.py]", "+overlays=sweep", "expname=L", "-m"]) == 0
    assert run_folders(place) == ["L/plugins_appy", "L/plugins_appy_bppy"]


@pytest.mark.long
@pytest.mark.parametrize("overlay", ["overlays=sweep", "+overlays=sweep"])
def test_sweep_overlay_names_folders_after_what_varies(place, overlay, capfd):
    assert train.main([*FAKE, overlay, "env.slope_deg=-1.5,0", "seed=3,4", "exo.n_points=5", "-m"]) == 0
    name = "exo_npoint_n_points_5_task_fake"
    assert run_folders(place) == [
        f"{name}/{slope}/seed_{seed}" for slope in ("slope_deg_0", "slope_deg_n1p5") for seed in (3, 4)
    ]
    assert find_index(place).parent.name == name


@pytest.mark.long
def test_runs_that_would_share_a_folder_are_refused_with_the_remedy(place, capfd):
    arguments = [*FAKE, "expname=A", "seed=0,1", "exo.n_points=2,3", "-m"]
    assert train.main(arguments) == 2
    message = capfd.readouterr().err
    assert "4 runs" in message
    assert re.search(r"logs/[\d-]{10}/A: seed=0 exo.n_points=2 \| seed=0 exo.n_points=3", message)
    for remedy in ("overlays=sweep", r"expname=NAME_\${seed}_\${exo.n_points}", "allow_shared_dir=true"):
        assert remedy in message
    assert list(place.iterdir()) == []
    assert train.main([*arguments, "overlays=sweep"]) == 0


@pytest.mark.long
def test_shared_folders_are_allowed_on_request(place, capfd):
    arguments = [*FAKE, "optimizer.threads=1,2", "hydra.launcher.max_parallel=1", "-m"]
    assert train.main(arguments) == 2
    capfd.readouterr()
    assert train.main([*arguments, "allow_shared_dir=true"]) == 0
    assert run_folders(place) == ["exo_npoint_task_fake"]


def test_any_refused_run_refuses_the_grid(place, capfd):
    assert train.main([*FAKE, "exo.n_points=2,3,0", "-m"]) == 2
    assert "exo.n_points=0" in capfd.readouterr().err
    assert list(place.iterdir()) == []


@pytest.mark.long
def test_failed_runs_are_listed_and_the_others_have_run(place, capfd):
    failing = ["fake.noise=0", "fake.fail_below=-1", "exo.max_torque=10,30", "exo.n_points=6"]
    assert train.main([*FAKE, *failing, "fake.failure=raise,kill", "overlays=sweep", "-m"]) == 1
    shown = capfd.readouterr()
    assert "2 of 4 runs failed" in shown.err
    # With a torque of 10 N·m the synthetic fitness is -1.44, with 30 it is -0.44.
    assert "max_torque_10_failure_raise: fake failure" in shown.err
    assert "max_torque_10_failure_kill: process was killed by SIGKILL" in shown.err
    assert "Traceback" not in shown.err
    rows = read_index(find_index(place))
    assert [row.status for row in rows] == ["failed", "failed", "finished", "finished"]
    for row in rows[:2]:
        assert row.command in shown.err
        assert row.folder.is_dir()
    # The command of one run continues that run.
    words = rows[1].command.split()
    assert words[:3] == ["python", "-m", "myoassist.train"]
    assert train.main([*words[3:], "fake.fail_once=true"]) == 0
    assert read_status(rows[1].folder)["status"] == "finished"


@pytest.mark.long
def test_no_more_than_max_parallel_runs_live_at_once(place, capfd):
    most = 0
    arguments = [*FAKE, "seed=0,1,2", "fake.sleep=0.2", "hydra.launcher.max_parallel=2", "overlays=sweep", "-m"]
    process = start(arguments, place)
    while process.poll() is None:
        most = max(most, sum(read_status(file.parent)["status"] == "running" for file in place.rglob("status.json")))
        time.sleep(0.02)
    assert process.returncode == 0, process.stdout.read()
    assert most == 2
    assert train.main([*FAKE, "seed=0,1", "hydra.launcher.max_parallel=0", "-m"]) == 2
    assert "max_parallel=1" in capfd.readouterr().err


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize(
    "number",
    [signal.SIGKILL, signal.SIGTERM, signal.SIGINT],
)
def test_killed_grid_goes_on_with_the_same_command(place, number, capfd):
    arguments = [*FAKE, "seed=0,1,2", "fake.sleep=0.3", "hydra.launcher.max_parallel=2", "overlays=sweep", "-m"]
    process = start(arguments, place)
    # In mid-run of the first ones, before the third has started.
    begun = lambda: [read_status(file.parent).get("generation", 0) for file in place.rglob("status.json")]  # noqa: E731
    wait_for(lambda: len(begun()) == 2 and min(begun()) > 0)
    process.send_signal(number)
    shown, _ = process.communicate(timeout=60)
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number), shown
    assert len(run_folders(place)) == 2
    # No run outlives its sweep: what it had done so far stays as it is.
    time.sleep(0.5)
    states = {file: file.read_bytes() for file in place.rglob("checkpoint.json")}
    time.sleep(0.5)
    assert {file: file.read_bytes() for file in place.rglob("checkpoint.json")} == states
    assert train.main(arguments) == 0
    assert "to be continued" in capfd.readouterr().out
    assert [row.status for row in read_index(find_index(place))] == ["finished"] * 3


@pytest.mark.long
def test_grid_begun_yesterday_is_finished_there(place, capfd):
    failing = [*FAKE, "fake.noise=0", "fake.fail_below=-1", "exo.max_torque=10,30", "expname=N_${exo.max_torque}"]
    arguments = [*failing, "exo.n_points=6", "-m"]
    assert train.main(arguments) == 1
    today = find_day(place)
    yesterday = (datetime.date.fromisoformat(today.name) - datetime.timedelta(days=1)).isoformat()
    today.rename(today.with_name(yesterday))
    capfd.readouterr()
    # Another configuration, although of the same name, is another grid.
    assert train.main([*failing, "exo.n_points=5", "fake.failure=nan", "-m"]) == 0
    assert f"It is the unfinished grid of {yesterday}" not in capfd.readouterr().out
    (other,) = set((place / "logs").iterdir()) - {today.with_name(yesterday)}
    shutil.rmtree(other)
    # How it fails is no part of the configuration.
    assert train.main([*arguments[:-1], "fake.fail_once=true", "-m"]) == 0
    shown = capfd.readouterr().out
    assert f"It is the unfinished grid of {yesterday}" in shown
    assert "1 finished before, 1 to be continued" in shown
    assert find_day(place).name == yesterday
    assert {row.status for row in read_index(find_index(place))} == {"finished"}


@pytest.mark.long
def test_values_may_come_from_a_file(place):
    (place / "exp").mkdir()
    text = "# @package _global_\ntask: fake\nhydra:\n  sweeper:\n    params:\n      seed: 0,1\n"
    (place / "exp" / "mine.yaml").write_text(text)
    assert train.main(["exp=mine", "--config-dir", str(place), "overlays=sweep", "-m"]) == 0
    assert run_folders(place) == ["mine/seed_0", "mine/seed_1"]


@pytest.mark.long
def test_swept_experiments_and_groups(place):
    assert train.main(["exp=tutorial,exo_npoint", "model=dephy,humotech", "task=fake", "-m"]) == 0
    assert run_folders(place) == [
        f"{exp}_model_{model}_task_fake" for exp in ("exo_npoint", "tutorial") for model in ("dephy", "humotech")
    ]
