"""A pool whose members are jobs of a launcher is the pool of one process, byte for byte, and refuses what is none."""

import subprocess
import sys

import pytest

from tests.optimize.test_pool import pool_bytes
from tests.reliability.disturbed_runs import finish, launch

POOL = (
    *("exp=debug", "env.sim_time=0.3", "optimizer.popsize=4", "optimizer.maxiter=8", "optimizer.members=2"),
    *("optimizer.scan=4", "optimizer.threads=1"),
)
JOBS = ("--multirun", "hydra/sweeper=pool", "hydra.launcher.max_parallel=2")


@pytest.mark.long
def test_members_as_jobs_equal_members_in_one_process(tmp_path):
    finish(launch(tmp_path, POOL, folder="alone"))
    finish(launch(tmp_path, POOL, *JOBS, folder="jobs"))
    assert pool_bytes(tmp_path / "jobs") == pool_bytes(tmp_path / "alone")
    # One goes on where the other has ended, and a finished one has nothing left to do.
    said = finish(launch(tmp_path, POOL, "optimizer.maxiter=10", *JOBS, folder="alone"))
    assert "rung 3 of 3 is over, 40 evaluations" in said
    assert "nothing is left to do" in finish(launch(tmp_path, POOL, "optimizer.maxiter=10", *JOBS, folder="alone"))


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["optimizer.members=1"], "one run that is a pool"),
        (["seed=0,1"], "one run that is a pool"),
    ],
)
def test_what_is_no_pool_is_refused(tmp_path, overrides, words):
    command = [sys.executable, "-m", "myoassist.train", *POOL, *overrides, *JOBS]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.glob("logs/*/*/status.json"))
