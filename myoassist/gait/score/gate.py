"""What a walk has to reach to be shipped: bounds on its score by name, and which of them it misses.

At 1.25 m/s they are fixed; at other speeds single figures have to lie within 1.5 standard deviations of people, and
curves have to agree with R >= 0.9. Walks in space, policies and prostheses have rows of their own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from myoassist.gait.score.score import WalkScore

NAMED_SPEED, SAME_SPEED = 1.25, 0.005
SPREAD = 1.5
LEAST_STRIDES = 8
PLANAR, SPATIAL, LEARNED, PROSTHESIS = "planar", "spatial", "learned", "prosthesis"
# Energy model whose cost of transport is bounded.
ENERGY_MODEL = "umberger2010_0.60MPa"
Bound = tuple[float | None, float | None]
_LEAST_R = 0.9
# Names of figures of `HumanReference` by the names of gates.
_MATCHED = {
    "stance_percent": "stance_percent",
    "stance_knee_flexion": "stance_knee_flexion_deg",
    "pushoff": "pushoff_w_kg",
    "grf_peak1": "grf_peak1_bw",
    "grf_peak2": "grf_peak2_bw",
    "stride_length": "stride_length_m",
}
_ALWAYS: dict[str, Bound] = {"strides": (LEAST_STRIDES, None), "speed_error": (-0.03, 0.03)}
_USUAL: dict[str, Bound] = {
    "overall_sd": (None, 2.1),
    "knee_limit": (None, 5.0),
    "trunk_range": (None, 8.0),
    "emg_r": (0.55, None),
    "emg_r_gastrocnemius": (0.8, None),
    "saturated": (None, 1),
    "knee_left_right": (None, 3.0),
}
_AT_NAMED_SPEED: dict[str, Bound] = {
    "hip_rmse": (None, 5.0),
    "knee_rmse": (None, 6.0),
    "ankle_rmse": (None, 6.0),
    "hip_r": (0.96, None),
    "knee_r": (0.95, None),
    "ankle_r": (0.80, None),
    "grf_r": (0.90, None),
    "grf_peak1": (None, 1.4),
    "grf_peak2": (1.0, 1.25),
    "stance_knee_flexion": (10.0, 22.0),
    "pushoff": (2.0, 3.5),
    "cot": (None, 4.5),
}
_EVERY_R: dict[str, Bound] = {f"{name}_r": (_LEAST_R, None) for name in ("hip", "knee", "ankle", "grf")}
_SPATIAL: dict[str, Bound] = {"heading": (-5.0, 5.0), "stance_knee_flexion": (8.0, 22.0), **_EVERY_R}
_LEARNED: dict[str, Bound] = {
    **{f"{name}_r": (0.95, None) for name in ("hip", "knee", "ankle")},
    "grf_peak1": (None, 1.3),
    "emg_r": (0.6, None),
}
_PROSTHESIS: dict[str, Bound] = {"stance_asymmetry": (None, 10.0)}


@dataclass(frozen=True)
class Gate:
    """One bound of a walk.

    Attributes:
        name: Fixed name.
        value: What was measured; the worse of both legs where each has one; None where it is not known.
        low: Smallest value that passes; None for no limit.
        high: Largest value that passes; None for no limit.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None

    @property
    def judged(self) -> bool:
        """Whether there is a value to judge."""
        return self.value is not None

    @property
    def passed(self) -> bool:
        """Whether the value is known and within the bounds."""
        return self.value is not None and not self._excess(self.value) > 0.0

    def _excess(self, value: float) -> float:
        """Return how far a value lies beyond the bounds, 0 within."""
        return max(
            self.low - value if self.low is not None else 0.0, value - self.high if self.high is not None else 0.0
        )


