"""What a walk has to reach to be shipped: bounds on its score by name, and which of them it misses.

At 1.25 m/s they are fixed; at other speeds single figures have to lie within 1.5 standard deviations of people, and
curves have to agree with R >= 0.9. Walks in space, on slopes, with a device and policies have rows of their own. Beside
a bound may stand a goal: what the best published walks and people reach.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from myoassist.gait.score.score import WalkScore

if TYPE_CHECKING:
    from myoassist.model.build import Walker

NAMED_SPEED, SAME_SPEED = 1.25, 0.005
SPREAD = 1.5
LEAST_STRIDES = 8
PLANAR, SPATIAL, LEARNED, PROSTHESIS = "planar", "spatial", "learned", "prosthesis"
# Planar, on a slope or with a worn device: nobody's level curves are asked for, they are for information.
CHANGED = "changed"
# Energy model whose cost of transport is bounded.
ENERGY_MODEL = "umberger2010_0.60MPa"
Bound = tuple[float | None, float | None]
_LEAST_R = 0.9
# How a bound stands, as on a traffic light.
GOAL, MET, MISSED, UNKNOWN, INFORMATION = "goal", "met", "missed", "not known", "for information"
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
_PROSTHESIS: dict[str, Bound] = {"stance_asymmetry": (None, 10.0), "grf_peak1": (None, 1.4)}
_CHANGED: dict[str, Bound] = {**_PROSTHESIS, "knee_left_right": (None, 3.0)}
_GOALS: dict[str, Bound] = {
    "overall_sd": (None, 1.5),
    "knee_limit": (None, 1.0),
    "trunk_range": (None, 4.0),
    "emg_r": (0.75, None),
    "emg_r_gastrocnemius": (0.9, None),
    "saturated": (None, 0),
    "knee_left_right": (None, 1.5),
}
_GOALS_OF_R: dict[str, Bound] = {"hip_r": (0.98, None), "knee_r": (0.97, None), "ankle_r": (0.92, None)}
_GOALS_OF_R["grf_r"] = (0.96, None)
_GOALS_AT_NAMED_SPEED: dict[str, Bound] = {
    **_GOALS_OF_R,
    "hip_rmse": (None, 3.5),
    "knee_rmse": (None, 4.5),
    "ankle_rmse": (None, 4.0),
    "grf_peak1": (1.05, 1.2),
    "grf_peak2": (1.05, 1.15),
    "stance_knee_flexion": (15.0, 20.0),
    "pushoff": (2.5, 3.5),
    "cot": (3.2, 3.8),
}
_LEARNED_GOALS: dict[str, Bound] = {
    **{f"{name}_r": (0.98, None) for name in ("hip", "knee", "ankle")},
    "emg_r": (0.75, None),
}
# Of people's mean.
_STRIDE_LENGTH_PART = 0.05


@dataclass(frozen=True)
class Gate:
    """One bound of a walk.

    Attributes:
        name: Fixed name.
        value: What was measured; the worse of both legs where each has one; None where it is not known.
        low: Smallest value that passes; None for no limit.
        high: Largest value that passes; None for no limit.
        goal: Smallest and largest value of the best; both None where none is set.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    goal: Bound = (None, None)

    @property
    def judged(self) -> bool:
        """Whether there is a value to judge."""
        return self.value is not None

    @property
    def passed(self) -> bool:
        """Whether the value is known and within the bounds."""
        return self.value is not None and not self.excess(self.value) > 0.0

    @property
    def words(self) -> str:
        """The bound in words; empty without one."""
        return describe_bound((self.low, self.high))

    @property
    def light(self) -> str:
        """GOAL, MET or MISSED; UNKNOWN without a value.

        Where no goal is set, a bound that is met is GOAL. What has a goal only is GOAL or INFORMATION.
        """
        if self.value is None:
            return UNKNOWN
        if not self.passed:
            return MISSED
        near = _beyond(self.value, self.goal) == 0.0
        if self.low is None and self.high is None:
            return GOAL if near and self.goal != (None, None) else INFORMATION
        return GOAL if near else MET

    @property
    def severity(self) -> float:
        """How far a value lies beyond its bound, in steps from bound to goal; without a goal as part of the bound."""
        if self.value is None or self.passed:
            return 0.0
        too_low = self.low is not None and self.value < self.low
        bound, goal = (self.low, self.goal[0]) if too_low else (self.high, self.goal[1])
        assert bound is not None, "a value is missed on a side with a bound"
        step = abs(bound - goal) if goal is not None else abs(bound)
        return self.excess(self.value) / (step or abs(bound) or 1.0)

    def shortfall(self, margin: float) -> float:
        """Return how far a value lies beyond the bounds moved inwards, in steps.

        A step is the way from bound to goal; without a goal from the bound to the middle between both bounds, of a
        correlation to 1, of others the bound itself.

        Args:
            margin: By how many steps the bounds are moved.
        """
        if self.value is None:
            return 0.0
        farthest = 0.0
        for bound, goal, sign in ((self.low, self.goal[0], -1.0), (self.high, self.goal[1], 1.0)):
            if bound is None:
                continue
            step = self._step(bound, goal)
            farthest = max(farthest, sign * (self.value - bound) / step + margin)
        return farthest

    def _step(self, bound: float, goal: float | None) -> float:
        if goal is not None and goal != bound:
            return abs(bound - goal)
        if self.low is not None and self.high is not None and self.low < self.high:
            return 0.5 * (self.high - self.low)
        return (1.0 - bound if self.name.endswith("_r") else abs(bound)) or 1.0

    def excess(self, value: float) -> float:
        """Return how far a value lies beyond the bounds, 0 within."""
        return _beyond(value, (self.low, self.high))


