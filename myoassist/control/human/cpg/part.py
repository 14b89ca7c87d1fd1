"""The pattern generator as a part of the loop.

Each leg has a clock that runs from 0 to 1 in a period and is set back towards 0 when the foot strikes the ground, the
phase reset of Aoi et al., Biol Cybern 2010. Nothing else is fed back: the excitation of a muscle is what its two pulses
have at that phase.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.control.channel import Channel
from myoassist.control.human.base import HumanController
from myoassist.control.human.cpg.parameters import N_PULSES, cpg_entries, cpg_muscles
from myoassist.control.part import Start
from myoassist.control.signals import LOAD, MUSCLE_NAMES, N_MUSCLES, PRE_STIMULATION
from myoassist.model.kernel import kernel

STRIKE_LOAD = 0.1  # body weights
# A contact sooner after a heel strike, in periods, is a scuff.
MIN_STRIDE = 0.3
# Phases of the legs at the start of a walk: the stance leg has just been loaded, the other one is about to swing.
STANCE_PHASE, SWING_PHASE = 0.12, 0.62


class Cpg(NamedTuple):
    """State of the pattern generator; leg 0 right, leg 1 left.

    Attributes:
        clock: Period (s) and share of the way to 0 that a heel strike takes the phase, of each leg, shape (2, 2).
        pulses: Height, centre, half width of every pulse, shape (2, 13, 2, 3); height 0 for none.
        phase: Phase of each leg, 0 to 1, shape (2,).
        since: Time since the heel strike of each leg, periods, shape (2,).
        contact: Whether the foot was on the ground, shape (2,).
    """

    clock: np.ndarray
    pulses: np.ndarray
    phase: np.ndarray
    since: np.ndarray
    contact: np.ndarray


@kernel
def run_clock(cpg: Cpg, leg: int, load: float, dt: float) -> None:
    """Advance the clock of a leg by a control step and set it back at heel strike."""
    step = dt / cpg.clock[leg, 0]
    phase = cpg.phase[leg] + step
    cpg.since[leg] += step
    contact = load > STRIKE_LOAD
    if contact and cpg.contact[leg] == 0.0 and cpg.since[leg] > MIN_STRIDE:
        # The short way round: late strikes hold the clock back, early ones move it on.
        ahead = phase - math.floor(phase + 0.5)
        phase -= cpg.clock[leg, 1] * ahead
        cpg.since[leg] = 0.0
    cpg.contact[leg] = 1.0 if contact else 0.0
    cpg.phase[leg] = phase - math.floor(phase)


@kernel
def pulse(height: float, centre: float, width: float, phase: float) -> float:
    """Return a raised cosine of a half width around a centre, periodic in the phase."""
    distance = phase - centre
    distance = abs(distance - math.floor(distance + 0.5))
    if distance >= width:
        return 0.0
    return 0.5 * height * (1.0 + math.cos(math.pi * distance / width))


@kernel
def update_human(cpg: Cpg, _b: Any, _ids: Any, const: Any, s: Any, command: Any) -> None:
    """Advance both clocks and excite the muscles by their pulses."""
    for leg in range(2):
        run_clock(cpg, leg, s.noisy_legs[leg, LOAD], const.dt)
        for m in range(N_MUSCLES):
            value = PRE_STIMULATION
            for i in range(N_PULSES):
                shape = cpg.pulses[leg, m, i]
                value += pulse(shape[0], shape[1], shape[2], cpg.phase[leg])
            command.excitation[leg, m] = value if value <= 1.0 else 1.0


@kernel
def log_human(cpg: Cpg, row: np.ndarray, column: int) -> None:
    """Write the phases of both legs."""
    for leg in range(2):
        row[column + leg] = cpg.phase[leg]


class CpgController(HumanController):
    """Pulses of a clock with phase reset.

    Args:
        dimensions: 2 (planar) or 3.
    """

    key = "cpg"
    channels = (Channel("cpg_phase", (2,), "1", "phase of the clock of a leg, 0 at heel strike"),)
    update = staticmethod(update_human)
    log = staticmethod(log_human)

    def __init__(self, dimensions: int) -> None:
        self.entries = cpg_entries(dimensions)
        self._places = [MUSCLE_NAMES.index(name) for name in cpg_muscles(dimensions)]

    def make(self, dt: float) -> Cpg:
        """Allocate clocks and pulses."""
        del dt
        return Cpg(np.ones((2, 2)), np.zeros((2, N_MUSCLES, N_PULSES, 3)), np.zeros(2), np.zeros(2), np.zeros(2))

    def reset(self, state: Cpg, values: np.ndarray, start: Start) -> None:
        """Install the pulses; the stance leg begins shortly after its heel strike, the other half a cycle later."""
        state.clock[:] = values[:, :2]
        state.pulses[:, self._places] = values[:, 2:].reshape(2, -1, N_PULSES, 3)
        state.phase[:] = STANCE_PHASE
        state.phase[start.swing_leg] = SWING_PHASE
        state.since[:] = state.phase
        state.contact[:] = start.signals.legs[:, LOAD] > STRIKE_LOAD


def controller(control: ControlConfig, dimensions: int) -> CpgController:
    """Return the controller of a configuration, in 2 or 3 dimensions."""
    del control
    return CpgController(dimensions)
