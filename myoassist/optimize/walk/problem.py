"""The search of a walk: a walker, its controllers and a cost as a search problem."""

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.gait.reference.edits import edits_of
from myoassist.model.build import build_walker
from myoassist.optimize.problem import describe_timeout
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.walk.reference_limits import check_limits
from myoassist.rollout.fault.file import WalkFault
from myoassist.rollout.fault.find import capture_walk
from myoassist.rollout.simulator import Simulator, choose_loop
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
        """Return the start vector of a run, see `optimize.start.vector.load_start`."""
        return load_start(config, self.table, clamp)
