"""Ask Slurm what became of jobs through squeue and scontrol, which work without an accounting database."""

import re
import subprocess
import time
from collections.abc import Iterable

WAITING = frozenset(
    {"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "CONFIGURING", "RESV_DEL_HOLD"}
)
ACTIVE = frozenset({"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"})
# A job that Slurm no longer knows has ended some time ago.
FORGOTTEN = "FORGOTTEN"
_TIMED_OUT = frozenset({"TIMEOUT", "DEADLINE"})
_ANSWER_S = 60


class WorkerLostError(Exception):
    """A worker that ended without a result.

    Args:
        kind: killed or timeout.
        message: What is known about it.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[1])


def query_states(job_ids: Iterable[str]) -> dict[str, str] | None:
    """Return the state of each job, e.g. RUNNING, or FORGOTTEN; None when Slurm does not answer.

    Args:
        job_ids: Ids such as `12` or `12_3` for a task of an array.
    """
    wanted = list(job_ids)
    if not wanted:
        return {}
    parents = sorted({job.split("_")[0] for job in wanted})
    # Of a single id that is gone squeue makes an error, so one that never existed goes with it: then the list is empty.
    answer = _ask(
        "squeue", "--noheader", "--array", "--states=all", "--format=%i %T", f"--jobs={','.join([*parents, *parents])}"
    )
    if answer is None:
        return None
    found, known = answer
    states = dict(line.split()[:2] for line in found.splitlines() if len(line.split()) >= 2)
    if known is False and not states:
        states = {}
    result: dict[str, str] = {}
    for job in wanted:
        state = states.get(job)
        if state is None:
            state = _ask_scontrol(job)
            if state is None:
                return None
        result[job] = state
    return result


def is_over(state: str) -> bool:
    """Tell whether a job in this state will not run any more."""
    return state not in WAITING and state not in ACTIVE


def name_loss(state: str) -> str:
    """Return what the end of a job without a result is called: timeout or killed."""
    return "timeout" if state in _TIMED_OUT else "killed"


def cancel_jobs(job_ids: Iterable[str]) -> None:
    """Cancel jobs; those that are over already do not matter."""
    wanted = list(job_ids)
    if wanted:
        _ask("scancel", *wanted)


class EndWatch:
    """Tell when jobs without a result are over for good, however Slurm words it.

    Args:
        grace: How long a job has to look over before it counts, s; its result may still be on the way through a network
            file system, and a preempted job looks over before it is requeued.
        unreachable: How long Slurm may give no answer before its jobs count as lost, s.
    """

    def __init__(self, grace: float = 15.0, unreachable: float = 3600.0) -> None:
        self.grace, self.unreachable = grace, unreachable
        self._since: dict[str, float] = {}
        self._silent: float | None = None
        self._warned = False

    def check(self, job_ids: Iterable[str]) -> dict[str, str]:
        """Return the jobs that are over, job id -> state.

        Args:
            job_ids: Jobs that have no result yet.
        """
        wanted, now = list(job_ids), time.monotonic()
        states = query_states(wanted)
        if states is None:
            self._silent = now if self._silent is None else self._silent
            if not self._warned:
                print("Slurm does not answer (squeue, scontrol); results are still collected.", flush=True)
                self._warned = True
            return dict.fromkeys(wanted, "UNREACHABLE") if now - self._silent > self.unreachable else {}
        self._silent = None
        over = {}
        for job in wanted:
            if not is_over(states[job]):
                self._since.pop(job, None)
            elif now - self._since.setdefault(job, now) >= self.grace:
                over[job] = states[job]
        return over


def _ask_scontrol(job: str) -> str | None:
    answer = _ask("scontrol", "--oneliner", "show", "job", job)
    if answer is None:
        return None
    text, known = answer
    if not known:
        return FORGOTTEN
    match = re.search(r"\bJobState=(\w+)", text)
    return match.group(1) if match else FORGOTTEN


def _ask(*command: str) -> tuple[str, bool] | None:
    """Return output and whether the jobs are known; None when there was no answer."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_ANSWER_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode == 0:
        return answer.stdout, True
    return (answer.stdout, False) if "Invalid job id" in answer.stderr else None
