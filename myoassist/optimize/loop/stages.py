"""A problem whose cost changes from stage to stage of a search."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import numpy as np

from myoassist.config.entries.search_stages import plan_stages, stage_config
from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.optimize.problem import Problem
from myoassist.optimize.store.search_state import cost_fingerprint
from myoassist.space.table import ParameterTable


class StagedProblem:
    """One problem per stage, of which one is there at a time; use it as a context manager.

    Args:
        config: Run configuration with a scan or stages.
        make: Makes the problem of a configuration without either; where it is a context manager, it is left when its
            stage ends.
    """

    def __init__(self, config: RunConfig, make: Callable[[RunConfig], Problem]) -> None:
        self._stages = plan_stages(config.optimizer)
        self._configs = [stage_config(config, stage) for stage in self._stages]
        self._make = make
        self._stack = ExitStack()
        self._number = 0
        self._problem = self._open(0)
        self.table: ParameterTable = self._problem.table
        self.workers: int = self._problem.workers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def enter_stage(self, number: int) -> str:
        """Judge by the cost of a stage from now on; nothing may be running.

        Returns:
            The fingerprint of that cost.
        """
        if cost_fingerprint(self._configs[number]) != cost_fingerprint(self._configs[self._number]):
            self._stack.close()
            self._problem = self._open(number)
        self._number = number
        return cost_fingerprint(self._configs[number])

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector in the present stage."""
        return self._problem.evaluate(vector, seed, worker)

    def cancel(self, worker: int, seconds: float) -> bool:
        """End the running evaluation of a worker."""
        cancel: Callable[[int, float], bool] | None = getattr(self._problem, "cancel", None)
        return cancel is not None and cancel(worker, seconds)

    def capture_fault(self, vector: np.ndarray, seed: int) -> Any:
        """Walk again to the instant at which a vector fails in the present stage."""
        return self._problem.capture_fault(vector, seed)  # type: ignore[attr-defined]

    def load_start(self, config: RunConfig, clamp: bool = True) -> np.ndarray:
        """Return the start vector of a run."""
        return self._problem.load_start(config, clamp)  # type: ignore[attr-defined]

    def _open(self, number: int) -> Problem:
        problem = self._make(self._configs[number])
        if hasattr(problem, "__exit__"):
            self._stack.enter_context(problem)  # type: ignore[arg-type]
        return problem
