"""Deal with the workers of a daemon that was killed before they ended."""

import os
import signal
import subprocess
import time
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser

from myoassist.files.lock import LOCK_NAME, wait_until_free
from myoassist.sweep.launch import slurm_watch


def prepare_restart(overrides: list[str]) -> None:
    """Wait until the predecessor of a requeued job, perhaps on another node, has let go of the run folder.

    Args:
        overrides: Overrides of the job; only one of `logdir` tells the folder.
    """
    typed = [text for text in overrides if text.startswith("logdir=")]
    places = [str(override.value()) for override in OverridesParser.create().parse_overrides(typed)]
    if places and int(os.environ.get("SLURM_RESTART_COUNT") or 0) > 0 and (Path(places[-1]) / LOCK_NAME).exists():
        wait_until_free(Path(places[-1]))


def outlive_requeue() -> None:
    """Let a worker that requeues itself end without a failed result when Slurm is quicker than its own command.

    Slurm ends every process of a job that it requeues, `scontrol requeue` included; submitit takes that for a failure.
    """
    from submitit.slurm.slurm import SlurmJobEnvironment

    ask = SlurmJobEnvironment._requeue

    def requeue(self: SlurmJobEnvironment, countdown: int) -> None:
        try:
            ask(self, countdown)
        except subprocess.CalledProcessError as error:
            if error.returncode not in (-signal.SIGTERM, -signal.SIGKILL):
                raise

    SlurmJobEnvironment._requeue = requeue  # type: ignore[method-assign]


def settle_jobs(jobs: list[str]) -> None:
    """Cancel Slurm jobs that wait in the queue, and wait until the running ones are over.

    Args:
        jobs: Ids such as `12_3` for a task of an array; those that are over already do not matter.
    """
    states = slurm_watch.query_states(jobs)
    if states is None:
        print("Slurm does not answer; workers of the earlier start may still run.", flush=True)
        return
    waiting = [job for job in jobs if states.get(job) in slurm_watch.WAITING]
    slurm_watch.cancel_jobs(waiting)
    running = [job for job in jobs if states.get(job) in slurm_watch.ACTIVE]
    if waiting or running:
        print(
            f"Of the earlier start, {len(running)} workers still run and are waited for, "
            f"{len(waiting)} were cancelled in the queue.",
            flush=True,
        )
    while running:
        time.sleep(2.0)
        states = slurm_watch.query_states(running)
        if states is not None:
            running = [job for job in running if states.get(job) in slurm_watch.ACTIVE | slurm_watch.WAITING]
