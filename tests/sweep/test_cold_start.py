"""Many workers that start at once on a machine that has compiled nothing yet."""

import json
import os
import subprocess
import sys

import pytest

PROCESSES = 3


@pytest.mark.long
def test_cold_starts_at_once(tmp_path):
    # One cache folder for all: the first to arrive compile, and nobody may read what another one is just writing.
    env = {key: value for key, value in os.environ.items() if key not in ("NUMBA_CACHE_DIR", "MPLCONFIGDIR")}
    env |= {"MYOASSIST_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "myoassist.train", "exp=debug", "optimizer=evaluate", "env.sim_time=0.5"]
    processes = [
        subprocess.Popen(
            [*command, f"expname=cold_{number}"],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    answers = [process.communicate(timeout=1200)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES, answers
    totals = {json.loads(file.read_text())["best"] for file in tmp_path.rglob("status.json")}
    assert len(list(tmp_path.rglob("status.json"))) == PROCESSES
    assert len(totals) == 1
    assert list((tmp_path / "cache").rglob("*.nbi"))