def describe_bound(bound: Bound) -> str:
    """Return a bound in words; empty where there is no limit."""
    low, high = bound
    if low is None:
        return "" if high is None else f"at most {high:.3g}"
    return f"at least {low:.3g}" if high is None else f"{low:.3g} to {high:.3g}"


def _beyond(value: float, bound: Bound) -> float:
    low, high = bound
    return max(low - value if low is not None else 0.0, value - high if high is not None else 0.0)


def gate_bounds(score: WalkScore, kind: str) -> dict[str, Bound]:
    """Return the bounds of a walk by name.

    Args:
        score: The walk.
        kind: PLANAR, CHANGED, SPATIAL, LEARNED or PROSTHESIS.
    """
    if kind == PROSTHESIS:
        return {**_ALWAYS, **_PROSTHESIS}
    if kind == CHANGED:
        return {**_ALWAYS, **_CHANGED}
    if kind == LEARNED:
        return {**_ALWAYS, **_LEARNED}
    if kind == SPATIAL:
        return {**_ALWAYS, **_SPATIAL}
    bounds = {**_ALWAYS, **_matched(score), **_USUAL}
    return {**bounds, **(_AT_NAMED_SPEED if _is_named_speed(score) else _EVERY_R)}


def goal_bounds(score: WalkScore, kind: str) -> dict[str, Bound]:
    """Return the goals of a walk by the names of its bounds; not every bound has one."""
    if kind in (PROSTHESIS, CHANGED):
        return {}
    if kind == LEARNED:
        return _LEARNED_GOALS
    if kind == SPATIAL:
        return {**_GOALS_OF_R, "stance_knee_flexion": _GOALS_AT_NAMED_SPEED["stance_knee_flexion"]}
    goals = dict(_GOALS)
    if score.reference is not None:
        mean, _ = score.reference.figures[_MATCHED["stride_length"]]
        goals["stride_length"] = (mean * (1.0 - _STRIDE_LENGTH_PART), mean * (1.0 + _STRIDE_LENGTH_PART))
    return {**goals, **_GOALS_AT_NAMED_SPEED} if _is_named_speed(score) else goals


def _is_named_speed(score: WalkScore) -> bool:
    return abs(score.task.speed - NAMED_SPEED) <= SAME_SPEED


def _matched(score: WalkScore) -> dict[str, Bound]:
    if score.reference is None:
        return dict.fromkeys(_MATCHED, (None, None))
    bounds: dict[str, Bound] = {}
    for name, figure in _MATCHED.items():
        mean, sd = score.reference.figures[figure]
        bounds[name] = (mean - SPREAD * sd, mean + SPREAD * sd)
    return bounds


def gate_kind(walker: "Walker", learned: bool = False) -> str:
    """Return which bounds hold for a walk: PLANAR, CHANGED, SPATIAL, LEARNED or PROSTHESIS.

    Args:
        walker: Who walks.
        learned: Whether a policy walks.
    """
    if walker.device is not None and walker.device.prosthesis is not None:
        return PROSTHESIS
    if learned:
        return LEARNED
    if walker.layout.dimensions == 3:
        return SPATIAL
    return CHANGED if walker.device is not None or walker.terrain.nominal_deg != 0.0 else PLANAR


def judge_score(score: WalkScore, kind: str) -> list[Gate]:
    """Return every bound of a walk with its value, in a fixed order."""
    gates, goals = [], goal_bounds(score, kind)
    for name, (low, high) in gate_bounds(score, kind).items():
        values = _values(score, name)
        if low is None and high is None:
            # Nobody was measured at this speed.
            values = []
        one = Gate(name, None, low, high, goals.get(name, (None, None)))
        gates.append(replace(one, value=max(values, key=one.excess)) if values else one)
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
