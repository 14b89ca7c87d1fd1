"""Print one table of speed ratios measured in one run and store it as JSON.

Ratios come from alternating repetitions, because machines drift; absolute times are only given where nothing else says
it (start-up). The bare loop replays recorded controls, so that it sees the same motion and contacts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numba import njit
from rich.console import Console
from rich.table import Table

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import CostConfig, EnvConfig, ExoConfig, ModelConfig, OptimizerConfig, RunConfig
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.strides import cut_window, normalize_strides
from myoassist.model.build import build_walker
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome, WalkLog
from myoassist.rollout.physics import mj_step
from myoassist.rollout.simulator import Simulator

ROOT = Path(__file__).parents[1]
CONTROLLERS = ROOT / "models" / "controllers"


@njit(nogil=True)
def replay(model_address, data_address, ctrl, recorded, substeps):  # noqa: ANN001, ANN201
    for k in range(recorded.shape[0]):
        ctrl[:] = recorded[k]
        for _ in range(substeps):
            mj_step(model_address, data_address)


class Case:
    """One model with one control rate, walking with one vector.

    Args:
        physics: full or fast.
        seconds: Longest walk.
        controller: none or four_param.
        delayed: Neural delays.
        env: Further environment options.
    """

    def __init__(
        self, physics: str, seconds: float, controller: str = "four_param", delayed: bool = False, **env: object
    ) -> None:
        control = ControlConfig(delayed=delayed)
        config = EnvConfig(sim_time=seconds, **env)
        exo = ExoConfig(controller=controller, max_torque=100.0)
        walker = build_walker(ModelConfig(device="tutorial", physics=physics), config)
        self.simulator = Simulator(walker, config, exo, 2, control)
        self.vector = find_vector(physics)[: len(self.simulator.table)]
        self.log = self.walk()
        self.controls = self._record()

    def walk(self, worker: int = 0) -> WalkLog:
        """Simulate the closed loop."""
        return self.simulator.simulate(self.vector, worker)

    def _record(self) -> np.ndarray:
        log, layout = self.walk(), self.simulator.walker.layout
        controls = np.zeros((log.n_steps, self.simulator.walker.model.nu))
        controls[:, layout.all_muscles] = log.excitation
        controls[:, layout.exo] = -log.exo_torque / layout.exo_gain
        return controls

    def bare(self, number: int = 0) -> float:
        """Return the time of bare mj_step over the recorded controls, s."""
        simulator = self.simulator
        worker = simulator._workers[number]
        simulator._reset(worker, simulator.table.decode(self.vector), self.vector)
        start = time.perf_counter()
        replay(
            simulator.walker.model._address,
            worker.data._address,
            worker.data.ctrl,
            self.controls,
            simulator._constants.substeps,
        )
        return time.perf_counter() - start

    @property
    def simulated(self) -> float:
        """Simulated time of the walk, s."""
        return self.log.n_steps * self.log.dt


def find_vector(physics: str) -> np.ndarray:
    """Return the shipped controller that walks with the Tutorial device on this physics."""
    name = "tutorial_4param_fast" if physics == "fast" else "tutorial_4param"
    stored = json.loads((CONTROLLERS / name / "best_parameters.json").read_text())
    return np.array([parameter["raw"] for parameter in stored["parameters"]])


def clock(function: Callable[[], object]) -> float:
    """Return the wall time of a call, s."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def alternate(first: Callable[[], float], second: Callable[[], float], repeats: int) -> dict[str, float]:
    """Return median, min and max of first/second over alternating calls, after one of each."""
    first(), second()
    ratios = np.array([first() / second() for _ in range(repeats)])
    return {"ratio": float(np.median(ratios)), "min": float(ratios.min()), "max": float(ratios.max())}