def gate_bounds(score: WalkScore, kind: str) -> dict[str, Bound]:
    """Return the bounds of a walk by name.

    Args:
        score: The walk.
        kind: PLANAR, SPATIAL, LEARNED or PROSTHESIS.
    """
    if kind == PROSTHESIS:
        return {**_ALWAYS, **_PROSTHESIS}
    if kind == LEARNED:
        return {**_ALWAYS, **_LEARNED}
    if kind == SPATIAL:
        return {**_ALWAYS, **_SPATIAL}
    named = abs(score.task.speed - NAMED_SPEED) <= SAME_SPEED
    bounds = {**_ALWAYS, **_matched(score), **_USUAL}
    return {**bounds, **(_AT_NAMED_SPEED if named else _EVERY_R)}


def _matched(score: WalkScore) -> dict[str, Bound]:
    if score.reference is None:
        return dict.fromkeys(_MATCHED, (None, None))
    bounds: dict[str, Bound] = {}
    for name, figure in _MATCHED.items():
        mean, sd = score.reference.figures[figure]
        bounds[name] = (mean - SPREAD * sd, mean + SPREAD * sd)
    return bounds


def judge_score(score: WalkScore, kind: str) -> list[Gate]:
    """Return every bound of a walk with its value, in a fixed order."""
    gates = []
    for name, (low, high) in gate_bounds(score, kind).items():
        values = _values(score, name)
        if low is None and high is None:
            # Nobody was measured at this speed.
            values = []
        one = Gate(name, None, low, high)
        gates.append(Gate(name, max(values, key=one._excess), low, high) if values else one)
    return gates


def _values(score: WalkScore, name: str) -> list[float]:
    """Return what a gate judges, of both legs where each has a value; empty where it is not known."""
    content, channels = score.content, score.channels
    plain: dict[str, Any] = {
        "strides": content["strides"],
        "speed_error": content["speed_error_m_s"],
        "overall_sd": content["overall_sd"],
        "knee_limit": content["knee_limit_nm"],
        "trunk_range": content["trunk_range_deg"],
        "knee_left_right": content["knee_left_right_deg"],
        "pushoff": content["pushoff_w_kg"],
        "emg_r": (content["emg_r"] or {}).get("mean"),
        "emg_r_gastrocnemius": (content["emg_r"] or {}).get("gastrocnemius"),
        "saturated": None if content["saturated"] is None else len(content["saturated"]),
        "cot": (content["cot_j_kg_m"] or {}).get(ENERGY_MODEL),
        "heading": score.extra.get("heading_deg"),
        "stance_asymmetry": score.extra.get("stance_asymmetry_percent"),
    }
    channel, _, kind = name.rpartition("_")
    if channel in channels and kind in ("rmse", "r"):
        plain[name] = getattr(channels[channel], kind)
    found = [plain[name]] if name in plain else list(score.figures.get(_MATCHED.get(name, ""), ()))
    return [float(value) for value in found if value is not None and np.isfinite(value)]


def describe_gate(gates: list[Gate]) -> dict[str, Any]:
    """Return the field `gate`: whether all bounds are known and met, and those that are missed."""
    failed = [gate for gate in gates if gate.judged and not gate.passed]
    return {
        "passed": all(gate.passed for gate in gates),
        "failed": [{"name": gate.name, "value": gate.value, "bound": [gate.low, gate.high]} for gate in failed],
    }


def score_fields(score: WalkScore, gates: list[Gate]) -> dict[str, Any]:
    """Return the content of `eval_score.json`; what is null there is named in `missing` with its reason."""
    why = dict(score.missing)
    for gate in gates:
        if not gate.judged:
            why[f"gate.{gate.name}"] = _reason(score, gate)
    missing = [{"name": name, "reason": reason} for name, reason in why.items()]
    return {**score.content, "gate": describe_gate(gates), "missing": missing}


def _reason(score: WalkScore, gate: Gate) -> str:
    if gate.name == "cot" and score.content["cot_j_kg_m"] is not None:
        return score.missing.get(f"cot_j_kg_m.{ENERGY_MODEL}", "not known")
    return next(iter(score.missing.values()), "not known of this walk")
