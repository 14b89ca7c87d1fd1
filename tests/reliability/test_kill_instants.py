"""Twenty kills per trainer, at instants spread over the whole run and inside the writing of files, change nothing."""

import csv
import json
import sys

import numpy as np
import pytest
from disturbed_runs import EVOLUTION, FOLDER, REFLEX, RL, draw_aims, finish, kill_in_two_lanes, launch, seeded

from myoassist.rl.model_files import list_models
from myoassist.rl.policy_file import read_policy
from tests.end_to_end.walk_runs import absolute_paths, result_bytes

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]
KILLS = 20


def assert_nothing_lies_about(folder):
    assert [path.name for path in folder.rglob("*") if path.name.endswith(".tmp") or path.name == "run.lock"] == []
    assert json.loads((folder / "status.json").read_text())["status"] == "finished"


def test_reflex_run_killed_at_twenty_instants(tmp_path):
    finish(launch(tmp_path / "undisturbed", REFLEX))
    expected = result_bytes(tmp_path / "undisturbed" / FOLDER)
    assert expected["history_generations.csv"].count(b"\n") == 61

    def check(folder):
        assert result_bytes(folder) == expected
        assert_nothing_lies_about(folder)
        assert absolute_paths(folder) == []

    aims = draw_aims(seeded("reflex"), KILLS, 4.0, ["checkpoint.bin"], 40)
    halves, folders = kill_in_two_lanes(aims, tmp_path, REFLEX, check)
    print(f"{KILLS} kills, {halves} left a half-written file, {folders} folders equal to the undisturbed one")
    assert halves >= KILLS // 5


def rl_results(folder):
    policies = {"final": list_models(folder)[-1][1], "best": folder / "best_model.zip"}
    tensors = {
        f"{name}/{key}": value.tobytes()
        for name, path in policies.items()
        for key, value in read_policy(path).tensors.items()
    }
    return tensors | {name: (folder / name).read_bytes() for name in ("history.csv", "evaluations.csv")}


def test_rl_run_killed_at_twenty_instants(tmp_path):
    finish(launch(tmp_path / "undisturbed", RL))
    expected = rl_results(tmp_path / "undisturbed" / FOLDER)
    assert expected["history.csv"].count(b"\n") == 5 and expected["evaluations.csv"].count(b"\n") > 1
    assert all(np.isfinite(np.frombuffer(value, np.float32)).all() for name, value in expected.items() if "/" in name)

    def check(folder):
        assert rl_results(folder) == expected
        assert_nothing_lies_about(folder)

    aims = draw_aims(seeded("rl"), KILLS, 5.0, ["checkpoint.bin", "model"], 6)
    halves, folders = kill_in_two_lanes(aims, tmp_path, RL, check)
    print(f"{KILLS} kills, {halves} left a half-written file, {folders} folders equal to the undisturbed one")
    assert halves >= KILLS // 5


def evolution_results(folder):
    with (folder / "individuals.csv").open() as stream:
        places = [row["folder"] for row in csv.DictReader(stream)]
    assert len(places) == 12
    return (folder / "individuals.csv").read_bytes(), [
        (folder / place / "result.json").read_bytes() for place in places
    ]


def test_evolution_killed_at_twenty_instants(tmp_path):
    finish(launch(tmp_path / "undisturbed", EVOLUTION))
    expected = evolution_results(tmp_path / "undisturbed" / FOLDER)

    def check(folder):
        assert evolution_results(folder) == expected

    aims = draw_aims(seeded("evolution"), KILLS, 4.0, ["checkpoint", "status", "nevergrad"], 12)
    halves, folders = kill_in_two_lanes(aims, tmp_path, EVOLUTION, check)
    print(f"{KILLS} kills, {halves} left a half-written file, {folders} folders equal to the undisturbed one")
    assert halves >= KILLS // 5
