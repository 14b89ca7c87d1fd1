"""What a training tells whoever listens to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from myoassist.rl.train.evaluate_best import TrainingEvaluation


@dataclass(frozen=True)
class Rollout:
    """A rollout of a training and the update after it, as a callback is told of them.

    Attributes:
        number: Rollouts of the run so far, this one included.
        steps: Environment steps of the run so far.
        limit: Environment steps at which it ends.
        episodes: Number of episodes that ended in this rollout.
        episode_length: Their mean length, control steps; NaN if none ended.
        episode_return: Their mean return; NaN if none ended.
        rewards: Weighted parts of the reward by name, per second.
        update: What the algorithm says about the update, by the names of history.csv.
        best: Evaluation of the best policy so far; None before the first.
    """

    number: int
    steps: int
    limit: int
    episodes: int
    episode_length: float
    episode_return: float
    rewards: Mapping[str, float]
    update: Mapping[str, Any]
    best: "TrainingEvaluation | None"


class Listener(Protocol):
    """Told how a training gets on, between what it does: nothing of it depends on how long that takes."""

    def take_rollout(self, rollout: Rollout) -> bool:
        """Take a rollout; return whether the training is to stop after it, as Ctrl-C would."""
        ...

    def take_evaluation(self, evaluation: "TrainingEvaluation") -> bool:
        """Take an evaluation of a policy; return whether the training is to stop."""
        ...
