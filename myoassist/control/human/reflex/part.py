"""The reflex controller as a part of the loop."""

from typing import Any

import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.control.channel import Channel
from myoassist.control.human.base import HumanController
from myoassist.control.human.reflex.controller import Reflex, make_reflex, reset_reflex, update_reflex
from myoassist.control.human.reflex.indices import IN_CONTACT, N_GAINS, THETA_TGT
from myoassist.control.human.reflex.parameters import reflex_entries
from myoassist.control.part import Start
from myoassist.control.signals import N_MUSCLES
from myoassist.model.kernel import kernel


@kernel
def update_human(reflex: Reflex, _b: Any, _ids: Any, _const: Any, s: Any, command: Any) -> None:
    """Do one step of the reflexes and hand their stimulations to the muscles."""
    update_reflex(reflex, s.noisy_body, s.noisy_legs)
    for leg in range(2):
        for m in range(N_MUSCLES):
            command.excitation[leg, m] = reflex.stimulation[leg, m]


@kernel
def log_human(reflex: Reflex, row: np.ndarray, column: int) -> None:
    """Write the phases of both legs as bit fields."""
    for leg in range(2):
        bits = 0.0
        scale = 1.0
        for bit in range(IN_CONTACT):
            bits += scale * reflex.phase[leg, bit]
            scale *= 2.0
        row[column + leg] = bits


class ReflexController(HumanController):
    """Spinal reflexes after Song & Geyer (2015).

    Args:
        dimensions: 2 (planar) or 3.
        delayed: Neural delays.
    """

    key = "reflex"
    group = "reflex"
    channels = (Channel("phase_bits", (2,), "1", "phases of a leg, a bit each"),)
    update = staticmethod(update_human)
    log = staticmethod(log_human)

    def __init__(self, dimensions: int, delayed: bool = False) -> None:
        self._dimensions = dimensions
        self.entries = reflex_entries(dimensions)
        self._delayed = delayed
        self._ones = self._gains(np.array([row.scale + row.offset for row in self.entries.rows]))

    def make(self, dt: float) -> Reflex:
        """Allocate phases, targets and delay buffers."""
        return make_reflex(dt, self._delayed, self._dimensions)

    def reset(self, state: Reflex, values: np.ndarray, start: Start) -> None:
        """Set the phases, fill the delays from the first signals, install the gains."""
        signals = start.signals
        gains = self._gains(values)
        reset_reflex(state, self._ones, gains, signals.body, signals.legs, start.swing_leg, start.activation)

    def trunk_target(self, values: np.ndarray) -> float:
        """Return theta_tgt."""
        return float(values[THETA_TGT])

    @staticmethod
    def _gains(values: np.ndarray) -> np.ndarray:
        gains = np.zeros(N_GAINS)
        gains[: len(values)] = values
        return gains


def controller(control: ControlConfig, dimensions: int) -> ReflexController:
    """Return the controller of a configuration, in 2 or 3 dimensions."""
    return ReflexController(dimensions, control.delayed)
