"""One process per run folder, and no folder shut by a dead one."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myoassist.config.schema.run import RunConfig
from myoassist.files import lock as run_lock
from myoassist.files.errors import ResumeError
from myoassist.files.lock import LOCK_NAME, STALE_AFTER_S, RunLock
from myoassist.files.process import read_machine, read_process
from myoassist.runs.catalogue import read_status
from myoassist.runs.folder import open_run

DAY = datetime.date(2026, 3, 1)
FOLDER = Path("logs/2026-03-01/walk")

# Opens the run, says so, and keeps it open until it is killed or its input ends.
HOLDER = """
import datetime, sys
from myoassist.runs.folder import open_run
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import UserError
try:
    with open_run(RunConfig(expname="walk"), "baseline", [], today=datetime.date(2026, 3, 1)) as run:
        print(run.state, flush=True)
        sys.stdin.read()
except UserError as error:
    print(error, flush=True)
    sys.exit(error.exit_code)
"""


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


@pytest.fixture
def start_holder():
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def open_walk(**changes):
    return open_run(RunConfig(expname="walk", **changes), "baseline", [], today=DAY)


def write_lock(folder, age=0.0, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    owner = {"pid": os.getpid(), "start": read_process(os.getpid())[1], "token": "x"} | read_machine() | changes
    lock = folder / LOCK_NAME
    lock.write_text(json.dumps(owner))
    os.utime(lock, (time.time() - age,) * 2)
    return lock


def test_second_process_is_refused_by_pid_and_the_folder_is_free_after_a_kill(start_holder):
    first = start_holder()
    assert first.stdout.readline() == "new\n"
    with pytest.raises(ResumeError, match=f"process {first.pid} on ") as caught:
        open_walk()
    assert "expname=walk_2" in caught.value.remedy
    second = start_holder()
    out, _ = second.communicate()
    assert second.returncode == 2
    assert f"process {first.pid} on " in out
    # A live run is not set aside either.
    with pytest.raises(ResumeError, match=str(first.pid)):
        open_walk(fresh=True)
    first.send_signal(signal.SIGKILL)
    # Not collected yet: a zombie still answers signal 0.
    for _ in range(200):
        if not read_process(first.pid)[0]:
            break
        time.sleep(0.01)
    assert (FOLDER / LOCK_NAME).exists()
    with open_walk() as run:
        assert run.state == "resume"
        assert read_status(run.path)["status"] == "running"


def test_many_processes_at_once_over_a_stale_lock_leave_one_owner(start_holder):
    lock = write_lock(FOLDER, pid=2**22 + 1)
    holders = [start_holder() for _ in range(4)]
    answers = [holder.stdout.readline() for holder in holders]
    winners = [holder for holder, answer in zip(holders, answers, strict=True) if answer in ("new\n", "resume\n")]
    assert len(winners) == 1, answers
    assert json.loads(lock.read_text())["pid"] == winners[0].pid
    assert [entry.name for entry in FOLDER.iterdir() if entry.name.startswith(".")] == []


def test_same_process_cannot_open_twice():
    with open_walk(), pytest.raises(ResumeError, match=f"process {os.getpid()} "):
        open_walk()
    open_walk().close()


def test_lock_of_a_process_whose_number_was_given_to_another_is_stale():
    write_lock(FOLDER, start="1")
    open_walk().close()


def test_lock_of_another_machine_counts_while_it_is_touched():
    write_lock(FOLDER, host="node17", pid=99, age=5.0)
    with pytest.raises(ResumeError, match="process 99 on node17") as caught:
        open_walk()
    assert f"{STALE_AFTER_S:.0f} s" in caught.value.remedy
    write_lock(FOLDER, host="node17", pid=99, age=STALE_AFTER_S + 5.0)
    open_walk().close()


def test_half_written_lock_counts_while_it_is_young():
    lock = write_lock(FOLDER)
    lock.write_text('{"pid": 12')
    with pytest.raises(ResumeError, match="just starting"):
        open_walk()
    os.utime(lock, (time.time() - 2 * STALE_AFTER_S,) * 2)
    open_walk().close()


def test_held_lock_shows_signs_of_life(monkeypatch):
    monkeypatch.setattr(run_lock, "HEARTBEAT_S", 0.02)
    with open_walk() as run:
        lock = run.path / LOCK_NAME
        os.utime(lock, (time.time() - 1000.0,) * 2)
        for _ in range(200):
            if time.time() - lock.stat().st_mtime < 500.0:
                break
            time.sleep(0.01)
        assert time.time() - lock.stat().st_mtime < 500.0


def test_taken_over_run_stops_writing_and_leaves_the_lock_of_the_other():
    run = open_walk()
    status = read_status(run.path)
    write_lock(run.path, pid=77, host="node17")
    with pytest.raises(ResumeError, match="process 77 on node17"):
        run.write_status("running", generation=5)
    run.close()
    assert read_status(run.path) == status
    assert json.loads((run.path / LOCK_NAME).read_text())["pid"] == 77


def test_lock_works_where_hard_links_do_not(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with open_walk() as run:
        assert json.loads((run.path / LOCK_NAME).read_text())["pid"] == os.getpid()
        with pytest.raises(ResumeError, match=str(os.getpid())):
            RunLock(run.path).acquire()
    assert not (FOLDER / LOCK_NAME).exists()


def test_process_of_no_number_is_dead_and_this_one_lives():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert read_process(child.pid) == (False, None)
    alive, start = read_process(os.getpid())
    assert alive
    assert start == read_process(os.getpid())[1]
