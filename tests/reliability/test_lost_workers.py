"""Workers that die or hang: the run says so and goes on, or stops with a message; nothing is lost."""

import csv
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from disturbed_runs import (
    EVOLUTION,
    FOLDER,
    RL,
    assert_finished,
    count_lines,
    finish,
    launch,
    results,
    undisturbed_results,
    wait_until,
)
from fault_table import NOTHING, compare, compare_rows

from myoassist.runs.catalogue import read_status
from myoassist.sweep.evolution.store import read_state

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")]
SHORT = ("exp=debug", "model.physics=fast", "env.sim_time=0.3", "optimizer.popsize=4", "optimizer.maxiter=40")
# Of one evaluation, s: no walk of 0.3 s takes a hundredth of it, and what hangs does so for eleven days.
LIMIT = 5
# Generation and index of the candidates of three generations.
PLACES = [(str(generation), str(index)) for generation in (1, 2, 3) for index in range(4)]
PLUGIN = Path(__file__).with_name("hanging_plugin.py")


def find_workers(process):
    """Return the worker processes of a command: those that multiprocessing has spawned."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = []
    for pid in children:
        # One may end meanwhile.
        with suppress(OSError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


def read_table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def candidates(folder):
    return read_table(folder / "history_candidates.csv")


def test_a_killed_worker_process_is_replaced_and_its_candidate_evaluated_again(tmp_path, faults):
    finish(launch(tmp_path / "threads", SHORT))
    extra = ("optimizer.executor=processes", "optimizer.threads=2")
    process = launch(tmp_path / "processes", SHORT, *extra, strict=False)
    history = tmp_path / "processes" / FOLDER / "history_generations.csv"
    assert wait_until(process, lambda: count_lines(history) > 2), process.communicate()[0]
    for pid in find_workers(process)[:1]:
        os.kill(pid, signal.SIGKILL)
    output = finish(process)
    assert_finished(tmp_path / "processes" / FOLDER)
    compared = compare(*(results(tmp_path / name / FOLDER, "reflex") for name in ("threads", "processes")))
    said = "died (exit code -9); another one evaluates its candidate again"
    assert faults.add("reflex", "kill -9 of a worker process", compared, 0, output, said) == 0


def test_a_killed_environment_process_ends_the_training_in_words(tmp_path, faults):
    arguments = (*RL, "rl.vec_env=subproc", "env.num_envs=2", "rl.ppo_params.n_steps=32", "rl.total_timesteps=640")
    finish(launch(tmp_path / "undisturbed", arguments, strict=False))
    process = launch(tmp_path, arguments, strict=False)
    history = tmp_path / FOLDER / "history.csv"
    assert wait_until(process, lambda: count_lines(history) > 2), process.communicate()[0]
    os.kill(find_workers(process)[0], signal.SIGKILL)
    output = finish(process, 1)
    assert "the same command continues" in output
    status = read_status(tmp_path / FOLDER)
    assert status["status"] == "failed" and status["steps"] >= 64
    assert "Continuing the run" in finish(launch(tmp_path, arguments, strict=False))
    assert_finished(tmp_path / FOLDER)
    # Processes keep their episodes to themselves, so that new ones begin new episodes: what was saved stays as it was,
    # and what follows is as long as it would have been.
    n = status["steps"] // 64
    there = [read_table(place / FOLDER / "history.csv") for place in (tmp_path / "undisturbed", tmp_path)]
    compared = compare_rows(*(rows[:n] + [row["steps"] for row in rows[n:]] for rows in there))
    assert faults.add("rl", "kill -9 of an environment process", compared, 1, output, "exit code -9) ended after") == 0


def test_a_killed_process_of_an_individual_is_started_again(tmp_path, tmp_path_factory, faults):
    expected = undisturbed_results(tmp_path_factory, "evolution", EVOLUTION)
    process = launch(tmp_path, EVOLUTION, "hydra/launcher=local", "fake.sleep=1")
    journal = tmp_path / FOLDER / "evolution.jsonl"
    killed = []

    def kill_one():
        killed.extend(find_workers(process)[:1])
        return bool(killed)

    assert wait_until(process, lambda: count_lines(journal) > 1), process.communicate()[0]
    assert wait_until(process, kill_one), process.communicate()[0]
    os.kill(killed[0], signal.SIGKILL)
    finish(process)
    attempts = [item.attempts for item in read_state(tmp_path / FOLDER).individuals]
    assert sorted(attempts) == [1] * 11 + [2]
    said = f"journal: {attempts.count(2)} of {len(attempts)} individuals tried twice"
    compared = compare(expected, results(tmp_path / FOLDER, "evolution"))
    assert faults.add("evolution", "kill -9 of the process of an individual", compared, 0, said, "journal") == 0


def test_a_hanging_candidate_is_killed_in_processes_and_reported(tmp_path, faults):
    plugin = shutil.copy(PLUGIN, tmp_path / "hanging.py")
    extra = [f"plugins=[{plugin}]", "optimizer.maxiter=3", "optimizer.executor=processes", "optimizer.threads=2"]
    output = finish(launch(tmp_path, SHORT, *extra, f"optimizer.candidate_timeout={LIMIT}", strict=False))
    rows = candidates(tmp_path / FOLDER)
    failed = [row for row in rows if row["outcome"] == "ERROR"]
    assert [(row["generation"], row["index"]) for row in failed] == [("2", "1")]
    assert "candidate_timeout" in failed[0]["reason"]
    compared = compare_rows(PLACES, [(row["generation"], row["index"]) for row in rows])
    said = f"longer than optimizer.candidate_timeout={LIMIT} s"
    assert faults.add("reflex", "hanging candidate, in processes", compared, 0, output, said) == 0


def test_a_hanging_candidate_in_a_thread_stops_the_run_and_processes_go_on(tmp_path, faults):
    plugin = shutil.copy(PLUGIN, tmp_path / "hanging.py")
    common = [
        f"plugins=[{plugin}]",
        "optimizer.maxiter=3",
        "optimizer.threads=2",
        f"optimizer.candidate_timeout={LIMIT}",
    ]
    output = finish(launch(tmp_path, SHORT, *common, strict=False), 1)
    assert "optimizer.executor=processes" in output
    status = read_status(tmp_path / FOLDER)
    assert status["status"] == "failed" and status["generation"] == 1
    before = candidates(tmp_path / FOLDER)
    assert [row["outcome"] == "ERROR" for row in before] == [False] * 4
    finish(launch(tmp_path, SHORT, *common, "optimizer.executor=processes", strict=False))
    rows = candidates(tmp_path / FOLDER)
    assert rows[:4] == before
    assert [row["outcome"] == "ERROR" for row in rows] == [place == ("2", "1") for place in PLACES]
    compared = compare_rows(PLACES, [(row["generation"], row["index"]) for row in rows])
    assert faults.add("reflex", "hanging candidate, in threads", compared, 1, output, "cannot be ended") == 0


def test_a_slow_walk_is_ended_within_its_thread(tmp_path, faults):
    # A controller that walks for good, asked to walk for as long as there is.
    extra = ["optimizer.param_path=shipped:tutorial_4param_fast", "env.sim_time=600", "optimizer.sigma_gain=0.001"]
    arguments = (
        "exp=debug",
        "overlays=published",
        "model=tutorial",
        "model.physics=fast",
        "optimizer.popsize=2",
        "optimizer.maxiter=1",
    )
    output = finish(launch(tmp_path, arguments, *extra, "optimizer.candidate_timeout=0.2", strict=False), 1)
    status = read_status(tmp_path / FOLDER)
    assert "every candidate of generation 1 failed" in output
    assert status["status"] == "failed" and status["generation"] == 0
    said = "longer than optimizer.candidate_timeout=0.2 s, at "
    assert faults.add("reflex", "walk that takes too long, in threads", NOTHING, 1, output, said) == 0


FIRST = """
import sys
from numba.core.event import install_recorder
from myoassist.config.schema.run import EnvConfig, ModelConfig, RunConfig
from myoassist.optimize.walk.multi import make_problem
problem = make_problem(RunConfig(model=ModelConfig(physics="fast"), env=EnvConfig(sim_time=3.0)), 1)
modules = set(sys.modules)
with install_recorder("numba:compile") as recorder:
    problem.evaluate(problem.table.initial, 0, 0)
print(len(recorder.buffer), sorted(set(sys.modules) - modules))
"""


def test_the_first_evaluation_compiles_and_loads_nothing():
    # So that no time limit of a candidate counts what is done once per process.
    answer = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "0 []"
