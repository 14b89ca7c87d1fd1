"""What the search needs to know about the thing that it optimizes, and one evaluated point of it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from myoassist.cost.result import CostResult
from myoassist.space.table import ParameterTable


class Problem(Protocol):
    """A cost over the raw parameter vector of a table.

    Attributes:
        table: Names, bounds and initial values of the vector, D entries.
        workers: Number of evaluations that may run at once, 1 or more.

    Where it has a method `cancel(worker, seconds) -> bool`, evaluations can be ended: it is called from another thread,
    again and again, for one that runs longer than `seconds`, and returns whether it could tell it to end.
    """

    table: ParameterTable
    workers: int

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector.

        Called from `workers` threads at once, so the compiled part has to release the GIL.

        Args:
            vector: Raw parameters, shape (D,); fixed entries hold their initial values.
            seed: Seed of every random number of this evaluation, 0 to 2**32 - 1.
            worker: Slot of the calling thread, 0 to workers - 1, unique among the running calls.
        """
        ...


@dataclass(frozen=True)
class Candidate:
    """One evaluated vector.

    Attributes:
        vector: Raw parameters, full length, shape (D,).
        result: Its cost.
        generation: Generation in which it was drawn, counted from 1.
        index: Its place in that generation, counted from 0.
    """

    vector: np.ndarray
    result: CostResult
    generation: int
    index: int


@dataclass(frozen=True)
class OptimizationResult:
    """What a search ended with.

    Attributes:
        best: Best candidate of the run.
        best_last: Best candidate of the last generation.
        generations: Number of generations that the optimizer has seen, those before a continued state included.
        evaluations: Number of evaluations, counted like the generations.
        stop_reason: Name of the criterion that ended the search, `maxiter` or one of the algorithm's.
        run_name: Beginning of the names of the result files.
    """

    best: Candidate
    best_last: Candidate
    generations: int
    evaluations: int
    stop_reason: str
    run_name: str


def describe_timeout(seconds: float) -> str:
    """Return why a candidate failed that was over its time."""
    return f"it took longer than optimizer.candidate_timeout={seconds:g} s"
