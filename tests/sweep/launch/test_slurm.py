"""Evolution on a real Slurm that the test starts: job counts, lost workers, limits, preemption, a killed daemon."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from myoassist.sweep.evolution.store import read_state
from myoassist.sweep.launch.slurm_watch import FORGOTTEN, query_states
from tests.sweep.evolution_runs import SPACE, start

pytestmark = pytest.mark.long

SCRIPT = Path(__file__).parents[1] / "slurm" / "onebox_slurm.sh"
SLURM = [*SPACE, "evo.num_generations=1", "hydra/launcher=slurm", "logdir=evolution", "hydra.launcher.watch_s=2"]
SLURM += ["hydra.launcher.grace_s=4", "hydra.launcher.mem_per_cpu=100M", "hydra.launcher.cpus_per_task=1"]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """A Slurm of this machine alone, without accounting: sacct does not work on it."""
    missing = [name for name in ("slurmctld", "slurmd", "munged", "sbatch") if not _find(name)]
    if missing:
        pytest.skip(f"Slurm is not installed ({', '.join(missing)}): apt-get install slurm-wlm munge")
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("Slurm's daemons are started by root only")
    if subprocess.run(["pgrep", "-x", "slurmctld"], capture_output=True, check=False).returncode == 0:
        pytest.skip("another slurmctld runs on this machine")
    # Paths of sockets must be short.
    folder = tmp_path_factory.mktemp("slurm")
    answer = subprocess.run(["bash", SCRIPT, "up", folder], capture_output=True, text=True, check=False, timeout=120)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        try:
            if answer.returncode != 0:
                pytest.skip(f"Slurm does not start here: {answer.stderr.strip()}")
            yield folder
        finally:
            subprocess.run(["bash", SCRIPT, "down", folder], capture_output=True, check=False, timeout=120)


def _find(name):
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def queue(*options):
    """Return id, state and name of all jobs in the queue."""
    answer = subprocess.run(
        ["squeue", "--noheader", "--array", "--format=%i %T %j", *options], capture_output=True, text=True, check=True
    )
    return [line.split(maxsplit=2) for line in answer.stdout.splitlines()]


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s in vain; queue: {queue()}"
        time.sleep(0.1)
    return value


def running():
    return [job for job, state, name in queue() if state == "RUNNING" and name == "myoassist"]


def worker_pid(folder):
    """Return the process of an individual's run, from the lock of its folder."""
    lock = folder / "run.lock"
    return json.loads(lock.read_text())["pid"] if lock.exists() else None


def finish(process, seconds=150):
    output = process.communicate(timeout=seconds)[0]
    return process.returncode, output


def test_daemon_and_workers_fill_what_they_may(slurm, tmp_path):
    # The daemon is a job as well, and asks for memory in a way that must not reach its workers.
    script = tmp_path / "daemon.sh"
    python = sys.executable
    overrides = [*SLURM, "evo.population_size=4", "hydra.launcher.array_parallelism=2", "fake.sleep=2"]
    script.write_text(
        f"#!/bin/bash\n#SBATCH --job-name=daemon --mem-per-cpu=200M --output={tmp_path}/daemon.out\n"
        f"exec {python} -W ignore -m myoassist.train {' '.join(map(repr, overrides))}\n"
    )
    subprocess.run(["sbatch", "--parsable", str(script)], cwd=tmp_path, check=True, capture_output=True)
    most, names = 0, set()
    end = time.monotonic() + 120
    while (jobs := queue()) and time.monotonic() < end:
        active = [name for _, state, name in jobs if state == "RUNNING"]
        most, names = max(most, len(active)), names | set(active)
        time.sleep(0.2)
    assert (tmp_path / "evolution/individuals.csv").exists(), (tmp_path / "daemon.out").read_text()
    assert most == min(4, 2) + 1
    assert names == {"daemon", "myoassist"}
    assert [item.status for item in read_state(tmp_path / "evolution").individuals] == ["finished"] * 4


def test_a_killed_worker_becomes_a_result_without_accounting(slurm, tmp_path):
    assert "disabled" in subprocess.run(["sacct"], capture_output=True, text=True, check=False).stderr
    extra = ["evo.population_size=2", "fake.sleep=3", "hydra.sweeper.optim.retries=0"]
    process = start(tmp_path, *extra, "hydra.sweeper.optim.max_failure_rate=0.5", base=SLURM)
    pid = wait_for(lambda: worker_pid(tmp_path / "evolution/generation_0/rank_1"))
    os.kill(pid, signal.SIGKILL)
    code, output = finish(process)
    assert code == 0, output
    items = read_state(tmp_path / "evolution").individuals
    assert [item.status for item in items] == ["finished", "killed"]
    assert "state FAILED" in items[1].error


def test_a_killed_worker_is_launched_again_and_continues(slurm, tmp_path):
    process = start(tmp_path, "evo.population_size=2", "fake.sleep=2", base=SLURM)
    pid = wait_for(lambda: worker_pid(tmp_path / "evolution/generation_0/rank_1"))
    os.kill(pid, signal.SIGKILL)
    code, output = finish(process)
    assert code == 0, output
    items = read_state(tmp_path / "evolution").individuals
    assert [(item.status, item.attempts) for item in items] == [("finished", 1), ("finished", 2)]


