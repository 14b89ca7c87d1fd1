"""The parameter table: the only source of names, units, decoding, bounds and initial values of a search vector.

Raw parameters are near 1; physical value = scale * raw + offset. Layout: reflex | pose | activation | exo.
"""

import math

import numpy as np

from myoassist.config.errors import LayoutError
from myoassist.model.devices import TORQUE_CONTROLLERS, Device
from myoassist.model.muscle_groups import GROUPS
from myoassist.reflex.device_parameters import impedance_rows, torque_rows
from myoassist.reflex.parameter import INF, Parameter

# Largest factor of one actuator on the command of its group; the product is held at full activation.
MAX_SHARE = 3.0
# Muscles with an initial activation, in vector order; the nine of each leg, then the frontal ones in 3D.
ACTIVATION_MUSCLES = ("GLU", "HFL", "HAM", "RF", "BFSH", "GAS", "SOL", "VAS", "TA")
FRONTAL_ACTIVATION_MUSCLES = ("HAB", "HAD")

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

# Offsets (deg) of the pose in walk_left; walk_right mirrors the legs. Scale is 5 deg for legs, 1 deg for the pelvis.
_POSE_OFFSETS = {
    "hip_flexion": (-15.0, 20.0),
    "knee_angle": (-30.0, -10.0),
    "ankle_angle": (-5.0, -8.0),
}


class ParameterTable:
    """An ordered set of parameters with a layout name.

    Args:
        parameters: Entries in vector order.
        layout: Name of the layout, e.g. `2d-npoint6`; vectors of another layout are refused.
    """

    def __init__(self, parameters: list[Parameter], layout: str) -> None:
        self.parameters = tuple(parameters)
        self.layout = layout
        self.names = tuple(p.name for p in parameters)
        self.scale = np.array([p.scale for p in parameters])
        self.offset = np.array([p.offset for p in parameters])
        self.lower = np.array([p.lower for p in parameters])
        self.upper = np.array([p.upper for p in parameters])
        self.initial = np.array([p.initial for p in parameters])
        self.groups = tuple(p.group for p in parameters)
        self.free = np.array([not p.fixed for p in parameters])
        self._index = {name: i for i, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.parameters)

    def index(self, name: str) -> int:
        """Return the position of a name in the vector."""
        return self._index[name]

    def group_slice(self, group: str) -> slice:
        """Return the contiguous slice of a group; empty when the group has no entry."""
        members = [i for i, g in enumerate(self.groups) if g == group]
        return slice(members[0], members[-1] + 1) if members else slice(len(self), len(self))

    def check(self, vector: np.ndarray, source: str = "parameter vector") -> np.ndarray:
        """Return the vector as float64 of shape (len(self),).

        Raises:
            LayoutError: if the length differs or an entry is not finite.
        """
        vector = np.asarray(vector, dtype=np.float64).reshape(-1)
        if vector.shape[0] != len(self):
            raise LayoutError(
                f"{source} has {vector.shape[0]} entries",
                f"{len(self)} entries of layout {self.layout} ({describe_lengths()})",
                "use a file of the same musculature and exo.controller, or change these to match the file",
            )
        if not np.isfinite(vector).all():
            bad = [self.names[i] for i in np.flatnonzero(~np.isfinite(vector))]
            raise LayoutError(f"{source} holds NaN or infinite values at {', '.join(bad)}", "finite numbers")
        return vector

    def decode(self, vector: np.ndarray) -> np.ndarray:
        """Return physical values `scale * raw + offset` (angles in rad), shape (len(self),)."""
        return self.scale * self.check(vector) + self.offset

    def clamp(self, vector: np.ndarray) -> np.ndarray:
        """Return the vector with every entry moved into its bounds."""
        return np.clip(self.check(vector), self.lower, self.upper)


def describe_lengths() -> str:
    """Say which vector lengths belong to which layouts."""
    return "77 human entries in 2D, 97 in 3D, plus 4 for the four-parameter exo or 2n for the n-point exo"


