"""What PPO and A2C have in common: a rollout, one or more passes over it, and a policy that is the algorithm's own."""

from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import VecEnv

from myoassist.config.schema.run import RunConfig
from myoassist.rl.algorithms.base import Learner
from myoassist.rl.policy.design import policy_class
from myoassist.rl.policy.file import dump_model
from myoassist.rl.policy.policy import MultiActorPolicy


class OnPolicyLearner(Learner):
    """An algorithm that forgets a rollout once it has learned from it."""

    # In the order of the published records.
    update_keys = (
        "approx_kl",
        "clip_fraction",
        "clip_range",
        "clip_range_vf",
        "entropy_loss",
        "explained_variance",
        "learning_rate",
        "loss",
        "n_updates",
        "policy_gradient_loss",
        "std",
        "value_loss",
    )
    model: OnPolicyAlgorithm

    @property
    def policy(self) -> MultiActorPolicy:
        """The policy, its critic included."""
        policy = self.model.policy
        assert isinstance(policy, MultiActorPolicy)
        return policy

    @property
    def steps_per_env(self) -> int:
        """Control steps of each environment in one rollout."""
        return self.model.n_steps

    def collect(self, venv: VecEnv, callback: BaseCallback) -> bool:
        """Collect a rollout; return false where the callback has ended it."""
        model = self.model
        return model.collect_rollouts(venv, callback, model.rollout_buffer, n_rollout_steps=model.n_steps)

    def learn(self, limit: int) -> None:
        """Make the passes over the last rollout."""
        self._progress(limit)
        self.model.train()

    def capture(self) -> dict[str, Any]:
        """Return policy and optimizer."""
        return {"policy": self.policy.state_dict(), "optimizer": self.policy.optimizer.state_dict()}

    def restore(self, content: Mapping[str, Any]) -> None:
        """Bring back policy and optimizer."""
        self.policy.load_state_dict(content["policy"])
        self.policy.optimizer.load_state_dict(content["optimizer"])

    def dump(self, note: dict[str, Any]) -> bytes:
        """Return the policy as a file that Stable-Baselines3 reads too."""
        return dump_model(self.model, note)


def shared_options(config: RunConfig, venv: VecEnv, params: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that PPO and A2C of Stable-Baselines3 share; as `Learner.new`."""
    ppo = config.rl.ppo_params
    return {
        "policy": policy_class(config),
        "env": venv,
        "learning_rate": ppo.learning_rate,
        "n_steps": ppo.n_steps,
        "gamma": ppo.gamma,
        "gae_lambda": ppo.gae_lambda,
        "ent_coef": ppo.ent_coef,
        "vf_coef": ppo.vf_coef,
        "max_grad_norm": ppo.max_grad_norm,
        "policy_kwargs": {"custom_policy_params": params},
        "seed": config.seed,
        "device": config.rl.device,
        "verbose": 0,
    }
