"""The network controller as a part of the loop: one hidden layer of tanh, excitations by the logistic function.

Each leg is driven by its weights, usually the same, which see that leg as `own` and the other as `other`; sideways lean
counts towards the own leg.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.control.channel import Channel
from myoassist.control.human.base import HumanController
from myoassist.control.human.network.parameters import N_INPUTS, network_entries, network_muscles
from myoassist.control.part import Start
from myoassist.control.senses import SENSES, fill_senses
from myoassist.control.signals import MUSCLE_NAMES
from myoassist.model.kernel import kernel


class Network(NamedTuple):
    """Weights and work space of the network.

    Attributes:
        hidden: Weights of the hidden units, of each leg, the constant last, shape (2, H, N_INPUTS + 1).
        output: Weights of the muscles, of each leg, the constant last, shape (2, M, H + 1).
        muscles: Places of these muscles among all, shape (M,).
        senses: Record of SENSES, shape (1,).
        inputs: Inputs of the leg computed last, shape (N_INPUTS,).
        units: Values of the hidden units of both legs, shape (2, H).
    """

    hidden: np.ndarray
    output: np.ndarray
    muscles: np.ndarray
    senses: np.ndarray
    inputs: np.ndarray
    units: np.ndarray


@kernel
def collect_inputs(net: Network, leg: int) -> None:
    """Write what a leg feels, each divided by what is usual in walking."""
    s, x = net.senses[0], net.inputs
    other = 1 - leg
    side = 1.0 if leg == 0 else -1.0
    x[0] = s.load[leg]
    x[1] = s.hip[leg] / 0.5
    x[2] = s.knee[leg] / 1.0
    x[3] = s.ankle[leg] / 0.3
    x[4] = s.hip_rate[leg] / 5.0
    x[5] = s.knee_rate[leg] / 8.0
    x[6] = s.ankle_rate[leg] / 5.0
    x[7] = s.load[other]
    x[8] = s.hip[other] / 0.5
    x[9] = s.knee[other] / 1.0
    x[10] = s.pitch / 0.2
    x[11] = s.pitch_rate / 2.0
    x[12] = side * s.roll / 0.2
    x[13] = side * s.roll_rate / 2.0


@kernel
def update_human(net: Network, b: Any, ids: Any, _const: Any, s: Any, command: Any) -> None:
    """Excite the muscles of both legs by what they feel."""
    fill_senses(net.senses, b, ids, s)
    n_hidden = net.hidden.shape[1]
    for leg in range(2):
        collect_inputs(net, leg)
        for h in range(n_hidden):
            total = net.hidden[leg, h, N_INPUTS]
            for i in range(N_INPUTS):
                total += net.hidden[leg, h, i] * net.inputs[i]
            net.units[leg, h] = math.tanh(total)
        for m in range(len(net.muscles)):
            total = net.output[leg, m, n_hidden]
            for h in range(n_hidden):
                total += net.output[leg, m, h] * net.units[leg, h]
            command.excitation[leg, net.muscles[m]] = 1.0 / (1.0 + math.exp(-min(max(total, -30.0), 30.0)))


@kernel
def log_human(net: Network, row: np.ndarray, column: int) -> None:
    """Write the hidden units of both legs."""
    n_hidden = net.hidden.shape[1]
    for leg in range(2):
        for h in range(n_hidden):
            row[column + leg * n_hidden + h] = net.units[leg, h]


class NetworkController(HumanController):
    """A neural network of the senses.

    Args:
        dimensions: 2 (planar) or 3.
        hidden: Number of hidden units.
    """

    key = "network"
    update = staticmethod(update_human)
    log = staticmethod(log_human)

    def __init__(self, dimensions: int, hidden: int) -> None:
        self._hidden = hidden
        self.entries = network_entries(dimensions, hidden)
        self._names = network_muscles(dimensions)
        self.channels = (Channel("network_units", (2, hidden), "1", "hidden units of a leg, -1 to 1"),)

    def make(self, dt: float) -> Network:
        """Allocate weights and work space."""
        del dt
        places = np.array([MUSCLE_NAMES.index(name) for name in self._names], dtype=np.int64)
        return Network(
            np.zeros((2, self._hidden, N_INPUTS + 1)),
            np.zeros((2, len(places), self._hidden + 1)),
            places,
            np.zeros(1, dtype=SENSES),
            np.zeros(N_INPUTS),
            np.zeros((2, self._hidden)),
        )

    def reset(self, state: Network, values: np.ndarray, start: Start) -> None:
        """Install the weights; nothing is remembered from step to step."""
        del start
        size = state.hidden[0].size
        state.hidden[:] = values[:, :size].reshape(state.hidden.shape)
        state.output[:] = values[:, size:].reshape(state.output.shape)
        state.units[:] = 0.0


def controller(control: ControlConfig, dimensions: int) -> NetworkController:
    """Return the controller of a configuration, in 2 or 3 dimensions."""
    return NetworkController(dimensions, control.hidden)
