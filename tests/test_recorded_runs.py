"""The record that changes of the code are held against: it finds what differs and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "dev"))
from record_runs import RUNS, describe_machine, list_differences
from run_values import read_values

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "tests" / "data" / "recorded_runs.json"
OLD = ROOT / "tests" / "data" / "old_runs"
COMPARE = [sys.executable, str(ROOT / "scripts" / "dev" / "record_runs.py"), "--compare", str(RECORD), "--only"]


def test_one_digit_is_found_and_a_time_is_not(tmp_path):
    folder = tmp_path / "run"
    before = read_values(OLD / "finished")
    for source in (OLD / "finished").glob("*.*"):
        folder.mkdir(exist_ok=True)
        (folder / source.name).write_bytes(source.read_bytes())
    table = folder / "history_candidates.csv"
    table.write_text(table.read_text().replace("98996.40509873875", "98996.40509873876", 1))
    status = folder / "status.json"
    status.write_text(status.read_text().replace("2026-11-29T08:20", "2027-01-01T00:00"))
    after = read_values(folder)
    found = [line for line in list_differences({"a": before}, {"a": after}, ["a"]) if "missing" not in line]
    assert len(found) == 1 and found[0].startswith("a|history_candidates.csv:total: 6 ")


def test_a_renamed_column_is_said_to_have_moved():
    before = {"a": {"history.csv:cost": "6 1.5 0123456789ab", "history.csv:rest": "6 1.0 ffff"}}
    after = {"a": {"history.csv:total": "6 1.5 0123456789ab"}}
    assert list_differences(before, after, ["a"]) == [
        "a|history.csv:cost: 6 1.5 0123456789ab -> moved to history.csv:total",
        "a|history.csv:rest: 6 1.0 ffff -> missing",
        "a|history.csv:total: new, 6 1.5 0123456789ab",
    ]


def test_every_run_is_in_the_record_and_wrote_something():
    runs = json.loads(RECORD.read_text())["runs"]
    assert set(runs) == set(RUNS)
    assert [name for name, values in runs.items() if len(values) < 5 or any("exit code" in key for key in values)] == []
    assert RECORD.stat().st_size < 400_000


@pytest.mark.long
def test_the_numbers_are_those_of_the_record():
    if json.loads(RECORD.read_text())["machine"] != describe_machine():
        pytest.skip("another processor or other versions of libraries round differently")
    answer = subprocess.run(
        [*COMPARE, "four_param", "muscles_80", "rl_batched", "evolution"], capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stdout
