"""What judging costs: CPU time of the cost of a walk by target, as a share of the evaluation that it belongs to.

python benchmarks/bench_cost.py [vector file] [seconds of walk]
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from myoassist.config.schema.cost_formula import shipped_target
from myoassist.config.schema.run import CostConfig, EnvConfig, ExoConfig, ModelConfig
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.staging import evaluate_cost
from myoassist.model.build import build_walker
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.rollout.simulator import Simulator

TARGETS = ("kinematics", "human_gait", "predictive")
ROUNDS = 10


def least_time(call: Callable[[], object]) -> float:
    """Return the least CPU time of a few calls, s; that of other processes does not count."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        call()
        best = min(best, time.thread_time() - began)
    return best


def main(path: str = "models/controllers/walk_22", seconds: str = "20") -> None:
    """Print milliseconds and shares for a walk of the 22-muscle model without a device, fast physics."""
    env = EnvConfig(sim_time=float(seconds))
    walker = build_walker(ModelConfig(device=None, physics="fast", sensing="contact"), env)
    simulator = Simulator(walker, env, ExoConfig())
    vector = read_vector(find_vector_file(Path(path))).vector
    walked = least_time(lambda: simulator.simulate(vector))
    log = simulator.simulate(vector)
    print(f"simulation: {1e3 * walked:.1f} ms for {log.n_steps * log.dt:g} s ({log.outcome.name})")
    for name in TARGETS:
        strides = 10 if shipped_target(name).graded else 5
        cost = CostConfig(target=name, num_strides=strides, l1_weight=0.0)
        plan = plan_walk_cost(simulator.log_layout.muscle_names, cost, walker)
        result = evaluate_cost(log, vector, cost, plan)
        judged = least_time(lambda cost=cost, plan=plan: evaluate_cost(log, vector, cost, plan))
        share = 100.0 * judged / (judged + walked)
        print(f"{name}: {1e3 * judged:.2f} ms, {share:.1f} % of the evaluation (stage {result.stage})")


if __name__ == "__main__":
    main(*sys.argv[1:])
