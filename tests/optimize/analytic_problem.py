"""A small staged cost with every kind of result, for tests of the search; also run as a program that can be killed."""

import sys
import time
from pathlib import Path

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.files.signals import Stopped
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.loop.stages import StagedProblem
from myoassist.optimize.pool.run import run_pool
from myoassist.rollout.log import Outcome
from myoassist.runs.writer import RunFolder
from myoassist.space.factors import Factor
from myoassist.space.parameter import INF, Parameter
from myoassist.space.table import ParameterTable

SMALL_START = Path(__file__).parent / "data" / "small_start.yaml"


# Two groups that overlap, and p4 and p5 alone.
FACTORS = (Factor("low", ("p0", "p1", "p2")), Factor("odd", ("p1", "p3"), 0.5))


def small_table(n=6, fixed=0, layout="2d"):
    """n human entries, the first ones bounded below, and `fixed` held exo entries."""
    rows = [
        Parameter(f"p{i}", "deg" if i == 0 else "", 0.5, 0.1, 0.0 if i < 3 else -INF, INF, 1.0, "reflex")
        for i in range(n)
    ]
    rows += [Parameter(f"exo_{i}", "", 1.0, 0.0, 0.0, 1.0, 0.25, "exo", fixed=True) for i in range(fixed)]
    return ParameterTable(rows, layout, FACTORS)


class StagedSphere:
    """Falls far from 1.3, misses gates nearer, walks close by; noise from the seed; fails now and then."""

    def __init__(self, table, workers=1, failures=True, delay=0.0, goal=1.3):
        self.goal = goal
        self.table = table
        self.workers = workers
        self.failures = failures
        self.delay = delay

    def evaluate(self, vector, seed, worker):
        if self.delay:
            time.sleep(self.delay)
        rng = np.random.default_rng(seed)
        noise = 0.01 * rng.random()
        if self.failures and rng.random() < 0.03:
            raise FloatingPointError("unstable,\nsaid MuJoCo")
        if self.failures and rng.random() < 0.03:
            return CostResult(float("nan"), "3", {}, Outcome.SURVIVED)
        distance = float(np.sum((vector[self.table.free] - self.goal) ** 2))
        if distance > 0.7:
            parts = {"stage": 99000.0, "distance": distance - 10.0}
            return CostResult(sum(parts.values()), "1a", parts, Outcome.FELL, reason="fell", distance=10.0 - distance)
        if distance > 0.4:
            parts = {"stage": 10000.0, "l1": distance, "noise": noise}
            return CostResult(
                sum(parts.values()), "2", parts, Outcome.SURVIVED, {"Effort_Cost": distance}, "", 20.0, 9.0
            )
        parts = {"effort": 40 * distance, "noise": noise}
        terms = {
            "Effort_Cost": distance,
            "Actual_velocity": np.array([1.25, 0.0]),
            "Pelvis_Cost": None,
            "Stage": "3",
            "Total_Cost": sum(parts.values()),
        }
        return CostResult(sum(parts.values()), "3", parts, Outcome.SURVIVED, terms, "", 20.0, 25.0)


def small_config(maxiter=6, popsize=8, seed=0, checkpoint_every=1):
    config = RunConfig(seed=seed)
    config.optimizer.maxiter = maxiter
    config.optimizer.popsize = popsize
    config.optimizer.checkpoint_every = checkpoint_every
    return config


def staged_config(maxiter=40, algorithm="cma", popsize=8):
    """A scan of 30 vectors and three stages, the goal of each in its target speed."""
    config = small_config(maxiter, popsize)
    optimizer = config.optimizer
    optimizer.algorithm, optimizer.scan, optimizer.scan_from = algorithm, 30, str(SMALL_START)
    optimizer.scan_time, optimizer.scan_keep, optimizer.scan_spread = 5.0, 4, True
    optimizer.stages = [
        {"name": "near", "evaluations": 60, "covariance": "diagonal", "set": {"cost.tgt_vel": 1.4}},
        {"name": "far", "generations": 6, "sigma_gain": 6, "covariance": "full", "set": {"cost": {"tgt_vel": 1.5}}},
        {"sigma_gain": 4},
    ]
    config.cost.tgt_vel = 1.3
    return config


