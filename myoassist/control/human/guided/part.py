"""The guided reflexes as a part of the loop, with and without neural delays."""

import numpy as np

from myoassist.config.schema.control import AT_SPEED, AWAITED, STUMBLE, ControlConfig
from myoassist.control.channel import Channel
from myoassist.control.human.base import HumanController
from myoassist.control.human.contributions import contribution_channels, make_contributions, reset_contributions
from myoassist.control.human.guided.clocks import NOW, PERIOD, STRIKE_LOAD
from myoassist.control.human.guided.delayed import (
    Delayed,
    log_delayed,
    make_delayed,
    output_entries,
    reset_delayed,
    update_delayed,
)
from myoassist.control.human.guided.parameters import (
    BALANCE,
    FRONTAL,
    LOADED,
    PAIRS,
    SIDE_PAIRS,
    STANCE_PHASE,
    SWING_PHASE,
    guided_entries,
    guided_muscles,
    speed_of,
)
from myoassist.control.human.guided.pattern import Pattern, cadence_slope, make_pattern, read_curve, stride_time
from myoassist.control.human.guided.reflexes import log_human, update_human
from myoassist.control.human.guided.sources import INNER_CHANNELS, SOURCES, source_pairs
from myoassist.control.human.guided.state import AIR, GROUND, Guided
from myoassist.control.part import Start
from myoassist.control.senses import SENSES
from myoassist.control.signals import LOAD, MUSCLE_NAMES, N_MUSCLES


class GuidedController(HumanController):
    """Reflexes around what people do.

    Args:
        dimensions: 2 (planar) or 3.
        speed: Speed of the pattern and of the walk, m/s.
        delayed: Neural delays.
        stumbles: The stumble response.
        paced: The clock runs as people's at the present speed.
        awaits: The leg that stands waits for a late foot, which reaches for the ground.
        inner: Keep and log what the excitation is made of.

    Raises:
        HumanSpeedError: for a speed at which nobody was measured.
    """

    channels: tuple[Channel, ...] = (
        Channel("clock_phase", (2,), "1", "phase of the clock of a leg, 0 at heel strike"),
    )

    def __init__(
        self,
        dimensions: int,
        speed: float,
        delayed: bool = False,
        stumbles: bool = False,
        inner: bool = False,
        paced: bool = False,
        awaits: bool = False,
    ) -> None:
        # Without delays other functions are compiled, so that what is not asked for costs nothing.
        self.key, self.update, self.log = ("guided", update_human, log_human)
        if delayed:
            self.key, self.update, self.log = ("guided_delayed", update_delayed, log_delayed)
        self._delayed, self._stumbles, self._awaits = delayed, stumbles, awaits
        self._pairs = source_pairs(dimensions, awaits) if inner else ()
        if inner:
            self.channels = (*self.channels, *INNER_CHANNELS, *contribution_channels(self._pairs, SOURCES))
        self.entries = guided_entries(dimensions, speed)
        self._places = [MUSCLE_NAMES.index(name) for name in guided_muscles(dimensions)]
        self._speed = speed
        self._slope = cadence_slope(speed) if paced else 0.0
        self._stride = stride_time(speed)
        self._pattern = make_pattern(speed)

    def make(self, dt: float) -> Guided | Delayed:
        """Allocate gains, clocks, pattern and delay buffers."""
        guided = Guided(
            np.ones((2, 3)),
            np.zeros((2, N_MUSCLES, 2)),
            np.zeros((2, len(PAIRS), 2, 2)),
            np.zeros((2, 3)),
            np.zeros((2, 1 + len(BALANCE))),
            np.zeros((2, len(LOADED))),
            np.zeros((2, len(SIDE_PAIRS), 2, 2)),
            np.zeros((2, 2 + len(FRONTAL))),
            Pattern(*(curves.copy() for curves in self._pattern)),
            np.array([self._speed]),
            np.array([self._slope, 1.0]),
            np.array([float(self._stumbles)]),
            np.array([float(self._awaits)]),
            np.zeros(1, dtype=SENSES),
            np.zeros(2),
            np.zeros(2),
            np.zeros(2),
            make_contributions(tuple(SOURCES), self._pairs, output_entries(dt) if self._delayed else None),
        )
        return make_delayed(guided, dt) if self._delayed else guided

    def reset(self, state: Guided | Delayed, values: np.ndarray, start: Start) -> None:
        """Install the parameters, set the clocks to the phases at which the walk begins, fill the delays."""
        if isinstance(state, Delayed):
            self._reset_guided(state.guided, values, start)
            reset_delayed(state, start)
        else:
            self._reset_guided(state, values, start)

    def _reset_guided(self, state: Guided, values: np.ndarray, start: Start) -> None:
        for leg in range(2):
            activity, first = np.zeros((len(self._places), 2)), 0
            rows: list[np.ndarray] = [state.clock, activity, state.gains, state.shift, state.balance, state.force]
            rows += [state.side_gains, state.frontal]
            for array in (row if row is activity else row[leg] for row in rows):
                part = values[leg, first : first + array.size]
                array.ravel()[: len(part)] = part
                first += array.size
            state.clock[leg, PERIOD] *= self._stride
            state.activity[leg, self._places] = activity
        state.phase[:] = STANCE_PHASE
        state.phase[start.swing_leg] = SWING_PHASE
        state.since[:] = state.phase
        state.pace[NOW] = 1.0
        state.contact[:] = np.where(start.signals.legs[:, LOAD] > STRIKE_LOAD, GROUND, AIR)
        reset_contributions(state.contributions, start.activation)

    def start_rates(self, swing_leg: int) -> np.ndarray:
        """Return people's rates of hip, knee and ankle at the phases at which the walk begins."""
        rates = np.zeros((2, 3))
        for leg in range(2):
            phase = SWING_PHASE if leg == swing_leg else STANCE_PHASE
            rates[leg] = [read_curve(curve, phase) / self._stride for curve in self._pattern.rate]
        return rates


def controller(control: ControlConfig, dimensions: int, inner: bool = False) -> GuidedController:
    """Return the controller of a configuration, in 2 or 3 dimensions."""
    stumbles = control.swing_contact == STUMBLE
    paced, awaits = control.cadence == AT_SPEED, control.late_foot == AWAITED
    return GuidedController(dimensions, speed_of(control), control.delayed, stumbles, inner, paced, awaits)
