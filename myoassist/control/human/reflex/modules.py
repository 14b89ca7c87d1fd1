"""The ten spinal modules: from delayed signals of one leg to muscle stimulations.

Source: Song & Geyer, J Physiol 2015; M1 to M10 are numbered as there. In a gain such as G5_TA_SOL the first muscle
receives the effect.
"""

from typing import Any

from myoassist.control import signals as sg
from myoassist.control.human.contributions import begin_leg, send
from myoassist.control.human.delays import oldest, push
from myoassist.control.human.reflex import indices as ix
from myoassist.control.human.reflex.delays import N_BODY, N_LEG
from myoassist.control.human.reflex.indices import MODULE_PLACES
from myoassist.control.signals import PRE_STIMULATION
from myoassist.model.kernel import kernel


@kernel
def _pos(x: float) -> float:
    # Written so that a NaN passes through and the loop can see it.
    return 0.0 if x <= 0.0 else x


@kernel
def _clip(x: float, low: float, high: float) -> float:
    if x < low:
        return low
    return high if x > high else x


@kernel
def stimulate_leg(reflex: Any, leg: int) -> None:
    """Compute a leg's stimulations, push them, and send efference copies to the other leg.

    Args:
        reflex: Controller state (`controller.Reflex`), changed in place.
        leg: 0 right, 1 left. The leg computed second sees the copies of the first from this very step.
    """
    delays, g, ph = reflex.delays, reflex.gains[leg], reflex.phase[leg]
    three_d = reflex.dimensions[0] == 3
    base = N_BODY + leg * N_LEG
    other = N_BODY + (1 - leg) * N_LEG
    theta = oldest(delays, ix.SLOT_MB)
    dtheta = oldest(delays, ix.SLOT_MB + 1)
    load, load_c = oldest(delays, base + ix.SLOT_M_LOAD), oldest(delays, base + ix.SLOT_M_LOAD_C)
    hip, d_hip = oldest(delays, base + ix.SLOT_M_HIP), oldest(delays, base + ix.SLOT_M_DHIP)
    knee, d_knee = oldest(delays, base + ix.SLOT_M_KNEE), oldest(delays, base + ix.SLOT_M_DKNEE)
    ankle, mtp = oldest(delays, base + ix.SLOT_M_ANKLE), oldest(delays, base + ix.SLOT_M_MTP)
    f_glu, f_ham = oldest(delays, base + ix.SLOT_M_GLU), oldest(delays, base + ix.SLOT_M_HAM)
    f_vas, f_gas = oldest(delays, base + ix.SLOT_M_VAS), oldest(delays, base + ix.SLOT_M_GAS)
    f_sol, f_fdl = oldest(delays, base + ix.SLOT_M_SOL), oldest(delays, base + ix.SLOT_M_FDL)
    c_hfl, c_glu = oldest(delays, other + ix.SLOT_EFF + ix.E_HFL), oldest(delays, other + ix.SLOT_EFF + ix.E_GLU)
    c_ham, c_rf = oldest(delays, other + ix.SLOT_EFF + ix.E_HAM), oldest(delays, other + ix.SLOT_EFF + ix.E_RF)
    sw_c = reflex.phase[1 - leg, ix.SW]

    alpha = hip - 0.5 * knee
    d_alpha = d_hip - 0.5 * d_knee
    target = reflex.alpha_tgt[leg]
    lag = alpha - target
    hip_tgt = target + 0.5 * g[ix.KNEE_TGT]
    st, stst, sw0, sw, sw1 = ph[ix.ST], ph[ix.STST], ph[ix.SW0], ph[ix.SW], ph[ix.SW1]
    sw2, sw3, sw4 = ph[ix.SW2], ph[ix.SW3], ph[ix.SW4]
    w_st = stst + sw0 * _clip(1.0 - g[ix.TR_ST_SUP] * load_c, 0.0, 1.0)
    facilitation = sw0 * g[ix.TR_SW] * load_c
    w_sw = sw + facilitation
    w_e = sw1 + facilitation

    # M1: weight support.
    glu1 = w_st * _pos(g[ix.G1_GLU] * f_glu)
    vas1 = w_st * _pos(g[ix.G1_VAS] * f_vas)
    sol1 = st * _pos(g[ix.G1_SOL] * f_sol)
    fdl1 = st * _pos(g[ix.G1_FDL] * f_fdl)
    # M2: knee hyperextension prevention.
    extension = knee - g[ix.KNEE_OFF_ST]
    ham2 = w_st * _pos(g[ix.G2_HAM] * f_ham)
    vas2 = -w_st * _pos(g[ix.G2_VAS_BFSH] * extension)
    bfsh2 = w_st * g[ix.G2_BFSH] * _pos(extension)
    gas2 = st * _pos(g[ix.G2_GAS] * f_gas)
    # M3: trunk balance.
    lean = theta - g[ix.THETA_TGT]
    hfl3 = st * load * _pos(-g[ix.G3_HFL] * lean - g[ix.G3_HFL_D] * dtheta)
    balance = st * load * (g[ix.G3_GLU] * lean + g[ix.G3_GLU_D] * dtheta)
    glu3 = _pos(balance)
    ham3 = _pos(g[ix.G3_HAM_GLU] * balance)
    # M4: compensation of the other leg's swing.
    hfl4 = sw_c * (g[ix.G4_HFL_C_GLU] * c_glu + g[ix.G4_HFL_C_HAM] * c_ham)
    glu4 = sw_c * (g[ix.G4_GLU_C_HFL] * c_hfl + g[ix.G4_GLU_C_RF] * c_rf)
    ham4 = sw_c * g[ix.G4_HAM_GLU] * glu4
    # M5: ankle and toe dorsiflexion.
    ta5 = _pos(g[ix.G5_TA] * (ankle - g[ix.ANKLE_TGT])) - st * g[ix.G5_TA_SOL] * _pos(f_sol)
    edl5 = _pos(g[ix.G5_EDL] * (mtp - g[ix.MTP_TGT])) - st * g[ix.G5_EDL_FDL] * _pos(f_fdl)
    # M6: swing toward the target leg angle.
    hfl6 = w_sw * _pos(g[ix.G6_HFL_P] * lag + g[ix.G6_HFL_V] * d_alpha)
    glu6 = w_sw * _pos(-g[ix.G6_GLU_P] * lag - g[ix.G6_GLU_V] * d_alpha)
    # M7: knee flexion in early swing.
    bfsh7 = w_e * _pos(-g[ix.G7_BFSH_V] * d_alpha)
    # M8: knee damping in mid swing.
    rf8 = sw2 * _pos(-g[ix.G8_RF_V] * d_knee)
    bfsh8 = sw2 * _pos(g[ix.G8_BFSH_V] * d_knee) * _pos(g[ix.G8_BFSH_P] * lag)
    # M9: swing braking.
    ham9 = sw3 * _pos(-g[ix.G9_HAM] * (lag - g[ix.ALPHA_DELTA]))
    bfsh9 = sw3 * _pos(g[ix.G9_BFSH_S] * (ham9 - g[ix.G9_BFSH_THR]))
    gas9 = sw3 * _pos(g[ix.G9_GAS_S] * (ham9 - g[ix.G9_GAS_THR]))
    # M10: leg placement at the end of swing.
    hfl10 = sw4 * _pos(g[ix.G10_HFL] * (hip - hip_tgt))
    glu10 = sw4 * _pos(-g[ix.G10_GLU] * (hip - hip_tgt))
    vas10 = sw4 * _pos(-g[ix.G10_VAS] * (knee - g[ix.KNEE_TGT]))

    hab1 = hab3 = hab4 = hab6 = had3 = had4 = had6 = 0.0
    if three_d:
        sign = 1.0 if leg == 0 else -1.0
        roll = sign * reflex.roll_sign[0] * oldest(delays, ix.SLOT_MB + 2)
        d_roll = sign * reflex.roll_sign[0] * oldest(delays, ix.SLOT_MB + 3)
        lag_f = oldest(delays, base + ix.SLOT_M_ADD) - reflex.alpha_tgt_f[leg]
        hab1 = w_st * _pos(g[ix.G1_HAB] * oldest(delays, base + ix.SLOT_M_HAB))
        hab3 = st * load * _pos(g[ix.G3_HAB] * roll + g[ix.G3_HAB_D] * d_roll)
        had3 = st * load * _pos(-g[ix.G3_HAD] * roll - g[ix.G3_HAD_D] * d_roll)
        hab4 = sw_c * g[ix.G4_HAB_C] * oldest(delays, other + ix.SLOT_EFF + ix.E_HAB)
        hab6 = w_sw * _pos(g[ix.G6_HAB] * lag_f)
        had4 = sw_c * g[ix.G4_HAD_C] * oldest(delays, other + ix.SLOT_EFF + ix.E_HAD)
        had6 = w_sw * _pos(-g[ix.G6_HAD] * lag_f)

    if len(reflex.contributions.now) > 0:
        begin_leg(reflex.contributions, leg)
        # In the order of `indices.MODULE_PAIRS`.
        parts = (
            glu1, vas1, sol1, fdl1, ham2, vas2, bfsh2, gas2, hfl3, glu3, ham3, hfl4, glu4, ham4, ta5, edl5, hfl6, glu6,
            bfsh7, rf8, bfsh8, ham9, bfsh9, gas9, hfl10, glu10, vas10, hab1, hab3, had3, hab4, had4, hab6, had6,
        )  # fmt: skip
        for i in range(len(parts)):
            reflex.contributions.now[leg, MODULE_PLACES[i, 0], MODULE_PLACES[i, 1]] = parts[i]
        send(reflex.contributions, leg)

    out = base + ix.SLOT_OUT
    stim = reflex.stimulation[leg]
    if three_d:
        stim[sg.HAB] = _output(delays, out + sg.HAB, hab1 + hab3 + hab4 + hab6)
        stim[sg.HAD] = _output(delays, out + sg.HAD, had3 + had4 + had6)
    stim[sg.HFL] = _output(delays, out + sg.HFL, hfl3 + hfl4 + hfl6 + hfl10)
    stim[sg.GLU] = _output(delays, out + sg.GLU, glu1 + glu3 + glu4 + glu6 + glu10)
    stim[sg.HAM] = _output(delays, out + sg.HAM, ham2 + ham3 + ham4 + ham9)
    stim[sg.RF] = _output(delays, out + sg.RF, rf8)
    stim[sg.VAS] = _output(delays, out + sg.VAS, vas1 + vas2 + vas10)
    stim[sg.BFSH] = _output(delays, out + sg.BFSH, bfsh2 + bfsh7 + bfsh8 + bfsh9)
    stim[sg.GAS] = _output(delays, out + sg.GAS, gas2 + gas9)
    stim[sg.SOL] = _output(delays, out + sg.SOL, sol1)
    stim[sg.TA] = _output(delays, out + sg.TA, ta5)
    stim[sg.FDL] = _output(delays, out + sg.FDL, fdl1)
    stim[sg.EDL] = _output(delays, out + sg.EDL, edl5)

    copies = base + ix.SLOT_EFF
    push(delays, copies + ix.E_HFL, _clip(hfl6 + hfl10, PRE_STIMULATION, 1.0))
    push(delays, copies + ix.E_GLU, _clip(glu6 + glu10, PRE_STIMULATION, 1.0))
    push(delays, copies + ix.E_HAM, _clip(ham9, PRE_STIMULATION, 1.0))
    push(delays, copies + ix.E_RF, _clip(rf8, PRE_STIMULATION, 1.0))
    if three_d:
        push(delays, copies + ix.E_HAB, _clip(hab1 + hab3, PRE_STIMULATION, 1.0))
        push(delays, copies + ix.E_HAD, _clip(had3, PRE_STIMULATION, 1.0))


@kernel
def _output(delays: Any, slot: int, total: float) -> float:
    """Add the pre-stimulation, clip, push, and return the delayed stimulation."""
    return push(delays, slot, _clip(total + PRE_STIMULATION, PRE_STIMULATION, 1.0))
