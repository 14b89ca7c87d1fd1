"""Let the policy of a run walk a scenario, and measure the walk as that of a reflex run."""

import copy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from myoassist.analysis.picture.video_plots import Trace, make_traces
from myoassist.analysis.policy.rollout import ControlSteps, Policy, roll_out
from myoassist.analysis.policy.start_phase import ChosenStart
from myoassist.analysis.walk.evaluation import Camera, Evaluation
from myoassist.analysis.walk.gait_curves import cut_curves
from myoassist.analysis.walk.metrics import measure_walk
from myoassist.analysis.walk.score import score_evaluation
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.files.errors import LayoutError
from myoassist.gait.reference.own import load_reference
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.policy.file import PolicyFile
from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.policy.policy import routing_of
from myoassist.rollout.log import Outcome

# Strides at the end of a walk that are judged.
JUDGED_STRIDES = 10
_USUAL_DISTANCE = 2.5  # m, of published scenarios; shows the whole person
_LEAST_TARGET = 0.01  # m/s; below, a share of the target means nothing
_FIRST = ChosenStart()


@dataclass(frozen=True)
class PolicyEvaluation(Evaluation):
    """The walk of a policy; `result` holds its return and what that consists of.

    Attributes:
        entry: The scenario.
        steps: Its control steps.
        reward_names: Terms of the reward, in the order of `steps.terms`.
        action_names: Actuators, in the order of `steps.action`.
        trained_steps: Environment steps that the policy was trained for.
        start: Where it starts.
    """

    entry: EvaluationEntry = field(kw_only=True)
    steps: ControlSteps = field(kw_only=True)
    reward_names: tuple[str, ...] = field(kw_only=True)
    action_names: tuple[str, ...] = field(kw_only=True)
    trained_steps: int = field(kw_only=True)
    start: ChosenStart = field(kw_only=True, default=_FIRST)

    @property
    def camera(self) -> Camera:
        """How the scenario wants its video."""
        return Camera(
            _USUAL_DISTANCE / self.entry.cam_distance,
            self.entry.cam_type == "average_speed",
            self.entry.visualize_activation,
        )

    @property
    def traces(self) -> tuple[Trace, ...]:
        """Plots that the scenario wants inside its video."""
        return make_traces(self.entry.realtime_plotting_info, self.steps, self.walker.model)

    @property
    def target_speed(self) -> tuple[np.ndarray, np.ndarray]:
        """Time, s, and target speed of the control steps, m/s."""
        steps = self.steps
        return steps.interval * np.arange(1, len(steps) + 1), steps.target

    @property
    def speed(self) -> np.ndarray:
        """Forward speed of the pelvis at the control steps, m/s."""
        return self.steps.qvel[:, self.walker.layout.qvel_tx]


def make_policy(file: PolicyFile, batch: WalkBatch) -> NumpyPolicy:
    """Return a stored policy for the channels of an environment.

    Raises:
        LayoutError: if it was trained on other channels.
    """
    for key, here in (("observation_names", batch.observation_names), ("action_names", batch.action_names)):
        stored = file.params.get(key)
        if stored is not None and tuple(stored) != here:
            differing = [name for name in (*stored, *here) if (name in stored) != (name in here)]
            raise LayoutError(
                f"{file.source} was trained with {len(stored)} {key.replace('_', ' ')}, here there are {len(here)}: "
                + (f"{', '.join(differing[:6])} differ" if differing else "their order differs"),
                "the model, device and observation keys that the policy was trained with",
                "leave out changes of model.* and env.observation_joint_*_keys",
            )
    routing = routing_of(file.params, len(batch.observation_names), len(batch.action_names), file.whole)
    try:
        return NumpyPolicy(file.tensors, routing, file.whole)
    except KeyError as error:
        raise LayoutError(
            f"{file.source} has no tensor {error.args[0]}", "a policy with the networks it names"
        ) from None


def judged_config(config: RunConfig, entry: EvaluationEntry) -> RunConfig:
    """Return the configuration with what reports of reflex runs read: target speed and judged strides."""
    judged = copy.deepcopy(config)
    middle = 0.5 * (entry.min_target_velocity + entry.max_target_velocity)
    judged.cost.tgt_vel = max(middle, _LEAST_TARGET)
    judged.cost.num_strides = JUDGED_STRIDES
    return judged


def evaluate_policy(
    config: RunConfig,
    batch: WalkBatch,
    policy: Policy,
    entry: EvaluationEntry,
    start: ChosenStart = _FIRST,
    trained_steps: int = 0,
) -> PolicyEvaluation:
    """Walk a scenario and measure the walk.

    Args:
        config: Run configuration.
        batch: One environment of it, made for evaluation.
        policy: Policy for its channels.
        entry: Scenario.
        start: Where in the reference to start from.
        trained_steps: Environment steps that the policy was trained for.
    """
    judged = judged_config(config, entry)
    walk = roll_out(batch, policy, entry, start.frame)
    log = walk.log
    parts = {
        name: float(total)
        for name, total in zip(batch.reward_names, walk.steps.terms.sum(axis=0), strict=True)
        if total != 0.0
    }
    walked = len(walk.steps) * walk.steps.interval
    result = CostResult(
        total=float(walk.steps.terms.sum()),
        stage="" if log.outcome is Outcome.SURVIVED else "1a",
        parts=parts,
        outcome=log.outcome,
        reason=log.reason,
        walked_time=walked,
        distance=float(log.pelvis_pos_w[-1, 0]) if log.n_steps else 0.0,
    )
    return PolicyEvaluation(
        config=judged,
        vector=np.zeros(0),
        walker=batch.walker,
        log=log,
        poses=walk.poses,
        result=result,
        metrics=measure_walk(log, judged.cost),
        curves=cut_curves(log, JUDGED_STRIDES),
        reference=load_reference(None),
        curve=None,
        score=score_evaluation(judged, batch.walker, log),
        entry=entry,
        steps=walk.steps,
        reward_names=batch.reward_names,
        action_names=batch.action_names,
        trained_steps=trained_steps,
        start=start,
    )


def describe_policy(path: Path, folder: Path) -> str:
    """Return how files name a policy: relative to its run folder where it lies in it."""
    inside = path.resolve().is_relative_to(folder.resolve())
    return path.resolve().relative_to(folder.resolve()).as_posix() if inside else path.name
