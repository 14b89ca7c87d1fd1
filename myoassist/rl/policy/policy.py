"""Policies for Stable-Baselines3: a Gaussian whose mean comes from several networks, and a critic."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch as th
from gymnasium import spaces
from stable_baselines3.common.distributions import DiagGaussianDistribution
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import nn

from myoassist.files.errors import LayoutError
from myoassist.rl.policy.actors import MultiActorNetwork
from myoassist.rl.policy.routing import Routing, resolve_routing, whole_routing

_LOG_2PI = math.log(2.0 * math.pi)


def routing_of(params: Mapping[str, Any], n_observations: int, n_actions: int, whole: bool) -> Routing:
    """Return the routing that a policy's stored parameters describe.

    Args:
        params: `custom_policy_params`; the names of channels are optional, because published files have none.
        n_observations: Size of the observation.
        n_actions: Size of the action.
        whole: One actor reads and writes everything.

    Raises:
        ConfigError: if it does not fit the sizes.
        LayoutError: if the parameters do not describe the networks.
    """
    arch = params.get("net_arch")
    lacking = [] if isinstance(arch, Mapping) else ["net_arch"]
    if whole and isinstance(arch, Mapping):
        lacking = [f"net_arch.{name}" for name in ("human_actor", "common_critic") if name not in arch]
    elif not whole and not isinstance(params.get("net_indexing_info"), Mapping):
        lacking.append("net_indexing_info")
    if lacking:
        raise LayoutError(
            f"the policy's custom_policy_params have no {' and no '.join(lacking)}",
            "what its networks read and write",
            "use a file that MyoAssist or this project wrote",
        )
    observations = params.get("observation_names") or [f"observation {i}" for i in range(n_observations)]
    actions = params.get("action_names") or [f"action {i}" for i in range(n_actions)]
    if whole:
        nets = {name: params["net_arch"][name] for name in ("human_actor", "common_critic")}
        return whole_routing(nets, observations, actions)
    return resolve_routing(params["net_indexing_info"], params["net_arch"], observations, actions)


class MultiActorPolicy(BasePolicy):
    """Diagonal Gaussian around the means of separate actors, with a critic; no shared layers.

    Args:
        observation_space: Box of shape (n_observations,).
        action_space: Box of shape (n_actions,).
        lr_schedule: Learning rate by remaining progress.
        use_sde: Accepted and ignored.
        custom_policy_params: Plain values: net_arch, net_indexing_info, log_std_init; optional observation_names,
            action_names, start_action (mean action before training, one per action), constants_in_log_prob (count
            pinned actions in probabilities and entropy, as published).
        optimizer_class: Optimizer; Adam with PyTorch's own epsilon where not given.
        optimizer_kwargs: Its options.
    """

    whole = False
    routing: Routing
    policy_network: MultiActorNetwork

    def __init__(
        self,
        observation_space: spaces.Box,
        action_space: spaces.Box,
        lr_schedule: Schedule,
        use_sde: bool = False,
        custom_policy_params: dict[str, Any] | None = None,
        optimizer_class: type[th.optim.Optimizer] = th.optim.Adam,
        optimizer_kwargs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            observation_space, action_space, optimizer_class=optimizer_class, optimizer_kwargs=optimizer_kwargs
        )
        self.custom_policy_params = dict(custom_policy_params or {})
        n_observations, n_actions = observation_space.shape[0], action_space.shape[0]
        self.routing = routing_of(self.custom_policy_params, n_observations, n_actions, self.whole)
        self._counts_constants = bool(self.custom_policy_params.get("constants_in_log_prob", False))
        self._learning_rate = float(lr_schedule(1))
        self.policy_network = MultiActorNetwork(self.routing, self.whole)
        log_std = float(self.custom_policy_params.get("log_std_init", -2.0))
        self.log_std = nn.Parameter(th.full((n_actions,), log_std))
        self.reset_network()

    def _get_constructor_parameters(self) -> dict[str, Any]:
        spaces_only = {"observation_space": self.observation_space, "action_space": self.action_space}
        return spaces_only | {
            "lr_schedule": self._dummy_schedule,
            "custom_policy_params": self.custom_policy_params,
            "optimizer_class": self.optimizer_class,
            "optimizer_kwargs": self.optimizer_kwargs,
        }

    def reset_network(
        self, reset_shared_net: bool = True, reset_policy_net: bool = True, reset_value_net: bool = True
    ) -> None:
        """Draw networks anew, in place, and start the optimizer anew.

        Args:
            reset_shared_net: Accepted; there is no shared network.
            reset_policy_net: Draw the actors.
            reset_value_net: Draw the critic.
        """
        start = self.custom_policy_params.get("start_action")
        if reset_policy_net:
            self.policy_network.reset_actors(None if start is None else np.asarray(start, dtype=float))
        if reset_value_net:
            self.policy_network.reset_critic()
        options: dict[str, Any] = {"lr": self._learning_rate, **self.optimizer_kwargs}
        self.optimizer = self.optimizer_class(self.parameters(), **options)

    def forward(self, obs: th.Tensor, deterministic: bool = False) -> tuple[th.Tensor, th.Tensor, th.Tensor]:
        """Return actions (n, n_actions), values (n, 1) and log-probabilities (n,)."""
        mean = self.policy_network.mean(obs)
        actions = mean if deterministic else self._sample(mean)
        return actions, self.policy_network.value(obs), self._log_prob(mean, actions)

    def evaluate_actions(self, obs: th.Tensor, actions: th.Tensor) -> tuple[th.Tensor, th.Tensor, th.Tensor]:
        """Return values (n, 1), log-probabilities (n,) of given actions, and entropies (n,)."""
        mean = self.policy_network.mean(obs)
        entropy = self._sum(self.log_std + (0.5 + 0.5 * _LOG_2PI)).expand(obs.shape[0])
        return self.policy_network.value(obs), self._log_prob(mean, actions), entropy

    def predict_values(self, obs: th.Tensor) -> th.Tensor:
        """Return values, shape (n, 1)."""
        return self.policy_network.value(obs)

    def get_distribution(self, obs: th.Tensor) -> DiagGaussianDistribution:
        """Return the Gaussian, constants included."""
        mean = self.policy_network.mean(obs)
        return DiagGaussianDistribution(mean.shape[1]).proba_distribution(mean, self.log_std)

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> th.Tensor:
        assert isinstance(observation, th.Tensor)
        mean = self.policy_network.mean(observation)
        return mean if deterministic else self._sample(mean)

    def _sample(self, mean: th.Tensor) -> th.Tensor:
        return self.policy_network.pin(mean + self.log_std.exp() * th.randn_like(mean))

    def _log_prob(self, mean: th.Tensor, actions: th.Tensor) -> th.Tensor:
        scaled = (actions - mean) * (-self.log_std).exp()
        return self._sum(-0.5 * scaled.square() - self.log_std - 0.5 * _LOG_2PI)

    def _sum(self, terms: th.Tensor) -> th.Tensor:
        return terms.sum(-1) if self._counts_constants else self.policy_network.sum_written(terms)


class HumanExoActorCriticPolicy(MultiActorPolicy):
    """One network for the human, one for the device (or one for both of its sides), one for the value."""


class HumanActorCriticPolicy(MultiActorPolicy):
    """One network that reads everything and drives every actuator, one for the value."""

    whole = True
