"""The deterministic policy without PyTorch, for evaluation and real time."""

import copy
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from myoassist.files.errors import LayoutError
from myoassist.rl.policy.actors import module_name
from myoassist.rl.policy.routing import Net, Routing

Layers = list[tuple[np.ndarray, np.ndarray]]


class NumpyPolicy:
    """Mean action of a policy.

    Args:
        tensors: State of the policy, by tensor name.
        routing: Its routing.
        whole: One actor reads and writes everything.

    Raises:
        KeyError: if a tensor is missing.
        LayoutError: if one is of another size than the routing says.
    """

    def __init__(self, tensors: Mapping[str, np.ndarray], routing: Routing, whole: bool = False) -> None:
        self.routing = routing
        self._actors = [(net.inputs, read_layers(tensors, net, whole)) for net in routing.actors]
        self._free = routing.free
        self._sources = routing.sources
        self._constants = np.nan_to_num(routing.constants).astype(np.float32)

    def act(self, observations: np.ndarray) -> np.ndarray:
        """Return mean actions, shape (n, n_actions), float32, of observations of shape (n, n_observations)."""
        observations = np.asarray(observations, dtype=np.float32)
        outputs = np.concatenate([_forward(layers, observations[:, reads]) for reads, layers in self._actors], axis=1)
        return np.where(self._free, outputs[:, self._sources], self._constants)

    def with_noise(self, percent: float, generator: np.random.Generator) -> "NumpyPolicy":
        """Return a copy with every weight and bias multiplied by 1 + noise.

        Args:
            percent: Standard deviation of the noise, percent.
            generator: Source of the draws; the same one gives the same noise, scaled by `percent`.
        """

        def noisy(values: np.ndarray) -> np.ndarray:
            draws = generator.standard_normal(values.shape)
            return (values * (1.0 + 0.01 * percent * draws)).astype(np.float32)

        made = copy.copy(self)
        made._actors = [
            (reads, [(noisy(weight), noisy(bias)) for weight, bias in layers]) for reads, layers in self._actors
        ]
        return made


def read_layers(tensors: Mapping[str, np.ndarray], net: Net, whole: bool = False) -> Layers:
    """Return weights, shape (out, in), and biases, shape (out,), of the layers of one network, first to last."""
    prefix = f"policy_network.{module_name(net, whole)}"
    widths = [len(net.inputs), *net.hidden, net.n_outputs]
    layers = []
    for place, (n_in, n_out) in enumerate(pairwise(widths)):
        weight, bias = (np.asarray(tensors[f"{prefix}.{2 * place}.{part}"]) for part in ("weight", "bias"))
        if weight.shape != (n_out, n_in) or bias.shape != (n_out,):
            raise LayoutError(
                f"{prefix}.{2 * place} has weights of shape {weight.shape} and {bias.size} biases",
                f"weights of shape {(n_out, n_in)}: {n_in} inputs and {n_out} outputs, as the policy's own "
                "net_indexing_info and net_arch say",
                "use the model and the observation keys that the policy was trained with",
            )
        layers.append((weight.astype(np.float32), bias.astype(np.float32)))
    return layers


def _forward(layers: Layers, values: np.ndarray) -> np.ndarray:
    for weight, bias in layers:
        values = np.tanh(values @ weight.T + bias)
    return values
