"""Positions of delay slots, phases and gains in the flat arrays of the controller."""

import numpy as np

from myoassist.control.human.contributions import REST_NAME
from myoassist.control.human.reflex.delays import EFFERENCES, body_slot, leg_slot
from myoassist.control.signals import MUSCLE_NAMES

PHASES = ("st", "csw", "sw0", "stst", "sw", "sw1", "sw2", "sw3", "sw4", "flag1", "flag2")
ST, CSW, SW0, STST, SW, SW1, SW2, SW3, SW4, FLAG1, FLAG2 = range(len(PHASES))
IN_CONTACT = len(PHASES)
CONTACT_THRESHOLD = 0.1  # body weights
N_GAINS = 63  # 51 sagittal, 12 frontal

# What excites muscles: the pre-stimulation and the modules; which module excites which muscle, those in 3D alone last.
MODULES = {
    REST_NAME: "pre-stimulation, and the activation at the start until the first excitation arrives",
    "M1": "weight support",
    "M2": "knee hyperextension prevention",
    "M3": "trunk balance",
    "M4": "compensation of the other leg's swing",
    "M5": "ankle and toe dorsiflexion",
    "M6": "swing toward the target leg angle",
    "M7": "knee flexion in early swing",
    "M8": "knee damping in mid swing",
    "M9": "swing braking",
    "M10": "leg placement at the end of swing",
}
MODULE_PAIRS = (
    ("M1", "GLU"), ("M1", "VAS"), ("M1", "SOL"), ("M1", "FDL"), ("M2", "HAM"), ("M2", "VAS"), ("M2", "BFSH"),
    ("M2", "GAS"), ("M3", "HFL"), ("M3", "GLU"), ("M3", "HAM"), ("M4", "HFL"), ("M4", "GLU"), ("M4", "HAM"),
    ("M5", "TA"), ("M5", "EDL"), ("M6", "HFL"), ("M6", "GLU"), ("M7", "BFSH"), ("M8", "RF"), ("M8", "BFSH"),
    ("M9", "HAM"), ("M9", "BFSH"), ("M9", "GAS"), ("M10", "HFL"), ("M10", "GLU"), ("M10", "VAS"), ("M1", "HAB"),
    ("M3", "HAB"), ("M3", "HAD"), ("M4", "HAB"), ("M4", "HAD"), ("M6", "HAB"), ("M6", "HAD"),
)  # fmt: skip
# The same as positions of modules and muscles, shape (34, 2).
MODULE_PLACES = np.array([(tuple(MODULES).index(module), MUSCLE_NAMES.index(name)) for module, name in MODULE_PAIRS])

# Delay slots.
SLOT_MB = body_slot("m", "theta")  # four module body signals in a row
SLOT_SB = body_slot("s", "theta")  # eight supraspinal body signals in a row
SLOT_M_LOAD, SLOT_M_LOAD_C = leg_slot("m", "load_ipsi"), leg_slot("m", "load_contra")
SLOT_M_CONTACT, SLOT_M_CONTACT_C = leg_slot("m", "contact_ipsi"), leg_slot("m", "contact_contra")
SLOT_M_HIP, SLOT_M_DHIP, SLOT_M_ADD = leg_slot("m", "phi_hip"), leg_slot("m", "dphi_hip"), leg_slot("m", "phi_hip_add")
SLOT_M_KNEE, SLOT_M_DKNEE = leg_slot("m", "phi_knee"), leg_slot("m", "dphi_knee")
SLOT_M_ANKLE, SLOT_M_MTP = leg_slot("m", "phi_ankle"), leg_slot("m", "phi_mtp")
SLOT_M_GLU, SLOT_M_HAM, SLOT_M_HAB = leg_slot("m", "F_GLU"), leg_slot("m", "F_HAM"), leg_slot("m", "F_HAB")
SLOT_M_VAS, SLOT_M_GAS, SLOT_M_SOL, SLOT_M_FDL = (leg_slot("m", n) for n in ("F_VAS", "F_GAS", "F_SOL", "F_FDL"))
SLOT_S_CONTACT, SLOT_S_CONTACT_C = leg_slot("s", "contact_ipsi"), leg_slot("s", "contact_contra")
SLOT_S_HIP, SLOT_S_ADD, SLOT_S_KNEE = leg_slot("s", "phi_hip"), leg_slot("s", "phi_hip_add"), leg_slot("s", "phi_knee")
SLOT_S_TALUS = leg_slot("s", "talus_contra_pos_x")  # four in a row
SLOT_C_ALPHA, SLOT_C_ALPHA_F, SLOT_C_SWING = (
    leg_slot("c", "alpha_tgt"),
    leg_slot("c", "alpha_tgt_f"),
    leg_slot("c", "swing_init"),
)
SLOT_OUT = leg_slot("o", MUSCLE_NAMES[0])  # thirteen in a row
SLOT_EFF = leg_slot("e", EFFERENCES[0])  # six in a row

E_HAB, E_HAD, E_HFL, E_GLU, E_HAM, E_RF = range(len(EFFERENCES))

# Positions of the gains: the order of the parameter table's 3D layout, whose first 51 are the 2D ones.
(
    THETA_TGT, ALPHA_0, ALPHA_DELTA, C_D, C_V, TR_ST_SUP, TR_SW, KNEE_TGT, KNEE_SW_TGT, KNEE_OFF_ST, ANKLE_TGT, MTP_TGT,
    G1_GLU, G1_VAS, G1_SOL, G1_FDL, G2_HAM, G2_VAS_BFSH, G2_BFSH, G2_GAS, G3_HFL, G3_HFL_D, G3_GLU, G3_GLU_D,
    G3_HAM_GLU, G4_HFL_C_GLU, G4_HFL_C_HAM, G4_GLU_C_HFL, G4_GLU_C_RF, G4_HAM_GLU, G5_TA, G5_TA_SOL, G5_EDL, G5_EDL_FDL,
    G6_HFL_P, G6_HFL_V, G6_GLU_P, G6_GLU_V, G7_BFSH_V, G7_UNUSED, G8_RF_V, G8_BFSH_P, G8_BFSH_V, G9_HAM, G9_BFSH_S,
    G9_BFSH_THR, G9_GAS_S, G9_GAS_THR, G10_HFL, G10_GLU, G10_VAS, ALPHA_0_F, C_D_F, C_V_F, G1_HAB, G3_HAB, G3_HAB_D,
    G3_HAD, G3_HAD_D, G4_HAB_C, G4_HAD_C, G6_HAB, G6_HAD,
) = range(N_GAINS)  # fmt: skip
