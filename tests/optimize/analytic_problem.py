"""A small staged cost with every kind of result, for tests of the search; also run as a program that can be killed."""

import sys
import time
from pathlib import Path

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.files.signals import Stopped
from myoassist.optimize.loop.minimize import minimize
from myoassist.rollout.log import Outcome
from myoassist.runs.writer import RunFolder
from myoassist.space.parameter import INF, Parameter
from myoassist.space.table import ParameterTable


def small_table(n=6, fixed=0, layout="2d"):
    """n human entries, the first ones bounded below, and `fixed` held exo entries."""
    rows = [
        Parameter(f"p{i}", "deg" if i == 0 else "", 0.5, 0.1, 0.0 if i < 3 else -INF, INF, 1.0, "reflex")
        for i in range(n)
    ]
    rows += [Parameter(f"exo_{i}", "", 1.0, 0.0, 0.0, 1.0, 0.25, "exo", fixed=True) for i in range(fixed)]
    return ParameterTable(rows, layout)


class StagedSphere:
    """Falls far from 1.3, misses gates nearer, walks close by; noise from the seed; fails now and then."""

    def __init__(self, table, workers=1, failures=True, delay=0.0):
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
        distance = float(np.sum((vector[self.table.free] - 1.3) ** 2))
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
    try:
        minimize(StagedSphere(small_table(fixed=2), workers=2, delay=delay), config, open_folder(path), plot=False)
    except Stopped as stopped:
        print(stopped)
        sys.exit(stopped.exit_code)


if __name__ == "__main__":
    main()
