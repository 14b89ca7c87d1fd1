"""A pool: its budget, its milestones, its members as ordinary runs, and that interruptions change nothing."""

import csv
import itertools
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from myoassist.config.entries.pool import count_members, keep_count, member_seed, plan_milestones
from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.errors import ResumeError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.pool.run import run_pool
from myoassist.optimize.pool.state import Pool, Standing, rank
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from tests.optimize.analytic_problem import history_bytes, open_folder, pool_config, pool_problem, small_config

ROOT = Path(__file__).parents[2]


def run(path, workers=1, maxiter=60, **changes):
    config = pool_config(maxiter, **changes)
    return run_pool(config, open_folder(path), pool_problem(workers))


def rows_of(path):
    with (path / "pool.csv").open() as stream:
        return list(csv.DictReader(stream))


def pool_bytes(path):
    """What must not depend on interruptions and workers: histories of all members and the record of the pool."""
    found = {member.name: history_bytes(member) for member in sorted(path.glob("member_*"))}
    found |= {name: (path / name).read_bytes() for name in ("pool.csv", "pool.json")}
    best = json.loads((path / "best_parameters.json").read_text())
    return found | {"best": [best["total"], [item["raw"] for item in best["parameters"]]]}


def test_every_rung_has_the_same_share_of_the_budget():
    optimizer = OptimizerConfig(members=8, popsize=10, maxiter=320)
    assert count_members(optimizer) == [8, 4, 2, 1]
    assert plan_milestones(optimizer) == [100, 300, 700]
    optimizer = OptimizerConfig(members=9, halving=3.0, milestones=[50, 200], popsize=10)
    assert count_members(optimizer) == [9, 3, 1] and plan_milestones(optimizer) == [50, 200]
    assert [keep_count(n, 1.2) for n in (2, 3, 5, 1)] == [1, 2, 4, 1]
    seeds = [member_seed(seed, member) for seed, member in itertools.product(range(4), range(1, 20))]
    assert len(set(seeds)) == len(seeds) and member_seed(7, 0) == 7 and max(seeds) < 2**31


@pytest.mark.long
def test_the_worst_end_and_the_best_gets_the_rest(tmp_path):
    best = run(tmp_path)
    rows = rows_of(tmp_path)
    by_rung = {number: [row for row in rows if row["rung"] == str(number)] for number in (1, 2, 3)}
    assert [len(rung) for rung in by_rung.values()] == [4, 2, 1]
    for number in (1, 2):
        ranked = sorted(by_rung[number], key=lambda row: float(row["best"]))
        kept = {row["member"] for row in by_rung[number] if row["kept"] == "1"}
        assert kept == {row["member"] for row in ranked[: len(kept)]}
        assert kept == {row["member"] for row in by_rung[number + 1]}
    ends = {row["member"]: int(row["evaluations"]) for row in rows}
    assert sorted(ends.values())[:2] == [40, 40] and sum(ends.values()) == 60 * 8
    assert best == min(float(row["best"]) for row in rows)
    # The folder of the pool holds the result files of its best member.
    stored = read_vector(find_vector_file(tmp_path))
    winner = tmp_path / json.loads((tmp_path / "status.json").read_text())["best_member"]
    np.testing.assert_array_equal(stored.vector, read_vector(find_vector_file(winner)).vector)
    assert json.loads((tmp_path / "best_parameters.json").read_text())["total"] == best


@pytest.mark.long
def test_members_are_ordinary_runs_and_the_first_is_the_run_without_a_pool(tmp_path):
    run(tmp_path / "pool")
    rows = rows_of(tmp_path / "pool")
    used = max(int(row["evaluations"]) for row in rows if row["member"] == "0")
    config = pool_config(60)
    config.optimizer.members, config.optimizer.max_evaluations = 1, used
    minimize(pool_problem(1), config, open_folder(tmp_path / "alone"), plot=False)
    assert history_bytes(tmp_path / "alone") == history_bytes(tmp_path / "pool" / "member_00")


@pytest.mark.long
def test_workers_and_a_larger_budget(tmp_path):
    run(tmp_path / "a", workers=1)
    run(tmp_path / "b", workers=3)
    assert pool_bytes(tmp_path / "a") == pool_bytes(tmp_path / "b")
    before = rows_of(tmp_path / "a")
    run(tmp_path / "a", maxiter=80)
    after = rows_of(tmp_path / "a")
    assert after[: len(before)] == before and len(after) == len(before) + 1
    assert after[-1]["member"] == before[-1]["member"]
    assert int(after[-1]["evaluations"]) - int(before[-1]["evaluations"]) == 20 * 8


@pytest.mark.long
@pytest.mark.parametrize(
    "algorithm",
    ["staged_bipop", "cma"],
)
def test_kills_change_nothing(tmp_path, algorithm):
    for name, kills in (("whole", 0), ("killed", 3)):
        for number in range(kills):
            process = launch(tmp_path / name, algorithm, delay=0.002)
            seen = sum(1 for _ in (tmp_path / name).glob("member_*/history_generations.csv"))
            began = time.monotonic()
            while process.poll() is None and time.monotonic() - began < 60.0:
                now = sum(1 for _ in (tmp_path / name).glob("member_*/history_generations.csv"))
                if now > min(seen, 3) or (seen == 4 and time.monotonic() - began > 3.0):
                    break
                time.sleep(0.005)
            time.sleep(0.05 * number)
            process.kill()
            process.wait()
        process = launch(tmp_path / name, algorithm)
        assert process.wait(600) == 0
    assert pool_bytes(tmp_path / "killed") == pool_bytes(tmp_path / "whole")


def launch(folder, algorithm, delay=0.0):
    command = [
        sys.executable,
        "-W",
        "ignore",
        "analytic_problem.py",
        str(folder),
        "90",
        "1",
        str(delay),
        algorithm,
        "4",
    ]
    return subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.DEVNULL)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals to one process")
def test_a_signal_ends_all_of_it(tmp_path):
    process = launch(tmp_path, "cma", delay=0.02)
    while not (tmp_path / "member_01" / "checkpoint.bin").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 143
    assert json.loads((tmp_path / "status.json").read_text())["status"] == "interrupted"
    assert json.loads((tmp_path / "member_00" / "status.json").read_text())["stop_reason"] == "max_evaluations"


def test_members_at_later_stages_lead():
    ones = [Standing(0, 9, "1/2 a", "3", 1.0), Standing(1, 9, "2/2 b", "3", 5.0), Standing(2, 9, "2/2 b", "3", 4.0)]
    assert [item.member for item in rank(ones)] == [2, 1, 0]


def test_a_damaged_record_is_refused(tmp_path):
    (tmp_path / "pool.json").write_text('{"format": 1}')
    with pytest.raises(ResumeError, match="fresh=true"):
        Pool(small_config(), tmp_path)
