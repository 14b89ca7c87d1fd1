"""Find a walk in 3D from one in the plane: springs that hold the body sideways fade while a search goes on.

    python scripts/dev/search/spatial_start.py --out build/spatial --evaluations 3000

The sagittal parameters are those of a planar walk, by name; the frontal ones those of the package. At first pelvis
and hips are held so that the walk is nearly the planar one. Whenever a third of a generation is good, the springs
become weaker by a tenth, until they are gone. A search over common factors of groups of parameters makes a walk like
people's in its legs and ground forces (`guided_start.Likeness`), with a trunk that neither rolls nor turns. The
folder holds the best vector of the last strength of the springs (`start.txt`) and the costs, with which the same
command goes on after a kill.
"""

import argparse
from pathlib import Path

import cma
import numpy as np
from guided_start import Likeness
from journal import Journal

from myoassist.config.compose.run import compose_run
from myoassist.files.atomic import write_text_atomic
from myoassist.model.build import build_walker
from myoassist.optimize.start.factors import plan_factors
from myoassist.optimize.start.vector_file import find_vector_file, read_vector
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import make_simulator
from myoassist.runs.named_files import resolve_param_path

# Springs of a share of 1 and how fast their dampers are, N·m/rad (sideways N/m) and s.
HELD = {
    "pelvis_list": (4000.0, 0.1),
    "pelvis_rotation": (2000.0, 0.1),
    "pelvis_tz": (20000.0, 0.1),
    **{f"hip_{way}_{side}": (100.0, 1.0 / 30.0) for way in ("adduction", "rotation") for side in "rl"},
}
ROLL_SPREAD, TURN_SPREAD = 0.12, 0.25  # rad, where half of what counts for the trunk has fallen to 1/e
LEGS = 0.7  # share of the cost of legs and ground forces
FADE, GONE = 0.9, 0.003
START_NAME = "start.txt"


class HeldWalk:
    """A walk of `exp=walk_3d` whose pelvis and hips springs hold sideways.

    Args:
        start: As optimizer.param_path.
        duration: Of a walk, s.
    """

    def __init__(self, start: str, duration: float) -> None:
        config = compose_run(["exp=walk_3d", f"env.sim_time={duration}"]).config
        walker = build_walker(config.model, config.env)
        self._simulator = make_simulator(config, walker)
        self.table = self._simulator.table
        stored = read_vector(find_vector_file(resolve_param_path(start)))
        known = dict(zip(stored.names or self.table.names, stored.vector, strict=True))
        self.start = np.array([known.get(p.name, p.initial) for p in self.table.parameters])
        self._model = walker.model
        self._stored = [(a, a.copy()) for a in (walker.model.jnt_stiffness, walker.model.dof_damping)]
        self._likeness, self._duration = Likeness(duration), duration

    def hold(self, share: float) -> None:
        """Set how strongly it is held."""
        for array, stored in self._stored:
            array[:] = stored
        for name, (stiffness, time) in HELD.items():
            joint = self._model.joint(name)
            self._model.jnt_stiffness[joint.id] += share * stiffness
            self._model.dof_damping[joint.dofadr[0]] += share * stiffness * time

    def cost(self, vector: np.ndarray) -> float:
        """Return 0 for people's walk of the whole duration to 100 for none."""
        return self.judge(self._simulator.simulate(np.clip(vector, self.table.lower, self.table.upper)))

    def judge(self, log: WalkLog) -> float:
        """Return the cost of a log."""
        if log.n_steps == 0:
            return 100.0
        steady = np.exp(-((log.trunk_roll / ROLL_SPREAD) ** 2)) + np.exp(-((log.trunk_yaw / TURN_SPREAD) ** 2))
        trunk = 0.5 * float(steady.sum()) * log.dt / self._duration
        return 100.0 * (1.0 - LEGS * self._likeness.of(log) - (1.0 - LEGS) * trunk)


def main() -> None:
    """Read the command line and search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", default="shipped:human_125", help="as optimizer.param_path")
    parser.add_argument("--share", type=float, default=1.0, help="of the springs, at first")
    parser.add_argument("--duration", type=float, default=5.0, help="of a walk, s")
    parser.add_argument("--evaluations", type=int, default=3000)
    good = "cost of a third of the walks that weakens the springs"
    parser.add_argument("--good", type=float, default=42.0, help=good)
    parser.add_argument("--sigma", type=float, default=0.1, help="first step of the logarithm of a factor")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="folder of the costs and the vector")
    arguments = parser.parse_args()
    walk = HeldWalk(arguments.start, arguments.duration)
    factors = plan_factors(walk.table)
    free = walk.table.free
    keys = ("start", "share", "duration", "good", "sigma", "seed")
    journal = Journal(arguments.out / "costs.jsonl", {key: getattr(arguments, key) for key in keys})

    def place(z: np.ndarray) -> np.ndarray:
        vector = walk.start.copy()
        vector[free] = factors.vector(walk.start[free], z)
        return np.clip(vector, walk.table.lower, walk.table.upper)

    share, best = arguments.share, np.inf
    walk.hold(share)
    options = {"popsize": 14, "seed": arguments.seed, "verbose": -9, "tolfun": 0, "tolx": 0, "CMA_diagonal": 40}
    strategy = cma.CMAEvolutionStrategy(np.zeros(len(factors)), arguments.sigma, options)
    while strategy.countevals < arguments.evaluations:
        steps = strategy.ask()
        costs = [journal.recall(lambda z=z: walk.cost(place(z))) for z in steps]
        strategy.tell(steps, costs)
        i = int(np.argmin(costs))
        if costs[i] < best:
            best = costs[i]
            write_text_atomic(arguments.out / START_NAME, "".join(f"{value!r}\n" for value in place(steps[i]).tolist()))
        print(f"{strategy.countevals} share {share:.4f} best {best:.1f} median {np.median(costs):.1f}", flush=True)
        if share > 0.0 and np.sort(costs)[len(costs) // 3] < arguments.good:
            share, best = (share * FADE if share > GONE else 0.0), np.inf
            walk.hold(share)


if __name__ == "__main__":
    main()
