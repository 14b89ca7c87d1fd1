"""Rows of the parameter table that belong to a worn device: torque curves and joint impedances."""

import math

import numpy as np

from myoassist.config.schema.run import ExoConfig
from myoassist.model.devices.table import TORQUE_CONTROLLERS
from myoassist.space.parameter import Entries, Parameter

FOUR_PARAM_NAMES = ("exo_peak_torque", "exo_rise_time", "exo_peak_time", "exo_fall_time")
DEFAULT_FOUR_PARAM = (0.5, 0.467, 0.90, 0.075)
# Over a stride: from the middle, where the other foot lands, through swing to shortly before heel strike.
DEFAULT_FOUR_PARAM_STRIDE = (0.5, 0.20, 0.72, 0.18)
# Torques below this fraction make a curve invalid, so defaults stay above it.
NPOINT_DEFAULT_FLOOR = 0.02

# Joint -> phase -> typical stiffness (N·m/rad), damping (N·m·s/rad) and equilibrium angle (deg, flexion of the knee
# negative, dorsiflexion positive). Of the order of able-bodied legs of 75 kg (Rouse et al., IEEE TNSRE 2014) and of
# published finite-state controllers (Sup et al. 2008).
_IMPEDANCES = {
    "knee": {
        "early_stance": (200.0, 3.0, -8.0),
        "late_stance": (150.0, 3.0, -10.0),
        "swing_flexion": (40.0, 2.0, -65.0),
        "swing_extension": (30.0, 2.0, -8.0),
    },
    "ankle": {
        "early_stance": (250.0, 2.0, 0.0),
        "late_stance": (300.0, 2.0, -12.0),
        "swing": (50.0, 1.0, 2.0),
    },
}
_ANGLE_SCALE = 5.0  # deg per raw unit
# Stiff and hard damped beyond these, an explicit control of the light foot at 1 kHz would ring.
_UPPER = {"stiffness": 4.0, "damping": 5.0}


def curve_entries(exo: ExoConfig, stride: bool) -> Entries:
    """Return what a torque curve adds to the search vector; nothing when it is off.

    Args:
        exo: Exo configuration.
        stride: The curve is timed by the stride.
    """
    if exo.controller not in TORQUE_CONTROLLERS:
        return Entries()
    points = str(exo.n_points) if exo.controller == "npoint" else ""
    rows = torque_rows(exo.controller, exo.n_points, exo.fixed, stride)
    return Entries(f"{'stride_' if stride else ''}{exo.controller}{points}", tuple(rows))


def impedance_entries(joints: tuple[str, ...]) -> Entries:
    """Return what the impedances of some powered joints (knee, ankle) add to the search vector."""
    return Entries("impedance", tuple(impedance_rows(joints)))


def torque_rows(controller: str, n_points: int, fixed: bool, stride: bool) -> list[Parameter]:
    """Return the entries of a torque curve.

    Args:
        controller: four_param or npoint.
        n_points: Number of points of the n-point curve.
        fixed: Hold the entries at their start values.
        stride: The curve is timed by the stride.
    """
    names: tuple[str, ...]
    initial: tuple[float, ...]
    if controller == "four_param":
        names, initial = FOUR_PARAM_NAMES, DEFAULT_FOUR_PARAM_STRIDE if stride else DEFAULT_FOUR_PARAM
    else:
        names = tuple(f"exo_{kind}_{i + 1}" for kind in ("torque", "time") for i in range(n_points))
        initial = tuple(default_npoint_torques(n_points)) + (0.5,) * n_points
    return [
        Parameter(name, "", 1.0, 0.0, 0.0, 1.0, float(value), "exo", fixed)
        for name, value in zip(names, initial, strict=True)
    ]


def default_npoint_torques(n_points: int) -> np.ndarray:
    """Return the initial torque fractions, halved with every point of distance from the peak; shape (n_points,)."""
    peak = n_points // 2 if n_points % 2 == 0 else (n_points - 1) // 2
    return np.maximum(0.5 / 2.0 ** np.abs(np.arange(n_points) - peak), NPOINT_DEFAULT_FLOOR)


def impedance_rows(joints: tuple[str, ...]) -> list[Parameter]:
    """Return the entries of the impedance controller of some powered joints (knee, ankle).

    A raw value of 1 is the typical stiffness, damping or angle of its phase.
    """
    deg = math.pi / 180.0
    rows = []
    for joint in joints:
        for phase, (stiffness, damping, angle) in _IMPEDANCES[joint].items():
            for kind, typical, unit in (("stiffness", stiffness, "N·m/rad"), ("damping", damping, "N·m·s/rad")):
                name = f"{joint}_{kind}_{phase}"
                rows.append(Parameter(name, unit, typical, 0.0, 0.0, _UPPER[kind], 1.0, "exo"))
            offset = (angle - _ANGLE_SCALE) * deg
            rows.append(Parameter(f"{joint}_angle_{phase}", "deg", _ANGLE_SCALE * deg, offset, -10.0, 10.0, 1.0, "exo"))
    if "ankle" in joints:
        rows.append(Parameter("push_off_angle", "deg", 2.0 * deg, 5.0 * deg, -5.0, 7.0, 1.0, "exo"))
    if "knee" in joints:
        rows.append(Parameter("swing_flexion_time", "s", 0.2, 0.0, 0.1, 3.0, 1.0, "exo"))
    return rows
