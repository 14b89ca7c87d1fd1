"""Parameters of the start of a walk, which every human controller has: pose, speed, activations."""

import math

from myoassist.model.devices.device import Device
from myoassist.space.parameter import INF, Parameter

# Muscles with an initial activation, in vector order; the nine of each leg, then the frontal ones in 3D.
ACTIVATION_MUSCLES = ("GLU", "HFL", "HAM", "RF", "BFSH", "GAS", "SOL", "VAS", "TA")
FRONTAL_ACTIVATION_MUSCLES = ("HAB", "HAD")

# Offsets (deg) of the pose in walk_left; walk_right mirrors the legs. Scale is 5 deg for legs, 1 deg for the pelvis.
_POSE_OFFSETS = {
    "hip_flexion": (-15.0, 20.0),
    "knee_angle": (-30.0, -10.0),
    "ankle_angle": (-5.0, -8.0),
}


def start_rows(dimensions: int, init_pose: str, device: Device | None) -> list[Parameter]:
    """Return the entries of pose, speed and activations.

    Args:
        dimensions: 2 (planar) or 3.
        init_pose: walk_left or walk_right; sets the offsets of the pose entries.
        device: Worn device. What an amputation takes away has no entries.
    """
    gone = absent_names(device)
    rows = _pose_rows(dimensions, init_pose) + _activation_rows(dimensions)
    return [row for row in rows if row.name not in gone]


def absent_names(device: Device | None) -> frozenset[str]:
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
