"""One search of a run: its problem on threads or in processes, from its start to its end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

from myoassist.config.cores import count_cores
from myoassist.config.entries.search_stages import plan_stages
from myoassist.config.schema.run import RunConfig
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.loop.processes import ProcessProblem
from myoassist.optimize.loop.progress import Progress, make_progress
from myoassist.optimize.loop.stages import StagedProblem
from myoassist.optimize.problem import OptimizationResult
from myoassist.optimize.walk.multi import make_problem
from myoassist.runs.writer import RunFolder


def run_search(
    config: RunConfig,
    folder: RunFolder,
    start: np.ndarray | None = None,
    problem: Any = None,
    plot: bool = True,
    show: Callable[[], Progress] = make_progress,
) -> OptimizationResult:
    """Run one search in an opened run folder, on threads or in processes.

    Args:
        config: Run configuration.
        folder: Opened run folder.
        start: Raw start vector in the layout of the run; None takes what the configuration says.
        problem: What `open_problem` gave for the same model and cost; None opens one.
        plot: Draw the convergence figure at the end.
        show: Makes the display of its progress.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    with ExitStack() as stack:
        problem = problem or stack.enter_context(open_problem(config))
        begin: np.ndarray | Callable[[], np.ndarray] | None = start
        if start is None and config.optimizer.pickle_path is None:
            begin = partial(problem.load_start, config)
        return minimize(problem, config, folder, start=begin, progress=show(), plot=plot, capture=problem.capture_fault)


@contextmanager
def open_problem(config: RunConfig) -> Iterator[Any]:
    """Give the problem of a run, with its workers, for as long as the context lasts."""
    with ExitStack() as stack:
        if plan_stages(config.optimizer):
            yield stack.enter_context(StagedProblem(config, _make))
            return
        problem = _make(config)
        if isinstance(problem, ProcessProblem):
            stack.enter_context(problem)
        yield problem


class _WalksInProcesses(ProcessProblem):
    """Walks in worker processes, besides a problem of this one that reads starts and repeats failures."""

    def __init__(self, config: RunConfig, workers: int) -> None:
        local = make_problem(config, 1)
        super().__init__(config, local.table, workers)
        self.load_start = local.load_start
        self.capture_fault = local.capture_fault


def _make(config: RunConfig) -> Any:
    """Return the problem of one stage on threads or in processes."""
    workers = config.optimizer.threads or count_cores()
    if config.optimizer.executor == "processes":
        return _WalksInProcesses(config, workers)
    return make_problem(config, workers)
