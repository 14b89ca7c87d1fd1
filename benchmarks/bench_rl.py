"""Print one table of RL speeds measured in one run and store it as JSON: environments against bare physics, learning.

All rows step the same model with the same actions. The bare loop starts every control step from the recorded state, so
that it sees the same motion and contacts. Ratios come from alternating repetitions, because machines drift.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numba import njit
from rich.console import Console
from rich.table import Table
from stable_baselines3.common.vec_env import SubprocVecEnv, VecEnv

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import RunConfig
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.vec_env import BatchedVecEnv
from myoassist.rl.env.walk_env import WalkEnv
from myoassist.rollout.batch import ACT, CTRL, DATA, QPOS, QVEL, view
from myoassist.rollout.physics import mj_step

Row = dict[str, float]


@njit(nogil=True)
def replay(model, addresses, sizes, qpos, qvel, act, ctrl, substeps):  # noqa: ANN001, ANN201
    for k in range(qpos.shape[0]):
        view(addresses[QPOS], sizes[0])[:] = qpos[k]
        view(addresses[QVEL], sizes[1])[:] = qvel[k]
        view(addresses[ACT], sizes[2])[:] = act[k]
        view(addresses[CTRL], ctrl.shape[1])[:] = ctrl[k]
        for _ in range(substeps):
            mj_step(model, addresses[DATA])


class Recording:
    """Actions of a number of control steps and the states that they meet.

    Args:
        batch: Environments.
        steps: Control steps.
    """

    def __init__(self, batch: WalkBatch, steps: int) -> None:
        rng = np.random.default_rng(0)
        shape = (steps, batch.n_envs, len(batch.action_names))
        self.actions = np.clip(rng.normal(-0.8, 0.3, shape), -1.0, 1.0).astype(np.float32)
        self.batch = batch
        task = batch.task
        states: list[list[np.ndarray]] = [[], [], [], []]
        batch.reset()
        for action in self.actions:
            for column, name in zip(states, ("qpos", "qvel", "act"), strict=False):
                column.append(np.array([getattr(data, name) for data in batch.datas]))
            states[3].append(task.control_mid + action * task.control_half)
            batch.step(action)
        # One environment after the other, as the threads take them.
        self.states = [np.ascontiguousarray(np.swapaxes(np.array(column), 0, 1)) for column in states]

    def bare(self, threads: int) -> float:
        """Return the time of bare mj_step for the same steps, s."""
        batch, task = self.batch, self.batch.task
        model = batch.walker.model._address

        def some(first: int, last: int) -> None:
            for i in range(first, last):
                states = [column[i] for column in self.states]
                replay(model, batch._addresses[i], task.sizes, *states, task.substeps)

        bounds = np.linspace(0, batch.n_envs, threads + 1).round().astype(int)
        began = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(some, bounds[:-1].tolist(), bounds[1:].tolist()))
        return time.perf_counter() - began

    def walk(self, venv: VecEnv) -> float:
        """Return the time of a vectorized environment for the same steps, s."""
        venv.reset()
        began = time.perf_counter()
        for action in self.actions:
            venv.step(action)
        return time.perf_counter() - began


def repeat(functions: dict[str, Callable[[], float]], repeats: int) -> dict[str, np.ndarray]:
    """Return the times of functions called in turn, after one call of each."""
    for function in functions.values():
        function()
    times = [[function() for function in functions.values()] for _ in range(repeats)]
    return dict(zip(functions, np.array(times).T, strict=True))


def measure_stepping(config: RunConfig, threads: int, steps: int, repeats: int) -> dict[str, Row]:
    """Environment steps per second of both vectorized environments and of bare physics, and their ratios."""
    n_envs = config.env.num_envs
    batch = WalkBatch(config, n_envs, config.seed, threads)
    recording = Recording(batch, steps)
    # The same physics for the bare loop, which leaves its buffers in states of its own.
    batched = BatchedVecEnv(WalkBatch(config, n_envs, config.seed, threads, walker=batch.walker))
    subproc = SubprocVecEnv([partial(WalkEnv, config, number=i) for i in range(n_envs)], start_method="spawn")
    try:
        times = repeat(
            {
                "batched": lambda: recording.walk(batched),
                "subproc": lambda: recording.walk(subproc),
                "bare": lambda: recording.bare(threads),
            },
            repeats,
        )
    finally:
        subproc.close()
        batched.close()
    rows = {
        f"{label}, environment steps/s": spread(n_envs * steps / times[name])
        for name, label in (("batched", "BatchedVecEnv"), ("subproc", "SubprocVecEnv"), ("bare", "bare mj_step"))
    }
    rows["BatchedVecEnv / bare mj_step, time"] = spread(times["batched"] / times["bare"])
    rows["SubprocVecEnv / BatchedVecEnv, time"] = spread(times["subproc"] / times["batched"])
    return rows


def measure_learning(config: RunConfig, threads: int, rollouts: int) -> dict[str, Row]:
    """Samples per second with learning, and what the time goes into."""
    import torch
    from stable_baselines3.common.callbacks import BaseCallback

    from myoassist.rl.algorithms.registry import new_learner
    from myoassist.rl.env.vec_measure import make_vec_env
    from myoassist.rl.policy.design import policy_params, route_batch, start_action

    class Go(BaseCallback):
        def _on_step(self) -> bool:
            return True

    torch.set_num_threads(1)
    venv, batch = make_vec_env(config, threads)
    start = start_action(batch.walker.model, batch.action_names, 0.05)
    algorithm = new_learner(config, venv, policy_params(config, route_batch(config, batch), start)).model
    callback = Go()
    algorithm._setup_learn(0, callback, reset_num_timesteps=True)
    samples, shares = [], []
    for _ in range(rollouts + 1):
        venv.clear()
        began = time.perf_counter()
        algorithm.collect_rollouts(venv, callback, algorithm.rollout_buffer, n_rollout_steps=algorithm.n_steps)
        collected = time.perf_counter()
        algorithm._update_current_progress_remaining(0, 1)
        algorithm.train()
        total = time.perf_counter() - began
        statistics = venv.statistics()
        samples.append(statistics.steps / total)
        learning = total - (collected - began)
        shares.append(np.array([statistics.physics_time, learning, total - learning - statistics.physics_time]) / total)
    venv.close()
    names = ("physics", "learning", "rest: choosing actions, storing samples")
    rows = {"with learning, samples/s": spread(np.array(samples[1:]))}
    for name, share in zip(names, np.array(shares[1:]).T, strict=True):
        rows[f"share of {name}"] = spread(share)
    return rows


def spread(values: np.ndarray) -> Row:
    """Return median, smallest and largest value."""
    return {"ratio": float(np.median(values)), "min": float(values.min()), "max": float(values.max())}


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few steps and repetitions")
    parser.add_argument("--out", type=Path, default=Path("logs/bench_rl.json"), help="JSON file to write")
    parser.add_argument("--envs", type=int, default=None, help="environments")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads of physics")
    arguments = parser.parse_args()
    n_envs = arguments.envs or (4 if arguments.quick else 16)
    steps, repeats, rollouts = (20, 3, 1) if arguments.quick else (200, 7, 3)
    overrides = [f"env.num_envs={n_envs}", "rl.ppo_params.n_steps=128", f"rl.ppo_params.batch_size={32 * n_envs}"]
    config = compose_run(["exp=rl_imitation_partial_obs", *overrides]).config
    console = Console()
    rows: dict[str, Row] = {}
    with console.status("measuring"):
        rows.update(measure_stepping(config, arguments.threads, steps, repeats))
        rows.update(measure_learning(config, arguments.threads, rollouts))
    table = Table(f"{n_envs} environments, {arguments.threads} threads", "value", "min", "max")
    for label, row in rows.items():
        table.add_row(label, *(f"{value:.3g}" for value in row.values()))
    console.print(table)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(rows, indent=1) + "\n")
    console.print(f"stored in {arguments.out}")


if __name__ == "__main__":
    main()
