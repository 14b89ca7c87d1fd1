"""What each entry of the search vector does, in a few words."""

_MEANINGS = {
    "theta_tgt": "forward lean that the hip muscles of the stance leg hold the trunk at",
    "alpha_0": "leg angle that a swing aims at while standing still",
    "alpha_delta": "how far before the target leg angle braking begins",
    "C_d": "steeper target leg angle per distance of the pelvis ahead of the stance foot",
    "C_v": "steeper target leg angle per speed of the pelvis over the stance foot",
    "Tr_St_sup": "how strongly load on the other leg fades out stance reflexes in double support",
    "Tr_Sw": "how strongly load on the other leg fades in swing reflexes in double support",
    "knee_tgt": "knee angle at the end of swing (180 deg is straight)",
    "knee_sw_tgt": "knee angle at which early swing, the bending of the knee, ends",
    "knee_off_st": "knee angle from which the stance knee is kept from overextending",
    "ankle_tgt": "ankle angle from which the dorsiflexor pulls",
    "mtp_tgt": "toe angle from which the toe extensor pulls",
    "1_GLU_FG": "M1 weight support: gluteus from its own force",
    "1_VAS_FG": "M1 weight support: vasti from their own force",
    "1_SOL_FG": "M1 weight support: soleus from its own force",
    "1_FDL_FG": "M1 weight support: toe flexor from its own force",
    "2_HAM_FG": "M2 knee protection: hamstrings from their own force",
    "2_VAS_BFSH_PG": "M2 knee protection: vasti inhibited by knee extension",
    "2_BFSH_PG": "M2 knee protection: short biceps from knee extension",
    "2_GAS_FG": "M2 knee protection: gastrocnemius from its own force",
    "3_HFL_Th": "M3 trunk balance: hip flexors from backward lean",
    "3_HFL_d_Th": "M3 trunk balance: hip flexors from backward pitch rate",
    "3_GLU_Th": "M3 trunk balance: gluteus from forward lean",
    "3_GLU_d_Th": "M3 trunk balance: gluteus from forward pitch rate",
    "3_HAM_GLU_SG": "M3 trunk balance: hamstrings along with the gluteus",
    "4_HFL_C_GLU_PG": "M4 swing of the other leg: hip flexors from its gluteus command",
    "4_HFL_C_HAM_PG": "M4 swing of the other leg: hip flexors from its hamstrings command",
    "4_GLU_C_HFL_PG": "M4 swing of the other leg: gluteus from its hip flexor command",
    "4_GLU_C_RF_PG": "M4 swing of the other leg: gluteus from its rectus command",
    "4_HAM_GLU_PG": "M4 swing of the other leg: hamstrings along with the gluteus",
    "5_TA_PG": "M5 foot clearance: tibialis from plantarflexion",
    "5_TA_SOL_FG": "M5 foot clearance: tibialis inhibited by soleus force in stance",
    "5_EDL_PG": "M5 foot clearance: toe extensor from toe flexion",
    "5_EDL_FDL_FG": "M5 foot clearance: toe extensor inhibited by toe flexor force in stance",
    "6_HFL_RF_PG": "M6 swing: hip flexors from the way to the target leg angle",
    "6_HFL_RF_VG": "M6 swing: hip flexors from leg speed",
    "6_GLU_HAM_PG": "M6 swing: gluteus from having passed the target leg angle",
    "6_GLU_HAM_VG": "M6 swing: gluteus from leg speed",
    "7_BFSH_RF_VG": "M7 early swing: knee bent by the short biceps from leg speed",
    "7_BFSH_PG": "no effect; kept so that vectors have the published length",
    "8_RF_VG": "M8 mid swing: rectus damps knee bending",
    "8_BFSH_PG": "M8 mid swing: share of the way to the target in the short biceps' damping",
    "8_BFSH_VG": "M8 mid swing: short biceps damps knee extension",
    "9_HAM_PG": "M9 braking: hamstrings from having passed the braking angle",
    "9_BFSH_HAM_SG": "M9 braking: short biceps along with the hamstrings",
    "9_BFSH_HAM_Thr": "M9 braking: hamstrings command from which the short biceps joins",
    "9_GAS_HAM_SG": "M9 braking: gastrocnemius along with the hamstrings",
    "9_GAS_HAM_Thr": "M9 braking: hamstrings command from which the gastrocnemius joins",
    "10_HFL_PG": "M10 landing: hip flexors toward the hip angle of the target",
    "10_GLU_PG": "M10 landing: gluteus toward the hip angle of the target",
    "10_VAS_PG": "M10 landing: vasti toward the knee angle of landing",
    "alpha_0_f": "frontal leg angle that a swing aims at while standing still",
    "C_d_f": "frontal target leg angle per sideward distance of pelvis and stance foot",
    "C_v_f": "frontal target leg angle per sideward speed of the pelvis over the stance foot",
    "1_HAB_FG": "M1 weight support: abductors from their own force",
    "3_HAB_Th": "M3 trunk balance: abductors from roll",
    "3_HAB_d_Th": "M3 trunk balance: abductors from roll rate",
    "3_HAD_Th": "M3 trunk balance: adductors from roll",
    "3_HAD_d_Th": "M3 trunk balance: adductors from roll rate",
    "4_HAB_C_HAB_PG": "M4 swing of the other leg: abductors from its abductor command",
    "4_HAD_C_HAD_PG": "M4 swing of the other leg: adductors from its adductor command",
    "6_HAB_PG": "M6 swing: abductors toward the frontal target leg angle",
    "6_HAD_PG": "M6 swing: adductors toward the frontal target leg angle",
    "pelvis_tilt": "tilt of the pelvis at the start",
    "vel_pelvis_tx": "forward speed at the start",
    "exo_peak_torque": "peak torque as a fraction of `exo.max_torque`",
    "exo_rise_time": "time from onset to peak as a fraction of stance",
    "exo_peak_time": "time of the peak as a fraction of stance",
    "exo_fall_time": "time from peak to end as a fraction of stance",
    "push_off_angle": "ankle angle at which late stance, and with it push-off, begins",
    "swing_flexion_time": "length of the part of swing in which the knee flexes",
}
_SHARED_MEANINGS = {
    "hip_": "joint angle at the start",
    "knee_angle_": "joint angle at the start",
    "ankle_angle_": "joint angle at the start",
    "act_": "activation at the start",
    "share_": "factor of this actuator on the command of its group (`control.reflex_mode=ind`)",
    "exo_torque_": "torque of that point as a fraction of `exo.max_torque`",
    "knee_stiffness_": "stiffness of the prosthetic knee in that phase",
    "knee_damping_": "damping of the prosthetic knee in that phase",
    "ankle_stiffness_": "stiffness of the prosthetic ankle in that phase",
    "ankle_damping_": "damping of the prosthetic ankle in that phase",
    "exo_time_": "place of that point in its of n equal parts of stance",
}


def explain(name: str) -> str:
    """Return in a few words what a parameter does.

    Raises:
        KeyError: if nothing is written about it.
    """
    if name in _MEANINGS:
        return _MEANINGS[name]
    for beginning, meaning in _SHARED_MEANINGS.items():
        if name.startswith(beginning):
            # A prosthetic joint has an angle per phase; the start pose ends with the side.
            if "_angle_" in name and not name.endswith(("_r", "_l")):
                return "equilibrium angle of the prosthetic joint in that phase"
            return meaning
    raise KeyError(name)
