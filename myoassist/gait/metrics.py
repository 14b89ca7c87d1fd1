"""Gait metrics of a walk as plain numbers, for reports and files."""

from typing import NamedTuple

import numpy as np

from myoassist.gait.angles import CLINICAL_JOINTS, to_clinical
from myoassist.gait.events import LEFT, RIGHT, HeelStrikes, find_heel_strikes
from myoassist.gait.strides import GaitWindow, cut_window, displacement, duration
from myoassist.rollout.log import SIDES, WalkLog

CONTACT_LOAD = 0.1
# A walk whose stride times spread by more is called unsteady; it counts all the same.
UNSTEADY_PERCENT = 5.0


class Metric(NamedTuple):
    """Unit and meaning of a gait metric."""

    unit: str
    meaning: str


METRICS: dict[str, Metric] = {
    "time_walked": Metric("s", "simulated time"),
    "distance": Metric("m", "forward way of the pelvis from the first to the last sample"),
    "steps": Metric("1", "heel strikes of both feet"),
    "strides_judged": Metric("1", "left-to-left strides behind the figures below"),
    "speed": Metric("m/s", "forward speed over the judged strides, along the incline on a slope"),
    "lateral_speed": Metric("m/s", "speed to the left over the judged strides"),
    "stride_time_mean": Metric("s", "mean duration of a stride"),
    "stride_time_sd": Metric("s", "standard deviation of the stride duration (n - 1)"),
    "stride_time_sd_percent": Metric(
        "%", f"the same over the mean; above {UNSTEADY_PERCENT:g} the walk counts as unsteady"
    ),
    "stride_length": Metric("m", "mean forward way per stride"),
    "cadence_steps_per_min": Metric("1/min", "steps per minute, two per stride"),
    "step_time_asymmetry_percent": Metric("%", "difference of left and right step time over their mean"),
    "stance_asymmetry_percent": Metric("%", "difference of left and right stance fraction over their mean"),
    "trunk_pitch_mean_deg": Metric("deg", "mean forward lean of the trunk"),
    "trunk_pitch_rom_deg": Metric("deg", "range of the forward lean of the trunk"),
}
for _side in SIDES:
    METRICS[f"stance_fraction_{_side}"] = Metric("1", f"share of samples with a foot load above {CONTACT_LOAD} BW")
    METRICS[f"peak_grf_bw_{_side}"] = Metric("BW", "largest vertical force of the ground on a foot")
    METRICS[f"exo_peak_torque_{_side}"] = Metric(
        "N·m", "largest torque of the exoskeleton: plantarflexion, or flexion of a hip device"
    )
    for _joint in CLINICAL_JOINTS:
        METRICS[f"{_joint}_max_deg_{_side}"] = Metric("deg", "largest angle, flexion or dorsiflexion positive")
        METRICS[f"{_joint}_min_deg_{_side}"] = Metric("deg", "smallest angle, flexion or dorsiflexion positive")
        METRICS[f"{_joint}_rom_deg_{_side}"] = Metric("deg", "range of motion")


def compute_metrics(log: WalkLog, num_strides: int = 5) -> dict[str, float | int | None]:
    """Compute the gait metrics of a walk.

    Args:
        log: The walk; it may have ended early.
        num_strides: Number of strides at the end that are judged; fewer where there are not as many.

    Returns:
        One entry for every name of METRICS, in that order; None where the walk has no stride or the value is not
        finite.
    """
    strikes = find_heel_strikes(log)
    values: dict[str, float | int | None] = dict.fromkeys(METRICS)
    values["steps"] = strikes.total
    values["strides_judged"] = 0
    values["time_walked"], values["distance"] = 0.0, 0.0
    if log.n_steps:
        values["time_walked"] = float(log.time[-1])
        values["distance"] = float(log.pelvis_pos_w[-1, 0] - log.pelvis_pos_w[0, 0])
    judged = min(num_strides, len(strikes.left) - 1)
    if judged > 0:
        window = cut_window(strikes, judged)
        values["strides_judged"] = judged
        values |= _stride_metrics(log, window) | _step_times(log, strikes, window) | _signal_metrics(log, window)
    return {name: _finite_or_none(value) for name, value in values.items()}


def _stride_metrics(log: WalkLog, window: GaitWindow) -> dict[str, float | None]:
    way, time = displacement(log, window), duration(log, window)
    stride_times = np.diff(log.time[window.left])
    mean = float(stride_times.mean())
    spread = float(stride_times.std(ddof=1)) if len(stride_times) > 1 else None
    return {
        "speed": float(way[0] / time),
        "lateral_speed": float(way[1] / time),
        "stride_time_mean": mean,
        "stride_time_sd": spread,
        "stride_time_sd_percent": None if spread is None else 100.0 * spread / mean,
        "stride_length": float(way[0] / window.n_strides),
        "cadence_steps_per_min": 120.0 / mean,
    }


def _step_times(log: WalkLog, strikes: HeelStrikes, window: GaitWindow) -> dict[str, float | None]:
    """Compare the time from left to right heel strike with the time from right to left."""
    position = np.searchsorted(strikes.right, window.left[:-1], side="right")
    found = position < np.searchsorted(strikes.right, window.left[1:], side="left")
    if not found.any():
        return {"step_time_asymmetry_percent": None}
    between = log.time[strikes.right[position[found]]]
    to_right = float((between - log.time[window.left[:-1][found]]).mean())
    to_left = float((log.time[window.left[1:][found]] - between).mean())
    return {"step_time_asymmetry_percent": _asymmetry_percent(to_left, to_right)}


def _signal_metrics(log: WalkLog, window: GaitWindow) -> dict[str, float | None]:
    # Without the last heel strike, so that whole strides are counted.
    samples = window.samples
    load = log.load[samples]
    stance = (load > CONTACT_LOAD).mean(axis=0)
    angles = np.rad2deg(to_clinical(log.joint_angle[samples]))
    trunk = np.rad2deg(log.trunk_pitch[samples])
    exo = log.exo_torque[samples].max(axis=0)
    values: dict[str, float | None] = {
        "stance_asymmetry_percent": _asymmetry_percent(float(stance[LEFT]), float(stance[RIGHT])),
        "trunk_pitch_mean_deg": float(trunk.mean()),
        "trunk_pitch_rom_deg": float(np.ptp(trunk)),
    }
    for leg, side in enumerate(SIDES):
        values[f"stance_fraction_{side}"] = float(stance[leg])
        values[f"peak_grf_bw_{side}"] = float(load[:, leg].max())
        values[f"exo_peak_torque_{side}"] = float(exo[leg])
        for joint, name in enumerate(CLINICAL_JOINTS):
            angle = angles[:, leg, joint]
            values[f"{name}_max_deg_{side}"] = float(angle.max())
            values[f"{name}_min_deg_{side}"] = float(angle.min())
            values[f"{name}_rom_deg_{side}"] = float(np.ptp(angle))
    return values


def _asymmetry_percent(left: float, right: float) -> float | None:
    mean = 0.5 * (left + right)
    return 100.0 * abs(left - right) / mean if mean > 0.0 else None


def _finite_or_none(value: float | int | None) -> float | int | None:
    return value if value is not None and np.isfinite(value) else None
