"""Workers that die or hang: the run says so and goes on, or stops with a message; nothing is lost."""

import csv
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from disturbed_runs import FOLDER, RL, count_lines, finish, launch, wait_until

from myoassist.config.run_record import read_status
from tests.end_to_end.walk_runs import result_bytes

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")]
SHORT = ("exp=debug", "model.physics=fast", "env.sim_time=0.3", "optimizer.popsize=4", "optimizer.maxiter=40")
PLUGIN = Path(__file__).with_name("hanging_plugin.py")


def find_workers(process):
    """Return the worker processes of a command: those that multiprocessing has spawned."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def candidates(folder):
    with (folder / "history_candidates.csv").open() as stream:
        return list(csv.DictReader(stream))


def test_a_killed_worker_process_is_replaced_and_its_candidate_evaluated_again(tmp_path):
    finish(launch(tmp_path / "threads", SHORT))
    extra = ("optimizer.executor=processes", "optimizer.threads=2")
    process = launch(tmp_path / "processes", SHORT, *extra, strict=False)
    history = tmp_path / "processes" / FOLDER / "history_generations.csv"
    assert wait_until(process, lambda: count_lines(history) > 2), process.communicate()[0]
    for pid in find_workers(process)[:1]:
        os.kill(pid, signal.SIGKILL)
    output = finish(process)
    assert "died (exit code -9); another one evaluates its candidate again" in output
    assert result_bytes(tmp_path / "processes" / FOLDER) == result_bytes(tmp_path / "threads" / FOLDER)


def test_a_killed_environment_process_ends_the_training_in_words(tmp_path):
    longer = ("rl.vec_env=subproc", "env.num_envs=2", "rl.ppo_params.n_steps=32", "rl.total_timesteps=100000")
    process = launch(tmp_path, RL, *longer, strict=False)
    history = tmp_path / FOLDER / "history.csv"
    assert wait_until(process, lambda: count_lines(history) > 2), process.communicate()[0]
    os.kill(find_workers(process)[0], signal.SIGKILL)
    output = finish(process, 1)
    assert "exit code -9) ended after step" in output and "the same command continues" in output
    status = read_status(tmp_path / FOLDER)
    assert status["status"] == "failed" and status["steps"] >= 64
    rows = count_lines(history)
    again = launch(tmp_path, RL, *longer, strict=False)
    assert wait_until(again, lambda: count_lines(history) > rows), again.communicate()[0]
    again.send_signal(signal.SIGTERM)
    assert "Continuing the run" in finish(again, 143)


def test_a_hanging_candidate_is_killed_in_processes_and_reported(tmp_path):
    plugin = shutil.copy(PLUGIN, tmp_path / "hanging.py")
    extra = [f"plugins=[{plugin}]", "optimizer.maxiter=3", "optimizer.executor=processes", "optimizer.threads=2"]
    output = finish(launch(tmp_path, SHORT, *extra, "optimizer.candidate_timeout=3", strict=False))
    assert "longer than optimizer.candidate_timeout=3 s" in output
    rows = candidates(tmp_path / FOLDER)
    failed = [row for row in rows if row["outcome"] == "ERROR"]
    assert [(row["generation"], row["index"]) for row in failed] == [("2", "1")] and len(rows) == 12
    assert "candidate_timeout" in failed[0]["reason"]


def test_a_hanging_candidate_in_a_thread_stops_the_run_and_processes_go_on(tmp_path):
    plugin = shutil.copy(PLUGIN, tmp_path / "hanging.py")
    extra = [f"plugins=[{plugin}]", "optimizer.maxiter=3", "optimizer.threads=2", "optimizer.candidate_timeout=1"]
    output = finish(launch(tmp_path, SHORT, *extra, strict=False), 1)
    assert "cannot be ended in this process" in output and "optimizer.executor=processes" in output
    assert read_status(tmp_path / FOLDER)["generation"] == 1
    extra = [*extra[:-1], "optimizer.candidate_timeout=3", "optimizer.executor=processes"]
    finish(launch(tmp_path, SHORT, *extra, strict=False))
    assert [row["outcome"] == "ERROR" for row in candidates(tmp_path / FOLDER)] == [i == 5 for i in range(12)]


def test_a_slow_walk_is_ended_within_its_thread(tmp_path):
    # A controller that walks for good, asked to walk for as long as there is.
    extra = ["optimizer.param_path=shipped:tutorial_4param_fast", "env.sim_time=600", "optimizer.sigma_gain=0.001"]
    arguments = ("exp=tutorial", "model.physics=fast", "optimizer.popsize=2", "optimizer.maxiter=1")
    output = finish(launch(tmp_path, arguments, *extra, "optimizer.candidate_timeout=0.2", strict=False), 1)
    assert "every candidate of generation 1 failed" in output
    assert "longer than optimizer.candidate_timeout=0.2 s, at " in output
