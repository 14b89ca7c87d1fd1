"""Time the compiled closed loop against bare mj_step on the same model, motion and number of steps.

The bare loop replays the recorded controls from the same start, so that both see the same contacts. Run
`python benchmarks/closed_loop.py`; ratios come from alternating repetitions in one process.
"""

import argparse
import json
import time
from pathlib import Path

import mujoco
import numpy as np
from numba import njit

from myoassist.config.schemas import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.rollout.physics import mj_step
from myoassist.rollout.simulator import Simulator

TUTORIAL_WALK = Path(__file__).parents[1] / "tests" / "data" / "closedloop_2d_vectors.json"


@njit(nogil=True)
def replay(model_address, data_address, ctrl, recorded, substeps):  # noqa: ANN001, ANN201
    for k in range(recorded.shape[0]):
        ctrl[:] = recorded[k]
        for _ in range(substeps):
            mj_step(model_address, data_address)


def record_controls(simulator: Simulator, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the controls of every control step, shape (T, nu), and the positions after it."""
    poses = np.zeros((simulator.step_limit, simulator.walker.model.nq))
    log = simulator.simulate(vector, poses=poses)
    layout = simulator.walker.layout
    controls = np.zeros((log.n_steps, simulator.walker.model.nu))
    controls[:, layout.all_muscles] = log.excitation
    for leg in range(2):
        if layout.exo[leg] >= 0:
            controls[:, layout.exo[leg]] = -log.exo_torque[:, leg] / layout.exo_gain[leg]
    return controls, poses[: log.n_steps]


def measure(simulator: Simulator, vector: np.ndarray, repeats: int) -> dict[str, float]:
    """Return microseconds per physics step of both loops and their ratio (medians over alternating repeats)."""
    controls, _ = record_controls(simulator, vector)
    values = simulator.table.decode(vector)
    worker = simulator._workers[0]
    model = simulator.walker.model
    substeps = simulator._constants.substeps
    ours, bare = [], []
    for repeat in range(repeats + 1):
        start = time.perf_counter()
        log = simulator.simulate(vector)
        middle = time.perf_counter()
        simulator._reset(worker, values, vector)
        before = time.perf_counter()
        replay(model._address, worker.data._address, worker.data.ctrl, controls, substeps)
        after = time.perf_counter()
        if repeat:
            ours.append(middle - start)
            bare.append(after - before)
    steps = log.n_steps * substeps
    ratios = np.array(ours) / np.array(bare)
    return {
        "walked_s": log.n_steps * log.dt,
        "closed_loop_us_per_step": 1e6 * float(np.median(ours)) / steps,
        "bare_us_per_step": 1e6 * float(np.median(bare)) / steps,
        "ratio": float(np.median(ratios)),
        "ratio_min": float(ratios.min()),
        "ratio_max": float(ratios.max()),
    }


def main() -> None:
    """Print one row per control rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vector", help="parameter file; default: the recorded tutorial walk")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--device", default="tutorial")
    parser.add_argument("--controller", default="four_param")
    arguments = parser.parse_args()
    if arguments.vector:
        vector = np.loadtxt(arguments.vector)
    else:
        vector = np.array(json.loads(TUTORIAL_WALK.read_text())["params"])
    for delayed in (False, True):
        env = EnvConfig(delayed=delayed)
        walker = build_walker(ModelConfig(device=arguments.device), env)
        exo = ExoConfig(controller=arguments.controller, max_torque=100.0, n_points=max(1, (len(vector) - 77) // 2))
        simulator = Simulator(walker, env, exo)
        row = measure(simulator, vector[: len(simulator.table)], arguments.repeats)
        print("1 kHz  " if delayed else "100 Hz ", json.dumps({k: round(v, 3) for k, v in row.items()}))


if __name__ == "__main__":
    assert mujoco.__version__
    main()
