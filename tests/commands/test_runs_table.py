"""`myoassist runs`: filters, tags, notes and the table as a file, over folders of real runs."""

import json
import sqlite3
import subprocess
import sys

import pandas as pd
import pytest

from myoassist.cli import main
from myoassist.commands.runs import parse_filter
from myoassist.files.errors import ConfigError, UserError
from myoassist.runs.run_table import COLUMNS, list_runs, mark_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Logs with two short searches, one of them evaluated by hand."""
    root = tmp_path_factory.mktemp("runs")
    for name, more in (("first", []), ("second", ["cost.tgt_vel=1.0", "seed=3"])):
        words = [
            "exp=baseline",
            "env.sim_time=1",
            "optimizer.popsize=2",
            "optimizer.maxiter=1",
            f"expname={name}",
            *more,
        ]
        subprocess.run([sys.executable, "-m", "myoassist.train", *words], cwd=root, check=True, capture_output=True)
    second = next((root / "logs").glob("*/second"))
    score = {
        "speed_m_s": 1.01,
        "overall_sd": 0.8,
        "cot_j_kg_m": {"umberger2010_0.60MPa": 4.2},
        "gate": {"failed": [{}]},
    }
    (second / "eval_score.json").write_text(json.dumps(score))
    return root


@pytest.fixture
def here(made, monkeypatch):
    monkeypatch.chdir(made)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return made


def names(capsys, *words):
    assert main(["runs", "list", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{len(lines) - 2} runs"
    return {line.split()[0].rpartition("/")[2] for line in lines[1:-1]}


def test_rows_hold_what_configuration_status_and_score_say(here):
    rows = {row["name"]: row for row in list_runs(here / "logs")}
    assert set(rows) == {"first", "second"} and all(tuple(row) == COLUMNS for row in rows.values())
    second = rows["second"]
    assert (second["tgt_vel"], second["seed"], second["overall_sd"], second["bounds_missed"]) == (1.0, 3, 0.8, 1)
    assert (second["cot_j_kg_m"], second["status"], second["evaluations"]) == (4.2, "finished", 2)
    assert rows["first"]["overall_sd"] is None and rows["first"]["exp"] == "baseline"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("status=finished", {"first", "second"}),
        ("overall_sd<1", {"second"}),
        ("exp=base* tgt_vel>=1.2", {"first"}),
        ("name!=first", {"second"}),
        ("seed=3 overall_sd>1", set()),
    ],
)
def test_filters(here, capsys, where, found):
    assert names(capsys, f"where={where}") == found


def test_tags_and_notes_are_kept_and_change_nothing_else(here, capsys):
    run = next((here / "logs").glob("*/first"))
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file() and path.name != "notes.json"}
    assert main(["runs", "tag", str(run), "paper", "old"]) == 0
    assert main(["runs", "note", str(run), "knees", "too", "straight"]) == 0
    assert main(["runs", "tag", str(run), "--remove", "old"]) == 0
    capsys.readouterr()
    assert names(capsys, "where=tags=paper") == {"first"} and names(capsys, "where=tags=old") == set()
    assert next(row["note"] for row in list_runs(here / "logs") if row["name"] == "first") == "knees too straight"
    after = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file() and path.name != "notes.json"}
    assert after == before


@pytest.mark.parametrize("ending", ["parquet", "csv", "sqlite"])
def test_the_table_is_read_by_others(here, tmp_path, ending):
    file = tmp_path / f"runs.{ending}"
    for _ in range(2):
        assert main(["runs", "keep", str(file)]) == 0
    if ending == "sqlite":
        connection = sqlite3.connect(file)
        table = pd.read_sql("select * from runs where overall_sd < 1", connection)
        connection.close()
    else:
        table = {"parquet": pd.read_parquet, "csv": pd.read_csv}[ending](file).query("overall_sd < 1")
    assert table["name"].tolist() == ["second"] and tuple(table.columns) == COLUMNS
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_refusals(here, tmp_path):
    with pytest.raises(ConfigError, match="no filter"):
        parse_filter("speed=1")
    with pytest.raises(ConfigError, match="no number"):
        parse_filter("best<good")
    with pytest.raises(UserError, match="is no run"):
        mark_run(tmp_path, ["a"], [], None)
    assert main(["runs", "keep", "runs.xlsx"]) == 2
