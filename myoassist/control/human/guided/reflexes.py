"""What the guided reflexes do in a control step, compiled.

Each leg has a clock, which heel strike sets back (phase reset: Aoi et al., Biol Cybern 2010) and which tells where in
people's stride the leg is. Muscles get people's activity at that phase, and spinal reflexes correct what goes wrong:

* stretch: the deviation of a joint from people's angle, and its rate, excite the muscles that resist it, with gains of
  stance and of swing, which blend with the load of the leg (Capaday & Stein, J Neurosci 1986: the stretch reflex of
  the soleus is strong in stance and weak in swing);
* cadence, where it follows the present speed: both clocks run faster in who walks too fast and slower in who walks too
  slowly, by as much as people's do (Schwartz et al., J Biomech 2008);
* load: extensors are excited by their own force in stance (Geyer & Herr, IEEE Trans Neural Syst Rehabil Eng 2010);
* balance: hip muscles of the loaded leg hold the trunk; the leg in swing is aimed in space, whatever the trunk does,
  and placed by the speed that is missing (Song & Geyer, J Physiol 2015), by which the push-off is changed, too;
* sideways, in 3D: abductors and adductors resist the deviation of the thigh from people's, and those of the loaded leg
  hold the trunk (M1 and M3 of Song & Geyer); the foot in swing is placed by where the pelvis is beside the other foot
  and by its sideways speed (M6; the extrapolated centre of mass of Hof, Hum Mov Sci 2008);
* stumbling: a foot that touches the ground before its leg points forward has scuffed; the clock goes on, no reflex of
  stance answers, and hip, knee and ankle flex to lift it (Eng et al., Exp Brain Res 1994: the elevating strategy);
* a late foot, where it is awaited: the leg that stands, loaded, does not begin its swing before the other foot bears
  (Duysens & Pearson, Brain Res 1980: load on the ankle extensors inhibits the flexor burst; Geyer & Herr 2010: swing
  begins in double support), and the knee of the late leg extends to reach the ground; with it the flexors of a foot
  that scuffs give all that they have, and the calf of the other leg lifts the body (Pijnappels et al., J Biomech 2005:
  early reactions of the support limb to tripping);
* heading, in 3D: of the 26 muscles only the glutei turn the body to speak of, and a push-off turns it away from its
  side; both answer the turn of the trunk and its rate, and the foot is placed against the way that it goes astray.
"""

import math
from typing import Any

import numpy as np

from myoassist.control.human.contributions import begin_leg, log_contributions, move, note, send
from myoassist.control.human.guided import sources as src
from myoassist.control.human.guided.clocks import NOW, PERIOD, WAIT, run_clocks, sample
from myoassist.control.human.guided.parameters import BALANCE, FRONTAL, LOADED, PAIRS, SIDE_PAIRS
from myoassist.control.human.guided.state import AIR, GROUND, SCUFF, Guided, Sideways
from myoassist.control.senses import fill_senses
from myoassist.control.signals import (
    B_PY,
    B_VY,
    BFSH,
    GAS,
    GLU,
    HAB,
    HAD,
    HAM,
    HFL,
    MUSCLE_NAMES,
    N_MUSCLES,
    P_ADD,
    PRE_STIMULATION,
    SOL,
    TA,
    TALUS_VY,
    TALUS_Y,
    VAS,
)
from myoassist.model.kernel import kernel

HALF_PI = math.pi / 2.0
FULL_LOAD = 0.5  # body weights, from which on a leg has the gains of stance alone
# Excitation of what lifts the foot off again, while it scuffs; as it was, and with feet that are awaited.
LIFT, FULL_LIFT = 0.3, 1.0
# Excitation of the knee extensors of a leg that is awaited, from so many periods after its last heel strike on: in a
# stride that nothing disturbs no leg is as late.
REACH, LATE = 0.12, 1.06
# Excitation of the calf of the leg that stands while the other foot scuffs.
SUPPORT = 0.2
TH_TGT, TH_P, TH_D, TH_HAM, PLACE_V, PUSH_V = range(1 + len(BALANCE))
STANCE_SHIFT, SWING_SHIFT, ROLL_P, ROLL_D, HAB_F, HAB_HFL, HAB_GLU = range(7)
SIDE_D, SIDE_V, YAW_P, YAW_D, TURN_PUSH, TURN_SIDE, DRIFT = range(7, 2 + len(FRONTAL))
SCALE, LEAD = range(2)
STANCE, SWING = range(2)
_PAIR_MUSCLE = np.array([MUSCLE_NAMES.index(muscle) for muscle, _, _ in PAIRS])
_PAIR_JOINT = np.array([joint for _, joint, _ in PAIRS])
_PAIR_SIGN = np.array([sign for _, _, sign in PAIRS])
_SIDE_MUSCLE = np.array([MUSCLE_NAMES.index(muscle) for muscle, _ in SIDE_PAIRS])
_SIDE_SIGN = np.array([sign for _, sign in SIDE_PAIRS])
_LOADED = np.array([MUSCLE_NAMES.index(muscle) for muscle in LOADED])


