"""The search of a walk: a walker, its controllers and a cost as a search problem."""

import numpy as np

from myoassist.config.schema.run import CostConfig, RunConfig
from myoassist.cost.judged_walk import CostPlan
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.model.build import build_walker
from myoassist.optimize.problem import describe_timeout
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.walk.draws import DrawnWalks
from myoassist.optimize.walk.hopeless import plan_doubt
from myoassist.optimize.walk.reference_limits import check_limits
from myoassist.rollout.fault.file import WalkFault
from myoassist.rollout.fault.find import capture_walk
from myoassist.rollout.simulator import choose_loop, make_simulator
from myoassist.space.table import ParameterTable


class WalkProblem:
    """Cost of walking with a parameter vector.

    Args:
        config: Run configuration.
        workers: Number of walks simulated at once.
        slowest: Slowest target speed that its walks are judged by, m/s; None is `cost.tgt_vel`.
    """

    def __init__(self, config: RunConfig, workers: int, slowest: float | None = None) -> None:
        self.config = config
        walker = build_walker(config.model, config.env, exo=config.exo)
        self.simulator = make_simulator(config, walker, workers)
        self.table: ParameterTable = self.simulator.table
        self.workers = workers
        self._plan = plan_walk_cost(self.simulator.log_layout.muscle_names, config.cost, self.simulator.walker)
        check_limits(self.simulator.walker, self._plan.reference, config.cost)
        choose_loop(self.simulator)
        self.drawn = DrawnWalks(config, self.simulator) if config.cost.draws > 1 else None
        doubt = plan_doubt(config.cost, slowest or config.cost.tgt_vel, self.simulator.dt)
        for simulator in (self.simulator, *(self.drawn.simulators if self.drawn is not None else [])):
            simulator.doubt = doubt

    def evaluate(self, vector: np.ndarray, seed: int, worker: int) -> CostResult:
        """Return the cost of one vector; the seed is that of its sensor noise, and of all draws."""
        return self.judge(vector, seed, worker, self.config.cost, self._plan)

    def judge(self, vector: np.ndarray, seed: int, worker: int, cost: CostConfig, plan: CostPlan) -> CostResult:
        """Return the cost of one vector by another section of the configuration, such as another target speed."""
        if self.drawn is not None:
            return self.drawn.evaluate(vector, seed, worker, cost, plan)
        log = self.simulator.simulate(vector, worker, seed=seed)
        return evaluate_cost(log, vector, cost, plan)

    def cancel(self, worker: int, seconds: float) -> bool:
        """End the running evaluation of a worker, which takes longer than `seconds`."""
        self.simulator.cancel(worker, describe_timeout(seconds))
        if self.drawn is not None:
            self.drawn.cancel(worker, describe_timeout(seconds))
        return True

    def capture_fault(self, vector: np.ndarray, seed: int) -> WalkFault | None:
        """Walk again to the instant at which a vector fails; None if it does not."""
        return capture_walk(self.simulator, self.config, vector, seed)

    def load_start(self, config: RunConfig, clamp: bool = True) -> np.ndarray:
        """Return the start vector of a run, see `optimize.start.vector.load_start`."""
        return load_start(config, self.table, clamp)
