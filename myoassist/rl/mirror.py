"""The mirror-symmetry loss: what the body does for a mirrored observation is the mirrored action."""

import re
from collections.abc import Sequence

import numpy as np
import torch as th

from myoassist.config.errors import ConfigError
from myoassist.rl.algorithm import Algorithm
from myoassist.rl.routing import Routing

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
        self._coefficient = coefficient
        self._max_grad_norm = max_grad_norm

    def loss(self, policy: th.nn.Module, observations: th.Tensor) -> th.Tensor:
        """Return the mean over samples and actions of the squared distance from symmetry."""
        network = policy.policy_network
        mirrored = network.mean(observations.index_select(1, self._observations)).index_select(1, self._actions)
        return (network.mean(observations) - mirrored).square().mean()

    def learn(self, algorithm: Algorithm, batch_size: int) -> float:
        """Make one pass over the last rollout; return the mean loss, without its weight."""
        policy = algorithm.policy
        losses = []
        for samples in algorithm.rollout_buffer.get(batch_size):
            loss = self.loss(policy, samples.observations)
            policy.optimizer.zero_grad()
            (self._coefficient * loss).backward()
            th.nn.utils.clip_grad_norm_(policy.parameters(), self._max_grad_norm)
            policy.optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))
