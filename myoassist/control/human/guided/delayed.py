"""Neural delays of the guided reflexes.

What a leg feels reaches the spinal cord after the way from where it is felt: hip 3 ms, knee 5 ms, ankle and foot 10 ms,
muscle forces as their muscles. What balances and places comes by way of the brain, 15 ms more: trunk and pelvis 18 ms,
and the foot that the pelvis is compared with 40 ms, up and down. Excitation takes the same ways out, so that a reflex
of the ankle has a loop of 20 ms, of the knee 10 ms and of the hip 6 ms, and balance one of 21 ms (Song & Geyer, J
Physiol 2015; the loops of Geyer & Herr 2010 and Ong et al. 2019 are 20, 10 and 5 ms).

The clock is in the spinal cord. Heel strikes reach it late; it sends activity earlier by the time that this takes on
its way, so that a lead says when it arrives; and what a joint feels is compared with what people's joint did then.
"""

from typing import Any, NamedTuple

import numpy as np

from myoassist.control.human.contributions import send
from myoassist.control.human.delays import LONG, MID, OUTPUT_DELAY, SHORT, SUPRA, Delays, allocate, fill, push
from myoassist.control.human.guided.clocks import NOW, PERIOD, run_clocks, sample
from myoassist.control.human.guided.parameters import LOADED
from myoassist.control.human.guided.reflexes import HALF_PI, LEAD, adduction_rate, excite_leg, log_human
from myoassist.control.human.guided.state import Guided, Sideways
from myoassist.control.part import Start
from myoassist.control.senses import fill_senses, sense_start
from myoassist.control.signals import B_PY, B_VY, MUSCLE_NAMES, N_MUSCLES, P_ADD, TALUS_VY, TALUS_Y
from myoassist.model.kernel import kernel

# Muscles whose force a reflex answers.
FELT = (*LOADED, "HAB")
# Delays in ms: of the body, and of each leg with what its muscles get.
BODY_MS = dict.fromkeys(
    ("pitch", "pitch_rate", "roll", "roll_rate", "yaw", "yaw_rate", "speed", "side_speed"), SHORT + SUPRA
)
LEG_MS = {
    "load": LONG,
    **dict.fromkeys(("hip", "hip_rate"), SHORT),
    **dict.fromkeys(("knee", "knee_rate"), MID),
    **dict.fromkeys(("ankle", "ankle_rate"), LONG),
    **dict.fromkeys(("adduction", "adduction_rate"), SHORT),
    **dict.fromkeys(("off", "foot_side_speed"), LONG + 2 * SUPRA),
    **{f"F_{muscle}": OUTPUT_DELAY[muscle] for muscle in FELT},
    **{f"out_{muscle}": OUTPUT_DELAY[muscle] for muscle in MUSCLE_NAMES},
}
N_BODY, N_LEG = len(BODY_MS), len(LEG_MS)
PITCH, PITCH_RATE, ROLL, ROLL_RATE, YAW, YAW_RATE, SPEED, SIDE_SPEED = range(N_BODY)
LOAD, HIP, HIP_RATE, KNEE, KNEE_RATE, ANKLE, ANKLE_RATE, ADD, ADD_RATE, OFF, FOOT_SIDE_SPEED, FORCE = range(12)
OUT = FORCE + len(FELT)
DELAYS_MS = np.array([*BODY_MS.values(), *LEG_MS.values(), *LEG_MS.values()])
_FELT = np.array([MUSCLE_NAMES.index(muscle) for muscle in FELT])


class Delayed(NamedTuple):
    """State of the guided reflexes with neural delays.

    Attributes:
        guided: Reflexes and clocks.
        delays: Buffers of the body, the right and the left leg.
        lag: How late hip, knee and ankle are felt, s, shape (3,).
        way: How long excitation takes to each muscle, s, shape (13,).
    """

    guided: Guided
    delays: Delays
    lag: np.ndarray
    way: np.ndarray


def delay_steps(dt: float) -> np.ndarray:
    """Return every delay in control steps of an interval, s."""
    return np.rint(DELAYS_MS * 1e-3 / dt).astype(np.int64)


def output_entries(dt: float) -> np.ndarray:
    """Return the number of entries that the way to each muscle takes, shape (13,)."""
    return delay_steps(dt)[N_BODY + OUT : N_BODY + N_LEG] + 1


def make_delayed(guided: Guided, dt: float) -> Delayed:
    """Allocate the buffers of a control interval, s."""
    steps = delay_steps(dt)
    leg = steps[N_BODY : N_BODY + N_LEG] * dt
    # The entry that a push returns has been there for one step less than there are entries.
    return Delayed(guided, allocate(steps + 1), leg[[HIP, KNEE, ANKLE]], leg[OUT:].copy())


