"""Simulate one parameter vector of a run as it is, and judge it as the search did."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoassist.config.schemas import RunConfig
from myoassist.cost.result import CostResult
from myoassist.cost.staging import evaluate_cost, plan_cost
from myoassist.cost.targets import check_cost
from myoassist.exo.splines import TorqueCurve, explain_invalid, profile_curve
from myoassist.gait.metrics import compute_metrics
from myoassist.model.build import Walker, build_walker
from myoassist.optimize.start import load_start
from myoassist.rollout.log import WalkLog
from myoassist.rollout.simulator import Simulator, choose_loop


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
        metrics: Gait metrics by name, None where the walk has no stride.
        curve: Programmed exo torque over stance; None without an exo or with an unusable profile.
    """

    config: RunConfig
    vector: np.ndarray
    walker: Walker
    log: WalkLog
    poses: np.ndarray
    result: CostResult
    metrics: dict[str, float | int | None]
    curve: TorqueCurve | None

    @property
    def compat(self) -> bool:
        """Whether heel strikes are labelled as in the public MyoAssist implementation."""
        return self.config.cost.mode == "compat"


def evaluate_parameters(config: RunConfig, parameters: Path | None) -> Evaluation:
    """Simulate a parameter file without clamping it to its bounds.

    The model is the one of the search, so that the total is reproduced.

    Args:
        config: Validated configuration.
        parameters: Parameter file; None takes the initial values of the parameter table.

    Raises:
        UserError: if the file or the model is refused.
    """
    check_cost(config.cost)
    walker = build_walker(config.model, config.env, exo=config.exo)
    simulator = Simulator(walker, config.env, config.exo, workers=1)
    config.optimizer.param_path = None if parameters is None else str(parameters)
    vector = load_start(config, simulator.table, clamp=False)
    choose_loop(simulator)
    poses = np.zeros((simulator.step_limit, walker.model.nq))
    log = simulator.simulate(vector, poses=poses)
    result = evaluate_cost(log, vector, config.cost, plan_cost(simulator.log_layout.muscle_names))
    metrics = compute_metrics(log, config.cost.num_strides, config.cost.mode == "compat")
    curve = _programmed_curve(vector[simulator.table.group_slice("exo")], config)
    return Evaluation(config, vector, walker, log, poses[: log.n_steps], result, metrics, curve)


def _programmed_curve(raw: np.ndarray, config: RunConfig) -> TorqueCurve | None:
    if config.exo.controller == "none" or explain_invalid(raw, config.exo):
        return None
    try:
        return profile_curve(raw, config.exo)
    except ValueError:
        return None
