"""Judge a walk moment by moment, by a controller's own clock: what a walk of seconds that falls still teaches.

A target of this kind has no strides to cut and no stages: every sample counts, the time after a fall counts as unlike
people, so a longer walk is a better one. It is for the first stages of a search, in which springs hold the pelvis.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import CostConfig
from myoassist.cost import terms
from myoassist.cost.graded import ended_early
from myoassist.cost.judged_walk import CostPlan
from myoassist.cost.registry import find_term, moment_term
from myoassist.cost.result import CostResult, make_failure, make_result
from myoassist.cost.targets import stage_3_terms
from myoassist.gait.leg_strides import motion_signals
from myoassist.gait.reference.human import PERCENT, HumanReference
from myoassist.rollout.log import WalkLog

CLOCK = "clock_phase"
# Where a likeness has fallen to 1/e: hip, knee, ankle (deg), load (body weights), speed (m/s), lean (deg).
ANGLE_SPREAD, LOAD_SPREAD, SPEED_SPREAD, LEAN_SPREAD = {"hip": 11.5, "knee": 11.5, "ankle": 8.0}, 0.4, 0.25, 7.0
# Share of each in the likeness; own searches out of made-up gains.
ANGLES, LOAD, SPEED, LEAN = 0.4, 0.3, 0.15, 0.15
SMOOTH_TIME = 0.1  # s, over which the speed is averaged


@dataclass(frozen=True)
class MomentWalk:
    """A walk of any length, and what terms share about it.

    Attributes:
        log: The walk; its samples are valid during the judgement only.
        config: The cost section of the configuration.
        plan: People at the target speed, for a body of this leg length.
    """

    log: WalkLog
    config: CostConfig
    plan: CostPlan

    @property
    def people(self) -> HumanReference:
        """People at the target speed."""
        assert self.plan.people is not None
        return self.plan.people

    @cached_property
    def phase(self) -> np.ndarray:
        """Phase of the clock of each leg, 0 to 1 from heel strike to heel strike, shape (T, 2)."""
        return np.mod(getattr(self.log, CLOCK), 1.0)

    def curve(self, name: str) -> np.ndarray:
        """Return the mean of people at the phase of each leg, shape (T, 2)."""
        mean = self.people.curves[name][0]
        return np.interp(self.phase.ravel(), PERCENT / 100.0, mean).reshape(self.phase.shape)

    def share(self, values: np.ndarray) -> float:
        """Return the sum of a value over the walk as a share of the time that was wanted, values of shape (T,)."""
        return float(values.sum()) / self.log.step_limit


@moment_term("unlikeness", unit="1")
def unlikeness(walk: MomentWalk) -> float:
    """Share of the time in which posture, load, speed and lean are not those of people at this phase of the clock."""
    log, signals = walk.log, motion_signals(walk.log)
    angles = []
    for joint, spread in ANGLE_SPREAD.items():
        # Against the upright, as people's leg, whose pelvis is tilted.
        tilt = walk.people.curves["pelvis"][0].mean() if joint == "hip" else 0.0
        angles.append(((signals[joint] - walk.curve(joint) + tilt) / spread) ** 2)
    load = ((signals["grf"] - walk.curve("grf")) / LOAD_SPREAD) ** 2
    like = ANGLES * _near(np.mean(angles, axis=(0, 2))) + LOAD * _near(load.mean(axis=1))
    like += SPEED * _near(((_smooth(log.pelvis_vel_heading[:, 0], log.dt) - walk.config.tgt_vel) / SPEED_SPREAD) ** 2)
    like += LEAN * _near((signals["trunk"][:, 0] / LEAN_SPREAD) ** 2)
    return 1.0 - walk.share(like)


@moment_term("moment_effort", unit="1")
def moment_effort(walk: MomentWalk) -> float:
    """Cubed activation, mean of the muscles, over the time that was wanted."""
    return walk.share((walk.log.activation**3).mean(axis=1))


def judge_moments(
    log: WalkLog, vector: np.ndarray, config: CostConfig, plan: CostPlan, common: Mapping[str, Any]
) -> CostResult:
    """Return the cost of a walk that could be simulated, fallen or not.

    Args:
        log: The walk.
        vector: Its raw search vector, shape (n,).
        config: Target and weights.
        plan: People at the target speed.
        common: outcome, walked_time and distance of the result.
    """
    if CLOCK not in log.layout.shapes:
        return make_failure(f"the controller has no clock, whose phase cost.target={config.target} judges by", common)
    walk, formula = MomentWalk(log, config, plan), find_target(config).terms
    values = {name: find_term(name).function(walk) for name in stage_3_terms(config)}  # type: ignore[arg-type]
    values["l1"] = terms.parameter_l1(vector)
    weights = {name: config.weights.get(name, 1.0) * formula.get(name, 1.0) for name in values}
    weights["l1"] = config.l1_weight
    parts = {"stage": 0.0} | {name: weights[name] * value for name, value in values.items()}
    if not math.isfinite(sum(parts.values())):
        return make_failure("the weighted sum of the terms is not a finite number", common)
    if ended_early(log):
        return make_result("1a", parts, common, log.reason or f"ended after {log.n_steps * log.dt:.2f} s")
    result = make_result("3", parts, common)
    shown: dict[str, float | str | np.ndarray | None] = {
        find_term(name).key: value for name, value in values.items() if name != "l1"
    }
    shown |= {"Param_L1": values["l1"], "Stage": result.stage, "Total_Cost": result.total}
    return replace(result, terms=shown)


def _near(squares: np.ndarray) -> np.ndarray:
    return np.exp(-squares)


def _smooth(speed: np.ndarray, dt: float) -> np.ndarray:
    box = np.ones(max(round(SMOOTH_TIME / dt), 1))
    if len(speed) <= len(box):
        return np.full(len(speed), np.inf)
    return np.convolve(speed, box / len(box), "same")[: len(speed)]
