"""Parameters of the reflexes: names, units, decoding and lower bounds, in the order of the controller's gains.

Source: Song & Geyer, J Physiol 2015; a raw value of 1 is the start of a search.
"""

import math
from collections.abc import Collection

from myoassist.config.schema.control import ControlConfig
from myoassist.control.human.reflex.factors import reflex_factors
from myoassist.space.parameter import INF, Entries, Parameter

# name, scale, offset, lower, unit. Angles are written in degrees here and converted once below.
_REFLEX_SAGITTAL = (
    ("theta_tgt", 10.0, 0.0, 0.0, "deg"),
    ("alpha_0", 20.0, 55.0, 0.0, "deg"),
    ("alpha_delta", 10.0, 0.0, 0.0, "deg"),
    ("C_d", 2.0, 0.0, 0.0, "deg/m"),
    ("C_v", 2.0, 0.0, 0.0, "deg·s/m"),
    ("Tr_St_sup", 1.0, 0.0, 0.0, ""),
    ("Tr_Sw", 1.5, 0.0, 0.0, ""),
    ("knee_tgt", 15.0, 160.0, -INF, "deg"),
    ("knee_sw_tgt", 20.0, 100.0, -INF, "deg"),
    ("knee_off_st", 10.0, 165.0, -INF, "deg"),
    ("ankle_tgt", 20.0, 60.0, -INF, "deg"),
    ("mtp_tgt", 10.0, 35.0, -INF, "deg"),
    ("1_GLU_FG", 0.2, 0.0, 0.0, ""),
    ("1_VAS_FG", 2.0, 0.0, 0.0, ""),
    ("1_SOL_FG", 1.9, 0.0, 0.0, ""),
    ("1_FDL_FG", 1.1, 0.0, 0.0, ""),
    ("2_HAM_FG", 0.5, 0.0, 0.0, ""),
    ("2_VAS_BFSH_PG", 1.2, 0.0, 0.0, ""),
    ("2_BFSH_PG", 1.2, 0.0, 0.0, ""),
    ("2_GAS_FG", 1.0, 0.0, 0.0, ""),
    ("3_HFL_Th", 0.6, 0.0, 0.0, ""),
    ("3_HFL_d_Th", 0.3, 0.0, 0.0, ""),
    ("3_GLU_Th", 0.5, 0.0, 0.0, ""),
    ("3_GLU_d_Th", 0.1, 0.0, 0.0, ""),
    ("3_HAM_GLU_SG", 1.0, 0.0, 0.0, ""),
    ("4_HFL_C_GLU_PG", 0.1, 0.0, 0.0, ""),
    ("4_HFL_C_HAM_PG", 0.1, 0.0, 0.0, ""),
    ("4_GLU_C_HFL_PG", 0.1, 0.0, 0.0, ""),
    ("4_GLU_C_RF_PG", 0.1, 0.0, 0.0, ""),
    ("4_HAM_GLU_PG", 0.1, 0.0, 0.0, ""),
    ("5_TA_PG", 1.1, 0.0, 0.0, ""),
    ("5_TA_SOL_FG", 0.4, 0.0, 0.0, ""),
    ("5_EDL_PG", 1.1, 0.0, 0.0, ""),
    ("5_EDL_FDL_FG", 0.4, 0.0, 0.0, ""),
    ("6_HFL_RF_PG", 1.5, 0.0, 0.0, ""),
    ("6_HFL_RF_VG", 0.15, 0.0, 0.0, ""),
    ("6_GLU_HAM_PG", 0.5, 0.0, 0.0, ""),
    ("6_GLU_HAM_VG", 0.05, 0.0, 0.0, ""),
    ("7_BFSH_RF_VG", 0.5, 0.0, 0.0, ""),
    ("7_BFSH_PG", 0.2, 0.0, 0.0, ""),
    ("8_RF_VG", 0.1, 0.0, 0.0, ""),
    ("8_BFSH_PG", 1.0, 0.0, 0.0, ""),
    ("8_BFSH_VG", 2.5, 0.0, 0.0, ""),
    ("9_HAM_PG", 1.0, 0.0, 0.0, ""),
    ("9_BFSH_HAM_SG", 3.0, 0.0, 0.0, ""),
    ("9_BFSH_HAM_Thr", 0.65, 0.0, 0.0, ""),
    ("9_GAS_HAM_SG", 2.0, 0.0, 0.0, ""),
    ("9_GAS_HAM_Thr", 0.65, 0.0, 0.0, ""),
    ("10_HFL_PG", 0.4, 0.0, 0.0, ""),
    # Free of sign on purpose: published vectors use it.
    ("10_GLU_PG", 0.4, 0.0, -INF, ""),
    ("10_VAS_PG", 0.3, 0.0, -INF, ""),
)

