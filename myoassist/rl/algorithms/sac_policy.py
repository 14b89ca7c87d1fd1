"""The networks of soft actor-critic: the routed actors of every policy, and two critics of state and action."""

import copy
import math
from itertools import pairwise
from typing import Any

import numpy as np
import torch as th
from gymnasium import spaces
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import nn

from myoassist.rl.policy.policy import HumanActorCriticPolicy, HumanExoActorCriticPolicy, MultiActorPolicy
from myoassist.rl.policy.routing import Routing

_LOG_2PI = math.log(2.0 * math.pi)
# Bounds of the logarithm of the exploration noise, before squashing.
_LOG_STD_MIN, _LOG_STD_MAX = -5.0, 2.0


class SquashedActor(nn.Module):
    """Actions tanh(u) of a Gaussian u around the outputs of separate actors before their last tanh.

    Its mean action and its tensors are those of a `MultiActorPolicy`, so that files, evaluation and export know no
    difference.

    Args:
        walker: The policy; its critic is not used.
        learning_rate: Step size of Adam.
    """

    def __init__(self, walker: MultiActorPolicy, learning_rate: float) -> None:
        super().__init__()
        self.walker = walker
        critic = {id(parameter) for parameter in walker.policy_network.value_net.parameters()}
        learned = [parameter for parameter in walker.parameters() if id(parameter) not in critic]
        self.optimizer = th.optim.Adam(learned, lr=learning_rate)

    def action_log_prob(self, observations: th.Tensor) -> tuple[th.Tensor, th.Tensor]:
        """Return actions, shape (n, n_actions), and their log-probabilities, shape (n,); constants do not count.

        Source: Haarnoja et al., "Soft actor-critic algorithms and applications", arXiv:1812.05905, appendix C.
        """
        network = self.walker.policy_network
        mean = network.unsquashed(observations)
        log_std = self.walker.log_std.clamp(_LOG_STD_MIN, _LOG_STD_MAX)
        noise = th.randn_like(mean)
        raw = mean + log_std.exp() * noise
        # log(1 - tanh(u)^2) without cancellation.
        squash = 2.0 * (math.log(2.0) - raw - nn.functional.softplus(-2.0 * raw))
        terms = -0.5 * noise.square() - log_std - 0.5 * _LOG_2PI - squash
        return network.pin(th.tanh(raw)), network.sum_written(terms)


class RoutedCritic(nn.Module):
    """Two values of observation and action; the smaller one counts.

    Args:
        routing: What the critic reads, and its hidden widths.
        n_actions: Size of the action.
        learning_rate: Step size of Adam.
    """

    def __init__(self, routing: Routing, n_actions: int, learning_rate: float) -> None:
        super().__init__()
        self.register_buffer("_inputs", th.as_tensor(routing.critic.inputs), persistent=False)
        widths = [len(routing.critic.inputs) + n_actions, *routing.critic.hidden]
        self.values = nn.ModuleList(_make_value(widths) for _ in range(2))
        self.optimizer = th.optim.Adam(self.parameters(), lr=learning_rate)

    def forward(self, observations: th.Tensor, actions: th.Tensor) -> tuple[th.Tensor, ...]:
        """Return both values, shape (n, 1) each."""
        inputs = th.cat([observations.float().index_select(1, self._inputs), actions], dim=1)  # type: ignore[arg-type]
        return tuple(value(inputs) for value in self.values)


class RoutedSacPolicy(BasePolicy):
    """Actor, critics and their slow copies, as Stable-Baselines3's SAC wants them.

    Args:
        observation_space: Box of shape (n_observations,).
        action_space: Box of shape (n_actions,), -1 to 1.
        lr_schedule: Learning rate by remaining progress.
        whole: One actor reads and writes everything.
        **options: As of `MultiActorPolicy`.
    """

    def __init__(
        self,
        observation_space: spaces.Box,
        action_space: spaces.Box,
        lr_schedule: Schedule,
        whole: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(observation_space, action_space, squash_output=True)
        rate = float(lr_schedule(1))
        kind = HumanActorCriticPolicy if whole else HumanExoActorCriticPolicy
        walker = kind(observation_space, action_space, lr_schedule, **options)
        self.actor = SquashedActor(walker, rate)
        self.critic = RoutedCritic(walker.routing, action_space.shape[0], rate)
        self.critic_target = copy.deepcopy(self.critic).requires_grad_(False)

    def scale_action(self, action: np.ndarray) -> np.ndarray:
        """Return the action itself: the space is -1 to 1 already, and constants stay exact."""
        return action

    def unscale_action(self, scaled_action: np.ndarray) -> np.ndarray:
        """Return the action itself."""
        return scaled_action

    def forward(self, obs: th.Tensor, deterministic: bool = False) -> th.Tensor:
        """Return actions, shape (n, n_actions)."""
        return self._predict(obs, deterministic)

    def _predict(self, observation: PyTorchObs, deterministic: bool = False) -> th.Tensor:
        assert isinstance(observation, th.Tensor)
        if deterministic:
            return self.actor.walker.policy_network.mean(observation)
        return self.actor.action_log_prob(observation)[0]


def _make_value(widths: list[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 1))
