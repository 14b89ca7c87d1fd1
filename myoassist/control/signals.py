"""Signals that controllers read and muscles that they excite: names and positions in flat arrays.

Legs are in the order right, left.
"""

import math

from myoassist.model.plant.muscle_groups import MUSCLES

# What a muscle gets that no controller excites, and the least that reflexes give.
PRE_STIMULATION = 0.01
UPRIGHT_ROLL = math.pi / 2.0  # the anatomical frame is turned by 90 deg about the forward axis

# Signals of one control step, in the order of the sensor vectors.
BODY_SIGNALS = (
    "theta",
    "dtheta",
    "theta_f",
    "dtheta_f",
    "pelvis_pos_x",
    "pelvis_pos_y",
    "pelvis_vel_x",
    "pelvis_vel_y",
)
LEG_SIGNALS = (
    "load_ipsi",
    "phi_hip",
    "phi_knee",
    "phi_ankle",
    "phi_mtp",
    "dphi_hip",
    "dphi_knee",
    "phi_hip_add",
    "F_GLU",
    "F_VAS",
    "F_SOL",
    "F_GAS",
    "F_HAM",
    "F_HAB",
    "F_FDL",
    "talus_contra_pos_x",
    "talus_contra_pos_y",
    "talus_contra_vel_x",
    "talus_contra_vel_y",
)

# Positions in the sensor vectors.
B_THETA, B_DTHETA, B_THETA_F, B_DTHETA_F, B_PX, B_PY, B_VX, B_VY = range(len(BODY_SIGNALS))
_L = {name: i for i, name in enumerate(LEG_SIGNALS)}
LOAD, P_HIP, P_KNEE, P_ANKLE, P_MTP = (_L[n] for n in ("load_ipsi", "phi_hip", "phi_knee", "phi_ankle", "phi_mtp"))
D_HIP, D_KNEE, P_ADD = (_L[n] for n in ("dphi_hip", "dphi_knee", "phi_hip_add"))
F_GLU, F_VAS, F_SOL, F_GAS, F_HAM, F_HAB, F_FDL = (
    _L[n] for n in ("F_GLU", "F_VAS", "F_SOL", "F_GAS", "F_HAM", "F_HAB", "F_FDL")
)
TALUS_X, TALUS_Y, TALUS_VX, TALUS_VY = (_L[f"talus_contra_{n}"] for n in ("pos_x", "pos_y", "vel_x", "vel_y"))

MUSCLE_NAMES = tuple(MUSCLES)
N_MUSCLES = len(MUSCLE_NAMES)
HAB, HAD, HFL, GLU, HAM, RF, VAS, BFSH, GAS, SOL, TA, FDL, EDL = range(N_MUSCLES)