_REFLEX_FRONTAL = (
    ("alpha_0_f", 5.0, 85.0, 0.0, "deg"),
    ("C_d_f", 2.0, 0.0, 0.0, "deg/m"),
    ("C_v_f", 2.0, 0.0, 0.0, "deg·s/m"),
    ("1_HAB_FG", 1.0, 0.0, 0.0, ""),
    ("3_HAB_Th", 1.0, 0.0, 0.0, ""),
    ("3_HAB_d_Th", 0.1, 0.0, 0.0, ""),
    ("3_HAD_Th", 1.0, 0.0, 0.0, ""),
    ("3_HAD_d_Th", 0.1, 0.0, 0.0, ""),
    ("4_HAB_C_HAB_PG", 0.1, 0.0, 0.0, ""),
    ("4_HAD_C_HAD_PG", 0.1, 0.0, 0.0, ""),
    ("6_HAB_PG", 1.0, 0.0, 0.0, ""),
    ("6_HAD_PG", 1.0, 0.0, 0.0, ""),
)


# What a parameter acts on in its leg, where that is not the muscle that its name begins with. Commands to some muscles
# reach the other leg too (M4): these end with an empty name, a muscle that no leg lacks.
_ACTED_ON = {
    "knee_off_st": ("VAS", "BFSH"),
    "ankle_tgt": ("TA",),
    "mtp_tgt": ("EDL",),
    "3_GLU_Th": ("GLU", "HAM"),
    "3_GLU_d_Th": ("GLU", "HAM"),
    "4_GLU_C_HFL_PG": ("GLU", "HAM"),
    "4_GLU_C_RF_PG": ("GLU", "HAM"),
    "6_HFL_RF_PG": ("HFL", ""),
    "6_HFL_RF_VG": ("HFL", ""),
    "6_GLU_HAM_PG": ("GLU", ""),
    "6_GLU_HAM_VG": ("GLU", ""),
    "8_RF_VG": ("RF", ""),
    "9_HAM_PG": ("HAM", "BFSH", "GAS", ""),
    "10_HFL_PG": ("HFL", ""),
    "10_GLU_PG": ("GLU", ""),
    "1_HAB_FG": ("HAB", ""),
    "3_HAB_Th": ("HAB", ""),
    "3_HAB_d_Th": ("HAB", ""),
    "3_HAD_Th": ("HAD", ""),
    "3_HAD_d_Th": ("HAD", ""),
}
# Parameters that answer to the force of another muscle than the one acted on.
_FELT = {"5_TA_SOL_FG": "SOL", "5_EDL_FDL_FG": "FDL"}


def entries(control: ControlConfig, dimensions: int) -> Entries:
    """Return what the controller of a configuration adds to the search vector, in 2 or 3 dimensions."""
    del control
    return reflex_entries(dimensions)


def reflex_entries(dimensions: int) -> Entries:
    """Return layout and parameters; arguments as those of the controller."""
    return Entries("", tuple(reflex_rows(dimensions)), is_idle, factors=reflex_factors())


def is_idle(name: str, gone: Collection[str]) -> bool:
    """Say whether a parameter does nothing in a leg without some muscles.

    Args:
        name: Name of the parameter.
        gone: Muscles that the leg lacks.
    """
    module, _, rest = name.partition("_")
    acted_on = _ACTED_ON.get(name, (rest.partition("_")[0],) if module.isdigit() else ())
    if acted_on and all(muscle in gone for muscle in acted_on):
        return True
    return _FELT.get(name) in gone


def reflex_rows(dimensions: int) -> list[Parameter]:
    """Return the reflex entries of the search vector: 51 in 2D, 63 in 3D."""
    rows = []
    for name, scale, offset, lower, unit in _REFLEX_SAGITTAL + (_REFLEX_FRONTAL if dimensions == 3 else ()):
        factor = math.pi / 180.0 if unit.startswith("deg") else 1.0
        rows.append(Parameter(name, unit, scale * factor, offset * factor, lower, INF, 1.0, "reflex"))
    return rows
