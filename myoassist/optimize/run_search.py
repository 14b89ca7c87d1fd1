"""One search of a run: its problem on threads or in processes, from its start to its end."""

from collections.abc import Callable
from functools import partial

import numpy as np

from myoassist.config.cores import count_cores
from myoassist.config.schema.run import RunConfig
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.loop.processes import ProcessProblem
from myoassist.optimize.problem import OptimizationResult
from myoassist.optimize.walk.multi import make_problem
from myoassist.runs.writer import RunFolder


def run_search(config: RunConfig, folder: RunFolder, start: np.ndarray | None = None) -> OptimizationResult:
    """Run one search in an opened run folder, on threads or in processes.

    Args:
        config: Run configuration.
        folder: Opened run folder.
        start: Raw start vector in the layout of the run; None takes what the configuration says.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    workers = config.optimizer.threads or count_cores()
    in_processes = config.optimizer.executor == "processes"
    problem = make_problem(config, 1 if in_processes else workers)
    begin: np.ndarray | Callable[[], np.ndarray] | None = start
    if start is None and config.optimizer.pickle_path is None:
        begin = partial(problem.load_start, config)
    if not in_processes:
        return minimize(problem, config, folder, start=begin, capture=problem.capture_fault)
    with ProcessProblem(config, problem.table, workers) as processes:
        return minimize(processes, config, folder, start=begin, capture=problem.capture_fault)