def loop_over_bare(repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """Closed loop over bare mj_step for both physics, both control rates, without and with exo."""
    rows = {}
    for physics in ("full", "fast"):
        for delayed in (False, True):
            for controller in ("none", "four_param"):
                case = Case(physics, seconds, controller, delayed=delayed)
                label = f"closed loop / bare mj_step, {physics}, {'1 kHz' if delayed else '100 Hz'}, exo {controller}"
                rows[label] = alternate(lambda c=case: clock(c.walk), case.bare, repeats)
                rows[label]["walked_s"] = case.simulated
    return rows


def physics_ratios(repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """Simulated time per wall time of one model over another, each on its own walk."""
    cases = {
        "full, 1 ms": Case("full", seconds),
        "fast, 1 ms": Case("fast", seconds),
        "full, 2 ms": Case("full", seconds, timestep=0.002),
        "fast, 2 ms": Case("fast", seconds, timestep=0.002),
    }

    def cost(case: Case) -> float:
        return clock(case.walk) / case.simulated

    rows = {}
    for over, under in (("full, 1 ms", "fast, 1 ms"), ("full, 1 ms", "full, 2 ms"), ("fast, 1 ms", "fast, 2 ms")):
        rows[f"time per simulated second, {over} / {under}"] = alternate(
            lambda a=over: cost(cases[a]), lambda b=under: cost(cases[b]), repeats
        )
    for name, case in cases.items():
        factors = np.array([1.0 / cost(case) for _ in range(repeats)])
        rows[f"real-time factor per core, {name}"] = {
            "ratio": float(np.median(factors)),
            "min": float(factors.min()),
            "max": float(factors.max()),
        }
    return rows


def worker_efficiency(repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """Time of two walks one after the other over twice the time of two walks at once; the same for bare mj_step."""
    rows = {}
    for physics in ("full", "fast"):
        case = Case(physics, seconds)
        for label, work in (("walks", case.walk), ("bare mj_step", case.bare)):
            with ThreadPoolExecutor(2) as pool:

                def at_once(work: Callable = work, pool: ThreadPoolExecutor = pool) -> float:
                    return 2.0 * clock(lambda: list(pool.map(work, (0, 1))))

                rows[f"efficiency of 2 threads, {label}, {physics}"] = alternate(
                    lambda work=work: clock(lambda: (work(0), work(1))), at_once, repeats
                )
    return rows


def generation(repeats: int, seconds: float) -> dict[str, dict[str, float]]:
    """A generation of 32 candidates, cost included, over bare mj_step for the same number of steps."""
    config = RunConfig(
        model=ModelConfig(device="tutorial", physics="fast"),
        env=EnvConfig(sim_time=seconds),
        exo=ExoConfig(controller="four_param", max_torque=100.0),
        cost=CostConfig(target="kinematics"),
        optimizer=OptimizerConfig(threads=1),
    )
    problem = WalkProblem(config, 1)
    case = Case("fast", seconds)
    rng = np.random.default_rng(0)
    table = problem.table
    vectors = [table.clamp(case.vector + 0.02 * rng.standard_normal(len(table))) for _ in range(32)]
    steps = sum(problem.simulator.simulate(v).n_steps for v in vectors)
    per_step = case.log.n_steps

    def candidates() -> float:
        return clock(lambda: [problem.evaluate(v, 0, 0) for v in vectors])

    return {
        "generation of 32 with cost / bare mj_step for as many steps": alternate(
            candidates, lambda: case.bare() * steps / per_step, max(2, repeats // 3)
        )
    }


def gait_equivalence() -> dict[str, dict[str, float]]:
    """Mean gait cycles of the same controller with a step of 1 and 2 ms; RMS difference in degrees, speeds in m/s."""
    rows = {}
    for physics in ("full", "fast"):
        cycles, speeds = [], []
        for timestep in (0.001, 0.002):
            log = Case(physics, 20.0, timestep=timestep).log
            if log.outcome is not Outcome.SURVIVED:
                break
            strikes = find_heel_strikes(log)
            window = cut_window(strikes, 10)
            cycles.append(np.rad2deg(normalize_strides(log.joint_angle, window).mean(axis=0)))
            speeds.append(float(np.diff(log.pelvis_pos_w[[window.first, window.last], 0])[0]))
            speeds[-1] /= (window.last - window.first) * log.dt
        if len(cycles) == 2:
            rows[f"gait of 2 ms against 1 ms, {physics}"] = {
                "rms_deg": float(np.sqrt(((cycles[0] - cycles[1]) ** 2).mean())),
                "speed_1ms": speeds[0],
                "speed_2ms": speeds[1],
            }
        else:
            rows[f"gait of 2 ms against 1 ms, {physics}"] = {"walked_s": log.n_steps * log.dt}
    return rows


def start_up(repeats: int) -> dict[str, dict[str, float]]:
    """Wall time of imports, of the model build, and of a whole command that evaluates one short walk."""
    code = "import time; t = time.perf_counter(); import myoassist.optimize.task; print(time.perf_counter() - t)"
    build = (
        "import time; from myoassist.model.build import build_walker; from myoassist.config.schema.run import *;"
        "t = time.perf_counter(); build_walker(ModelConfig(device='tutorial'), EnvConfig());"
        "print(time.perf_counter() - t)"
    )
    rows = {}
    for label, snippet in (("import of the trainer, s", code), ("model build, s", build)):
        times = [float(subprocess.check_output([sys.executable, "-c", snippet])) for _ in range(repeats)]
        rows[label] = {"seconds": float(np.median(times)), "min": min(times), "max": max(times)}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "myoassist.train", "exp=baseline", "optimizer=evaluate", "env.sim_time=0.05"]
        env = {**os.environ, "MYOASSIST_CACHE": str(Path(folder) / "cache")}
        env.pop("NUMBA_CACHE_DIR", None)

        def run(number: int) -> float:
            arguments = [*command, f"expname=first_{number}"]
            return clock(lambda: subprocess.run(arguments, cwd=folder, env=env, check=True, capture_output=True))

        rows["command to first evaluation and exit, cold kernel cache, s"] = {"seconds": run(0)}
        warm = [run(k) for k in range(1, repeats + 1)]
        rows["command to first evaluation and exit, warm kernel cache, s"] = {
            "seconds": float(np.median(warm)),
            "min": min(warm),
            "max": max(warm),
        }
    return rows


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short walks and few repetitions")
    parser.add_argument("--out", type=Path, default=Path("logs/bench.json"), help="JSON file to write")
    arguments = parser.parse_args()
    repeats, seconds = (3, 1.0) if arguments.quick else (9, 5.0)
    rows: dict[str, dict[str, float]] = {}
    console = Console() if sys.stdout.isatty() else Console(width=120)
    for step in (
        lambda: loop_over_bare(repeats, seconds),
        lambda: physics_ratios(repeats, seconds),
        lambda: worker_efficiency(repeats, seconds),
        lambda: generation(repeats, seconds),
        gait_equivalence,
        lambda: start_up(2 if arguments.quick else 5),
    ):
        with console.status("measuring"):
            rows.update(step())
    table = Table("what", "value", "min", "max", "remarks")
    for label, row in rows.items():
        rest = {k: v for k, v in row.items() if k not in ("ratio", "seconds", "min", "max")}
        value = row.get("ratio", row.get("seconds"))
        cells = [f"{v:.3g}" if v is not None else "" for v in (value, row.get("min"), row.get("max"))]
        table.add_row(label, *cells, ", ".join(f"{k} {v:.3g}" for k, v in rest.items()))
    console.print(table)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(rows, indent=1) + "\n")
    console.print(f"stored in {arguments.out}")


if __name__ == "__main__":
    main()
