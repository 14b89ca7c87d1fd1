"""Simulate one parameter vector of a run as it is, and judge it as the search did."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.walk.gait_curves import GaitCurves, cut_curves, motor_torques
from myoassist.analysis.walk.metrics import measure_walk
from myoassist.analysis.walk.repeats import Repeats, repeat_walk
from myoassist.analysis.walk.score import ScoredWalk, score_evaluation
from myoassist.analysis.walk.stride_stats import StrideStats, stride_stats
from myoassist.analysis.walk.trials import try_walk
from myoassist.analysis.walk.yardstick import Yardstick, find_yardstick
from myoassist.config.cores import count_cores
from myoassist.config.schema.run import RunConfig
from myoassist.control.device.splines import TorqueCurve, explain_invalid, profile_curve
from myoassist.cost.plan import plan_walk_cost
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost
from myoassist.gait.reference.edits import edits_of
from myoassist.gait.reference.gait import ReferenceGait
from myoassist.gait.reference.own import load_reference
from myoassist.model.build import Walker, build_walker
from myoassist.model.devices.table import choose_clock
from myoassist.optimize.conditions import condition_config
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.walk.multi import load_condition_vector, nearest_condition
from myoassist.optimize.walk.reference_limits import check_limits
from myoassist.rollout.disturbance import StartSpread
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import choose_loop, make_simulator
from myoassist.space.table import ParameterTable

if TYPE_CHECKING:
    from myoassist.analysis.picture.video_plots import Trace


@dataclass(frozen=True)
class Camera:
    """How pictures show a walk.

    Attributes:
        nearness: Factor of the size of the person.
        even: Move at the mean speed of the walk instead of with the pelvis.
        activation: Colour muscles by activation.
    """

    nearness: float = 1.0
    even: bool = False
    activation: bool = True


@dataclass(frozen=True)
class Evaluation:
    """A walk and what is known about it.

    Attributes:
        config: Configuration that it was simulated with.
        vector: Raw parameters, shape (D,).
        walker: Model of the simulation.
        log: The walk.
        poses: Joint positions after every control step, shape (T, nq).
        result: Its cost.
        metrics: Metrics by name (WALK_METRICS), None where the walk has no stride.
        curves: Its judged strides over the gait cycle.
        reference: The reference gait of the run.
        curve: Programmed exo torque over its clock (`torque_clock`); None without an exo or with an unusable profile.
        repeats: The same from perturbed starts; None where not asked for.
        score: Its distance from people.
        table: Names, units and bounds of the parameters; None for a policy.
    """

    config: RunConfig
    vector: np.ndarray
    walker: Walker
    log: WalkLog
    poses: np.ndarray
    result: CostResult
    metrics: dict[str, float | int | None]
    curves: GaitCurves
    reference: ReferenceGait
    curve: TorqueCurve | None
    repeats: Repeats | None = None
    score: ScoredWalk | None = None
    table: ParameterTable | None = None

    @property
    def learned(self) -> bool:
        """Whether a policy of the RL trainer walks: it has a return instead of a cost."""
        return self.config.task == "rl"

    @property
    def has_exo(self) -> bool:
        """Whether a torque curve or a policy drives the actuators of an exoskeleton."""
        if self.learned:
            return bool((self.walker.layout.exo >= 0).any())
        return self.config.exo.controller not in ("none", "impedance")

    @property
    def has_motors(self) -> bool:
        """Whether joints of a prosthesis are driven."""
        return bool(motor_torques(self.log))

    @cached_property
    def yardstick(self) -> Yardstick:
        """What its curves are held against in figures, tables and words."""
        people = None if self.score is None else self.score.score.reference
        return find_yardstick(self.config, people, self.reference, self.curves)

    @cached_property
    def stride_stats(self) -> list[StrideStats]:
        """Main quantities stride by stride; empty where no leg has a whole stride."""
        return stride_stats(self.log, self.config.cost.num_strides)

    @property
    def camera(self) -> Camera:
        """How pictures show the walk."""
        return Camera()

    @property
    def traces(self) -> "tuple[Trace, ...]":
        """Plots inside the video."""
        return ()

    @property
    def target_speed(self) -> tuple[np.ndarray, np.ndarray]:
        """Time, s, and target speed at it, m/s, of a line to draw."""
        return self.log.time[[0, -1]], np.full(2, self.config.cost.tgt_vel)

    @property
    def verdict(self) -> str:
        """How the walk is judged, in one line."""
        if self.learned:
            return f"return {self.result.total:.6g}"
        return f"{self.config.cost.target} {self.result.total:.6g}, stage {self.result.stage}"


def evaluate_parameters(
    config: RunConfig,
    parameters: Path | None,
    spread: StartSpread | None = None,
    progress: Callable[[], None] = lambda: None,
    robustness: bool = False,
) -> Evaluation:
    """Simulate a parameter file without clamping it to its bounds.

    The model is the one of the search, so that the total is reproduced.

    Args:
        config: Checked configuration, whose code has been imported.
        parameters: Parameter file; None takes the initial values of the parameter table.
        spread: How often to repeat the walk from perturbed starts, and how far these are spread; None for not at all.
        progress: Called after every repeated walk and trial.
        robustness: Walk through the trials of its robustness too.

    Raises:
        UserError: if the file or the model is refused.
    """
    config.optimizer.param_path = None if parameters is None else str(parameters)

    def load(run: RunConfig, table: ParameterTable) -> np.ndarray:
        condition = nearest_condition(run)
        if condition is None:
            return load_start(run, table, clamp=False)
        return load_condition_vector(run, table, condition)

    return evaluate_vector(config, load, spread, progress, robustness)


def evaluate_vector(
    config: RunConfig,
    vector: Callable[[RunConfig, ParameterTable], np.ndarray],
    spread: StartSpread | None = None,
    progress: Callable[[], None] = lambda: None,
    robustness: bool = False,
) -> Evaluation:
    """Simulate a vector; of a run over several conditions in the one nearest to `cost.tgt_vel` or `env.slope_deg`.

    Args:
        config: Checked configuration, whose code has been imported.
        vector: Makes the raw vector, shape (D,), of the configuration and its table of parameters.
        spread: As in `evaluate_parameters`, and what follows.
        progress: Called after every repeated walk and trial.
        robustness: Walk through the trials of its robustness too.

    Raises:
        UserError: if the vector or the model is refused.
    """
    run, condition = config, nearest_condition(config)
    if condition is not None:
        config = condition_config(run, condition)
    walker = build_walker(config.model, config.env, exo=config.exo)
    check_limits(walker, load_reference(config.cost.reference, edits_of(config.cost)), config.cost)
    repeating = min(spread.count, config.optimizer.threads or count_cores()) if spread else 0
    simulator = make_simulator(config, walker, 1 + repeating, config.control.log_modules)
    raw = vector(run, simulator.table)
    choose_loop(simulator)
    poses = np.zeros((simulator.step_limit, walker.model.nq))
    log = simulator.simulate(raw, poses=poses)
    plan = plan_walk_cost(simulator.log_layout.muscle_names, config.cost, walker)
    result = evaluate_cost(log, raw, config.cost, plan)
    metrics = measure_walk(log, config.cost)
    curves = cut_curves(log, config.cost.num_strides)
    curve = _programmed_curve(
        raw[simulator.table.group_slice("exo")], config, choose_clock(walker.device, config.exo) == "stride"
    )
    repeats = repeat_walk(simulator, raw, config.cost, spread, config.seed, progress) if spread else None
    score = score_evaluation(config, walker, log)
    if robustness:
        score = replace(score, robustness=try_walk(config, walker, raw, progress))
    return Evaluation(
        config=config,
        vector=raw,
        table=simulator.table,
        walker=walker,
        log=log,
        poses=poses[: log.n_steps],
        result=result,
        metrics=metrics,
        curves=curves,
        reference=plan.reference,
        curve=curve,
        repeats=repeats,
        score=score,
    )


def _programmed_curve(raw: np.ndarray, config: RunConfig, stride: bool) -> TorqueCurve | None:
    if config.exo.controller == "none" or explain_invalid(raw, config.exo):
        return None
    try:
        return profile_curve(raw, config.exo, stride)
    except ValueError:
        return None


def driven_joint(evaluation: Evaluation) -> str:
    """Return the joint that the worn device drives, such as hip; ankle where no device says."""
    device = evaluation.walker.device
    return device.drive.joint if device is not None and device.drive is not None else "ankle"


def torque_direction(evaluation: Evaluation) -> str:
    """Return what a positive torque of the device does."""
    joint = driven_joint(evaluation)
    return "plantarflexion" if joint == "ankle" else f"{joint} flexion"


def torque_clock(evaluation: Evaluation) -> str:
    """Return what times the torque of the device: stance or stride."""
    return choose_clock(evaluation.walker.device, evaluation.config.exo)
