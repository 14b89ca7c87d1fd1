"""Advantage actor-critic: one gradient step per rollout."""

from typing import Any, Self

from stable_baselines3 import A2C
from stable_baselines3.common.vec_env import VecEnv

from myoassist.config.schema.run import RunConfig
from myoassist.rl.algorithms.on_policy import OnPolicyLearner, shared_options


class A2cLearner(OnPolicyLearner):
    """A2C of Stable-Baselines3.

    Source: Mnih et al., "Asynchronous methods for deep reinforcement learning", arXiv:1602.01783.
    """

    name = "a2c"

    @classmethod
    def new(cls, config: RunConfig, venv: VecEnv, params: dict[str, Any]) -> Self:
        """Return A2C with the options of a run."""
        # Adam as with PPO; RMSprop's options have no keys.
        return cls(A2C(**shared_options(config, venv, params), use_rms_prop=False))
