"""The bench of searches counts what a run has done in the order in which it was done, and judges what it found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from myoassist.optimize.pool.run import run_pool
from tests.optimize.analytic_problem import open_folder, pool_config, pool_problem

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import search  # noqa: E402


@pytest.mark.long
def test_members_of_a_pool_are_counted_rung_by_rung(tmp_path):
    run_pool(pool_config(60), open_folder(tmp_path), pool_problem())
    moments = list(search.list_moments(tmp_path))
    assert [moment.evaluations for moment in moments] == [8 * (i + 1) for i in range(60)]
    assert [moment.folder.name for moment in moments[:20]] == [f"member_{i // 5:02d}" for i in range(20)]
    assert moments[-1].generation > 20 and moments[-1].folder == moments[-2].folder
    seconds = [moment.seconds for moment in moments]
    assert seconds == sorted(seconds) and moments[-1].core_seconds == pytest.approx(seconds[-1])


def test_the_table_has_median_and_range():
    runs = [{"walk": {"evaluations": n, "minutes": 1.0, "core_minutes": 2.0}} for n in (100, 300, 200)]
    table = search.format_table({"new": [*runs, {}]})
    assert "| new | walk | 3 of 4 | 200 (100 to 300) | 1.0 (1.0 to 1.0) | 2.0 (2.0 to 2.0) |" in table
    assert "| new | human gate | 0 of 4 | - | - | - |" in table


@pytest.mark.long
def test_a_quick_bench(tmp_path):
    command = [sys.executable, str(ROOT / "benchmarks" / "search.py"), "--quick", "--seeds=1", "--out", "bench"]
    changes = [
        "exp=baseline",
        "overlays=published",
        "model.physics=fast",
        "optimizer.param_path=shipped:walk_22",
        "optimizer.sigma_gain=0.1",
    ]
    changes += ["optimizer.scan=4", "optimizer.members=2"]
    done = subprocess.run([*command, *changes], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=1800)
    results = json.loads((tmp_path / "bench" / "search.json").read_text())
    assert set(results) == {"new", "plain"}
    assert results["new"][0]["whole run"]["evaluations"] == results["plain"][0]["whole run"]["evaluations"] == 48
    assert "| plain | whole run | 1 of 1 | 48 (48 to 48) |" in done.stdout