def test_a_requeued_worker_continues_from_its_checkpoint(slurm, tmp_path):
    process = start(
        tmp_path, "evo.population_size=1", "evo.optimizer=OnePlusOne", "fake.steps=30", "fake.sleep=0.3", base=SLURM
    )
    folder = tmp_path / "evolution/generation_0/rank_0"
    wait_for(lambda: (folder / "checkpoint.json").exists() and '"step": 5' in (folder / "checkpoint.json").read_text())
    job = running()[0]
    subprocess.run(["scancel", "--signal=USR2", job], check=True)
    code, output = finish(process)
    assert code == 0, output
    log = next((tmp_path / "evolution/.submitit").rglob("*_log.out")).read_text()
    assert "Continuing the run" in log
    assert [item.attempts for item in read_state(tmp_path / "evolution").individuals] == [1]


def test_preempted_workers_are_requeued_and_continue(slurm, tmp_path):
    overrides = ["evo.population_size=2", "fake.steps=40", "fake.sleep=0.3", "hydra.launcher.partition=preempt"]
    process = start(tmp_path, *overrides, base=SLURM)
    wait_for(lambda: (tmp_path / "evolution/generation_0/rank_1/checkpoint.json").exists())
    wait_for(lambda: len(running()) == 2)
    subprocess.run(
        ["sbatch", "--partition=urgent", "--cpus-per-task=64", "--output=/dev/null", "--wrap=sleep 3"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    wait_for(lambda: not running())
    code, output = finish(process, 240)
    assert code == 0, output
    items = read_state(tmp_path / "evolution").individuals
    assert [(item.status, item.attempts) for item in items] == [("finished", 1)] * 2


def test_a_time_limit_requeues_and_too_many_are_a_timeout(slurm, tmp_path):
    overrides = ["evo.population_size=1", "evo.optimizer=OnePlusOne", "fake.steps=3000", "fake.sleep=0.1"]
    overrides += ["hydra.launcher.timeout_min=1", "hydra.launcher.signal_delay_s=30"]
    overrides += ["hydra.launcher.max_num_timeout=0", "hydra.sweeper.optim.retries=0"]
    process = start(tmp_path, *overrides, "hydra.sweeper.optim.max_failure_rate=1", base=SLURM)
    code, output = finish(process, 200)
    assert code == 0, output
    assert [item.status for item in read_state(tmp_path / "evolution").individuals] == ["timeout"]


def test_a_killed_daemon_finds_its_workers_again(slurm, tmp_path):
    overrides = ["evo.population_size=3", "fake.steps=10", "fake.sleep=1.5", "hydra.launcher.array_parallelism=1"]
    first = start(tmp_path, *overrides, base=SLURM)
    wait_for(lambda: (tmp_path / "evolution/generation_0/rank_0/run.lock").exists())
    first.kill()
    first.wait()
    assert queue(), "the workers outlive the daemon"
    second = start(tmp_path, *overrides, base=SLURM)
    code, output = finish(second, 240)
    assert code == 0, output
    assert re.search(r"[1-9] workers still run and are waited for, \d were cancelled", output), output
    undisturbed = start(tmp_path, *overrides, "logdir=undisturbed", "fake.sleep=0", base=SLURM)
    assert finish(undisturbed, 240)[0] == 0
    assert (tmp_path / "evolution/individuals.csv").read_text() == (
        tmp_path / "undisturbed/individuals.csv"
    ).read_text()


def test_states_of_jobs_that_slurm_has_forgotten(slurm):
    assert query_states(["999999"]) == {"999999": FORGOTTEN}
    assert query_states([]) == {}


def test_memory_for_the_node_and_further_options_reach_slurm(slurm, tmp_path):
    grid = ["exp=exo_npoint", "task=fake", "seed=0", "hydra/launcher=slurm", "logdir=run", "fake.sleep=2", "--multirun"]
    grid += ["hydra.launcher.mem_gb=1", "hydra.launcher.cpus_per_task=1", "hydra.launcher.timeout_min=7"]
    grid += ["hydra.launcher.additional_parameters={mail-type: END, comment: 'größe'}"]
    process = start(tmp_path, base=grid)
    job = wait_for(running)[0]
    said = subprocess.run(["scontrol", "show", "job", job], capture_output=True, text=True, check=True).stdout
    code, output = finish(process, 120)
    assert code == 0, output
    assert "MinMemoryNode=1G" in said and "MinMemoryCPU" not in said, said
    assert "TimeLimit=00:07:00" in said and "MailType=END" in said, said
    (script,) = tmp_path.rglob("*_submission.sh")
    lines = [line for line in script.read_text().splitlines() if line.startswith("#SBATCH --mem")]
    assert lines == ["#SBATCH --mem=1GB"]


def test_a_real_refusal_is_one_message(slurm, tmp_path):
    grid = ["exp=exo_npoint", "task=fake", "seed=0", "hydra/launcher=slurm", "hydra.launcher.partition=none", "-m"]
    process = start(tmp_path, base=grid)
    code, output = finish(process, 60)
    assert code == 2 and "invalid partition specified: none" in output and "hydra.launcher.partition=" in output, output
    assert "Traceback" not in output
