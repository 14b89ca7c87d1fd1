"""The mirror-symmetry loss: what the body does for a mirrored observation is the mirrored action."""

import re
from collections.abc import Sequence

import numpy as np
import torch as th
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm

from myoassist.files.errors import ConfigError
from myoassist.rl.policy.policy import MultiActorPolicy
from myoassist.rl.policy.routing import Routing

KEY = "rl.ppo_params.mirror_coef"
# Coordinates that change their sign in a mirror, which a permutation cannot do.
_SIGNED = ("pelvis_tz", "pelvis_list", "pelvis_rotation", "lumbar_bending", "lumbar_rotation")
_SWAPS = (("_r", "_l"), ("_R", "_L"), ("_dx", "_sx"))


def mirrored_name(name: str) -> str:
    """Return the name of the same thing on the other side; a name without a side is its own."""
    block, slash, plain = name.rpartition("/")
    for right, left in _SWAPS:
        for here, there in ((right, left), (left, right)):
            if plain.endswith(here):
                return f"{block}{slash}{plain.removesuffix(here)}{there}"
    swapped = re.sub(r"^[rl]_", lambda match: "l_" if match[0] == "r_" else "r_", plain)
    return f"{block}{slash}{swapped}"


def mirror_order(names: Sequence[str], what: str) -> np.ndarray:
    """Return for each channel the place of its mirror image, shape (n,).

    Args:
        names: Channels, in order.
        what: How messages call them.

    Raises:
        ConfigError: if a channel has no partner or would change its sign.
    """
    places = {name: place for place, name in enumerate(names)}
    signed = [name for name in names if name.rpartition("/")[2] in _SIGNED]
    alone = [name for name in names if mirrored_name(name) not in places]
    if signed or alone:
        found = f"change their sign in a mirror: {', '.join(signed)}" if signed else f"lack a partner: {alone}"
        raise ConfigError(
            f"{KEY} above 0, but these {what} {found}", "channels of both sides of a planar model", f"{KEY}=0"
        )
    return np.array([places[mirrored_name(name)] for name in names])


class MirrorLoss:
    """Steps of the optimizer towards symmetry after each update.

    Args:
        routing: Channels of the policy.
        coefficient: Weight of the loss.
        max_grad_norm: Longest gradient.

    Raises:
        ConfigError: if the channels cannot be mirrored, or the device's actuators have no sides.

    Source: Yu, Turk, Liu, "Learning symmetric and low-energy locomotion", ACM Trans. Graph. 37 (2018), eq. 3.
    """

    def __init__(self, routing: Routing, coefficient: float, max_grad_norm: float) -> None:
        observations = mirror_order(routing.observation_names, "observations")
        actions = mirror_order(routing.action_names, "actions")
        devices = [i for i, name in enumerate(routing.action_names) if f"act/{name}" not in routing.observation_names]
        if len(devices) > 1 and all(actions[i] == i for i in devices):
            names = ", ".join(routing.action_names[i] for i in devices)
            raise ConfigError(
                f"{KEY} above 0, but {names} have no sides in their names",
                "device actuators of which each has a partner",
                f"{KEY}=0",
            )
        self._observations = th.as_tensor(observations)
        self._actions = th.as_tensor(actions)
        self._devices = th.as_tensor(devices, dtype=th.int64)
        muscles = [i for i in range(len(routing.action_names)) if i not in devices]
        self._muscles = th.as_tensor(muscles, dtype=th.int64)
        self._coefficient = coefficient
        self._max_grad_norm = max_grad_norm

    def errors(self, policy: MultiActorPolicy, observations: th.Tensor) -> th.Tensor:
        """Return the squared distance from symmetry of each sample and action, shape (n, n_actions)."""
        network, device = policy.policy_network, observations.device
        mirrored = observations.index_select(1, self._observations.to(device))
        answer = network.mean(mirrored).index_select(1, self._actions.to(device))
        return (network.mean(observations) - answer).square()

    def loss(self, policy: MultiActorPolicy, observations: th.Tensor) -> th.Tensor:
        """Return the mean over samples and actions of the squared distance from symmetry."""
        return self.errors(policy, observations).mean()

    def learn(self, algorithm: OnPolicyAlgorithm, batch_size: int) -> dict[str, float]:
        """Make one pass over the last rollout.

        Returns:
            Means over its batches: mirror_loss, without its weight; mirror_loss_weighted; mirror_loss_muscles and
            mirror_loss_device, the loss of these actions; mirror_gradient_device, the part of the squared gradient that
            lies in networks of the device.
        """
        policy = algorithm.policy
        assert isinstance(policy, MultiActorPolicy)
        rows = []
        for samples in algorithm.rollout_buffer.get(batch_size):
            errors = self.errors(policy, samples.observations)
            loss = errors.mean()
            policy.optimizer.zero_grad()
            (self._coefficient * loss).backward()
            share = _device_share(policy)
            th.nn.utils.clip_grad_norm_(policy.parameters(), self._max_grad_norm)
            policy.optimizer.step()
            parts = errors.detach().mean(dim=0).cpu()
            rows.append((loss.item(), self._part(parts, self._muscles), self._part(parts, self._devices), share))
        loss, muscles, device, share = np.mean(rows, axis=0).tolist()
        return {
            "mirror_loss": loss,
            "mirror_loss_weighted": self._coefficient * loss,
            "mirror_loss_muscles": muscles,
            "mirror_loss_device": device,
            "mirror_gradient_device": share,
        }

    @staticmethod
    def _part(errors: th.Tensor, actions: th.Tensor) -> float:
        return float(errors[actions].mean()) if len(actions) else 0.0


def _device_share(policy: th.nn.Module) -> float:
    """Return the part of the squared gradient that lies in networks of the device, 0 without any."""
    device = total = 0.0
    for name, parameter in policy.named_parameters():
        if parameter.grad is not None:
            square = float(parameter.grad.square().sum())
            total += square
            device += square if ".exo_policy_net" in name else 0.0
    return device / total if total > 0.0 else 0.0
