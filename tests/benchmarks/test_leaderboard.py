"""The leaderboard walks what it lists, and leaves out what walks otherwise."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from myoassist.analysis.proof.walked import find_shipped, make_pack
from myoassist.model.load_mujoco import load_mujoco
from myoassist.runs.pack import write_pack

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import leaderboard  # noqa: E402


@pytest.mark.long
def test_every_shipped_walk_on_level_ground_is_in_the_table_and_the_rules_are_those_of_the_code():
    table = (ROOT / "benchmarks" / "leaderboard.md").read_text(encoding="utf-8")
    assert table.startswith(leaderboard.RULES)
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    listed = {row[0].strip("| `"): row[1] for row in rows}
    level = leaderboard.list_level()
    assert listed == {name: leaderboard.describe_body(find_shipped(name).config) for name in level}
    assert {"human_125", "walk_26", "walk_rl"} <= set(level)
    assert not {"human_up_5", "osl_a", "walk_rough", "walk_speeds"} & set(level)
    missed = [0 if row[4] == "none" else len(row[4].split(", ")) for row in rows]
    assert missed == sorted(missed)


@pytest.mark.long
def test_a_changed_vector_does_not_get_into_the_table(tmp_path):
    load_mujoco()
    pack, _ = make_pack(find_shipped("human_100"))
    content = json.loads(pack.result)
    next(item for item in content["parameters"] if item["name"] == "activity_SOL")["raw"] *= 0.7
    write_pack(tmp_path / "boast.walk", replace(pack, result=json.dumps(content).encode()))
    command = [sys.executable, str(ROOT / "benchmarks" / "leaderboard.py"), "--out", "table.md"]
    done = subprocess.run(
        [*command, "boast.walk", "shipped:human_100"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    table = (tmp_path / "table.md").read_text()
    assert "boast.walk: left out" in done.stderr
    assert table.count("| `human_100` | human_4 | guided |") == 1
