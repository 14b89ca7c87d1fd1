"""Run functions in processes of their own, a few at a time; a process that dies takes nothing with it."""

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import cloudpickle

from myoassist.files.signals import Stopped, StopRequest

_POLL_S = 0.2
# How long processes that were asked to stop may take to save, before they are killed.
STOP_GRACE_S = 120.0


class ProcessLostError(RuntimeError):
    """End of a process that returned nothing: killed, out of memory, crashed."""

    # Another attempt may go well.
    kind = "killed"


class ProcessTimeoutError(ProcessLostError):
    """End of a process that ran longer than it may."""

    kind = "timeout"


@dataclass(frozen=True)
class Outcome:
    """How one function ended.

    Attributes:
        value: What it returned; None with an error.
        error: Why it returned nothing.
    """

    value: Any = None
    error: Exception | None = None


@dataclass
class _Running:
    number: int
    process: multiprocessing.process.BaseProcess
    connection: Connection
    answer: bytes | None = None
    started: float = field(default_factory=time.monotonic)
    overdue: bool = False


def run_processes(
    functions: Sequence[Callable[[], Any]],
    limit: int,
    logs: Sequence[Path | None],
    on_start: Callable[[int], None],
    on_end: Callable[[int, Outcome], None],
    time_limit: float | None = None,
) -> list[Outcome]:
    """Call every function in a fresh process, at most `limit` of them alive at once.

    The processes end with this one, however it ends. The first stop signal is handed on to them; they are waited for.

    Args:
        functions: Without arguments; they and what they return can be pickled by cloudpickle.
        limit: Number of processes.
        logs: For each function, the file that its output goes to; None keeps the console.
        on_start: Called with the number of a function when its process starts.
        on_end: Called with the number of a function and its outcome.
        time_limit: Longest time of one process, s; then it is told to save and end.

    Returns:
        Outcomes in the order of the functions.

    Raises:
        Stopped: after a stop signal.
    """
    outcomes: list[Outcome | None] = [None] * len(functions)
    waiting = list(range(len(functions)))
    running: dict[int, _Running] = {}
    with StopRequest() as stop:
        try:
            while waiting or running:
                while waiting and len(running) < limit and not stop.requested:
                    number = waiting.pop(0)
                    running[number] = _start(number, functions[number], logs[number])
                    on_start(number)
                if stop.requested:
                    _stop_all(running, stop)
                if time_limit is not None:
                    _end_overdue(running, time_limit)
                for job in _ended(running):
                    del running[job.number]
                    outcomes[job.number] = outcome = _read(job)
                    on_end(job.number, outcome)
                if stop.requested and not running:
                    number = stop.signal_number or signal.SIGTERM
                    raise Stopped(number, "stopped; the same command goes on with what is not finished")
        finally:
            for job in running.values():
                job.process.kill()
    return [outcome or Outcome(error=ProcessLostError("never started")) for outcome in outcomes]


def _start(number: int, function: Callable[[], Any], log: Path | None) -> _Running:
    # A fresh interpreter: a fork would copy compiled kernels, threads and locks in any state.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, log and str(log)), name=f"run-{number}")
    process.start()
    there.close()
    # Not among the arguments: what does not fit into the pipe of a start is waited for without end if the new process
    # is killed before it reads it. Here that is an error, and the end of the process is noticed later.
    with suppress(OSError):
        here.send_bytes(cloudpickle.dumps(function))
    return _Running(number, process, here)


def _ended(running: dict[int, _Running]) -> list[_Running]:
    """Wait a little, take in answers, and return what has ended."""
    if not running:
        return []
    objects: dict[Any, _Running] = {job.process.sentinel: job for job in running.values()}
    objects |= {job.connection: job for job in running.values() if job.answer is None}
    ended = {}
    for ready in wait(list(objects), timeout=_POLL_S):
        job = objects[ready]
        if ready is job.connection and job.answer is None:
            try:
                job.answer = job.connection.recv_bytes()
            except (EOFError, OSError):
                # It closed its end without an answer; its end follows.
                job.process.join()
        if not job.process.is_alive():
            ended[job.number] = job
    return list(ended.values())


def _read(job: _Running) -> Outcome:
    with suppress(EOFError, OSError):
        # The process may have ended between its answer and our look at the pipe.
        while job.answer is None and job.connection.poll():
            job.answer = job.connection.recv_bytes()
    job.process.join()
    job.connection.close()
    if job.answer is not None:
        # From our own process through our own pipe.
        return cloudpickle.loads(job.answer)
    if job.overdue:
        return Outcome(error=ProcessTimeoutError("process reached its time limit before it could return anything"))
    code = job.process.exitcode or 0
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    return Outcome(error=ProcessLostError(f"process {how} before it could return anything"))


def _end_overdue(running: dict[int, _Running], limit: float) -> None:
    """Tell processes that run longer than `limit` seconds to save and end, and kill them a while later."""
    for job in running.values():
        age = time.monotonic() - job.started
        if age > limit + STOP_GRACE_S:
            job.process.kill()
        elif age > limit and not job.overdue:
            job.overdue = True
            job.process.terminate()


def _stop_all(running: dict[int, _Running], stop: StopRequest) -> None:
    """Hand the signal on and wait until everything is saved."""
    for job in running.values():
        if os.name != "nt" and job.process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(job.process.pid, stop.signal_number or signal.SIGTERM)
    for job in running.values():
        job.process.join(STOP_GRACE_S)
        if job.process.is_alive():
            job.process.kill()


def _work(connection: Connection, log: str | None) -> None:
    """Do the work of a process."""
    try:
        function = connection.recv_bytes()
    except (EOFError, OSError):
        sys.exit(128 + signal.SIGTERM)
    threading.Thread(target=_end_with_parent, args=(connection,), name="end-with-parent", daemon=True).start()
    if log is not None:
        stream = Path(log).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open until the process ends
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
    try:
        outcome = Outcome(value=cloudpickle.loads(function)())
        answer = cloudpickle.dumps(outcome)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        traceback.print_exc()
        answer = cloudpickle.dumps(Outcome(error=RuntimeError(f"{type(error).__name__}: {error}")))
    sys.stdout.flush()
    connection.send_bytes(answer)


def _end_with_parent(connection: Connection) -> None:
    """End this process at once when its parent is gone: run folders are safe at every instant."""
    with suppress(EOFError, OSError):
        connection.recv_bytes()
    os._exit(128 + signal.SIGTERM)
