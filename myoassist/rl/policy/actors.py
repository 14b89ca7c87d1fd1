"""Separate networks for human, device and value, and how their outputs become one action."""

from itertools import pairwise

import numpy as np
import torch as th
from torch import nn

from myoassist.config.schema.rl import CRITIC
from myoassist.rl.policy.routing import Net, Routing

# Tensor names of published checkpoints.
MODULES = {
    "human_actor": "human_policy_net",
    "exo_actor": "exo_policy_net",
    "exo_actor_r": "exo_policy_net_right",
    "exo_actor_l": "exo_policy_net_left",
    CRITIC: "value_net",
}
WHOLE_MODULE = "policy_net"
# Factor of the last weights of an actor that starts at a given action.
START_GAIN = 0.1


def module_name(net: Net, whole: bool) -> str:
    """Return the name that a network has in the tensors of a policy."""
    return WHOLE_MODULE if whole and net.name != CRITIC else MODULES[net.name]


def make_mlp(net: Net, squash: bool) -> nn.Sequential:
    """Return Linear and Tanh layers in turn; the last Linear is followed by a Tanh with `squash`."""
    widths = [len(net.inputs), *net.hidden, net.n_outputs]
    layers: list[nn.Module] = []
    for width_in, width_out in pairwise(widths):
        layers += [nn.Linear(width_in, width_out), nn.Tanh()]
    return nn.Sequential(*(layers if squash else layers[:-1]))


class MultiActorNetwork(nn.Module):
    """Actors and critic of a policy.

    Args:
        routing: What reads and writes what.
        whole: One actor for everything, named `policy_net` as in published checkpoints of muscle-only policies.
    """

    # Buffers; PyTorch cannot say so itself.
    _free: th.Tensor | None
    _sources: th.Tensor | None
    _constants: th.Tensor

    def __init__(self, routing: Routing, whole: bool = False) -> None:
        super().__init__()
        self._actor_names = [module_name(net, whole) for net in routing.actors]
        shared: nn.Sequential | None = None
        for net, name in zip(routing.actors, self._actor_names, strict=True):
            if net.name in ("exo_actor_r", "exo_actor_l"):
                shared = shared or make_mlp(net, squash=True)
                setattr(self, name, shared)
            else:
                setattr(self, name, make_mlp(net, squash=True))
        self.value_net = make_mlp(routing.critic, squash=False)
        everything = np.arange(len(routing.observation_names))
        for net, name in zip((*routing.actors, routing.critic), (*self._actor_names, "value_net"), strict=True):
            reads_all = np.array_equal(net.inputs, everything)
            # Not in the state, whose names are those of published checkpoints.
            self._keep(f"_in_{name}", None if reads_all else th.as_tensor(net.inputs))
        in_order = np.array_equal(routing.mapped, np.arange(sum(net.n_outputs for net in routing.actors)))
        self._keep("_sources", None if in_order else th.as_tensor(routing.sources))
        free = th.as_tensor(routing.free)
        self._keep("_free", None if bool(free.all()) else free)
        self._keep("_constants", th.as_tensor(np.nan_to_num(routing.constants), dtype=th.float32))
        self._routing = routing

    def _keep(self, name: str, tensor: th.Tensor | None) -> None:
        self.register_buffer(name, tensor, persistent=False)

    @property
    def free(self) -> th.Tensor | None:
        """Whether a network writes each action, shape (n_actions,); None if all are written by one."""
        return self._free

    def _read(self, name: str, observations: th.Tensor) -> th.Tensor:
        inputs = getattr(self, f"_in_{name}")
        observations = observations.float()
        return observations if inputs is None else observations.index_select(1, inputs)

    def mean(self, observations: th.Tensor) -> th.Tensor:
        """Return the mean action, shape (n, n_actions), of observations of shape (n, n_observations)."""
        parts = [getattr(self, name)(self._read(name, observations)) for name in self._actor_names]
        outputs = parts[0] if len(parts) == 1 else th.cat(parts, dim=1)
        if self._sources is not None:
            outputs = outputs.index_select(1, self._sources)
        return self.pin(outputs)

    def unsquashed(self, observations: th.Tensor) -> th.Tensor:
        """Return the mean action before the last tanh, shape (n, n_actions); 0 where no network writes."""
        parts = [getattr(self, name)[:-1](self._read(name, observations)) for name in self._actor_names]
        outputs = parts[0] if len(parts) == 1 else th.cat(parts, dim=1)
        if self._sources is not None:
            outputs = outputs.index_select(1, self._sources)
        return outputs if self._free is None else outputs * self._free

    def value(self, observations: th.Tensor) -> th.Tensor:
        """Return the value, shape (n, 1)."""
        return self.value_net(self._read("value_net", observations))

    def pin(self, actions: th.Tensor) -> th.Tensor:
        """Return actions in which the constants have their exact values."""
        return actions if self._free is None else th.where(self._free, actions, self._constants)

    def sum_written(self, terms: th.Tensor) -> th.Tensor:
        """Sum terms of shape (n, n_actions) over the actions that networks write."""
        return terms.sum(-1) if self._free is None else (terms * self._free).sum(-1)

    def reset_actors(self, start_action: np.ndarray | None = None) -> None:
        """Draw the actors anew, in place.

        Args:
            start_action: Mean action to start near, shape (n_actions,), between -1 and 1; None starts with orthogonal
                last layers too, as published.
        """
        begin = 0
        for net, name in zip(self._routing.actors, self._actor_names, strict=True):
            module = getattr(self, name)
            _draw(module)
            if start_action is not None:
                last = [layer for layer in module if isinstance(layer, nn.Linear)][-1]
                bias = np.zeros(net.n_outputs)
                for place, source in enumerate(self._routing.mapped):
                    if begin <= source < begin + net.n_outputs:
                        bias[source - begin] = np.arctanh(start_action[place])
                with th.no_grad():
                    last.weight.mul_(START_GAIN)
                    last.bias.copy_(th.as_tensor(bias, dtype=last.bias.dtype))
            begin += net.n_outputs

    def reset_critic(self) -> None:
        """Draw the critic anew, in place."""
        _draw(self.value_net)


def _draw(module: nn.Sequential) -> None:
    for layer in module:
        if isinstance(layer, nn.Linear):
            nn.init.orthogonal_(layer.weight, gain=1.0)
            nn.init.zeros_(layer.bias)
