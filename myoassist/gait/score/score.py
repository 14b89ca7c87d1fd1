"""Score a walk against people at its speed: every field of `eval_score.json` but for the gate.

Figures are means of both legs unless they are given by leg.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from myoassist.gait.energy import transport_cost
from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.leg_strides import LegStrides, find_leg_strides, scored_signals
from myoassist.gait.metabolics import metabolic_cost
from myoassist.gait.reference.human import (
    ANGLES,
    EMG,
    FIRST_PEAK,
    LOADING,
    PUSH_OFF,
    SECOND_PEAK,
    HumanReference,
    HumanSpeedError,
    within,
)
from myoassist.gait.reference.person import find_people
from myoassist.gait.score.agreement import GROUPS, OVERALL, PROJECT_TABLE, Agreement, agree, agree_with_table
from myoassist.rollout.log import JOINTS, SIDES, WalkLog

SCORED_STRIDES = 10
SATURATED, SATURATED_SHARE = 0.95, 0.08
SILENT = 0.05
# Energy models by the names that scores are compared under; of those that are not there yet the reason.
BHARGAVA_025 = "bhargava2004_0.25MPa"
# Names in the file -> names of the models of `gait.energy`.
_MODELS_060 = {"umberger2010_0.60MPa": "umberger_060", "bhargava2004_0.60MPa": "bhargava_060"}


@dataclass(frozen=True)
class ScoreTask:
    """What a walk is scored against.

    Attributes:
        plant: Name of the body.
        speed: Speed that the walk was asked for, m/s.
        leg_length: Hip joint to floor, standing, m.
        in_cost: Names of figures that the walk was paid for.
        people: File of one person's gait, see `cost.people`; None for people.
    """

    plant: str
    speed: float
    leg_length: float
    in_cost: tuple[str, ...] = ()
    people: str | None = None


@dataclass(frozen=True)
class WalkScore:
    """A scored walk.

    Attributes:
        task: What it was scored against.
        reference: People at its speed; None where nobody was measured.
        channels: Agreement by channel of `human_reference`, of EMG the correlation counts only; empty without strides.
        figures: Single figures by the names of `human_reference`, by leg (r, l) or alone.
        content: The fields of `eval_score.json` but for `gate` and `missing`; null where `missing` says why.
        missing: Reason by field.
        extra: What gates ask for beside the fields: heading_deg, stance_asymmetry_percent.
    """

    task: ScoreTask
    reference: HumanReference | None
    channels: Mapping[str, Agreement]
    figures: Mapping[str, tuple[float, ...]]
    content: dict[str, Any]
    missing: Mapping[str, str]
    extra: Mapping[str, float] = field(default_factory=dict)

    @property
    def groups(self) -> dict[str, float]:
        """Mean distance of the channels of each group, standard deviations; empty without strides."""
        return {
            name: float(np.mean([self.channels[channel].sd for channel in channels]))
            for name, channels in GROUPS.items()
            if all(channel in self.channels for channel in channels)
        }


def score_walk(log: WalkLog, task: ScoreTask, num_strides: int = SCORED_STRIDES) -> WalkScore:
    """Score a walk.

    Args:
        log: The walk; it may have ended early.
        task: What it is scored against.
        num_strides: Strides at the end that are judged; fewer where there are not as many.
    """
    content: dict[str, Any] = {"plant": task.plant} | dict.fromkeys(_FIELDS)
    content["in_cost"] = list(task.in_cost)
    reference, missing = None, {}
    try:
        reference = find_people(task.people, task.speed, task.leg_length)
    except HumanSpeedError as error:
        missing[_AGREEMENT] = error.found
    if task.people is not None:
        content["people"] = task.people
    strides = find_leg_strides(log, num_strides)
    content["strides"] = strides.count
    if strides.count == 0:
        missing["strides"] = "no whole stride of both legs"
        return WalkScore(task, reference, {}, {}, content, missing)
    signals = scored_signals(log)
    curves = {name: [strides.mean_curve(values[:, leg], leg) for leg in range(2)] for name, values in signals.items()}
    channels = {} if reference is None else agree(curves, reference)
    content |= _agreement_fields(channels)
    if content["emg_r"] is not None:
        content["emg_r"][PROJECT_TABLE] = agree_with_table(log, strides)
    figures = _measure(log, strides, curves)
    content |= _figure_fields(log, strides, curves, figures, task)
    grf = channels.get("grf")
    content["channels"]["grf"] = {
        "r": grf.r if grf else None,
        "sd": grf.sd if grf else None,
        "peak1_bw": float(np.mean(figures["grf_peak1_bw"])),
        "peak2_bw": float(np.mean(figures["grf_peak2_bw"])),
    }
    content["cot_j_kg_m"], reasons = _cost_of_transport(log, strides)
    missing |= reasons
    missing |= {f"emg_r.{name}": "no such muscle" for name in EMG if f"emg_{name}" not in curves}
    way = log.pelvis_pos_w[strides.samples.stop] - log.pelvis_pos_w[strides.samples.start]
    right, left = figures["stance_percent"]
    extra = {
        "heading_deg": float(np.rad2deg(np.arctan2(way[1], way[0]))),
        "stance_asymmetry_percent": 100.0 * abs(right - left) / (0.5 * (right + left)),
    }
    return WalkScore(task, reference, channels, figures, content, missing, extra)


# What is compared with people at the same speed, in one word.
_AGREEMENT = "reference"
_FIELDS = (
    *("speed_m_s", "channels", "overall_sd", "stance_knee_flexion_deg", "stance_percent", "trunk_range_deg"),
    *("knee_left_right_deg", "knee_limit_nm", "pushoff_w_kg", "moments", "powers", "grf_fore_aft", "emg_r"),
    *("saturated", "silent", "cot_j_kg_m", "strides", "stride_time_s", "stride_time_sd_s", "stride_length_m"),
    *("speed_error_m_s", "in_cost"),
)


def _agreement_fields(channels: Mapping[str, Agreement]) -> dict[str, Any]:
    """Return the fields that compare with people; null without a reference."""
    if not channels:
        return {"channels": {name: dict.fromkeys(("rmse_deg", "r", "sd")) for name in (*ANGLES, "trunk")}}
    fields: dict[str, Any] = {
        "channels": {
            name: {"rmse_deg": channels[name].rmse, "r": channels[name].r, "sd": channels[name].sd}
            for name in (*ANGLES, "trunk")
        },
        "overall_sd": float(np.mean([channels[name].sd for name in OVERALL])),
        "grf_fore_aft": {"rmse_bw": channels["grf_fore_aft"].rmse}
        | {"r": channels["grf_fore_aft"].r, "sd": channels["grf_fore_aft"].sd},
    }
    for kind in ("moment", "power"):
        by_joint = {joint: channels[f"{joint}_{kind}"] for joint in JOINTS}
        fields[f"{kind}s"] = {joint: {"rmse": a.rmse, "r": a.r, "sd": a.sd} for joint, a in by_joint.items()}
    emg = {name: channels[f"emg_{name}"].r for name in EMG if f"emg_{name}" in channels}
    # A muscle that is never used agrees with nothing.
    known = [0.0 if r is None else r for r in emg.values()]
    fields["emg_r"] = {**dict.fromkeys(EMG), **emg, "mean": float(np.mean(known)) if known else None}
    return fields


def _measure(log: WalkLog, strides: LegStrides, curves: Mapping[str, list[np.ndarray]]) -> dict[str, tuple[float, ...]]:
    """Return single figures that people have too."""

    def largest(channel: str, part: tuple[int, int]) -> tuple[float, float]:
        right, left = (float(curves[channel][leg][within(part)].max()) for leg in range(2))
        return right, left

    window = strides.samples
    way = log.pelvis_pos_w[window.stop] - log.pelvis_pos_w[window.start]
    forward = np.hypot(way[0], way[2]) if log.slope_deg else abs(way[0])
    right, left = strides.times(log.dt)
    return {
        "stance_percent": strides.stance_percent,
        "stance_knee_flexion_deg": largest("knee", LOADING),
        "pushoff_w_kg": largest("ankle_power", PUSH_OFF),
        "grf_peak1_bw": largest("grf", FIRST_PEAK),
        "grf_peak2_bw": largest("grf", SECOND_PEAK),
        "stride_length_m": (float(forward) / len(strides.starts[LEFT]),),
        "stride_time_s": (float(right.mean()), float(left.mean())),
    }


def _figure_fields(
    log: WalkLog,
    strides: LegStrides,
    curves: Mapping[str, list[np.ndarray]],
    figures: Mapping[str, tuple[float, ...]],
    task: ScoreTask,
) -> dict[str, Any]:
    """Return the fields that are known without people."""
    window = strides.samples
    duration = (window.stop - window.start) * log.dt
    speed = figures["stride_length_m"][0] * len(strides.starts[LEFT]) / duration
    knee = curves["knee"]
    activation = log.activation[window]
    saturated = (activation > SATURATED).mean(axis=0) >= SATURATED_SHARE
    # Of a joint without a sensor of its limits the torque reads 0.
    limit = np.abs(log.limit_torque[window, :, JOINTS.index("knee")])
    spread = [float(times.std(ddof=1)) for times in strides.times(log.dt) if len(times) > 1]
    return {
        "speed_m_s": float(speed),
        "stance_knee_flexion_deg": _by_side(figures["stance_knee_flexion_deg"]),
        "stance_percent": _by_side(figures["stance_percent"]),
        "trunk_range_deg": float(np.mean([np.ptp(curve) for curve in curves["trunk"]])),
        "knee_left_right_deg": float(np.sqrt(np.mean((knee[RIGHT] - knee[LEFT]) ** 2))),
        "knee_limit_nm": float(limit.mean()),
        "pushoff_w_kg": float(np.mean(figures["pushoff_w_kg"])),
        "saturated": _muscles(log, saturated),
        "silent": _muscles(log, activation.max(axis=0) < SILENT),
        "stride_time_s": float(np.mean(figures["stride_time_s"])),
        "stride_time_sd_s": float(np.mean(spread)) if spread else None,
        "stride_length_m": figures["stride_length_m"][0],
        "speed_error_m_s": float(speed - task.speed),
    }


def _by_side(values: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(("right", "left"), values, strict=True))


def _muscles(log: WalkLog, chosen: np.ndarray) -> list[str]:
    """Return the names of chosen actuators without their side, each once."""
    ends = tuple(f"_{side}" for side in SIDES)
    names = [name for name, is_one in zip(log.muscle_names, chosen, strict=True) if is_one]
    return sorted({name[:-2] if name.endswith(ends) else name for name in names})


def _cost_of_transport(log: WalkLog, strides: LegStrides) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return the gross cost of transport by energy model, J/(kg·m), and why those that are null are."""
    window = strides.samples
    way = log.pelvis_pos_w[window.stop] - log.pelvis_pos_w[window.start]
    values: dict[str, float | None] = dict.fromkeys((BHARGAVA_025, *_MODELS_060))
    distance = float(np.hypot(way[0], way[1]))
    if log.layout.f_max is None or distance == 0.0:
        return values, {f"cot_j_kg_m.{name}": "no muscle properties, or no way" for name in values}
    values[BHARGAVA_025] = metabolic_cost(log, window.start, window.stop, distance)
    for name, model in _MODELS_060.items():
        values[name] = transport_cost(log, model, window.start, window.stop, distance)
    return values, {}
