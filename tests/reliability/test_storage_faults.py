"""Full, read-only and vanished run folders: said in words, nothing lost, the same command continues afterwards."""

import json
import shutil
import sys

import pytest
from disturbed_runs import EVOLUTION, FOLDER, REFLEX, RL, count_lines, find_temporaries, finish, launch, wait_until

from myoassist.config.run_record import read_status
from tests.end_to_end.walk_runs import result_bytes

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="mounts of Linux")]
LONGER = "optimizer.maxiter=150"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    place = tmp_path_factory.mktemp("undisturbed")
    finish(launch(place, REFLEX, LONGER))
    return result_bytes(place / FOLDER)


def start(disk, arguments, *extra, history="history_generations.csv", rows=4):
    process = launch(disk.path, arguments, *extra)
    assert wait_until(process, lambda: count_lines(disk.path / FOLDER / history) > rows), process.communicate()[0]
    return process


# With no room at all the growing tables fail first; with some kilobytes they fit and the checkpoint does not.
@pytest.mark.parametrize("free", [0, 24_000], ids=["logging", "checkpoint"])
def test_full_disk_ends_a_search_in_words_and_space_continues_it(small_disk, undisturbed, free):
    process = start(small_disk, REFLEX, LONGER)
    small_disk.fill(free)
    output = finish(process, 1)
    assert "No space left on device" in output and "free space" in output
    run = small_disk.path / FOLDER
    assert find_temporaries(run) == []
    rows = (run / "history_candidates.csv").read_bytes()
    assert rows.endswith(b"\n") and undisturbed["history_candidates.csv"].startswith(rows)
    # Still full: refused, and nothing changes.
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    small_disk.fill()
    assert "No space left on device" in finish(launch(small_disk.path, REFLEX, LONGER), 2)
    after = {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    small_disk.empty()
    assert "Continuing the run" in finish(launch(small_disk.path, REFLEX, LONGER))
    assert result_bytes(run) == undisturbed


def test_full_disk_ends_a_training_in_words_and_space_continues_it(small_disk, tmp_path):
    longer = "rl.total_timesteps=960"
    finish(launch(tmp_path / "undisturbed", RL, longer))
    process = start(small_disk, RL, longer, history="history.csv", rows=1)
    small_disk.fill()
    output = finish(process, 1)
    assert "No space left on device" in output
    small_disk.empty()
    finish(launch(small_disk.path, RL, longer))
    for name in ("history.csv", "evaluations.csv"):
        assert (small_disk.path / FOLDER / name).read_bytes() == (tmp_path / "undisturbed" / FOLDER / name).read_bytes()


def test_full_disk_ends_an_evolution_in_words_and_no_individual_counts_as_failed(small_disk, tmp_path):
    finish(launch(tmp_path / "undisturbed", EVOLUTION))
    process = launch(small_disk.path, EVOLUTION, "fake.sleep=0.1")
    journal = small_disk.path / FOLDER / "evolution.jsonl"
    assert wait_until(process, lambda: count_lines(journal) > 3)
    small_disk.fill()
    assert "No space left on device" in finish(process, 1)
    small_disk.empty()
    finish(launch(small_disk.path, EVOLUTION, "fake.sleep=0.1"))
    table = (small_disk.path / FOLDER / "individuals.csv").read_bytes()
    assert table == (tmp_path / "undisturbed" / FOLDER / "individuals.csv").read_bytes()
    assert b"failed" not in table


def test_run_folder_that_becomes_read_only(small_disk, undisturbed):
    process = start(small_disk, REFLEX, LONGER)
    small_disk.remount("ro")
    try:
        output = finish(process, 1)
        assert "Read-only file system" in output and "make it writable" in output
        assert (small_disk.path / FOLDER / "run.lock").exists()
        assert "Read-only file system" in finish(launch(small_disk.path, REFLEX, LONGER), 2)
    finally:
        small_disk.remount("rw")
    # The lock that could not be removed belongs to a dead process.
    finish(launch(small_disk.path, REFLEX, LONGER))
    assert result_bytes(small_disk.path / FOLDER) == undisturbed


def test_run_folder_that_vanishes(tmp_path, undisturbed):
    process = launch(tmp_path, REFLEX, LONGER)
    run = tmp_path / FOLDER
    assert wait_until(process, lambda: count_lines(run / "history_generations.csv") > 4)
    shutil.move(run, tmp_path / "moved")
    output = finish(process, 1)
    assert "has vanished" in output and "bring it back" in output
    assert not run.exists()
    assert read_status(tmp_path / "moved")["status"] == "running"
    shutil.move(tmp_path / "moved", run)
    assert "Continuing the run" in finish(launch(tmp_path, REFLEX, LONGER))
    assert result_bytes(run) == undisturbed
    assert json.loads((run / "status.json").read_text())["status"] == "finished"
