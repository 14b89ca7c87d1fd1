"""The RL benchmark's bare loop sees the motion of the environments."""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
sys.path.insert(0, str(ROOT / "tests" / "rl"))

import bench_rl  # noqa: E402
from walking_batches import make_batch  # noqa: E402


def test_bare_replay_repeats_the_motion():
    batch = make_batch(2, "env.out_of_trajectory_threshold=100")
    recording = bench_rl.Recording(batch, 4)
    expected = [data.qpos.copy() for data in batch.datas]
    assert (batch.ended == 0).all()
    assert recording.bare(2) > 0.0
    for data, pose in zip(batch.datas, expected, strict=True):
        np.testing.assert_allclose(data.qpos, pose, atol=1e-4)
