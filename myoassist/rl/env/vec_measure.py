"""Environments for training, and what a rollout of them adds up to."""

import math
import signal
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from stable_baselines3.common.vec_env import SubprocVecEnv, VecEnv, VecEnvWrapper

from myoassist.config.schema.run import RunConfig
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.vec_env import BatchedVecEnv
from myoassist.rl.env.walk_env import WalkEnv
from myoassist.rollout.fault.file import WalkFault


@dataclass(frozen=True)
class Episode:
    """An episode that has ended.

    Attributes:
        total: Undiscounted return.
        length: Control steps.
        terms: Weighted parts of the return, shape (terms,).
    """

    total: float
    length: int
    terms: np.ndarray


@dataclass(frozen=True)
class RolloutStatistics:
    """Sums over one rollout.

    Attributes:
        steps: Control steps of all environments.
        physics_time: Time in the environments, s.
        terms: Weighted reward parts, summed, shape (terms,).
        episodes: Episodes that ended in it.
    """

    steps: int
    physics_time: float
    terms: np.ndarray
    episodes: list[Episode]


class MeasuredVecEnv(VecEnvWrapper):
    """Count steps, time and reward parts of the environments inside, from whole arrays where they offer them.

    Args:
        venv: Environments.
        reward_names: Terms of their reward.
    """

    def __init__(self, venv: VecEnv, reward_names: tuple[str, ...]) -> None:
        super().__init__(venv)
        self.reward_names = reward_names
        self._batched = isinstance(venv, BatchedVecEnv)
        self._running = np.zeros((venv.num_envs, 2 + len(reward_names)))
        self.clear()

    def clear(self) -> None:
        """Start a new rollout."""
        self._steps = 0
        self._time = 0.0
        self._terms = np.zeros(len(self.reward_names))
        self._episodes: list[Episode] = []

    def statistics(self) -> RolloutStatistics:
        """Return the sums since `clear`."""
        return RolloutStatistics(self._steps, self._time, self._terms, self._episodes)

    def reset(self) -> np.ndarray:
        """Start new episodes; return their observations."""
        self._running[:] = 0.0
        return self.venv.reset()

    def step_async(self, actions: np.ndarray) -> None:
        """Take the actions of the next step."""
        self._began = time.perf_counter()
        self.venv.step_async(actions)

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Step and count."""
        observations, rewards, dones, infos = self.venv.step_wait()
        self._time += time.perf_counter() - self._began
        self._steps += self.num_envs
        if self._batched:
            self._terms += self.venv.reward_terms.sum(axis=0)
            if dones.any():
                for i in np.flatnonzero(dones):
                    episode = infos[i]["episode"]
                    self._episodes.append(Episode(episode["r"], episode["l"], episode["terms"]))
        else:
            self._add_single(rewards, dones, infos)
        return observations, rewards, dones, infos

    def set_progress(self, fraction: float, mean_length: float | None) -> None:
        """Let the curriculum go on at the start of a rollout.

        Args:
            fraction: Part of the training that is done, 0 to 1.
            mean_length: Mean length of the episodes that ended lately, control steps; None if none did.
        """
        self.venv.env_method("set_progress", fraction, math.nan if mean_length is None else mean_length)

    @property
    def unstable(self) -> int:
        """Episodes of this training that the physics failed in."""
        return sum(self.venv.get_attr("unstable", 0 if self._batched else None))

    def take_faults(self) -> list[WalkFault]:
        """Return the first episodes that the physics failed in since the last call, named by their environment."""
        if self._batched:
            return self.venv.env_method("take_faults", indices=0)[0]
        taken = self.venv.env_method("take_faults")
        return [fault.at(environment=i) for i, faults in enumerate(taken) for fault in faults]

    def get_state(self) -> dict[str, np.ndarray] | None:
        """Return all that an exact continuation needs; None where the environments are in other processes."""
        return self.venv.get_state() if self._batched else None

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Continue where `get_state` was called."""
        self.venv.set_state(state)

    def find_dead(self) -> list[str]:
        """Return which environments of other processes have ended by themselves, and kill the rest if any has."""
        if self._batched:
            return []
        processes = self.venv.processes
        for _ in range(20):
            dead = [f"environment {i} (exit code {p.exitcode})" for i, p in enumerate(processes) if not p.is_alive()]
            if dead:
                break
            # Its pipe closes a little before it counts as ended.
            time.sleep(0.05)
        if dead:
            for process in processes:
                process.kill()
                process.join()
            # Closing them in order would wait for answers of the dead.
            self.venv.closed = True
        return dead

    def _add_single(self, rewards: np.ndarray, dones: np.ndarray, infos: list[dict[str, Any]]) -> None:
        terms = np.array([[info["rwd_dict"][name] for name in self.reward_names] for info in infos])
        self._terms += terms.sum(axis=0)
        self._running += np.column_stack([rewards, np.ones(len(rewards)), terms])
        for i in np.flatnonzero(dones):
            total, length, *parts = self._running[i]
            self._episodes.append(Episode(float(total), int(length), np.array(parts)))
            self._running[i] = 0.0


def make_worker_env(config: RunConfig, number: int) -> WalkEnv:
    """Return an environment of a process of its own, which leaves signals to the training.

    Ctrl-C reaches every process of a terminal, and a scheduler's SIGTERM every one of a job; the training closes its
    environments itself once it has saved.

    Args:
        config: Run configuration.
        number: Number of the environment.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    return WalkEnv(config, number=number)


def make_vec_env(config: RunConfig, threads: int) -> tuple[MeasuredVecEnv, WalkBatch]:
    """Return the environments of a run, and a batch that tells what they are like.

    Args:
        config: Run configuration.
        threads: Threads of the batched environments.
    """
    n_envs = config.env.num_envs
    if config.rl.vec_env == "batched":
        batch = WalkBatch(config, n_envs, config.seed, threads)
        return MeasuredVecEnv(BatchedVecEnv(batch), batch.reward_names), batch
    batch = WalkBatch(config, 1, config.seed)
    # Not forked: this process has threads already.
    venv = SubprocVecEnv([partial(make_worker_env, config, i) for i in range(n_envs)], start_method="spawn")
    return MeasuredVecEnv(venv, batch.reward_names), batch
