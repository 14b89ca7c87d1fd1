"""Repeat a walk from slightly different starts: how much of the gait is luck of the start."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np

from myoassist.analysis.walk.gait_curves import GaitCurves, cut_curves, pool_curves
from myoassist.analysis.walk.metrics import measure_walk
from myoassist.config.schema.run import CostConfig
from myoassist.rollout.disturbance import StartSpread, perturb_start
from myoassist.rollout.log import Outcome
from myoassist.rollout.simulator import Simulator

# A draw whose pose is no valid start (a joint beyond its range) says nothing about the controller.
_MAX_DRAWS = 50


@dataclass(frozen=True)
class RepeatedWalk:
    """What is kept of one of the walks: how it ended, its metrics, its strides."""

    outcome: Outcome
    walked_time: float
    metrics: dict[str, float | int | None]
    curves: GaitCurves | None


@dataclass(frozen=True)
class Repeats:
    """Walks from perturbed starts.

    Attributes:
        spread: How the starts were spread.
        seed: Seed of the draws.
        walks: The walks in the order of their draws.
        curves: Strides of all walks that survived; None if none did.
    """

    spread: StartSpread
    seed: int
    walks: tuple[RepeatedWalk, ...]
    curves: GaitCurves | None

    @property
    def survived(self) -> int:
        """Number of walks that lasted the whole time."""
        return sum(walk.outcome is Outcome.SURVIVED for walk in self.walks)

    def summarize(self, name: str) -> tuple[float, float | None, int] | None:
        """Return mean, standard deviation (n - 1; None for one walk) and n of a metric over the survivors."""
        values = [walk.metrics[name] for walk in self.walks if walk.outcome is Outcome.SURVIVED]
        known = np.array([value for value in values if value is not None], dtype=float)
        if len(known) == 0:
            return None
        return float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else None, len(known)


def repeat_walk(
    simulator: Simulator,
    vector: np.ndarray,
    cost: CostConfig,
    spread: StartSpread,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> Repeats:
    """Simulate walks from perturbed starts.

    Walk i draws from its own stream (seed, i), so that the number of workers and of walks does not change it.

    Args:
        simulator: Simulator with at least two workers; worker 0 is left alone, because its log is in use.
        vector: Raw parameters, shape (D,).
        cost: Says how strides are judged.
        spread: Number of walks and standard deviations.
        seed: Seed of the draws.
        progress: Called after every walk.
    """
    free: SimpleQueue[int] = SimpleQueue()
    for worker in range(1, simulator.workers):
        free.put(worker)

    def walk(index: int) -> RepeatedWalk:
        worker = free.get()
        try:
            generator = np.random.default_rng([seed, index])
            for _ in range(_MAX_DRAWS):
                log = simulator.simulate(perturb_start(vector, simulator.table, spread, generator), worker)
                if log.outcome is not Outcome.INVALID_START:
                    break
            survived = log.outcome is Outcome.SURVIVED
            # The log is a view of the worker's buffer; only what is computed here is kept.
            curves = cut_curves(log, cost.num_strides) if survived else None
            return RepeatedWalk(log.outcome, log.n_steps * log.dt, measure_walk(log, cost), curves)
        finally:
            free.put(worker)
            progress()

    with ThreadPoolExecutor(simulator.workers - 1) as pool:
        walks = tuple(pool.map(walk, range(spread.count)))
    curves = pool_curves([item.curves for item in walks if item.curves is not None])
    return Repeats(spread, seed, walks, curves)
