"""Soft actor-critic: learns from everything that it remembers, with the same routed actors as the others."""

import sys
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch as th
from stable_baselines3 import SAC
from stable_baselines3.common.buffers import ReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.type_aliases import TrainFreq
from stable_baselines3.common.vec_env import VecEnv

from myoassist.config.schema.run import RunConfig
from myoassist.rl.algorithms.base import Learner
from myoassist.rl.algorithms.sac_policy import RoutedSacPolicy
from myoassist.rl.policy.design import policy_class
from myoassist.rl.policy.file import dump_policy
from myoassist.rl.policy.policy import MultiActorPolicy

_COLUMNS = ("observations", "next_observations", "actions", "rewards", "dones", "timeouts")


class SacLearner(Learner):
    """SAC of Stable-Baselines3.

    Before `learning_starts` steps it only collects, with its own exploration noise: uniformly drawn excitations would
    be spasms. Its state holds all that it remembers, so that a continued training is the same.

    Args:
        model: Stable-Baselines3's algorithm.
        learning_starts: Environment steps before the first update.

    Source: Haarnoja et al., "Soft actor-critic algorithms and applications", arXiv:1812.05905.
    """

    name = "sac"
    update_keys = ("actor_loss", "critic_loss", "ent_coef", "ent_coef_loss", "learning_rate", "n_updates", "std")
    model: SAC

    def __init__(self, model: SAC, learning_starts: int) -> None:
        super().__init__(model)
        self._learning_starts = learning_starts

    @classmethod
    def new(cls, config: RunConfig, venv: VecEnv, params: dict[str, Any]) -> Self:
        """Return SAC with the options of a run."""
        sac = config.rl.sac_params
        # It has all that SAC asks of a policy without being one of Stable-Baselines3's.
        policy: Any = RoutedSacPolicy
        model = SAC(
            policy,
            venv,
            learning_rate=sac.learning_rate,
            buffer_size=sac.buffer_size,
            learning_starts=0,
            batch_size=sac.batch_size,
            tau=sac.tau,
            gamma=sac.gamma,
            train_freq=(sac.n_steps, "step"),
            gradient_steps=sac.gradient_steps,
            ent_coef=f"auto_{sac.initial_ent_coef}" if sac.ent_coef is None else sac.ent_coef,
            policy_kwargs={"custom_policy_params": params, "whole": policy_class(config).whole},
            seed=config.seed,
            device=config.rl.device,
            verbose=0,
        )
        learner = cls(model, sac.learning_starts)
        free = int(learner.policy.routing.free.sum())
        # One per action that a network writes; constants have no entropy.
        model.target_entropy = -float(free) if sac.target_entropy is None else sac.target_entropy
        return learner

    @property
    def policy(self) -> MultiActorPolicy:
        """The policy that acts; its critic is not used."""
        policy: Any = self.model.policy
        assert isinstance(policy, RoutedSacPolicy)
        return policy.actor.walker

    @property
    def steps_per_env(self) -> int:
        """Control steps of each environment in one rollout."""
        return self._frequency.frequency

    def begin(self, callback: BaseCallback) -> None:
        """Get ready; the environments start their first episodes."""
        super().begin(callback)
        # Asked for at every step; the schedules are constant.
        self.model._total_timesteps = sys.maxsize

    def collect(self, venv: VecEnv, callback: BaseCallback) -> bool:
        """Collect a rollout into the memory; return false where the callback has ended it."""
        model = self.model
        rollout = model.collect_rollouts(venv, callback, self._frequency, self._memory, learning_starts=0)
        return rollout.continue_training

    def learn(self, limit: int) -> None:
        """Make the gradient steps of a rollout from samples of the memory."""
        self._progress(limit)
        if self.steps < self._learning_starts:
            return
        self.model.train(self.model.gradient_steps, self.model.batch_size)
        self.model.logger.record("train/std", float(self.policy.log_std.detach().exp().mean()))

    def capture(self) -> dict[str, Any]:
        """Return networks, optimizers, temperature and memory."""
        model, memory = self.model, self._memory
        filled = memory.buffer_size if memory.full else memory.pos
        content = {
            "policy": model.policy.state_dict(),
            "actor_optimizer": model.actor.optimizer.state_dict(),
            "critic_optimizer": model.critic.optimizer.state_dict(),
            "memory": {name: th.from_numpy(getattr(memory, name)[:filled]) for name in _COLUMNS},
            "position": memory.pos,
            "full": memory.full,
        }
        if model.ent_coef_optimizer is not None and model.log_ent_coef is not None:
            content["log_ent_coef"] = model.log_ent_coef.detach()
            content["ent_coef_optimizer"] = model.ent_coef_optimizer.state_dict()
        return content

    def restore(self, content: Mapping[str, Any]) -> None:
        """Bring back networks, optimizers, temperature and memory."""
        model, memory = self.model, self._memory
        model.policy.load_state_dict(content["policy"])
        model.actor.optimizer.load_state_dict(content["actor_optimizer"])
        model.critic.optimizer.load_state_dict(content["critic_optimizer"])
        if model.ent_coef_optimizer is not None and model.log_ent_coef is not None:
            model.log_ent_coef.data.copy_(content["log_ent_coef"])
            model.ent_coef_optimizer.load_state_dict(content["ent_coef_optimizer"])
        memory.pos, memory.full = int(content["position"]), bool(content["full"])
        for name in _COLUMNS:
            values: np.ndarray = content["memory"][name].cpu().numpy()
            getattr(memory, name)[: len(values)] = values

    def dump(self, note: dict[str, Any]) -> bytes:
        """Return the acting policy as a file; memory and critics stay in the checkpoint."""
        return dump_policy(self.policy, self.steps, note)

    @property
    def _frequency(self) -> TrainFreq:
        frequency = self.model.train_freq
        assert isinstance(frequency, TrainFreq)
        return frequency

    @property
    def _memory(self) -> ReplayBuffer:
        memory = self.model.replay_buffer
        assert isinstance(memory, ReplayBuffer)
        return memory
