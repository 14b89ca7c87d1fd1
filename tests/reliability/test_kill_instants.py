"""Kills of every trainer, at instants spread over the whole run and inside the writing of files, change nothing."""

import os
import sys

import numpy as np
import pytest
from disturbed_runs import (
    COMMANDS,
    assert_finished,
    draw_aims,
    kill_in_two_lanes,
    results,
    seeded,
    undisturbed_results,
)
from fault_table import NOTHING, compare

from tests.end_to_end.walk_runs import absolute_paths

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]
KILLS = int(os.environ.get("MYOASSIST_KILLS", "6"))


@pytest.fixture
def undisturbed(tmp_path_factory):
    """Results of runs that nothing disturbs, made when they are asked for."""
    return lambda trainer: undisturbed_results(tmp_path_factory, trainer, COMMANDS[trainer])


def kill_often(tmp_path, trainer, expected, faults, aims):
    """Kill runs of a trainer and compare each that came to its end with an undisturbed one."""
    compared = []

    def check(folder):
        compared.append(compare(expected, results(folder, trainer)))
        if trainer != "evolution":
            assert_finished(folder)
        if trainer == "reflex":
            assert absolute_paths(folder) == []

    halves, folders, said = kill_in_two_lanes(aims, tmp_path, COMMANDS[trainer], check)
    assert len(compared) == folders
    assert halves >= KILLS // 5
    fault = f"kill -9 at random instants, {halves} of them inside the writing of a file"
    assert faults.add(trainer, fault, sum(compared, NOTHING), -9, said, "Continuing the", KILLS) == 0


def test_reflex_run_killed_at_random_instants(tmp_path, undisturbed, faults):
    aims = draw_aims(seeded("reflex"), KILLS, 4.0, ["checkpoint.bin"], 40)
    expected = undisturbed("reflex")
    kill_often(tmp_path, "reflex", expected, faults, aims)
    assert expected["history_generations.csv"].count(b"\n") == 61


def test_rl_run_killed_at_random_instants(tmp_path, undisturbed, faults):
    aims = draw_aims(seeded("rl"), KILLS, 5.0, ["checkpoint.bin", "model"], 6)
    expected = undisturbed("rl")
    kill_often(tmp_path, "rl", expected, faults, aims)
    assert expected["history.csv"].count(b"\n") == 5 and expected["evaluations.csv"].count(b"\n") > 1
    assert all(np.isfinite(np.frombuffer(value, np.float32)).all() for name, value in expected.items() if "/" in name)


def test_evolution_killed_at_random_instants(tmp_path, undisturbed, faults):
    expected = undisturbed("evolution")
    aims = draw_aims(seeded("evolution"), KILLS, 4.0, ["checkpoint", "status", "nevergrad"], 12)
    kill_often(tmp_path, "evolution", expected, faults, aims)
