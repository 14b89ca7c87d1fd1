"""Keep the grids of one folder apart, and take over the workers of one whose daemon was killed."""

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import ResumeError
from myoassist.files.lock import LOCK_NAME, LOCK_PATIENCE_S, RunLock, wait_until_free
from myoassist.files.process import read_machine
from myoassist.runs.catalogue import read_json
from myoassist.sweep.launch.orphans import settle_jobs

SESSIONS_NAME = ".sessions"
_JOBS_NAME = "jobs.json"
_REMEDY = "or start a grid of other runs"


class GridSession:
    """One start of a grid: the Slurm jobs that it has submitted, and a lock that tells whether it lives.

    Grids of different runs may share a folder, so each start has a place of its own below `.sessions/`.

    Args:
        root: Folder of the grid; it must exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / SESSIONS_NAME / uuid.uuid4().hex[:12]
        self.path.mkdir(parents=True)
        self._lock = RunLock(self.path)
        self._lock.acquire()
        self._jobs: dict[str, str] = {}

    def note(self, job_id: str, folder: Path) -> None:
        """Remember, so that a kill leaves it behind, which Slurm job works on which run folder."""
        self._jobs[job_id] = Path(os.path.relpath(folder, self.root)).as_posix()
        write_text_atomic(self.path / _JOBS_NAME, json.dumps(self._jobs) + "\n")

    def close(self, over: bool) -> None:
        """End the start.

        Args:
            over: Whether all its workers have ended; cancelled ones may still be saving, and the next start looks.
        """
        self._lock.release()
        if over:
            _remove(self.path)


def settle_sessions(root: Path, folders: Sequence[Path]) -> bool:
    """Make sure that no worker of an earlier start works on a run that is about to be launched again.

    Jobs that wait in the Slurm queue are cancelled; running ones are waited for, because their work counts.

    Args:
        root: Folder of the grid.
        folders: Run folders that are about to be launched.

    Returns:
        Whether there were such jobs; the runs may have gone on or finished meanwhile.

    Raises:
        ResumeError: if a start that still lives has submitted jobs for one of them.
    """
    # Not Path.resolve, which does not survive a link that leads back to itself.
    wanted = {Path(os.path.realpath(folder)) for folder in folders}
    settled = False
    for session in sorted((root / SESSIONS_NAME).glob("*/")):
        jobs = {job: (root / place).resolve() for job, place in read_json(session / _JOBS_NAME).items()}
        if not wanted & set(jobs.values()):
            continue
        _refuse_if_alive(root, session)
        settle_jobs(list(jobs))
        for folder in wanted & set(jobs.values()):
            # A run that somebody has started by hand meanwhile fails with a message of its own.
            with suppress(ResumeError):
                if (folder / LOCK_NAME).exists():
                    wait_until_free(folder)
        _remove(session)
        settled = True
    return settled


def _refuse_if_alive(root: Path, session: Path) -> None:
    owner = read_json(session / LOCK_NAME)
    # A daemon of another machine can only be judged by how long it has given no sign of life.
    here = all(owner.get(key) == value for key, value in read_machine().items())
    try:
        wait_until_free(session, 0.0 if here else LOCK_PATIENCE_S)
    except ResumeError as error:
        process = error.found.partition(" is in use by ")[2]
        raise ResumeError(
            f"runs of the grid in {root.as_posix()} are being worked on by another sweep, {process}",
            "one sweep per run",
            f"wait for it to end, {_REMEDY}",
        ) from None


def _remove(session: Path) -> None:
    shutil.rmtree(session, ignore_errors=True)
    with suppress(OSError):
        session.parent.rmdir()
