"""Judge a policy by walks from several phases of the reference."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.kernels.layout import RUNNING
from myoassist.rl.policy.plain import NumpyPolicy

N_STARTS = 10
# Longest walk, s.
WALK_TIME = 20.0
# As in the reward for speed, (s/m)^2.
_SPEED_SHARPNESS = 5.0
# A changing target is followed or not within this time, s; shorter and the swing of each step would count.
_WINDOW = 1.0
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
        speed_error: Mean distance of the mean speed of each walk from its target, m/s; where the target changes that of
            the mean speed of each second.
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
        schedule = target_schedule(config)
        changes = schedule["mode"] != "UNIFORM" and schedule["low"] != schedule["high"]
        self._window = round(_WINDOW / self._interval) if changes else self._steps
        self.batch.set_target(**schedule)

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
        position, target = np.zeros((self._steps + 1, n)), np.zeros((self._steps, n))
        position[0] = self._positions()
        alive = np.ones(n, dtype=bool)
        length, total = np.zeros(n, dtype=int), np.zeros(n)
        for k in range(self._steps):
            if cancelled():
                return None
            target[k] = observations[:, -1]
            batch.step(policy.act(observations))
            length += alive
            total += np.where(alive, batch.rewards, 0.0)
            alive &= batch.ended == RUNNING
            position[k + 1] = self._positions()
            if not alive.any():
                break
        time, part = length * self._interval, length / self._steps
        # A walk that has ended stands at a new start already, so that its last step is not known.
        known = np.where(alive, length, length - 1)
        speed = (position[known, np.arange(n)] - position[0]) / np.maximum(known * self._interval, self._interval)
        error = np.array(
            [
                measure_speed_error(position[: last + 1, i], target[: max(last, 1), i], self._interval, self._window)
                for i, last in enumerate(known)
            ]
        )
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


def measure_speed_error(position: np.ndarray, target: np.ndarray, interval: float, window: int) -> float:
    """Return the mean distance of the mean speed of each window from its mean target, m/s.

    Args:
        position: Forward position at the n + 1 ends of n steps, m.
        target: Target speed of these steps, m/s, shape (n,); without any step that of the start, shape (1,).
        interval: Time of a step, s.
        window: Steps of a window; what is left over counts only if it is all there is.
    """
    steps = len(position) - 1
    if steps == 0:
        return abs(float(target[0]))
    ends = np.arange(0, steps + 1, window) if steps >= window else np.array([0, steps])
    speed = np.diff(position[ends]) / (np.diff(ends) * interval)
    wanted = np.diff(np.concatenate([[0.0], np.cumsum(target)])[ends]) / np.diff(ends)
    return float(np.abs(speed - wanted).mean())


def start_frames(batch: WalkBatch, n_starts: int) -> np.ndarray:
    """Return frames of the reference that are spread over the phases of the gait, shape (n_starts,)."""
    return spread_starts(1 if batch.reference is None else batch.reference.length, n_starts)


def spread_starts(length: int, n_starts: int) -> np.ndarray:
    """Return numbers below a length that are spread over it, however many there are, shape (n_starts,)."""
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
