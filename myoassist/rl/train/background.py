"""Evaluate snapshots of the policy beside the training."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.train.evaluate_best import Evaluator, TrainingEvaluation


@dataclass(frozen=True)
class Snapshot:
    """A policy at an instant of the training.

    Attributes:
        steps: Environment steps that it was trained for.
        policy: The policy.
        model: Its file.
    """

    steps: int
    policy: NumpyPolicy
    model: bytes


class BackgroundEvaluation:
    """A thread that evaluates snapshots one after the other.

    Args:
        evaluator: Environments, used by this thread alone.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="evaluation")
        self._cancelled = threading.Event()
        self._queue: list[tuple[Snapshot, Future[TrainingEvaluation | None]]] = []

    def submit(self, snapshot: Snapshot) -> None:
        """Evaluate a snapshot as soon as those before are done."""
        job = self._pool.submit(self._evaluator.evaluate, snapshot.policy, snapshot.steps, self._cancelled.is_set)
        self._queue.append((snapshot, job))

    @property
    def pending(self) -> list[int]:
        """Steps of the snapshots whose result has not been taken yet."""
        return [snapshot.steps for snapshot, _ in self._queue]

    def take(self) -> list[tuple[Snapshot, TrainingEvaluation]]:
        """Return the results that are there, in the order of the snapshots.

        Raises:
            Exception: what an evaluation raised.
        """
        taken = []
        while self._queue and self._queue[0][1].done():
            snapshot, job = self._queue.pop(0)
            result = job.result()
            if result is not None:
                taken.append((snapshot, result))
        return taken

    def close(self) -> None:
        """Give up what is not done and wait for the thread."""
        self._cancelled.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._evaluator.close()
