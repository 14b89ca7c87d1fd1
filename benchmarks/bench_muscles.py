"""Print what muscles with tendons cost: the closed loop over the same with MuJoCo's muscles, on the same skeleton.

    python benchmarks/bench_muscles.py [--quick] [--out muscles.json]

Ratios of time per physics step, from alternating repetitions of the first part of a walk, in which both stand and swing
a leg; resets are not counted. Time is that of the processor, so that other programs matter little.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.rollout.run_loop import walk_compiled
from myoassist.rollout.simulator import Simulator, Worker


class Loop:
    """The closed loop of one muscle model.

    Args:
        kind: mujoco, rigid or elastic.
        physics: full or fast.
        timestep: Physics step, s.
        seconds: Longest walk.
        delayed: Control at 1 kHz.
    """

    def __init__(self, kind: str, physics: str, timestep: float, seconds: float, delayed: bool = False) -> None:
        env = EnvConfig(sim_time=seconds, timestep=timestep)
        walker = build_walker(ModelConfig(device="tutorial", physics=physics, muscle_model=kind), env)
        exo = ExoConfig(controller="four_param", max_torque=100.0)
        self.simulator = Simulator(walker, env, exo, control=ControlConfig(delayed=delayed))
        self._time = 0.0

    def _run(self, simulator: Simulator, worker: Worker, poses: np.ndarray) -> tuple[int, int]:
        start = time.thread_time()
        done = walk_compiled(simulator, worker, poses)
        self._time = time.thread_time() - start
        return done

    def per_step(self) -> float:
        """Return the time of a physics step, s."""
        log = self.simulator.run_with(self.simulator.table.initial, 0, None, 0, self._run)
        return self._time / (log.n_steps * log.dt / self.simulator.walker.model.opt.timestep)


def compare(first: Loop, second: Loop, repeats: int) -> dict[str, float]:
    """Return median, least and greatest ratio of first over second, and simulated seconds per second of the first."""
    first.per_step(), second.per_step()
    times = np.array([(first.per_step(), second.per_step()) for _ in range(repeats)])
    ratios = times[:, 0] / times[:, 1]
    step = first.simulator.walker.model.opt.timestep
    return {
        "ratio": float(np.median(ratios)),
        "min": float(ratios.min()),
        "max": float(ratios.max()),
        "simulated_per_second": float(step / np.median(times[:, 0])),
    }


def measure(repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """Return all ratios by what they are."""
    rows = {}
    for physics in ("fast", "full"):
        for timestep in (0.001, 0.002):
            base = Loop("mujoco", physics, timestep, seconds)
            for kind in ("elastic", "rigid"):
                label = f"{kind} / mujoco, {physics}, {1000 * timestep:g} ms"
                rows[label] = compare(Loop(kind, physics, timestep, seconds), base, repeats)
        fine, coarse = (Loop("elastic", physics, 0.001, seconds, delayed) for delayed in (True, False))
        rows[f"elastic, control at 1 kHz / 100 Hz, {physics}, exo"] = compare(fine, coarse, repeats)
    return rows


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    rows = measure(5 if arguments.quick else 41, 0.4)
    table = Table("what", "ratio", "min", "max", "simulated s per s")
    for label, row in rows.items():
        table.add_row(label, *(f"{value:.3g}" for value in row.values()))
    Console().print(table)
    if arguments.out is not None:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
