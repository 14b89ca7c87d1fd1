"""What the trainer needs of a learning algorithm: collect, learn, capture, restore, the policy that acts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.vec_env import VecEnv

from myoassist.config.schema.run import RunConfig
from myoassist.rl.policy.policy import MultiActorPolicy


class Learner(ABC):
    """A learning algorithm around one of Stable-Baselines3.

    Args:
        model: Stable-Baselines3's algorithm.

    Attributes:
        name: Value of `rl.algorithm`.
        update_keys: What it says about an update: columns of history.csv.
        model: Stable-Baselines3's algorithm.
    """

    name: ClassVar[str]
    update_keys: ClassVar[tuple[str, ...]]

    def __init__(self, model: BaseAlgorithm) -> None:
        self.model = model
        model.set_logger(Logger(folder=None, output_formats=[]))

    @classmethod
    @abstractmethod
    def new(cls, config: RunConfig, venv: VecEnv, params: dict[str, Any]) -> Self:
        """Return the algorithm with the options of a run, without any output of its own.

        Args:
            config: Run configuration.
            venv: Environments.
            params: Result of `policy_params`.
        """

    @property
    @abstractmethod
    def policy(self) -> MultiActorPolicy:
        """The policy that acts, is evaluated and saved."""

    @property
    @abstractmethod
    def steps_per_env(self) -> int:
        """Control steps of each environment in one rollout."""

    @property
    def steps(self) -> int:
        """Environment steps so far."""
        return int(self.model.num_timesteps)

    @steps.setter
    def steps(self, value: int) -> None:
        self.model.num_timesteps = value

    def begin(self, callback: BaseCallback) -> None:
        """Get ready; the environments start their first episodes."""
        self.model._setup_learn(0, callback, reset_num_timesteps=True)

    @abstractmethod
    def collect(self, venv: VecEnv, callback: BaseCallback) -> bool:
        """Collect a rollout; return false where the callback has ended it."""

    @abstractmethod
    def learn(self, limit: int) -> None:
        """Learn from what was collected.

        Args:
            limit: Environment steps at which the training ends.
        """

    def take_update(self) -> dict[str, Any]:
        """Return what Stable-Baselines3 says about the last update, names without `train/`, and forget it."""
        values = self.model.logger.name_to_value
        update = {}
        for name, value in values.items():
            if name.startswith("train/"):
                update[name.removeprefix("train/")] = value.item() if hasattr(value, "item") else value
        values.clear()
        return update

    @abstractmethod
    def capture(self) -> dict[str, Any]:
        """Return networks, optimizers and what else it remembers, as tensors and plain values."""

    @abstractmethod
    def restore(self, content: Mapping[str, Any]) -> None:
        """Bring back what `capture` returned.

        Raises:
            RuntimeError, ValueError, KeyError: if it belongs to other networks.
        """

    @abstractmethod
    def dump(self, note: dict[str, Any]) -> bytes:
        """Return the policy as a file.

        Args:
            note: What to write about it.
        """

    def _progress(self, limit: int) -> None:
        # Constant schedules; what they are asked with has to be in range all the same.
        self.model._update_current_progress_remaining(min(self.steps, limit), limit)
