"""Walk the best of a run again, at another speed, on another slope, pushed."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from myoassist.analysis.walk.score import ScoredWalk, score_evaluation
from myoassist.check.run import check
from myoassist.config.schema.run import RunConfig
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import ConfigError
from myoassist.model.build import Walker, build_walker
from myoassist.optimize.conditions import condition_config
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.walk.multi import load_condition_vector, nearest_condition
from myoassist.rollout.disturbance import PUSH_TIME, draw_disturbance
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import Simulator, choose_loop, make_simulator


@dataclass(frozen=True)
class Push:
    """A push on the pelvis, PUSH_TIME long.

    Attributes:
        time: When it begins, s of the walk.
        impulse: N·s, positive forward.
    """

    time: float
    impulse: float


@dataclass(frozen=True)
class Wish:
    """What is to be walked.

    Attributes:
        file: Parameter file.
        digest: Changes with its content.
        speed: Target speed, m/s.
        slope_deg: Inclination of the ground, deg, uphill positive.
        pushes: Pushes, in any order.
    """

    file: Path
    digest: str
    speed: float
    slope_deg: float
    pushes: tuple[Push, ...] = ()


@dataclass(frozen=True)
class Walked:
    """A walk.

    Attributes:
        wish: What was asked for.
        config: Configuration that it was simulated with.
        log: The walk.
        poses: Joint positions after every control step, shape (T, nq).
        result: Its cost.
        scored: Its distance from people; None where it has not taken a step.
    """

    wish: Wish
    config: RunConfig
    log: WalkLog
    poses: np.ndarray
    result: CostResult
    scored: ScoredWalk | None

    @property
    def duration(self) -> float:
        """Length of the walk, s."""
        return self.log.n_steps * self.log.dt


def default_speed(config: RunConfig) -> float:
    """Return the target speed of a run, m/s."""
    return config.cost.tgt_vel


def explain_speed(config: RunConfig) -> str:
    """Return what another target speed changes in a walk of a run."""
    if nearest_condition(config) is not None:
        return "Shown is the condition of the search that is nearest to it."
    if config.control.controller == "guided":
        return "The controller follows it."
    return "This controller follows no speed: the same walk is judged against people at it."


def changed_config(config: RunConfig, speed: float, slope_deg: float) -> RunConfig:
    """Return a copy of a configuration with another speed and slope, checked.

    Raises:
        UserError: if the two are refused.
    """
    own = copy.deepcopy(config)
    if speed != config.cost.tgt_vel:
        own.cost.tgt_vel = speed
        if own.control.speed is not None:
            own.control.speed = speed
    own.env.slope_deg = slope_deg
    check(own, starts=False)
    return own


class Rewalker:
    """Simulates candidates of one run; models are kept, one for the last slope and speed.

    Args:
        config: Checked configuration of the run, whose code has been imported.
    """

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._key: tuple[float, float] | None = None
        self._own = config
        self._walker: Walker
        self._simulator: Simulator

    def walk(self, wish: Wish) -> Walked:
        """Simulate what is asked for, without clamping the vector to its bounds.

        Raises:
            UserError: if the parameter file, the speed or the slope is refused.
        """
        self._prepare(wish)
        config, simulator = self._own, self._simulator
        config.optimizer.param_path = str(wish.file)
        condition = nearest_condition(config)
        if condition is None:
            vector = load_start(config, simulator.table, clamp=False)
        else:
            vector = load_condition_vector(config, simulator.table, condition)
            config = condition_config(config, condition)
        poses = np.zeros((simulator.step_limit, self._walker.model.nq))
        disturbance = None
        if wish.pushes:
            plain = draw_disturbance(simulator.env.perturbation, simulator.step_limit, simulator.dt, 0)
            drawn = plain.push if len(plain.push) else np.zeros(simulator.step_limit)
            disturbance = plain._replace(push=drawn + pushing_force(wish.pushes, simulator.step_limit, simulator.dt))
        log = simulator.simulate(vector, poses=poses, disturbance=disturbance)
        # Samples are a view of a buffer that the next walk fills again, while this one is still played.
        log = replace(log, flat=log.flat.copy())
        plan = plan_walk_cost(simulator.log_layout.muscle_names, config.cost, self._walker)
        result = evaluate_cost(log, vector, config.cost, plan)
        scored = score_evaluation(config, self._walker, log) if log.n_steps else None
        return Walked(wish, config, log, poses[: log.n_steps], result, scored)

    def _prepare(self, wish: Wish) -> None:
        if self._key == (wish.speed, wish.slope_deg):
            return
        own = changed_config(self._config, wish.speed, wish.slope_deg)
        condition = nearest_condition(own)
        walked = own if condition is None else condition_config(own, condition)
        self._walker = build_walker(walked.model, walked.env, exo=walked.exo)
        self._simulator = make_simulator(walked, self._walker)
        choose_loop(self._simulator)
        self._own, self._key = own, (wish.speed, wish.slope_deg)


def pushing_force(pushes: Sequence[Push], steps: int, dt: float) -> np.ndarray:
    """Return the forward force on the pelvis in every control step, N, shape (steps,).

    Args:
        pushes: The pushes; each has its impulse, whatever the control interval.
        steps: Number of control steps.
        dt: Control interval, s.

    Raises:
        ConfigError: if an impulse or a time is no finite number.
    """
    force = np.zeros(steps)
    length = max(round(PUSH_TIME / dt), 1)
    for push in pushes:
        if not (math.isfinite(push.time) and math.isfinite(push.impulse)):
            raise ConfigError(f"a push of {push.impulse} N·s at {push.time} s", "finite numbers")
        start = max(round(push.time / dt), 0)
        force[start : start + length] += push.impulse / (length * dt)
    return force