@kernel
def follow_activity(g: Guided, leg: int, slow: float, turn: float, out: np.ndarray) -> None:
    """Excite the muscles of a leg as people do at its phase; the calf pushes off by missing speed, m/s, and turn."""
    for m in range(N_MUSCLES):
        ahead = g.phase[leg] + g.activity[leg, m, LEAD] / g.clock[leg, PERIOD]
        out[m] = PRE_STIMULATION + g.activity[leg, m, SCALE] * sample(g.pattern.drive[m], ahead)
    note(g.contributions, leg, src.ACTIVITY, out)
    push = 1.0 + g.balance[leg, PUSH_V] * slow + g.frontal[leg, TURN_PUSH] * turn
    if push < 0.0:
        push = 0.0
    out[GAS] *= push
    out[SOL] *= push
    note(g.contributions, leg, src.PUSH_OFF, out)


@kernel
def resist_deviations(g: Guided, leg: int, stance: float, slow: float, lean: float, out: np.ndarray) -> None:
    """Add the stretch reflexes of a leg; its share of stance blends gains and frees its target from the trunk."""
    s, phase = g.senses[0], g.phase[leg]
    for i in range(len(_PAIR_JOINT)):
        j = _PAIR_JOINT[i]
        if j == 0:
            q, dq = s.hip[leg], s.hip_rate[leg]
        elif j == 1:
            q, dq = s.knee[leg], s.knee_rate[leg]
        else:
            q, dq = s.ankle[leg], s.ankle_rate[leg]
        e = sample(g.pattern.angle[j], phase) + g.shift[leg, j] - q
        de = sample(g.pattern.rate[j], phase) / g.clock[leg, PERIOD] * g.pace[NOW] - dq
        aim = 0.0
        if j == 0:
            aim = (1.0 - stance) * (lean - g.balance[leg, PLACE_V] * slow)
            e += aim
        p = stance * g.gains[leg, i, STANCE, 0] + (1.0 - stance) * g.gains[leg, i, SWING, 0]
        d = stance * g.gains[leg, i, STANCE, 1] + (1.0 - stance) * g.gains[leg, i, SWING, 1]
        out[_PAIR_MUSCLE[i]] += _PAIR_SIGN[i] * (p * e + d * de)
        move(g.contributions, leg, src.STRETCH, src.PLACEMENT, _PAIR_MUSCLE[i], _PAIR_SIGN[i] * p * aim)
    note(g.contributions, leg, src.STRETCH, out)


@kernel
def balance_trunk(g: Guided, leg: int, stance: float, lean: float, out: np.ndarray) -> None:
    """Add what holds the trunk, and the load reflexes, by the share of stance of a leg."""
    s = g.senses[0]
    tilt = stance * (g.balance[leg, TH_P] * lean + g.balance[leg, TH_D] * s.pitch_rate)
    out[GLU] += tilt
    out[HAM] += g.balance[leg, TH_HAM] * tilt
    out[HFL] -= tilt
    note(g.contributions, leg, src.TRUNK, out)
    for i in range(len(_LOADED)):
        out[_LOADED[i]] += stance * g.force[leg, i] * s.force[leg, _LOADED[i]]
    note(g.contributions, leg, src.LOAD, out)


@kernel
def turn_wanted(g: Guided, leg: int) -> float:
    """Return how much a leg has to turn the body away from its side, rad: what the heading is off, and its rate."""
    s = g.senses[0]
    back = -(g.frontal[leg, YAW_P] * s.yaw + g.frontal[leg, YAW_D] * s.yaw_rate)
    return back if leg == 0 else -back


@kernel
def balance_sideways(g: Guided, leg: int, stance: float, turn: float, side: Sideways, out: np.ndarray) -> None:
    """Add the reflexes of abductors and adductors, and what the glutei turn."""
    s, phase, swing = g.senses[0], g.phase[leg], 1.0 - stance
    right = 1.0 if leg == 0 else -1.0
    # Away from the loaded leg, whose abductors pull the trunk to its own side.
    away = -right * stance * (g.frontal[leg, ROLL_P] * s.roll + g.frontal[leg, ROLL_D] * s.roll_rate)
    e = sample(g.pattern.inward[0], phase) - side.adduction
    de = sample(g.pattern.inward[1], phase) / g.clock[leg, PERIOD] * g.pace[NOW] - side.adduction_rate
    # In the air the leg is aimed in space, to where the pelvis moves off the other foot, and against its drift.
    off = g.frontal[leg, SIDE_D] * side.off + g.frontal[leg, SIDE_V] * side.speed + g.frontal[leg, DRIFT] * side.drift
    e += stance * g.frontal[leg, STANCE_SHIFT] + swing * (g.frontal[leg, SWING_SHIFT] - right * (s.roll + off))
    e -= swing * g.frontal[leg, TURN_SIDE] * turn
    aim = -swing * (right * (s.roll + off) + g.frontal[leg, TURN_SIDE] * turn)
    for i in range(len(_SIDE_MUSCLE)):
        gain = g.side_gains[leg, i]
        p = stance * gain[STANCE, 0] + swing * gain[SWING, 0]
        d = stance * gain[STANCE, 1] + swing * gain[SWING, 1]
        out[_SIDE_MUSCLE[i]] += _SIDE_SIGN[i] * (p * e + d * de)
        move(g.contributions, leg, src.STRETCH, src.PLACEMENT, _SIDE_MUSCLE[i], _SIDE_SIGN[i] * p * aim)
    note(g.contributions, leg, src.STRETCH, out)
    out[HAB] += away + stance * g.frontal[leg, HAB_F] * s.force[leg, HAB]
    out[HAD] -= away
    note(g.contributions, leg, src.TRUNK, out)
    move(g.contributions, leg, src.TRUNK, src.LOAD, HAB, stance * g.frontal[leg, HAB_F] * s.force[leg, HAB])
    # Abductors extend the hip, too: as much is taken from its extensors and given to its flexors.
    held = min(max(out[HAB], 0.0), 1.0)
    out[GLU] += stance * turn - g.frontal[leg, HAB_GLU] * held
    out[HFL] += g.frontal[leg, HAB_HFL] * held
    note(g.contributions, leg, src.ABDUCTION, out)
    move(g.contributions, leg, src.ABDUCTION, src.HEADING, GLU, stance * turn)


