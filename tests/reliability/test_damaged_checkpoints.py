"""Damaged checkpoints: the one before is used and the bad one named; without any, nothing goes on."""

import shutil
import sys

import pytest
from disturbed_runs import (
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

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]
NAMES = ("checkpoint.bin", "checkpoint.previous.bin")


def truncate(data):
    return data[: len(data) // 2]


def flip(data):
    changed = bytearray(data)
    changed[len(data) // 2] ^= 4
    return bytes(changed)


DAMAGES = {"truncated": truncate, "bit-flipped": flip, "empty": lambda data: b""}
COMMANDS = {"reflex": (REFLEX, "history_generations.csv", 5), "rl": (RL, "history.csv", 2)}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """For both trainers an undisturbed run's results and a killed run."""
    found = {}
    for trainer, (arguments, history, rows) in COMMANDS.items():
        place = tmp_path_factory.mktemp(trainer)
        process = launch(place / "killed", arguments)
        folder = place / "killed" / FOLDER
        assert wait_until(
            process, lambda f=folder, h=history, r=rows: count_lines(f / h) > r and all((f / n).exists() for n in NAMES)
        )
        process.kill()
        process.communicate()
        found[trainer] = undisturbed_results(tmp_path_factory, trainer, arguments), place / "killed"
    return found


def harm(path, damage):
    path.write_bytes(DAMAGES[damage](path.read_bytes()))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("trainer", COMMANDS)
def test_damaged_newest_is_named_and_the_one_before_continues(tmp_path, places, faults, trainer, damage):
    expected, killed = places[trainer]
    place = tmp_path / "run_again"
    shutil.copytree(killed, place)
    folder = place / FOLDER
    # A kill between the two renames may have left the previous one alone.
    assert (folder / NAMES[1]).exists()
    if not (folder / NAMES[0]).exists():
        shutil.copy(folder / NAMES[1], folder / NAMES[0])
    harm(folder / NAMES[0], damage)
    bad = (folder / NAMES[0]).read_bytes()
    output = finish(launch(place, COMMANDS[trainer][0], strict=False))
    assert "continuing from checkpoint.previous.bin" in output
    assert (folder / "checkpoint.damaged.bin").read_bytes() == bad
    assert_finished(folder)
    compared = compare(expected, results(folder, trainer))
    said = f"{FOLDER}/checkpoint.bin is damaged"
    assert faults.add(trainer, f"newest checkpoint {damage}", compared, 0, output, said) == 0


@pytest.mark.parametrize("trainer", COMMANDS)
def test_both_damaged_is_refused_and_nothing_is_overwritten(tmp_path, places, faults, trainer):
    place = tmp_path / "run_again"
    shutil.copytree(places[trainer][1], place)
    folder = place / FOLDER
    for name, damage in zip(NAMES, ("truncated", "empty"), strict=True):
        if (folder / name).exists():
            harm(folder / name, damage)
    # A kill in the middle of writing leaves such a file, which the next start clears away.
    (folder / ".history.csv.1.tmp").write_text("half")
    before = read_all(folder)
    output = finish(launch(place, COMMANDS[trainer][0], strict=False), 2)
    assert "fresh=true" in output
    assert '"status": "failed"' in (folder / "status.json").read_text()
    compared = compare(before, read_all(folder))
    assert faults.add(trainer, "both checkpoints damaged", compared, 2, output, "checkpoint.previous.bin is dam") == 0


def read_all(folder):
    """Return all files but how the last start ended, and the lock and half-written files of the killed one."""
    left_out = set(find_temporaries(folder)) | {str(folder / name) for name in ("status.json", "run.lock")}
    files = [path for path in folder.rglob("*") if path.is_file() and str(path) not in left_out]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
