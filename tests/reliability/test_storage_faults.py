"""Full, read-only and vanished run folders: said in words, nothing lost, the same command continues afterwards."""

import shutil
import sys

import pytest
from disturbed_runs import (
    EVOLUTION,
    FOLDER,
    REFLEX,
    RL,
    assert_finished,
    count_lines,
    find_temporaries,
    finish,
    launch,
    results,
    undisturbed_results,
    wait_until,
)
from fault_table import compare

from myoassist.runs.catalogue import read_status

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="mounts of Linux")]
LONG = {
    "reflex": (REFLEX, "history_generations.csv", 4),
    "rl": ((*RL, "rl.total_timesteps=960"), "history.csv", 1),
}
# With no room at all the growing tables fail first; with some kilobytes they fit and the checkpoint does not.
ROOM = {"logging": 0, "checkpoint": 24_000}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Results of runs that nothing disturbs."""
    found = {trainer: undisturbed_results(tmp_path_factory, trainer, line[0]) for trainer, line in LONG.items()}
    return found | {"evolution": undisturbed_results(tmp_path_factory, "evolution", EVOLUTION)}


def start(place, trainer):
    arguments, history, rows = LONG[trainer]
    process = launch(place, arguments)
    assert wait_until(process, lambda: count_lines(place / FOLDER / history) > rows), process.communicate()[0]
    return process


def continue_to_the_end(place, trainer, expected):
    """Give the command of a disturbed run again and compare what it leaves with an undisturbed run."""
    output = finish(launch(place, LONG[trainer][0]))
    assert "Continuing the run" in output
    assert_finished(place / FOLDER)
    return compare(expected, results(place / FOLDER, trainer))


@pytest.mark.parametrize("part", ROOM)
@pytest.mark.parametrize("trainer", LONG)
def test_full_disk_ends_a_run_in_words_and_space_continues_it(small_disk, undisturbed, faults, trainer, part):
    process = start(small_disk.path, trainer)
    small_disk.fill(ROOM[part])
    output = finish(process, 1)
    assert "free space" in output
    run = small_disk.path / FOLDER
    assert find_temporaries(run) == []
    # A table may end in a row that the checkpoint does not know, but never in half of one.
    name = LONG[trainer][1]
    rows = (run / name).read_bytes()
    assert rows.endswith(b"\n") and undisturbed[trainer][name].startswith(rows)
    # Still full: refused, and nothing changes.
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    small_disk.empty()
    small_disk.fill()
    assert "No space left on device" in finish(launch(small_disk.path, LONG[trainer][0]), 2)
    after = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    small_disk.empty()
    compared = continue_to_the_end(small_disk.path, trainer, undisturbed[trainer])
    fault = f"disk full while writing the {'tables' if part == 'logging' else part}"
    assert faults.add(trainer, fault, compared, 1, output, "No space left on device") == 0


@pytest.mark.parametrize("instant", ["in an individual", "between two"])
def test_full_disk_ends_an_evolution_in_words_and_no_individual_counts_as_failed(
    small_disk, undisturbed, faults, instant
):
    process = launch(small_disk.path, EVOLUTION, "fake.sleep=0.1")
    run = small_disk.path / FOLDER
    if instant == "between two":
        assert wait_until(process, (run / "generation_0" / "rank_3" / "result.json").exists)
    else:
        assert wait_until(process, lambda: count_lines(run / "evolution.jsonl") > 3)
    small_disk.fill()
    output = finish(process, 1)
    small_disk.empty()
    finish(launch(small_disk.path, EVOLUTION, "fake.sleep=0.1"))
    found = results(run, "evolution")
    assert b"failed" not in found["individuals.csv"]
    compared = compare(undisturbed["evolution"], found)
    assert faults.add("evolution", "disk full", compared, 1, output, "No space left on device") == 0


@pytest.mark.parametrize("trainer", LONG)
def test_run_folder_that_becomes_read_only(small_disk, undisturbed, faults, trainer):
    process = start(small_disk.path, trainer)
    small_disk.remount("ro")
    try:
        output = finish(process, 1)
        assert "make it writable" in output
        assert (small_disk.path / FOLDER / "run.lock").exists()
        assert "Read-only file system" in finish(launch(small_disk.path, LONG[trainer][0]), 2)
    finally:
        small_disk.remount("rw")
    # The lock that could not be removed belongs to a dead process.
    compared = continue_to_the_end(small_disk.path, trainer, undisturbed[trainer])
    assert faults.add(trainer, "run folder becomes read-only", compared, 1, output, "Read-only file system") == 0


@pytest.mark.parametrize("trainer", LONG)
def test_run_folder_that_vanishes(tmp_path, undisturbed, faults, trainer):
    process = start(tmp_path, trainer)
    run = tmp_path / FOLDER
    shutil.move(run, tmp_path / "moved")
    output = finish(process, 1)
    assert "bring it back" in output
    assert not run.exists()
    assert read_status(tmp_path / "moved")["status"] == "running"
    shutil.move(tmp_path / "moved", run)
    compared = continue_to_the_end(tmp_path, trainer, undisturbed[trainer])
    assert faults.add(trainer, "run folder vanishes and comes back", compared, 1, output, "has vanished") == 0
