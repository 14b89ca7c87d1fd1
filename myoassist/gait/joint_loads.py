"""Moments, powers and work at the joints and by the exoskeleton, over the judged strides."""

import numpy as np

from myoassist.gait.events import find_heel_strikes
from myoassist.gait.metrics import Metric
from myoassist.gait.strides import GaitWindow, cut_window, displacement
from myoassist.rollout.log import JOINTS, SIDES, WalkLog

# Turns a moment on the model coordinate into the internal one that is positive in extension and plantarflexion.
EXTENSION_SIGN = np.array([-1.0, 1.0, -1.0])
_EXTENSION = ("extension", "extension", "plantarflexion")
_FLEXION = ("flexion", "flexion", "dorsiflexion")

LOAD_METRICS: dict[str, Metric] = {
    "joint_work_positive": Metric(
        "J/(kg·m)", "positive mechanical work at hips, knees and ankles per body mass and metre"
    ),
    "joint_work_negative": Metric("J/(kg·m)", "negative mechanical work at the same joints, as a positive number"),
}
for _side in SIDES:
    for _joint, _out, _in in zip(JOINTS, _EXTENSION, _FLEXION, strict=True):
        LOAD_METRICS[f"{_joint}_{_out}_moment_max_{_side}"] = Metric("N·m/kg", f"largest {_out} moment")
        LOAD_METRICS[f"{_joint}_{_in}_moment_max_{_side}"] = Metric("N·m/kg", f"largest {_in} moment")
        LOAD_METRICS[f"{_joint}_power_generated_max_{_side}"] = Metric("W/kg", "largest power given out")
        LOAD_METRICS[f"{_joint}_power_absorbed_max_{_side}"] = Metric("W/kg", "largest power taken up")
for _side in SIDES:
    for _joint in JOINTS:
        LOAD_METRICS[f"{_joint}_limit_torque_mean_{_side}"] = Metric("N·m", "mean torque of ligaments and stop")
for _side in SIDES:
    LOAD_METRICS[f"exo_peak_torque_per_kg_{_side}"] = Metric(
        "N·m/kg", "largest torque of the exo: plantarflexion, or flexion of a hip device"
    )
    LOAD_METRICS[f"exo_work_per_stride_{_side}"] = Metric("J", "net work of the device on the leg in one stride")
    LOAD_METRICS[f"exo_positive_work_per_stride_{_side}"] = Metric("J", "work that the device gives to the leg")


def internal_moments(log: WalkLog) -> np.ndarray:
    """Return joint moments per mass, extension and plantarflexion positive.

    What muscles, exo and passive tissue do on the coordinate of the joint and on coordinates that follow it, but not
    what joint limits do.

    Returns:
        Shape (T, 2, 3), N·m/kg, legs r, l, joints hip, knee, ankle; mass is that of the model with its device.
    """
    return log.joint_moment * EXTENSION_SIGN / log.mass


def joint_powers(log: WalkLog) -> np.ndarray:
    """Return moment times angular velocity per mass, generated power positive; shape (T, 2, 3), W/kg."""
    return log.joint_moment * log.joint_velocity / log.mass


def exo_powers(log: WalkLog) -> np.ndarray:
    """Return the power that a device gives to the joints of each leg, shape (T, 2), W."""
    return (log.device_torque * log.joint_velocity).sum(axis=2)


def compute_joint_loads(log: WalkLog, num_strides: int = 5) -> dict[str, float | None]:
    """Compute peak moments, peak powers and work over the last strides.

    Args:
        log: The walk; it may have ended early.
        num_strides: Number of strides at the end that are judged; fewer where there are not as many.

    Returns:
        One entry for every name of LOAD_METRICS, in that order; None where the walk has no stride or the value is not
        finite.
    """
    values: dict[str, float | None] = dict.fromkeys(LOAD_METRICS)
    strikes = find_heel_strikes(log)
    judged = min(num_strides, len(strikes.left) - 1)
    if judged > 0:
        window = cut_window(strikes, judged)
        values |= _work(log, window) | _peaks(log, window) | _exo(log, window)
    return {name: value if value is not None and np.isfinite(value) else None for name, value in values.items()}


def _work(log: WalkLog, window: GaitWindow) -> dict[str, float | None]:
    power = joint_powers(log)[window.samples]
    way = abs(float(displacement(log, window)[0]))
    if way == 0.0:
        return {"joint_work_positive": None, "joint_work_negative": None}
    return {
        "joint_work_positive": float(np.maximum(power, 0.0).sum()) * log.dt / way,
        "joint_work_negative": -float(np.minimum(power, 0.0).sum()) * log.dt / way,
    }


def _peaks(log: WalkLog, window: GaitWindow) -> dict[str, float | None]:
    moment = internal_moments(log)[window.samples]
    power = joint_powers(log)[window.samples]
    limit = np.abs(log.limit_torque[window.samples])
    values: dict[str, float | None] = {}
    for leg, side in enumerate(SIDES):
        for j, joint in enumerate(JOINTS):
            values[f"{joint}_{_EXTENSION[j]}_moment_max_{side}"] = float(moment[:, leg, j].max())
            values[f"{joint}_{_FLEXION[j]}_moment_max_{side}"] = -float(moment[:, leg, j].min())
            values[f"{joint}_power_generated_max_{side}"] = float(power[:, leg, j].max())
            values[f"{joint}_power_absorbed_max_{side}"] = -float(power[:, leg, j].min())
            values[f"{joint}_limit_torque_mean_{side}"] = float(limit[:, leg, j].mean())
    return values


def _exo(log: WalkLog, window: GaitWindow) -> dict[str, float | None]:
    torque = log.exo_torque[window.samples]
    power = exo_powers(log)[window.samples]
    values: dict[str, float | None] = {}
    for leg, side in enumerate(SIDES):
        values[f"exo_peak_torque_per_kg_{side}"] = float(torque[:, leg].max()) / log.person_mass
        values[f"exo_work_per_stride_{side}"] = float(power[:, leg].sum()) * log.dt / window.n_strides
        values[f"exo_positive_work_per_stride_{side}"] = (
            float(np.maximum(power[:, leg], 0.0).sum()) * log.dt / window.n_strides
        )
    return values