def build_table(
    dimensions: int = 2,
    init_pose: str = "walk_left",
    controller: str = "none",
    n_points: int = 4,
    fixed_exo: bool = False,
    device: Device | None = None,
    stride: bool = False,
    reflex_mode: str = "uni",
) -> ParameterTable:
    """Build the parameter table of a run.

    Args:
        dimensions: 2 (planar) or 3.
        init_pose: walk_left or walk_right; sets the offsets of the pose entries.
        controller: none, four_param, npoint or impedance.
        n_points: Number of points of the n-point controller.
        fixed_exo: Hold the exo entries at their defaults.
        device: Worn device. What an amputation takes away has no entries; gains stay, because the other leg has them.
        stride: The torque curve is timed by the stride.
        reflex_mode: ind adds a factor for every actuator that shares its group's command, the same in both legs.

    Source: Song & Geyer 2015 for the reflexes; Poggensee & Collins 2021 for the default exo profile.
    """
    rows: list[Parameter] = []
    reflex = _REFLEX_SAGITTAL + (_REFLEX_FRONTAL if dimensions == 3 else ())
    for name, scale, offset, lower, unit in reflex:
        factor = math.pi / 180.0 if unit.startswith("deg") else 1.0
        rows.append(Parameter(name, unit, scale * factor, offset * factor, lower, INF, 1.0, "reflex"))
    gone = _absent_names(device)
    rows += [row for row in _pose_rows(dimensions, init_pose) if row.name not in gone]
    rows += [row for row in _activation_rows(dimensions) if row.name not in gone]
    layout = f"{dimensions}d" + (f".{device.short}" if device is not None and gone else "")
    if reflex_mode == "ind":
        rows += [Parameter(name, "", 1.0, 0.0, 0.0, MAX_SHARE, 1.0, "share") for name in share_names().values()]
        layout += ".ind"
    if controller in TORQUE_CONTROLLERS:
        rows += torque_rows(controller, n_points, fixed_exo, stride)
        points = str(n_points) if controller == "npoint" else ""
        layout += f"-{'stride_' if stride else ''}{controller}{points}"
    elif controller == "impedance" and device is not None and device.prosthesis is not None:
        rows += impedance_rows(device.prosthesis.motor_joints)
        layout += "-impedance"
    return ParameterTable(rows, layout)


def share_names() -> dict[str, str]:
    """Return the parameter of each actuator (without side) of the 80-muscle legs that shares a command."""
    return {actuator: f"share_{actuator}" for group in GROUPS.values() if len(group) > 1 for actuator in group}


def _absent_names(device: Device | None) -> frozenset[str]:
    """Return the start activations and angles that a leg with a prosthesis does not have."""
    if device is None or device.prosthesis is None:
        return frozenset()
    prosthesis = device.prosthesis
    passive = [name for name in prosthesis.joints if name not in prosthesis.motors]
    return frozenset([f"act_{muscle}_r" for muscle in prosthesis.muscles] + [f"{name}_r" for name in passive])


def _pose_rows(dimensions: int, init_pose: str) -> list[Parameter]:
    deg = math.pi / 180.0
    mirrored = init_pose == "walk_right"
    rows = [Parameter("pelvis_tilt", "deg", deg, -16.0 * deg, -INF, INF, 1.0, "pose")]
    for joint, (right, left) in _POSE_OFFSETS.items():
        if mirrored:
            right, left = left, right
        rows.append(Parameter(f"{joint}_r", "deg", 5 * deg, right * deg, -INF, INF, 1.0, "pose"))
        rows.append(Parameter(f"{joint}_l", "deg", 5 * deg, left * deg, -INF, INF, 1.0, "pose"))
    rows.append(Parameter("vel_pelvis_tx", "m/s", 0.1, 1.4, -29.0, 6.0, 1.0, "pose"))
    if dimensions == 3:
        for joint in ("hip_adduction", "hip_rotation"):
            rows += [
                Parameter(f"{joint}_{side}", "deg", 5 * deg, -5 * deg, -INF, INF, 1.0, "pose") for side in ("r", "l")
            ]
    return rows


def _activation_rows(dimensions: int) -> list[Parameter]:
    names = [f"act_{muscle}_{side}" for side in ("r", "l") for muscle in ACTIVATION_MUSCLES]
    if dimensions == 3:
        names += [f"act_{muscle}_{side}" for side in ("r", "l") for muscle in FRONTAL_ACTIVATION_MUSCLES]
    return [Parameter(name, "", 0.01, 0.0, 1.0, 50.0, 1.0, "activation") for name in names]
