"""Evaluate candidates in worker processes, each with a model of its own; results equal those of threads."""

import multiprocessing as mp
import time
import warnings
from multiprocessing.connection import Connection
from typing import Self

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.files.errors import UserError
from myoassist.optimize.problem import describe_timeout
from myoassist.space.table import ParameterTable

_STOP_WAIT = 2.0  # s
# Sent by a process that has built its model and begins an evaluation.
_READY = None


class ProcessDiedError(RuntimeError):
    """Say that a worker process ended without an answer."""


class ProcessProblem:
    """A problem whose worker number n is process n; use it as a context manager.

    A process that dies is replaced, which is said, and its candidate is evaluated once more; it fails if that process
    dies too.

    Args:
        config: Run configuration.
        table: Parameter table of the run.
        workers: Number of processes.
    """

    def __init__(self, config: RunConfig, table: ParameterTable, workers: int) -> None:
        self.table = table
        self.workers = workers
        self._config = config
        # A fresh interpreter: a forked one would inherit the threads and locks of compiled code.
        self._context = mp.get_context("spawn")
        self._lines: list[Connection] = []
        # Begin of the running evaluation of each process, once its model is built.
        self._began: list[float | None] = [None] * workers
        self._overdue: list[float | None] = [None] * workers
        self._processes: list[mp.process.BaseProcess] = []
        for _ in range(workers):
            process, line = self._start()
            self._processes.append(process)
            self._lines.append(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.join(_STOP_WAIT)
            if process.is_alive():
                process.kill()
                process.join()

    def _start(self) -> tuple[mp.process.BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._config), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector, simulated by a worker process.

        Raises:
            RuntimeError: if the process died, and the one that took its place, too.
            TimeoutError: if `cancel` ended it.
            UserError: if it could not build the problem.
        """
        try:
            return self._ask(vector, seed, worker)
        except ProcessDiedError as error:
            # What killed it may have nothing to do with the candidate, e.g. the memory that others took.
            warnings.warn(f"{error}; another one evaluates its candidate again", stacklevel=2)
            return self._ask(vector, seed, worker)

    def cancel(self, worker: int, seconds: float) -> bool:
        """Kill a worker process whose evaluation takes longer than `seconds`; building its model does not count."""
        began = self._began[worker]
        if began is None or time.monotonic() - began <= seconds:
            return False
        self._overdue[worker] = seconds
        self._processes[worker].kill()
        return True

    def _ask(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        line = self._lines[worker]
        try:
            line.send((vector, seed))
            answer = line.recv()
            while answer is _READY:
                self._began[worker] = time.monotonic()
                answer = line.recv()
        except (EOFError, OSError) as error:
            self._processes[worker].join()
            code, overdue = self._processes[worker].exitcode, self._overdue[worker]
            self._overdue[worker] = None
            self._processes[worker], self._lines[worker] = self._start()
            line.close()
            if overdue is not None:
                raise TimeoutError(describe_timeout(overdue)) from error
            raise ProcessDiedError(f"worker process {worker} died (exit code {code})") from error
        finally:
            self._began[worker] = None
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _serve(line: Connection, config: RunConfig) -> None:
    """Answer evaluations until the line is closed, which the end of the parent does too."""
    import signal

    # Ctrl-C goes to the whole group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from myoassist.config.schema.own_code import user_files
    from myoassist.optimize.walk.multi import make_problem
    from myoassist.runs.plugins import import_plugins

    failure: BaseException | None = None
    try:
        import_plugins(user_files(config))
        problem = make_problem(config, 1)
    except UserError as error:
        failure = RuntimeError(str(error))
    while True:
        try:
            vector, seed = line.recv()
        except (EOFError, OSError):
            return
        try:
            line.send(_READY)
            line.send(failure or problem.evaluate(vector, seed, 0))
        except (EOFError, OSError):
            return
        except Exception as error:
            line.send(RuntimeError(f"{type(error).__name__}: {error}"))
