"""Evaluate a population on a pool of threads; the outcome does not depend on their number."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Self

import numpy as np

from myoassist.cost.result import FAILURE_COST, CostResult
from myoassist.files.errors import RunError
from myoassist.files.signals import StopRequest
from myoassist.optimize.problem import Problem
from myoassist.optimize.seed_streams import CANDIDATE, GENERATION, stream_seed
from myoassist.rollout.log import Outcome

# Longest time until a stop request is noticed, s.
_POLL_INTERVAL = 0.1
# How long an evaluation that was told to end may take for it, s; code of others may not listen.
_END_GRACE = 8.0


class HangingCandidateError(RunError):
    """End a run one of whose evaluations neither ends nor can be ended."""

    abandons = True


def candidate_seed(run_seed: int, generation: int, index: int) -> int:
    """Return the seed of one evaluation, 0 to 2**32 - 1, from its place in the run alone.

    Args:
        run_seed: Seed of the run.
        generation: Generation, counted from 1.
        index: Place in the generation, counted from 0.
    """
    return stream_seed(run_seed, CANDIDATE, generation, index)


def evaluation_seed(run_seed: int, generation: int, index: int, common: bool) -> int:
    """Return the seed of one evaluation: its own, or one that all candidates of its generation have in common."""
    if common:
        return stream_seed(run_seed, GENERATION, generation)
    return candidate_seed(run_seed, generation, index)


def failed(reason: str, result: CostResult | None = None) -> CostResult:
    """Return the result of a candidate that could not be judged, with the worst cost.

    Args:
        reason: One sentence for people.
        result: What the evaluation returned, if it returned; its walked time and distance are kept where finite.
    """
    failure = CostResult(FAILURE_COST, "0", {"stage": FAILURE_COST}, Outcome.ERROR, reason=reason)
    if result is None:
        return failure
    kept = {name: value for name in ("walked_time", "distance") if math.isfinite(value := getattr(result, name))}
    return replace(failure, **kept)


class Workers:
    """A pool of `problem.workers` threads; use it as a context manager.

    Args:
        problem: What is evaluated.
        run_seed: Seed of the run.
        time_limit: Longest time of one evaluation, s; None for none. Only problems with a method `cancel` are watched.
        common: Give all candidates of a generation the same seed.
    """

    def __init__(self, problem: Problem, run_seed: int, time_limit: float | None = None, common: bool = False) -> None:
        self._problem = problem
        self._common = common
        self._run_seed = run_seed
        self._time_limit = time_limit
        self._cancel: Callable[[int, float], bool] | None = getattr(problem, "cancel", None)
        # Slot -> begin of its running evaluation, and slot -> when it was first told to end.
        self._began: dict[int, float] = {}
        self._told: dict[int, float] = {}
        self._slot = threading.local()
        self._slots = count()
        self._pool = ThreadPoolExecutor(
            max_workers=max(1, problem.workers), thread_name_prefix="evaluate", initializer=self._take_slot
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Running simulations are not waited for: after a stop request the checkpoint comes first.
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _take_slot(self) -> None:
        self._slot.number = next(self._slots)

    def _evaluate(self, vector: np.ndarray, generation: int, index: int) -> CostResult:
        seed, slot = evaluation_seed(self._run_seed, generation, index, self._common), self._slot.number
        self._told.pop(slot, None)
        self._began[slot] = time.monotonic()
        try:
            result = self._problem.evaluate(vector, seed, slot)
        except Exception as error:  # a failure is a value: the candidate ranks last, the search goes on
            return failed(f"{type(error).__name__}: {error}")
        finally:
            self._began.pop(slot, None)
        if not math.isfinite(result.total):
            # Algorithms take finite costs only; pycma would silently replace NaN by the median of the population.
            return failed(f"total cost is {result.total}", result)
        return result

    def evaluate(
        self, vectors: Sequence[np.ndarray], generation: int, stop: StopRequest | None = None
    ) -> list[CostResult] | None:
        """Return the results in the order of the vectors, or None when a stop was requested meanwhile.

        Args:
            vectors: Full-length raw vectors, each of shape (D,).
            generation: Generation, counted from 1.
            stop: Watched while waiting.

        Raises:
            HangingCandidateError: if an evaluation is over its time and does not end when told to.
        """
        futures = [self._pool.submit(self._evaluate, vector, generation, i) for i, vector in enumerate(vectors)]
        pending: set[Future[CostResult]] = set(futures)
        while pending:
            if stop is not None and stop.requested:
                for future in pending:
                    future.cancel()
                return None
            self._end_overdue()
            _, pending = wait(pending, timeout=_POLL_INTERVAL, return_when=FIRST_COMPLETED)
        return [future.result() for future in futures]

    def _end_overdue(self) -> None:
        """Tell evaluations that are over their time to end, again and again until they do."""
        if self._time_limit is None or self._cancel is None:
            return
        now = time.monotonic()
        for slot, began in list(self._began.items()):
            if now - began <= self._time_limit or not self._cancel(slot, self._time_limit):
                continue
            if now - self._told.setdefault(slot, now) > _END_GRACE:
                raise HangingCandidateError(
                    f"an evaluation takes longer than optimizer.candidate_timeout={self._time_limit:g} s and cannot be "
                    "ended in this process",
                    "evaluations that end; what cannot be ended is code of plugins",
                    "optimizer.executor=processes kills what hangs; with it the same command continues the run",
                )