def factors_config(maxiter=40, algorithm="cma", popsize=8, scan=0):
    """Factors in the first two stages, then all parameters, then factors again; the goals are those of the stages."""
    config = small_config(maxiter, popsize)
    optimizer = config.optimizer
    optimizer.algorithm, optimizer.scan, optimizer.scan_from = algorithm, scan, str(SMALL_START)
    optimizer.factors = True
    optimizer.stages = [
        {"name": "groups", "evaluations": 60, "sigma_gain": 20, "set": {"cost.tgt_vel": 1.4}},
        {"name": "same", "generations": 4, "set": {"cost.tgt_vel": 1.5}},
        {"name": "all", "factors": False, "generations": 10, "sigma_gain": 6, "covariance": "diagonal"},
        {"name": "again"},
    ]
    config.cost.tgt_vel = 1.3
    return config


def staged_problem(config, workers=1, delay=0.0):
    """Spheres around the target speed of each stage."""
    table = small_table(fixed=2)
    return StagedProblem(config, lambda own: PoolSphere(table, workers, delay=delay, goal=own.cost.tgt_vel))


class PoolSphere(StagedSphere):
    """What a pool needs of a problem besides its costs."""

    def load_start(self, config, clamp=True):
        return self.table.initial.copy()

    def capture_fault(self, vector, seed):
        return None


def pool_config(maxiter=60, members=4, algorithm="cma"):
    config = small_config(maxiter)
    config.optimizer.members, config.optimizer.algorithm = members, algorithm
    return config


def pool_problem(workers=1, delay=0.0):
    return PoolSphere(small_table(fixed=2), workers, delay=delay)


def open_folder(path, state="new"):
    path.mkdir(parents=True, exist_ok=True)
    return RunFolder(path, path.name, state)


def history_bytes(path):
    """Everything that must not depend on interruptions and workers: name without the stamp -> bytes."""
    files = [path / "history_candidates.csv", path / "history_generations.csv"]
    files += sorted([*path.glob("outcmaes/*.dat"), *path.glob("optimizer/*.dat")]) + sorted(path.glob("*_Best*.txt"))
    return {
        "_".join(file.stem.split("_")[-2:]) if file.suffix != ".csv" else file.name: file.read_bytes() for file in files
    }


def main():
    path, maxiter, checkpoint_every, delay = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    config = small_config(maxiter, checkpoint_every=checkpoint_every)
    config.optimizer.algorithm = sys.argv[5]
    if sys.argv[5] in ("ipop", "bipop"):
        # Loose criteria, so that restarts come within the generations of a test.
        config.optimizer.cma_options, config.optimizer.restarts = {"tolfun": 0.5, "tolfunhist": 0.5}, 3
    problem = StagedSphere(small_table(fixed=2), workers=2, delay=delay)
    if sys.argv[5].startswith("staged_"):
        config = staged_config(maxiter, sys.argv[5].removeprefix("staged_"))
        problem = staged_problem(config, 2, delay)
    if sys.argv[5].startswith("factors_"):
        config = factors_config(maxiter, sys.argv[5].removeprefix("factors_"), scan=20)
        problem = staged_problem(config, 2, delay)
    if len(sys.argv) > 6:
        config.optimizer.members = int(sys.argv[6])
        if not isinstance(problem, StagedProblem):
            problem = pool_problem(2, delay)
    try:
        if config.optimizer.members > 1:
            run_pool(config, open_folder(path), problem)
            return
        minimize(problem, config, open_folder(path), plot=False)
    except Stopped as stopped:
        print(stopped)
        sys.exit(stopped.exit_code)


if __name__ == "__main__":
    main()
