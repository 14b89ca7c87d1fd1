"""A search killed or stopped at any instant ends with the bytes of an undisturbed one."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myoassist.optimize.loop.minimize import minimize
from tests.optimize.analytic_problem import StagedSphere, history_bytes, open_folder, small_config, small_table

GENERATIONS = 120


def launch(folder, checkpoint_every=1, delay=0.0, maxiter=GENERATIONS, algorithm="cma"):
    here = Path(__file__).parents[1]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "analytic_problem.py",
        str(folder),
        *map(str, (maxiter, checkpoint_every, delay)),
        algorithm,
    ]
    return subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, text=True)


def wait_for_checkpoint(folder, process):
    while not (folder / "history_generations.csv").exists():
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    path = tmp_path_factory.mktemp("undisturbed")
    minimize(StagedSphere(small_table(fixed=2)), small_config(GENERATIONS), open_folder(path), plot=False)
    return history_bytes(path)


@pytest.mark.long
@pytest.mark.parametrize("checkpoint_every", [1, 7])
def test_kill_at_random_instants(tmp_path, undisturbed, checkpoint_every):
    rng = random.Random(checkpoint_every)
    folder = tmp_path / "run"
    kills = 0
    for _ in range(5):
        process = launch(folder, checkpoint_every)
        wait_for_checkpoint(folder, process)
        time.sleep(rng.uniform(0.0, 0.25))
        process.kill()
        kills += process.wait() == -signal.SIGKILL
    process = launch(folder, checkpoint_every)
    assert process.wait(60) == 0
    assert kills > 0
    assert history_bytes(folder) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize(
    "algorithm", ["ipop", "bipop", "nevergrad", "staged_cma", "staged_bipop", "factors_cma", "factors_ipop"]
)
def test_every_algorithm_goes_on_after_kills(tmp_path, algorithm):
    for name, kills in (("whole", 0), ("killed", 3)):
        for _ in range(kills):
            process = launch(tmp_path / name, delay=0.005, maxiter=60, algorithm=algorithm)
            wait_for_checkpoint(tmp_path / name, process)
            time.sleep(0.3)
            process.kill()
            assert process.wait() == -signal.SIGKILL
        process = launch(tmp_path / name, maxiter=60, algorithm=algorithm)
        assert process.wait(600) == 0
    assert history_bytes(tmp_path / "killed") == history_bytes(tmp_path / "whole")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals to one process")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_save_and_end(tmp_path, undisturbed, number, code):
    folder = tmp_path / "run"
    process = launch(folder, checkpoint_every=50, delay=0.002)
    while not (folder / "checkpoint.bin").exists():
        assert process.poll() is None
        time.sleep(0.005)
    time.sleep(0.3)
    process.send_signal(number)
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == code
    assert "the same command continues" in output
    assert '"status": "interrupted"' in _read(folder / "status.json")
    assert launch(folder, checkpoint_every=50).wait(60) == 0
    assert history_bytes(folder) == undisturbed


def _read(path):
    return path.read_text() if path.exists() else ""
