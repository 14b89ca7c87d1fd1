"""The reflex trainer: a walker, its controller and a cost as a search problem."""

import os
from pathlib import Path

import numpy as np

from myoassist.config.atomic import write_text_atomic
from myoassist.config.run_folder import RunFolder
from myoassist.config.schemas import RunConfig
from myoassist.config.start_point import resolve_param_path
from myoassist.cost.report import format_terms
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost, plan_cost
from myoassist.model.build import build_walker
from myoassist.optimize.loop import run_cma
from myoassist.optimize.start import load_start
from myoassist.reflex.parameters import ParameterTable
from myoassist.rollout.simulator import Simulator, choose_loop


class WalkProblem:
    """Cost of walking with a parameter vector.

    Args:
        config: Run configuration.
        workers: Number of walks simulated at once.
    """

    def __init__(self, config: RunConfig, workers: int) -> None:
        self.config = config
        self.simulator = Simulator(
            build_walker(config.model, config.env, exo=config.exo), config.env, config.exo, workers
        )
        self.table: ParameterTable = self.simulator.table
        self.workers = workers
        self._plan = plan_cost(self.simulator.log_layout.muscle_names, config.cost.reference)
        choose_loop(self.simulator)

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector; the seed is that of its sensor noise."""
        log = self.simulator.simulate(vector, worker, seed=seed)
        return evaluate_cost(log, vector, self.config.cost, self._plan)


def count_workers(threads: int | None) -> int:
    """Return the number of walks to simulate at once: as asked for, else the cores this process may use."""
    if threads is not None:
        return threads
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # Not every cluster binds its jobs to the cores that they were given.
    given = os.environ.get("SLURM_CPUS_PER_TASK", "")
    return min(cores, int(given)) if given.isdigit() and int(given) > 0 else cores


def train_reflex(config: RunConfig, folder: RunFolder) -> float:
    """Run the reflex trainer in an opened run folder.

    Returns:
        Best total cost of the run, or the total of the evaluated vector in mode evaluate.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    if config.optimizer.mode == "evaluate":
        return _evaluate_vector(config, folder)
    workers = count_workers(config.optimizer.threads)
    if config.optimizer.executor == "processes":
        from myoassist.optimize.processes import ProcessProblem

        table = WalkProblem(config, 1).table
        with ProcessProblem(config, table, workers) as processes:
            return run_cma(processes, config, folder).best.result.total
    return run_cma(WalkProblem(config, workers), config, folder).best.result.total


def _evaluate_vector(config: RunConfig, folder: RunFolder) -> float:
    """Simulate the start vector as it is and write its terms."""
    problem = WalkProblem(config, 1)
    source = resolve_param_path(config.optimizer.param_path)
    vector = load_start(config, problem.table, clamp=False)
    result = problem.evaluate(vector, config.seed, 0)
    path = folder.path / f"{_stem(source)}_Cost.txt"
    text = format_terms(result)
    write_text_atomic(path, text)
    print(text, end="")
    print(f"total {result.total:.5f}, stage {result.stage}{': ' + result.reason if result.reason else ''}; {path}")
    folder.write_status("finished", best=result.total, best_stage=result.stage, evaluations=1)
    return result.total


def _stem(source: Path | None) -> str:
    if source is None:
        return "initial"
    return source.stem if source.is_file() else source.name
