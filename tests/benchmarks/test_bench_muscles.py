"""The benchmark of muscles compares loops that walk."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import bench_muscles  # noqa: E402


def test_a_ratio_is_of_two_loops_that_walk():
    loops = [bench_muscles.Loop(kind, "fast", 0.002, 0.1) for kind in ("elastic", "mujoco")]
    row = bench_muscles.compare(*loops, 2)
    assert 0.2 < row["min"] <= row["ratio"] <= row["max"] < 5.0
    assert all(loop.simulator.walker.fibres is not None for loop in loops[:1])
