"""A grid on a real Slurm: submitted with a cluster script, from a folder that is not the project's."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myoassist.runs.index import read_index
from tests.sweep.launch.test_slurm import queue, slurm, wait_for  # noqa: F401 - a fixture

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]
GRID = ["exp=exo_npoint", "task=fake", "seed=0,1,2,3", "fake.sleep=1", "expname=NAME_${exo.n_points}", "overlays=sweep"]
WORKERS = ["hydra.launcher.array_parallelism=2", "hydra.launcher.mem_per_cpu=100M", "hydra.launcher.cpus_per_task=1"]


def test_grid_through_a_cluster_script(slurm, tmp_path, monkeypatch):  # noqa: F811
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("MYOASSIST_VENV", str(Path(sys.executable).parents[1]))
    monkeypatch.chdir(tmp_path)
    # The daemon's own memory must not reach its workers.
    command = ["sbatch", "--mem-per-cpu=200M", str(ROOT / "scripts/supercloud.sh"), "scripts/train.sh", *GRID, *WORKERS]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    most, partitions, end = 0, set(), time.monotonic() + 180
    while (jobs := queue("--format=%i %T %P")) and time.monotonic() < end:
        active = [partition for _, state, partition in jobs if state == "RUNNING"]
        most, partitions = max(most, len(active)), partitions | set(active)
        time.sleep(0.2)
    said = {file.suffix: file.read_text() for file in (tmp_path / "out").iterdir()}
    assert "4 runs: 4 finished." in said[".out"], said
    # Two workers of four, and the daemon.
    assert most == 3
    assert partitions == {"normal", "xeon-g6-volta"}
    (root,) = Path("logs").glob("*/NAME_6")
    rows = read_index(root / "sweep_index.jsonl")
    assert [row.folder for row in rows] == [root / f"seed_{seed}" for seed in range(4)]
    assert {row.status for row in rows} == {"finished"}


def launch(folder, *extra):
    arguments = ["exp=exo_npoint", "task=fake", "expname=killed", "overlays=sweep", "hydra/launcher=slurm", *WORKERS]
    arguments += ["hydra.launcher.array_parallelism=1", "hydra.launcher.watch_s=2", "hydra.launcher.grace_s=4", *extra]
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "myoassist.train", *arguments, "--multirun"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_grid_whose_daemon_was_killed_takes_over_its_workers(slurm, tmp_path):  # noqa: F811
    # The first has to last longer than two commands take to start on a busy machine.
    run = ["fake.steps=30", "fake.sleep=1.2", "seed=0,1,2"]
    first = launch(tmp_path, *run)
    wait_for(lambda: any(tmp_path.glob("logs/*/killed/seed_0/checkpoint.json")))
    (root,) = tmp_path.glob("logs/*/killed")
    # Not while it lives: its workers would be taken from it.
    second = launch(tmp_path, *run)
    said = second.communicate(timeout=60)[0]
    assert second.returncode == 2, said
    assert "another sweep" in said, said
    first.kill()
    first.wait()
    third = launch(tmp_path, *run)
    said = third.communicate(timeout=200)[0]
    assert third.returncode == 0, said
    assert "1 workers still run and are waited for, 2 were cancelled" in said
    assert "3 runs (1 finished before, 2 new)" in said
    assert "3 runs: 3 finished." in said
    assert not (root / ".sessions").exists()
