"""Judge a policy by walks from several phases of the reference."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoassist.config.schemas import RunConfig
from myoassist.rl.batch import WalkBatch
from myoassist.rl.kernels.layout import RUNNING
from myoassist.rl.numpy_policy import NumpyPolicy

N_STARTS = 10
# Longest walk, s.
WALK_TIME = 20.0
# As in the reward for speed, (s/m)^2.
_SPEED_SHARPNESS = 5.0
# Spreads any number of starts over the phases of a gait of unknown cadence.
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True)
class TrainingEvaluation:
    """How a policy walks from several starts.

    Attributes:
        steps: Environment steps that it was trained for.
        score: Mean over the starts of (part of the time that it walked) * exp(-5 (speed error)^2), 0 to 1.
        survived: Starts from which it walked all the time.
        starts: Number of starts.
        walked_time: Mean time until the fall, s.
        speed: Mean speed, m/s.
        speed_error: Mean distance of the mean speed of each walk from its target, m/s.
        reward: Mean reward per second.
    """

    steps: int
    score: float
    survived: int
    starts: int
    walked_time: float
    speed: float
    speed_error: float
    reward: float

    @property
    def rank(self) -> tuple[float, float]:
        """What is compared to find the best: the score, and among about equal ones the reward."""
        return round(self.score, 2), self.reward

    def describe(self) -> str:
        """Return one line for people."""
        return (
            f"evaluation at step {self.steps}: score {self.score:.3f}, walked {self.walked_time:.1f} s on average, "
            f"{self.survived} of {self.starts} starts to the end, speed {self.speed:.2f} m/s "
            f"(error {self.speed_error:.3f}), reward {self.reward:.2f}/s"
        )


class Evaluator:
    """Environments of an own that are never cut off, for evaluation.

    Args:
        config: Run configuration; the first entry of `rl.evaluate_param_list` sets the target speed where there is one,
            otherwise the middle of its range.
        n_starts: Number of start phases.
        walk_time: Longest walk, s.
    """

    def __init__(self, config: RunConfig, n_starts: int = N_STARTS, walk_time: float = WALK_TIME) -> None:
        self.batch = WalkBatch(config, n_starts, config.seed, evaluation=True)
        self._steps = max(1, round(walk_time * config.env.control_framerate))
        self._interval = 1.0 / config.env.control_framerate
        self._starts = start_frames(self.batch, n_starts)
        self._forward = int(self.batch.walker.layout.qpos_root[0])
        self.batch.set_target(**target_schedule(config))

    def evaluate(
        self, policy: NumpyPolicy, trained_steps: int, cancelled: Callable[[], bool] = lambda: False
    ) -> TrainingEvaluation | None:
        """Walk from every start until the fall or the end; None if it was cancelled.

        Args:
            policy: Policy for the channels of these environments.
            trained_steps: Environment steps that it was trained for.
            cancelled: Asked at every step.
        """
        batch = self.batch
        n = batch.n_envs
        observations = batch.reset(self._starts)
        begin = self._positions()
        position = begin.copy()
        alive = np.ones(n, dtype=bool)
        length, total, target = np.zeros(n), np.zeros(n), np.zeros(n)
        for _ in range(self._steps):
            if cancelled():
                return None
            target += np.where(alive, observations[:, -1], 0.0)
            batch.step(policy.act(observations))
            length += alive
            total += np.where(alive, batch.rewards, 0.0)
            alive &= batch.ended == RUNNING
            # A walk that has ended stands at a new start already.
            position = np.where(alive, self._positions(), position)
            if not alive.any():
                break
        time = length * self._interval
        # The position is one step behind where the walk ended early.
        speed = (position - begin) / np.maximum(np.where(alive, time, time - self._interval), self._interval)
        error = np.abs(speed - target / length)
        part = length / self._steps
        return TrainingEvaluation(
            steps=trained_steps,
            score=float(np.mean(part * np.exp(-_SPEED_SHARPNESS * error**2))),
            survived=int(alive.sum()),
            starts=n,
            walked_time=float(time.mean()),
            speed=float(speed.mean()),
            speed_error=float(error.mean()),
            reward=float(np.mean(total / time)),
        )

    def close(self) -> None:
        """Stop the threads."""
        self.batch.close()

    def _positions(self) -> np.ndarray:
        return np.array([data.qpos[self._forward] for data in self.batch.datas])


def start_frames(batch: WalkBatch, n_starts: int) -> np.ndarray:
    """Return frames of the reference that are spread over the phases of the gait, shape (n_starts,)."""
    length = 1 if batch.reference is None else batch.reference.length
    return np.array([int(length * (k * _GOLDEN % 1.0)) for k in range(n_starts)])


def target_schedule(config: RunConfig) -> dict[str, Any]:
    """Return the target speeds of an evaluation as arguments of `WalkBatch.set_target`."""
    entries = config.rl.evaluate_param_list or [{}]
    entry, env = entries[0], config.env
    low = float(entry.get("min_target_velocity", env.min_target_velocity))
    high = float(entry.get("max_target_velocity", env.max_target_velocity))
    return {
        "mode": str(entry.get("velocity_mode", "UNIFORM")),
        "phase": 0.0,
        "start": 0.5 * (low + high),
        "low": low,
        "high": high,
        "period": float(entry.get("target_velocity_period", env.min_target_velocity_period)),
    }
