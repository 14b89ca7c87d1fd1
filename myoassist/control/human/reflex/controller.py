"""State of the walking controller and the order of one control step, compiled over flat arrays.

Source: Song & Geyer, "A neural circuitry that emphasizes spinal feedback generates diverse behaviours of human
locomotion", J Physiol 2015. Leg 0 is right, leg 1 left.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from myoassist.control import signals as sg
from myoassist.control.human.contributions import Contributions, make_contributions
from myoassist.control.human.delays import Delays, fill, oldest, push
from myoassist.control.human.reflex import indices as ix
from myoassist.control.human.reflex.delays import LEG_SOURCE, N_BODY, N_LEG, N_LEG_SENSORS, make_delays
from myoassist.control.human.reflex.indices import CONTACT_THRESHOLD, N_GAINS
from myoassist.control.human.reflex.modules import stimulate_leg
from myoassist.control.signals import N_MUSCLES, PRE_STIMULATION
from myoassist.model.kernel import copy, kernel

N_SOURCES = int(LEG_SOURCE.max()) + 1


@kernel
def _slot(leg: int, slot: int) -> int:
    return N_BODY + leg * N_LEG + slot


class Reflex(NamedTuple):
    """State of the controller of one walker.

    Attributes:
        gains: Decoded reflex parameters of each leg, shape (2, 63); frontal ones are 0 in 2D.
        delays: Delay buffers.
        phase: Phase bits and contact memory of the legs, shape (2, 12).
        alpha_tgt: Leg-angle targets in force, rad, shape (2,).
        alpha_tgt_f: Frontal leg-angle targets in force, rad, shape (2,).
        command: Swing commands in force, shape (2,).
        stimulation: Outputs after the output delay, shape (2, 13).
        source: Work space, shape (22,).
        dimensions: 2 or 3, shape (1,).
        roll_sign: Sign of roll in trunk balance, shape (1,); see `make_reflex`.
        contributions: What the modules give the muscles.
    """

    gains: np.ndarray
    delays: Delays
    phase: np.ndarray
    alpha_tgt: np.ndarray
    alpha_tgt_f: np.ndarray
    command: np.ndarray
    stimulation: np.ndarray
    source: np.ndarray
    dimensions: np.ndarray
    roll_sign: np.ndarray
    contributions: Contributions


def make_reflex(
    timestep: float,
    delayed: bool,
    dimensions: int,
    published_roll: bool = False,
    pairs: Sequence[tuple[str, str]] = (),
) -> Reflex:
    """Allocate a controller state.

    Args:
        timestep: Control interval, s.
        delayed: Neural delays.
        dimensions: 2 or 3.
        published_roll: Let the abductors of the stance leg answer roll to their own side, as the public code does. They
            pull the trunk to that side too, so that this throws it over; otherwise they answer roll to the other side.
        pairs: Modules and muscles whose contributions are kept.
    """
    delays = make_delays(timestep, delayed)
    first = _slot(0, ix.SLOT_OUT)
    contributions = make_contributions(tuple(ix.MODULES), pairs, delays.length[first : first + N_MUSCLES])
    return Reflex(
        np.zeros((2, N_GAINS)),
        delays,
        np.zeros((2, ix.IN_CONTACT + 1)),
        np.zeros(2),
        np.zeros(2),
        np.zeros(2),
        np.full((2, N_MUSCLES), PRE_STIMULATION),
        np.zeros(N_SOURCES),
        np.array([dimensions], dtype=np.int64),
        np.array([1.0 if published_roll else -1.0]),
        contributions,
    )


@kernel
def _collect(source: np.ndarray, legs: np.ndarray, leg: int) -> None:
    """Write a leg's signals, the other leg's load and both contacts into the source vector."""
    n = legs.shape[1]
    for i in range(n):
        source[i] = legs[leg, i]
    load, load_c = legs[leg, sg.LOAD], legs[1 - leg, sg.LOAD]
    source[n] = load_c
    source[n + 1] = 1.0 if load > CONTACT_THRESHOLD else 0.0
    source[n + 2] = 1.0 if load_c > CONTACT_THRESHOLD else 0.0


@kernel
def reset_reflex(
    reflex: Reflex,
    fill_gains: np.ndarray,
    gains: np.ndarray,
    body: np.ndarray,
    legs: np.ndarray,
    swing_leg: int,
    activation: np.ndarray,
) -> None:
    """Set the phases, fill every buffer from the first sensor values, then install the gains.

    Args:
        reflex: State to reset.
        fill_gains: Decoded gains in force while the leg-angle targets are filled (all-ones parameters), shape (63,).
        gains: Decoded gains of the walk, shape (2, 63).
        body: Body signals, shape (8,).
        legs: Leg signals, shape (2, 19).
        swing_leg: Leg that starts in swing.
        activation: Start values of the output buffers, shape (2, 13).
    """
    delays = reflex.delays
    reflex.phase[:] = 0.0
    reflex.phase[swing_leg, ix.SW] = 1.0
    reflex.phase[swing_leg, ix.SW1] = 1.0
    reflex.phase[swing_leg, ix.FLAG1] = 1.0
    reflex.phase[1 - swing_leg, ix.ST] = 1.0
    reflex.phase[1 - swing_leg, ix.IN_CONTACT] = 1.0
    for i in range(4):
        fill(delays, ix.SLOT_MB + i, body[i])
    for i in range(8):
        fill(delays, ix.SLOT_SB + i, body[i])
    g = fill_gains
    for leg in range(2):
        _collect(reflex.source, legs, leg)
        for s in range(N_LEG_SENSORS):
            fill(delays, _slot(leg, s), reflex.source[LEG_SOURCE[s]])
        row = legs[leg]
        sign = 1.0 if leg == 0 else -1.0
        d_x, d_y = body[sg.B_PX] - row[sg.TALUS_X], body[sg.B_PY] - row[sg.TALUS_Y]
        v_x, v_y = body[sg.B_VX] - row[sg.TALUS_VX], body[sg.B_VY] - row[sg.TALUS_VY]
        sagittal = g[ix.ALPHA_0] - g[ix.C_D] * d_x - g[ix.C_V] * v_x - body[sg.B_THETA]
        frontal = g[ix.ALPHA_0_F] - sign * (g[ix.C_D_F] * d_y + g[ix.C_V_F] * v_y + body[sg.B_THETA_F])
        fill(delays, _slot(leg, ix.SLOT_C_ALPHA), sagittal)
        fill(delays, _slot(leg, ix.SLOT_C_ALPHA_F), frontal)
        fill(delays, _slot(leg, ix.SLOT_C_SWING), 1.0 if leg == swing_leg else 0.0)
        for m in range(N_MUSCLES):
            fill(delays, _slot(leg, ix.SLOT_OUT + m), activation[leg, m])
        for e in range(6):
            fill(delays, _slot(leg, ix.SLOT_EFF + e), PRE_STIMULATION)
    for leg in range(2):
        copy(reflex.gains[leg], gains[leg])


@kernel
def update_reflex(reflex: Reflex, body: np.ndarray, legs: np.ndarray) -> None:
    """Do one control step; the outputs are left in `reflex.stimulation`.

    Args:
        reflex: State, changed in place.
        body: Body signals of this instant, shape (8,).
        legs: Leg signals of this instant, shape (2, 19).
    """
    _push_sensors(reflex, body, legs)
    for leg in range(2):
        _update_target(reflex, leg)
    _choose_swing_leg(reflex)
    for leg in range(2):
        _update_phase(reflex, leg)
    first = 0 if reflex.phase[0, ix.SW] != 0.0 else 1
    stimulate_leg(reflex, first)
    stimulate_leg(reflex, 1 - first)


@kernel
def _push_sensors(reflex: Reflex, body: np.ndarray, legs: np.ndarray) -> None:
    delays = reflex.delays
    for i in range(4):
        push(delays, ix.SLOT_MB + i, body[i])
    for i in range(8):
        push(delays, ix.SLOT_SB + i, body[i])
    for leg in range(2):
        _collect(reflex.source, legs, leg)
        for s in range(N_LEG_SENSORS):
            push(delays, _slot(leg, s), reflex.source[LEG_SOURCE[s]])


@kernel
def _update_target(reflex: Reflex, leg: int) -> None:
    """Push the foot-placement target of a leg and put the delayed one in force."""
    delays, g = reflex.delays, reflex.gains[leg]
    talus = _slot(leg, ix.SLOT_S_TALUS)
    d_x = oldest(delays, ix.SLOT_SB + sg.B_PX) - oldest(delays, talus)
    d_y = oldest(delays, ix.SLOT_SB + sg.B_PY) - oldest(delays, talus + 1)
    v_x = oldest(delays, ix.SLOT_SB + sg.B_VX) - oldest(delays, talus + 2)
    v_y = oldest(delays, ix.SLOT_SB + sg.B_VY) - oldest(delays, talus + 3)
    theta = oldest(delays, ix.SLOT_SB + sg.B_THETA)
    theta_f = oldest(delays, ix.SLOT_SB + sg.B_THETA_F)
    sign = 1.0 if leg == 0 else -1.0
    sagittal = g[ix.ALPHA_0] - g[ix.C_D] * d_x - g[ix.C_V] * v_x - theta
    frontal = g[ix.ALPHA_0_F] - sign * (g[ix.C_D_F] * d_y + g[ix.C_V_F] * v_y + theta_f)
    reflex.alpha_tgt[leg] = push(delays, _slot(leg, ix.SLOT_C_ALPHA), sagittal)
    reflex.alpha_tgt_f[leg] = push(delays, _slot(leg, ix.SLOT_C_ALPHA_F), frontal)


@kernel
def _placement_error(reflex: Reflex, leg: int) -> float:
    delays = reflex.delays
    alpha = oldest(delays, _slot(leg, ix.SLOT_S_HIP)) - 0.5 * oldest(delays, _slot(leg, ix.SLOT_S_KNEE))
    error = abs(alpha - reflex.alpha_tgt[leg])
    if reflex.dimensions[0] == 3:
        error_f = oldest(delays, _slot(leg, ix.SLOT_S_ADD)) - reflex.alpha_tgt_f[leg]
        error = np.sqrt(error * error + error_f * error_f)
    return error


@kernel
def _choose_swing_leg(reflex: Reflex) -> None:
    """Give the swing command in double support to the leg farther from its target; read before the push."""
    delays = reflex.delays
    right, left = _slot(0, ix.SLOT_C_SWING), _slot(1, ix.SLOT_C_SWING)
    command_r, command_l = oldest(delays, right), oldest(delays, left)
    next_r = next_l = 0.0
    if oldest(delays, _slot(0, ix.SLOT_S_CONTACT)) != 0.0 and oldest(delays, _slot(1, ix.SLOT_S_CONTACT)) != 0.0:
        if _placement_error(reflex, 0) > _placement_error(reflex, 1):
            next_r, command_l = 1.0, 0.0
        else:
            next_l, command_r = 1.0, 0.0
    reflex.command[0], reflex.command[1] = command_r, command_l
    push(delays, right, next_r)
    push(delays, left, next_l)


@kernel
def _update_phase(reflex: Reflex, leg: int) -> None:
    """Advance the phase bits of a leg: touch-down, stance, lift-off, swing."""
    delays, g = reflex.delays, reflex.gains[leg]
    ph = reflex.phase[leg]
    contact = oldest(delays, _slot(leg, ix.SLOT_M_CONTACT))
    was_in_contact = ph[ix.IN_CONTACT] != 0.0
    if not was_in_contact and contact != 0.0:
        ph[ix.ST] = 1.0
        for bit in (ix.SW, ix.SW1, ix.SW2, ix.SW3, ix.SW4, ix.FLAG1, ix.FLAG2):
            ph[bit] = 0.0
    if ph[ix.ST] != 0.0:
        ph[ix.CSW] = 1.0 if oldest(delays, _slot(leg, ix.SLOT_M_CONTACT_C)) == 0.0 else 0.0
        ph[ix.SW0] = reflex.command[leg]
        ph[ix.STST] = 1.0 - ph[ix.SW0]
    if was_in_contact and contact == 0.0:
        for bit in (ix.ST, ix.CSW, ix.SW0, ix.STST):
            ph[bit] = 0.0
        for bit in (ix.SW, ix.SW1, ix.FLAG1):
            ph[bit] = 1.0
    if ph[ix.SW] != 0.0:
        knee = oldest(delays, _slot(leg, ix.SLOT_M_KNEE))
        if ph[ix.SW1] != 0.0:
            if knee <= g[ix.KNEE_SW_TGT]:
                ph[ix.SW1], ph[ix.SW2], ph[ix.FLAG2] = 0.0, 1.0, 1.0
        else:
            alpha = oldest(delays, _slot(leg, ix.SLOT_M_HIP)) - 0.5 * knee
            rate = oldest(delays, _slot(leg, ix.SLOT_M_DHIP)) - 0.5 * oldest(delays, _slot(leg, ix.SLOT_M_DKNEE))
            target = reflex.alpha_tgt[leg]
            if ph[ix.SW2] != 0.0 and alpha <= target:
                ph[ix.SW2] = 0.0
            if alpha <= target + g[ix.ALPHA_DELTA]:
                ph[ix.SW3] = 1.0
            if rate >= 0.0 and ph[ix.FLAG2] != 0.0:
                ph[ix.SW4] = 1.0
    ph[ix.IN_CONTACT] = contact
