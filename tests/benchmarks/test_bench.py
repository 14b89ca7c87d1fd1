"""The benchmark runs and its replay sees the motion of the closed loop."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import bench  # noqa: E402


@pytest.mark.long
@pytest.mark.parametrize("delayed", [False, True])
def test_bare_replay_repeats_the_motion(delayed):
    case = bench.Case("fast", 0.5, delayed=delayed)
    case.walk()
    expected = case.simulator._workers[0].data.qpos.copy()
    case.bare()
    np.testing.assert_array_equal(case.simulator._workers[0].data.qpos, expected)


@pytest.mark.long
def test_quick_benchmark_stores_its_rows(tmp_path):
    command = [sys.executable, str(ROOT / "benchmarks" / "bench.py"), "--quick", "--out", "rows.json"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=900)
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert len(rows) > 20
    assert all(value > 0 for row in rows.values() for value in row.values())
