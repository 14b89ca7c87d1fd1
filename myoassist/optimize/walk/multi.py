"""One parameter vector judged on several walking conditions at once."""

import numpy as np

from myoassist.config.schema.resolved import follows_speed
from myoassist.config.schema.run import RunConfig
from myoassist.cost.multi_result import combine_results
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.cost.terms import parameter_l1
from myoassist.optimize.conditions import (
    Condition,
    choose_strategy,
    condition_config,
    condition_kind,
    list_conditions,
    slope_unit,
)
from myoassist.optimize.start.affine import add_slopes, affine_l1, load_affine_start, vector_at
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.fault.file import WalkFault
from myoassist.rollout.fault.find import capture_walk
from myoassist.rollout.log import WalkLog
from myoassist.space.table import ParameterTable


class MultiProblem:
    """Weighted cost of walking with a parameter vector in every condition of a run.

    J = sum of w_k J_k, each J_k without the regularizer, plus the regularizer of the whole vector. There is one
    compiled model per slope, and with a shared vector one walk per slope, however many speeds it is judged by; one per
    speed, too, where the controller walks at the speed of the condition.

    Args:
        config: Run configuration with `optimizer.optim_params`.
        workers: Number of vectors judged at once.

    Raises:
        ConfigError: for what `list_conditions` refuses.
    """

    def __init__(self, config: RunConfig, workers: int) -> None:
        self.config = config
        self.conditions = list_conditions(config)
        self.workers = workers
        self._problems: dict[tuple[float, float | None], WalkProblem] = {}
        self._costs = []
        for condition in self.conditions:
            own = condition_config(config, condition)
            # The regularizer belongs to the whole vector and is added once.
            own.cost.l1_weight = 0.0
            self._costs.append(own.cost)
            key = self._key(condition)
            if key not in self._problems:
                slowest = min(item.speed for item in self.conditions if self._key(item) == key)
                self._problems[key] = WalkProblem(own, workers, slowest)
        first = next(iter(self._problems.values())).simulator
        # People differ from speed to speed.
        names = first.log_layout.muscle_names
        self._plans = [plan_walk_cost(names, cost, first.walker) for cost in self._costs]
        self._single_table = first.table
        self._affine = choose_strategy(config.optimizer) == "affine"
        per = slope_unit(config.optimizer)
        self.table: ParameterTable = add_slopes(first.table, per) if self._affine else first.table

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector over all conditions; every walk gets the same seed for its noise."""
        results = []
        log: WalkLog | None = None
        walked: tuple[float, float | None] | None = None
        for condition, cost, plan in zip(self.conditions, self._costs, self._plans, strict=True):
            own = self.vector_of(vector, condition.deviation)
            key = self._key(condition)
            problem = self._problems[key]
            if problem.drawn is not None:
                results.append(problem.judge(own, seed, worker, cost, plan))
                continue
            if log is None or self._affine or walked != key:
                log = problem.simulator.simulate(own, worker, seed=seed)
                walked = key
            results.append(evaluate_cost(log, own, cost, plan))
        l1 = affine_l1(vector, self._single_table) if self._affine else parameter_l1(vector)
        weights = [condition.weight for condition in self.conditions]
        names = [condition.describe() for condition in self.conditions]
        return combine_results(results, weights, names, l1, self.config.cost.l1_weight)

    def _key(self, condition: Condition) -> tuple[float, float | None]:
        """Return what tells the walks of conditions apart: the slope, and the speed where the controller reads it."""
        return condition.slope_deg, condition.speed if follows_speed(self.config) else None

    def cancel(self, worker: int, seconds: float) -> bool:
        """End the running evaluation of a worker, which takes longer than `seconds`."""
        for problem in self._problems.values():
            problem.cancel(worker, seconds)
        return True

    def capture_fault(self, vector: np.ndarray, seed: int) -> WalkFault | None:
        """Walk again, in one condition after the other, to the instant at which a vector fails; None if it does not."""
        for condition in self.conditions:
            simulator = self._problems[self._key(condition)].simulator
            own = self.vector_of(vector, condition.deviation)
            fault = capture_walk(simulator, condition_config(self.config, condition), own, seed)
            if fault is not None:
                return fault
        return None

    def vector_of(self, vector: np.ndarray, deviation: float) -> np.ndarray:
        """Return the raw vector that walks in the condition with this deviation from the mean."""
        return vector_at(vector, self._single_table, deviation) if self._affine else vector

    def load_start(self, config: RunConfig, clamp: bool = True) -> np.ndarray:
        """Return the start vector of a run, see `optimize.start.vector.load_start`."""
        if self._affine:
            return load_affine_start(config, self._single_table, self.table, clamp)
        return load_start(config, self.table, clamp)


def nearest_condition(config: RunConfig) -> Condition | None:
    """Return the condition of a run nearest to `cost.tgt_vel` or `env.slope_deg`; None where it has one condition."""
    kind = condition_kind(config.optimizer)
    if kind is None:
        return None
    if kind == "speed":
        return min(list_conditions(config), key=lambda item: abs(item.speed - config.cost.tgt_vel))
    return min(list_conditions(config), key=lambda item: abs(item.slope_deg - config.env.slope_deg))


def load_condition_vector(config: RunConfig, table: ParameterTable, condition: Condition) -> np.ndarray:
    """Return the stored vector of a run as it walks in one condition, not clamped, shape (len(table),).

    Args:
        config: Configuration of the run over all conditions; `optimizer.param_path` names the file.
        table: Table of one condition.
        condition: The condition.

    Raises:
        UserError, LayoutError: as `optimize.start.vector.load_start`.
    """
    if choose_strategy(config.optimizer) != "affine":
        return load_start(config, table, clamp=False)
    vector = load_affine_start(config, table, add_slopes(table, ""), clamp=False)
    return vector_at(vector, table, condition.deviation)


def make_problem(config: RunConfig, workers: int) -> WalkProblem | MultiProblem:
    """Return the problem of a run: one walking condition, or several."""
    several = condition_kind(config.optimizer) is not None
    return MultiProblem(config, workers) if several else WalkProblem(config, workers)
