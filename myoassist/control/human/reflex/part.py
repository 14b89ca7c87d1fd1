"""The reflex controller as a part of the loop."""

from typing import Any

import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.control.channel import Channel
from myoassist.control.human.base import HumanController
from myoassist.control.human.contributions import (
    REST_NAME,
    contribution_channels,
    log_contributions,
    reset_contributions,
)
from myoassist.control.human.reflex.controller import Reflex, make_reflex, reset_reflex, update_reflex
from myoassist.control.human.reflex.indices import IN_CONTACT, MODULE_PAIRS, MODULES, N_GAINS, PHASES, THETA_TGT
from myoassist.control.human.reflex.parameters import reflex_entries
from myoassist.control.part import Start
from myoassist.control.signals import MUSCLE_NAMES, N_MUSCLES
from myoassist.model.kernel import kernel
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES

_PHASE_MEANINGS = (
    "stance",
    "the other leg swings, in stance",
    "swing is commanded in double support",
    "stance without a command to swing",
    "swing",
    "early swing, until the knee is flexed",
    "mid swing, until the leg reaches its target",
    "the leg is near its target or beyond it",
    "end of swing: the leg moves back",
    "memory: swing has begun",
    "memory: the knee has been flexed",
)
# What is logged beside the contributions, in this order.
INNER_CHANNELS = (
    *(
        Channel(f"phase_{name}", (2,), "1", meaning, internal=True)
        for name, meaning in zip(PHASES, _PHASE_MEANINGS, strict=True)
    ),
    Channel("swing_command", (2,), "1", "supraspinal command: which leg is to swing in double support", internal=True),
    Channel(
        "leg_angle_target", (2,), "rad", "supraspinal command: leg angle at which to place the foot", internal=True
    ),
    Channel("side_angle_target", (2,), "rad", "supraspinal command: adduction at which to place it", internal=True),
)


def module_pairs(dimensions: int) -> tuple[tuple[str, str], ...]:
    """Return which part excites which muscle group, in 2 or 3 dimensions."""
    driven = [name for name in MUSCLE_NAMES if dimensions == 3 or name not in FRONTAL_MUSCLES]
    rest = [(REST_NAME, name) for name in driven]
    return (*rest, *(pair for pair in MODULE_PAIRS if pair[1] in driven))


@kernel
def update_human(reflex: Reflex, _b: Any, _ids: Any, _const: Any, s: Any, command: Any) -> None:
    """Do one step of the reflexes and hand their stimulations to the muscles."""
    update_reflex(reflex, s.noisy_body, s.noisy_legs)
    for leg in range(2):
        for m in range(N_MUSCLES):
            command.excitation[leg, m] = reflex.stimulation[leg, m]


@kernel
def log_human(reflex: Reflex, row: np.ndarray, column: int) -> None:
    """Write the phases of both legs as bit fields, and what goes on inside where it is kept."""
    for leg in range(2):
        bits = 0.0
        scale = 1.0
        for bit in range(IN_CONTACT):
            bits += scale * reflex.phase[leg, bit]
            scale *= 2.0
        row[column + leg] = bits
    if len(reflex.contributions.now) > 0:
        column += 2
        for leg in range(2):
            for bit in range(IN_CONTACT):
                row[column + 2 * bit + leg] = reflex.phase[leg, bit]
            row[column + 2 * IN_CONTACT + leg] = reflex.command[leg]
            row[column + 2 * IN_CONTACT + 2 + leg] = reflex.alpha_tgt[leg]
            row[column + 2 * IN_CONTACT + 4 + leg] = reflex.alpha_tgt_f[leg]
        log_contributions(reflex.contributions, row, column + 2 * IN_CONTACT + 6)


class ReflexController(HumanController):
    """Spinal reflexes after Song & Geyer (2015).

    Args:
        dimensions: 2 (planar) or 3.
        delayed: Neural delays.
        inner: Keep and log what the excitation is made of.
    """

    key = "reflex"
    group = "reflex"
    channels: tuple[Channel, ...] = (Channel("phase_bits", (2,), "1", "phases of a leg, a bit each"),)
    update = staticmethod(update_human)
    log = staticmethod(log_human)

    def __init__(self, dimensions: int, delayed: bool = False, inner: bool = False) -> None:
        self._dimensions = dimensions
        self._pairs = module_pairs(dimensions) if inner else ()
        if inner:
            self.channels = (*self.channels, *INNER_CHANNELS, *contribution_channels(self._pairs, MODULES))
        self.entries = reflex_entries(dimensions)
        self._delayed = delayed
        self._ones = self._gains(np.array([[row.scale + row.offset for row in self.entries.rows]]))[0]

    def make(self, dt: float) -> Reflex:
        """Allocate phases, targets and delay buffers."""
        return make_reflex(dt, self._delayed, self._dimensions, pairs=self._pairs)

    def reset(self, state: Reflex, values: np.ndarray, start: Start) -> None:
        """Set the phases, fill the delays from the first signals, install the gains."""
        signals = start.signals
        gains = self._gains(values)
        reset_contributions(state.contributions, start.activation)
        reset_reflex(state, self._ones, gains, signals.body, signals.legs, start.swing_leg, start.activation)

    def trunk_target(self, values: np.ndarray) -> float:
        """Return theta_tgt, the mean of both legs."""
        return float(0.5 * (values[0, THETA_TGT] + values[1, THETA_TGT]))

    @staticmethod
    def _gains(values: np.ndarray) -> np.ndarray:
        gains = np.zeros((len(values), N_GAINS))
        gains[:, : values.shape[1]] = values
        return gains


def controller(control: ControlConfig, dimensions: int, inner: bool = False) -> ReflexController:
    """Return the controller of a configuration, in 2 or 3 dimensions."""
    return ReflexController(dimensions, control.delayed, inner)
