"""Workers of an evolution whose daemon was killed before they ended."""

from pathlib import Path

from myoassist.files.lock import LOCK_NAME, wait_until_free
from myoassist.sweep.evolution.state import EvolutionState
from myoassist.sweep.launch.orphans import settle_jobs


def settle_orphans(state: EvolutionState, folder: Path) -> None:
    """Make sure that no worker of an earlier daemon works on an individual that is about to be launched again.

    Jobs that wait in the Slurm queue are cancelled; running ones are waited for, because their work counts. Then every
    run lock of an unfinished individual must be free.

    Args:
        state: What its journal says.
        folder: The locked folder of the evolution.
    """
    jobs = [job_id for job_id, kind in state.submitted.items() if kind == "slurm"]
    pending = [item for item in state.individuals if item.status == "pending"]
    if jobs and pending:
        settle_jobs(jobs)
    state.submitted.clear()
    for item in pending:
        path = folder / item.folder
        if (path / LOCK_NAME).exists():
            wait_until_free(path)