@kernel
def stance_share(g: Guided, leg: int) -> float:
    """Return how far a leg stands, 0 to 1, by its load; a foot that scuffs does not."""
    if g.contact[leg] == SCUFF:
        return 0.0
    load = g.senses[0].load[leg]
    return load / FULL_LOAD if load < FULL_LOAD else 1.0


@kernel
def meet_ground(g: Guided, leg: int, out: np.ndarray) -> None:
    """Lift a foot that scuffs, also by the calf of the other leg, and extend the knee of a leg that is awaited."""
    awaits = g.awaits[0] == 1.0
    if g.contact[leg] == SCUFF:
        lift = FULL_LIFT if awaits else LIFT
        out[HFL] += lift
        out[BFSH] += lift
        out[TA] += lift
    note(g.contributions, leg, src.STUMBLE, out)
    if awaits and g.contact[leg] == AIR and g.phase[leg] >= WAIT and g.since[leg] > LATE:
        out[VAS] += REACH
    note(g.contributions, leg, src.REACH, out)
    if awaits and g.contact[1 - leg] == SCUFF and g.contact[leg] == GROUND:
        out[SOL] += SUPPORT
        out[GAS] += SUPPORT
    note(g.contributions, leg, src.SUPPORT, out)


@kernel
def excite_leg(g: Guided, leg: int, slow: float, side: Sideways, out: np.ndarray) -> None:
    """Excite the muscles of a leg."""
    lean = g.senses[0].pitch - g.balance[leg, TH_TGT]
    stance = stance_share(g, leg)
    turn = turn_wanted(g, leg)
    begin_leg(g.contributions, leg)
    follow_activity(g, leg, slow, turn, out)
    resist_deviations(g, leg, stance, slow, lean, out)
    balance_trunk(g, leg, stance, lean, out)
    balance_sideways(g, leg, stance, turn, side, out)
    meet_ground(g, leg, out)
    for m in range(N_MUSCLES):
        if out[m] < PRE_STIMULATION:
            out[m] = PRE_STIMULATION
        elif out[m] > 1.0:
            out[m] = 1.0


@kernel
def adduction_rate(b: Any, ids: Any, leg: int) -> float:
    """Return the rate of adduction of a hip, rad/s; 0 in 2D."""
    place = ids.qvel_add[leg]
    return b.qvel[place] if place >= 0 else 0.0


@kernel
def update_human(g: Guided, b: Any, ids: Any, const: Any, s: Any, command: Any) -> None:
    """Advance the clocks and excite the muscles of both legs."""
    fill_senses(g.senses, b, ids, s)
    run_clocks(g, const.dt)
    slow = g.speed[0] - g.senses[0].speed
    body = s.noisy_body
    for leg in range(2):
        row = s.noisy_legs[leg]
        rate = adduction_rate(b, ids, leg)
        off, speed = body[B_PY] - row[TALUS_Y], body[B_VY] - row[TALUS_VY]
        side = Sideways(row[P_ADD] - HALF_PI, rate, off, speed, body[B_VY])
        excite_leg(g, leg, slow, side, command.excitation[leg])
        send(g.contributions, leg)


@kernel
def log_human(g: Guided, row: np.ndarray, column: int) -> None:
    """Write the phases of both legs, and what goes on inside where it is kept."""
    for leg in range(2):
        row[column + leg] = g.phase[leg]
    if len(g.contributions.now) > 0:
        column += 2
        for leg in range(2):
            row[column + leg] = stance_share(g, leg)
            for j in range(3):
                row[column + 2 + 2 * j + leg] = sample(g.pattern.angle[j], g.phase[leg]) + g.shift[leg, j]
        log_contributions(g.contributions, row, column + 8)
