"""Proximal policy optimization, with steps towards symmetry where they are asked for."""

import warnings
from typing import Any, Self

from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecEnv

from myoassist.config.schema.run import RunConfig
from myoassist.rl.algorithms.on_policy import OnPolicyLearner, shared_options
from myoassist.rl.policy.mirror import MirrorLoss


class PpoLearner(OnPolicyLearner):
    """PPO of Stable-Baselines3.

    Args:
        model: Stable-Baselines3's algorithm.
        mirror: Steps towards symmetry after each update; None for none.

    Source: Schulman et al., "Proximal policy optimization algorithms", arXiv:1707.06347.
    """

    name = "ppo"
    model: PPO

    def __init__(self, model: PPO, mirror: MirrorLoss | None = None) -> None:
        super().__init__(model)
        self._mirror = mirror

    @classmethod
    def new(cls, config: RunConfig, venv: VecEnv, params: dict[str, Any]) -> Self:
        """Return PPO with the options of a run."""
        ppo = config.rl.ppo_params
        with warnings.catch_warnings():
            # A batch that does not divide the rollout is said once, before anything is loaded.
            warnings.filterwarnings("ignore", message="You have specified a mini-batch size")
            model = PPO(
                **shared_options(config, venv, params),
                batch_size=ppo.batch_size,
                n_epochs=ppo.n_epochs,
                clip_range=ppo.clip_range,
                clip_range_vf=ppo.clip_range_vf,
                target_kl=ppo.target_kl,
            )
        learner = cls(model)
        if ppo.mirror_coef > 0.0:
            learner._mirror = MirrorLoss(learner.policy.routing, ppo.mirror_coef, ppo.max_grad_norm)
        return learner

    def learn(self, limit: int) -> None:
        """Make the passes over the last rollout, and one towards symmetry."""
        super().learn(limit)
        if self._mirror is not None:
            for name, value in self._mirror.learn(self.model, self.model.batch_size).items():
                self.model.logger.record(f"train/{name}", value)
