"""The clocks of the guided reflexes, compiled: one per leg, which tells where in people's stride the leg is.

Heel strikes set the clock of their own leg and draw that of the other one (phase reset: Aoi et al., Biol Cybern 2010).
A clock waits for a foot that is late; where it is awaited, that of the leg that stands waits, too.
"""

import math

import numpy as np

from myoassist.control.human.guided.state import AIR, GROUND, SCUFF, Guided
from myoassist.model.kernel import kernel

STRIKE_LOAD = 0.1  # body weights
# A contact sooner after a heel strike, in periods, is none: the foot bounces or scuffs.
MIN_STRIDE = 0.75
# With the stumble response a contact so long after a heel strike, in periods, is one only if the leg points forward by
# this share of what people's does then; before, the foot has scuffed.
SWUNG, AHEAD = 0.5, 0.5
# Where the clock of a leg waits for its heel strike, unless it has had one less than half a period ago.
WAIT, MIN_WAIT = 0.985, 0.5
# Where the clock of a leg that stands waits for the other foot, which people put down at 0.5, and up to how many
# periods after its own heel strike: nobody is to stand on one leg for good.
HOLD, HELD = 0.52, 0.75
# The clock of the other leg is drawn towards half a period by a heel strike only if it is nearer to it than this.
MAX_CROSS = 0.3
PERIOD, RESET, CROSS = range(3)
SLOPE, NOW = range(2)
# Slowest and fastest that the clocks run, as a factor.
SLOWEST, FASTEST = 0.5, 1.5


@kernel
def sample(curve: np.ndarray, phase: float) -> float:
    """Return the value of a curve over the stride at a phase, periodic, linear between its points."""
    n = len(curve) - 1
    x = (phase - math.floor(phase)) * n
    i = int(x)
    if i >= n:
        i = n - 1
    return curve[i] + (x - i) * (curve[i + 1] - curve[i])


@kernel
def points_forward(g: Guided, leg: int) -> bool:
    """Return whether a leg, from hip to ankle, points forward in space as it does when people's heels strike."""
    s = g.senses[0]
    ahead = s.hip[leg] - 0.5 * s.knee[leg] - s.pitch
    return ahead > AHEAD * (g.pattern.angle[0, 0] - 0.5 * g.pattern.angle[1, 0])


@kernel
def awaits_other(g: Guided, leg: int) -> bool:
    """Return whether a leg is at the end of its stance while the other foot, which is due, does not bear yet."""
    other = 1 - leg
    due = g.senses[0].load[other] <= STRIKE_LOAD and g.since[other] > MIN_WAIT
    return due and HOLD < g.phase[leg] < HELD and g.since[leg] < HELD


@kernel
def run_clocks(g: Guided, dt: float) -> None:
    """Advance both clocks by a control step; heel strikes set their own and draw the other one."""
    s = g.senses[0]
    pace = 1.0 + g.pace[SLOPE] * (s.speed - g.speed[0])
    g.pace[NOW] = min(max(pace, SLOWEST), FASTEST)
    for leg in range(2):
        step = dt / g.clock[leg, PERIOD] * g.pace[NOW]
        g.phase[leg] = g.phase[leg] + step
        g.since[leg] += step
    for leg in range(2):
        contact = s.load[leg] > STRIKE_LOAD
        if g.stumbles[0] == 1.0:
            met = contact and g.contact[leg] != GROUND and g.since[leg] > SWUNG
            strike = met and points_forward(g, leg)
            scuff = met and not strike
        else:
            strike = contact and g.contact[leg] == AIR and g.since[leg] > MIN_STRIDE
            scuff = False
        if strike:
            # The short way round: late strikes hold the clock back, early ones move it on.
            g.phase[leg] -= g.clock[leg, RESET] * (g.phase[leg] - math.floor(g.phase[leg] + 0.5))
            g.since[leg] = 0.0
            other = 1 - leg
            off = g.phase[other] - math.floor(g.phase[other]) - 0.5
            if abs(off) < MAX_CROSS:
                g.phase[other] -= g.clock[leg, CROSS] * off
        elif not contact and g.phase[leg] >= WAIT and g.since[leg] > MIN_WAIT:
            g.phase[leg] = WAIT
        if g.awaits[0] == 1.0 and contact and g.contact[leg] == GROUND and awaits_other(g, leg):
            g.phase[leg] = max(HOLD, g.phase[leg] - dt / g.clock[leg, PERIOD] * g.pace[NOW])
        g.contact[leg] = SCUFF if scuff else GROUND if contact else AIR
    for leg in range(2):
        g.phase[leg] = g.phase[leg] - math.floor(g.phase[leg])
