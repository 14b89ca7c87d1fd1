"""The search of a walk: a walker, its controllers and a cost as a search problem."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from myoassist.config.cores import count_cores
from myoassist.config.published_numbers import recommend_older
from myoassist.config.schemas import RunConfig
from myoassist.config.start_point import resolve_param_path
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.report import format_terms
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.files.atomic import write_text_atomic
from myoassist.gait.reference_edits import edits_of
from myoassist.model.build import build_walker
from myoassist.optimize.conditions import choose_strategy
from myoassist.optimize.loop import minimize
from myoassist.optimize.problem import OptimizationResult, describe_timeout
from myoassist.optimize.reference_copy import keep_reference
from myoassist.optimize.reference_limits import check_limits
from myoassist.optimize.start import load_start
from myoassist.rollout.fault import capture_walk
from myoassist.rollout.fault_file import WalkFault
from myoassist.rollout.simulator import Simulator, choose_loop
from myoassist.runs.writer import RunFolder
from myoassist.space.table import ParameterTable


class WalkProblem:
    """Cost of walking with a parameter vector.

    Args:
        config: Run configuration.
        workers: Number of walks simulated at once.
    """

    def __init__(self, config: RunConfig, workers: int) -> None:
        self.config = config
        self.simulator = Simulator(
            build_walker(config.model, config.env, exo=config.exo), config.env, config.exo, workers, config.control
        )
        self.table: ParameterTable = self.simulator.table
        self.workers = workers
        self._plan = plan_cost(self.simulator.log_layout.muscle_names, config.cost.reference, edits_of(config.cost))
        check_limits(self.simulator.walker, self._plan.reference, config.cost)
        choose_loop(self.simulator)

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector; the seed is that of its sensor noise."""
        log = self.simulator.simulate(vector, worker, seed=seed)
        return evaluate_cost(log, vector, self.config.cost, self._plan)

    def cancel(self, worker: int, seconds: float) -> bool:
        """End the running evaluation of a worker, which takes longer than `seconds`."""
        self.simulator.cancel(worker, describe_timeout(seconds))
        return True

    def capture_fault(self, vector: np.ndarray, seed: int) -> WalkFault | None:
        """Walk again to the instant at which a vector fails; None if it does not."""
        return capture_walk(self.simulator, self.config, vector, seed)

    def load_start(self, config: RunConfig, clamp: bool = True) -> np.ndarray:
        """Return the start vector of a run, see `optimize.start.load_start`."""
        return load_start(config, self.table, clamp)


def train_reflex(config: RunConfig, folder: RunFolder) -> float:
    """Search, or evaluate one vector, in an opened run folder.

    Returns:
        Best total cost of the run, or the total of the evaluated vector in mode evaluate.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    keep_reference(config.cost.reference, folder.path, edits_of(config.cost))
    if config.optimizer.mode == "evaluate":
        return _evaluate_vector(config, folder)
    if choose_strategy(config.optimizer) == "chain":
        # Late, here and below: searches over several conditions build on this module.
        from myoassist.optimize.chain import run_chain

        return run_chain(config, folder)
    return run_search(config, folder).best.result.total


def run_search(config: RunConfig, folder: RunFolder, start: np.ndarray | None = None) -> OptimizationResult:
    """Run one search in an opened run folder, on threads or in processes.

    Args:
        config: Run configuration.
        folder: Opened run folder.
        start: Raw start vector in the layout of the run; None takes what the configuration says.

    Raises:
        UserError, Stopped: as `train_reflex`.
    """
    from myoassist.optimize.multi import make_problem

    workers = config.optimizer.threads or count_cores()
    in_processes = config.optimizer.executor == "processes"
    problem = make_problem(config, 1 if in_processes else workers)
    begin: np.ndarray | Callable[[], np.ndarray] | None = start
    if start is None and config.optimizer.pickle_path is None:
        begin = partial(problem.load_start, config)
    if not in_processes:
        return minimize(problem, config, folder, start=begin, capture=problem.capture_fault)
    from myoassist.optimize.processes import ProcessProblem

    with ProcessProblem(config, problem.table, workers) as processes:
        return minimize(processes, config, folder, start=begin, capture=problem.capture_fault)


def _evaluate_vector(config: RunConfig, folder: RunFolder) -> float:
    """Simulate the start vector as it is, in every condition of the run, and write its terms."""
    from myoassist.optimize.multi import make_problem

    problem = make_problem(config, 1)
    source = resolve_param_path(config.optimizer.param_path)
    vector = problem.load_start(config, clamp=False)
    result = problem.evaluate(vector, config.seed, 0)
    path = folder.path / f"{_stem(source)}_Cost.txt"
    text = format_terms(result)
    write_text_atomic(path, text)
    print(text, end="")
    print(f"total {result.total:.5f}, stage {result.stage}{': ' + result.reason if result.reason else ''}; {path}")
    advice = recommend_older(config)
    if advice:
        print(advice)
    folder.write_status("finished", best=result.total, best_stage=result.stage, evaluations=1)
    return result.total


def _stem(source: Path | None) -> str:
    if source is None:
        return "initial"
    return source.stem if source.is_file() else source.name
