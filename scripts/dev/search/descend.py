"""Improve a walk coordinate by coordinate.

    python scripts/dev/search/descend.py OUT.txt MINUTES OVERRIDES...

A search after Hooke and Jeeves (J ACM 8:212, 1961) on the cost of a run, whose disturbed walks are drawn once: each
parameter is changed alone, what helps is kept, steps that help grow and others shrink, and after a sweep the whole way
is gone once more. Near a walk whose faults are known by name this needs few walks: 320 took the person at 1.25 m/s
to toes that rest extended, 317 to 1.0 m/s. It ends where no coordinate alone helps; CMA-ES goes on from there. The
overrides name experiment, start and cost, as those of `train`; OUT.txt holds the raw vector so far.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from myoassist.config.compose.run import compose_run
from myoassist.files.atomic import write_bytes_atomic
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.store.result_files import format_vector
from myoassist.optimize.walk.problem import WalkProblem

# Raw units; a gain of 1 is changed by 6 % at first.
FIRST_STEP, LARGEST_STEP, SMALLEST_STEP = 0.06, 0.25, 0.005
GROW, SHRINK = 1.4, 0.5


def descend(problem: WalkProblem, start: np.ndarray, seconds: float, seed: int, out: Path) -> None:
    """Improve a vector for a while; what is best so far is in `out`."""
    rng = np.random.default_rng(seed)
    searched = np.array([i for i, p in enumerate(problem.table.parameters) if p.group != "pose"])
    step = FIRST_STEP * np.maximum(np.abs(start), 0.3)
    sign = np.ones(len(start))
    best, begun = start, time.monotonic()
    cost = problem.evaluate(best, seed, 0).total
    walks, sweep, old = 1, 0, start
    write_bytes_atomic(out, format_vector(best))
    print(f"start {cost:.4f}", flush=True)

    def attempt(vector: np.ndarray) -> bool:
        nonlocal best, cost, walks
        vector = problem.table.clamp(vector)
        if np.array_equal(vector, best):
            return False
        found = problem.evaluate(vector, seed, 0).total
        walks += 1
        if found < cost:
            best, cost = vector, found
            write_bytes_atomic(out, format_vector(best))
            return True
        return False

    while time.monotonic() - begun < seconds and step[searched].max() > SMALLEST_STEP:
        for i in rng.permutation(searched):
            if time.monotonic() - begun > seconds:
                break
            change = np.zeros(len(best))
            change[i] = sign[i] * step[i]
            if attempt(best + change):
                step[i] = min(GROW * step[i], LARGEST_STEP)
                continue
            if attempt(best - change):
                sign[i] = -sign[i]
                continue
            step[i] = max(SHRINK * step[i], 0.5 * SMALLEST_STEP)
        while attempt(best + (way := best - old)):
            old = best - way
        old = best
        sweep += 1
        print(f"sweep {sweep}  {walks} candidates  {time.monotonic() - begun:.0f} s  cost {cost:.4f}", flush=True)


def main() -> None:
    """Read the command and descend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("minutes", type=float)
    parser.add_argument("overrides", nargs="+")
    arguments = parser.parse_args()
    config = compose_run(arguments.overrides).config
    problem = WalkProblem(config, 1)
    start = load_start(config, problem.table)
    descend(problem, start, 60.0 * arguments.minutes, max(1, config.seed), arguments.out)


if __name__ == "__main__":
    main()