def reset_delayed(d: Delayed, start: Start) -> None:
    """Fill every buffer with what it gets at the start of a walk, and let activity leave earlier; after the gains."""
    d.guided.activity[:, :, LEAD] += d.way
    senses = d.guided.senses
    sense_start(senses, start.buffers, start.ids, start.signals)
    now = senses[0]
    body = start.signals.noisy_body
    values = [now[name] for name in ("pitch", "pitch_rate", "roll", "roll_rate", "yaw", "yaw_rate", "speed")]
    values.append(body[B_VY])
    for leg in range(2):
        row = start.signals.noisy_legs[leg]
        values += [now[name][leg] for name in ("load", "hip", "hip_rate", "knee", "knee_rate", "ankle", "ankle_rate")]
        values += [row[P_ADD], adduction_rate(start.buffers, start.ids, leg), body[B_PY] - row[TALUS_Y]]
        values += [row[TALUS_VY], *now["force"][leg, _FELT], *start.activation[leg]]
    for slot, value in enumerate(values):
        fill(d.delays, slot, value)


@kernel
def delay_senses(d: Delayed) -> None:
    """Replace the senses that reflexes read by those that have arrived."""
    s, delays = d.guided.senses[0], d.delays
    s.pitch = push(delays, PITCH, s.pitch)
    s.pitch_rate = push(delays, PITCH_RATE, s.pitch_rate)
    s.roll = push(delays, ROLL, s.roll)
    s.roll_rate = push(delays, ROLL_RATE, s.roll_rate)
    s.yaw = push(delays, YAW, s.yaw)
    s.yaw_rate = push(delays, YAW_RATE, s.yaw_rate)
    s.speed = push(delays, SPEED, s.speed)
    for leg in range(2):
        base = N_BODY + leg * N_LEG
        s.load[leg] = push(delays, base + LOAD, s.load[leg])
        s.hip[leg] = push(delays, base + HIP, s.hip[leg])
        s.knee[leg] = push(delays, base + KNEE, s.knee[leg])
        s.ankle[leg] = push(delays, base + ANKLE, s.ankle[leg])
        s.hip_rate[leg] = push(delays, base + HIP_RATE, s.hip_rate[leg])
        s.knee_rate[leg] = push(delays, base + KNEE_RATE, s.knee_rate[leg])
        s.ankle_rate[leg] = push(delays, base + ANKLE_RATE, s.ankle_rate[leg])
        for i in range(len(_FELT)):
            s.force[leg, _FELT[i]] = push(delays, base + FORCE + i, s.force[leg, _FELT[i]])


@kernel
def move_on(d: Delayed, leg: int) -> None:
    """Add to the angles and rates of a leg what those of people have changed by since they were felt."""
    g = d.guided
    s, phase, period = g.senses[0], g.phase[leg], g.clock[leg, PERIOD] / g.pace[NOW]
    angle, rate = g.pattern.angle, g.pattern.rate
    hip, knee, ankle = phase - d.lag[0] / period, phase - d.lag[1] / period, phase - d.lag[2] / period
    s.hip[leg] += sample(angle[0], phase) - sample(angle[0], hip)
    s.knee[leg] += sample(angle[1], phase) - sample(angle[1], knee)
    s.ankle[leg] += sample(angle[2], phase) - sample(angle[2], ankle)
    s.hip_rate[leg] += (sample(rate[0], phase) - sample(rate[0], hip)) / period
    s.knee_rate[leg] += (sample(rate[1], phase) - sample(rate[1], knee)) / period
    s.ankle_rate[leg] += (sample(rate[2], phase) - sample(rate[2], ankle)) / period


@kernel
def update_delayed(d: Delayed, b: Any, ids: Any, const: Any, s: Any, command: Any) -> None:
    """Advance the clocks and excite the muscles of both legs by what has arrived, as late as it arrives there."""
    g = d.guided
    fill_senses(g.senses, b, ids, s)
    delay_senses(d)
    run_clocks(g, const.dt)
    slow = g.speed[0] - g.senses[0].speed
    speed = push(d.delays, SIDE_SPEED, s.noisy_body[B_VY])
    for leg in range(2):
        base = N_BODY + leg * N_LEG
        move_on(d, leg)
        adduction = push(d.delays, base + ADD, s.noisy_legs[leg, P_ADD]) - HALF_PI
        rate = push(d.delays, base + ADD_RATE, adduction_rate(b, ids, leg))
        # As one place: both turn with the heading, about an origin far behind.
        off = push(d.delays, base + OFF, s.noisy_body[B_PY] - s.noisy_legs[leg, TALUS_Y])
        moving = speed - push(d.delays, base + FOOT_SIDE_SPEED, s.noisy_legs[leg, TALUS_VY])
        out = command.excitation[leg]
        excite_leg(g, leg, slow, Sideways(adduction, rate, off, moving, speed), out)
        for m in range(N_MUSCLES):
            out[m] = push(d.delays, base + OUT + m, out[m])
        send(g.contributions, leg)


@kernel
def log_delayed(d: Delayed, row: np.ndarray, column: int) -> None:
    """Write the phases of both legs, and what goes on inside where it is kept."""
    log_human(d.guided, row, column)
