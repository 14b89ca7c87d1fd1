"""The bench of plants: its table, its section of a page, and a tiny run that is killed and continued."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import plants  # noqa: E402


def result(plant, seed, sd, **fields):
    walks = {"overall_sd": sd, "missed": ["cot"], "gates": 20, "cot_j_kg_m": {plants.ENERGY_MODEL: 4.0 + seed}}
    falls = {"overall_sd": None, "missed": None, "gates": None, "cot_j_kg_m": None}
    common = {"cost": 10.0 + seed, "noise_survived": seed, "evaluations": 32, "core_seconds_per_evaluation": 0.25}
    common["seconds_per_walked_second"] = 0.0125
    return {"plant": plant, "seed": seed, **(falls if sd is None else walks), **common, **fields}


def test_the_table_has_a_row_per_plant_of_the_walks_that_last():
    rows = [result("published", 0, 2.0), result("published", 1, 3.0), result("published", 2, None)]
    table = plants.format_table([*rows, result("human_elastic", 0, None)]).splitlines()
    assert table[2] == (
        "| published | 32 | 2 of 3 | 11.00 (10.00 to 12.00) | 2.50 (2.00 to 3.00) | 1 of 20 | 1 (0 to 2) "
        "| 4.50 (4.00 to 5.00) | 250 | 12.5 |"
    )
    assert table[3] == "| human, elastic | 32 | 0 of 1 | 10.00 | - | - | 0 | - | 250 | 12.5 |"
    assert len({line.count("|") for line in table}) == 1


def test_results_of_several_processes_make_one_table_and_one_section_of_a_page(tmp_path, capsys):
    for name, item in (("human_rigid_0", result("human_rigid", 0, 1.5)), ("published_0", result("published", 0, 2.0))):
        (tmp_path / name).mkdir()
        (tmp_path / name / plants.RESULT_NAME).write_text(json.dumps(item))
    page = tmp_path / "page.md"
    page.write_text("# Page\n")
    for _ in range(2):
        plants.main(["--out", str(tmp_path), "--table", "--docs", str(page)])
    text = page.read_text()
    assert text.startswith("# Page\n") and text.count("| published |") == text.count(plants.TITLE) == 1
    assert [item["plant"] for item in json.loads((tmp_path / plants.RESULTS_NAME).read_text())] == [
        *("published", "human_rigid")
    ]
    assert text.index("| published |") < text.index("| human, rigid |")
    assert "| human, rigid |" in capsys.readouterr().out


@pytest.mark.long
def test_a_tiny_bench_goes_on_after_a_kill(tmp_path):
    bench = [sys.executable, str(ROOT / "benchmarks" / "plants.py"), "--out", "bench", "--only", "published"]
    bench += ["--seeds=1", "--evaluations=16"]
    options = {"cwd": tmp_path, "check": True, "capture_output": True, "text": True, "timeout": 1800}
    subprocess.run(bench, **options)
    folder = tmp_path / "bench" / "published_0"
    result = folder / plants.RESULT_NAME
    found = json.loads(result.read_text())
    assert found["evaluations"] == 16 and found["noise_copies"] == 10
    # As a kill before the judgement leaves it: nothing is searched again.
    result.unlink()
    again = subprocess.run(bench, **options)
    assert json.loads(result.read_text())["cost"] == found["cost"] and "generation 1" not in again.stdout
    more = subprocess.run([*bench, "--evaluations=32"], **options)
    assert json.loads((folder / plants.RESULT_NAME).read_text())["evaluations"] == 32
    assert "| published | 32 |" in more.stdout
