"""What a cost term is computed from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from myoassist.config.schema.run import CostConfig
from myoassist.cost import terms
from myoassist.gait.foot_clearance import FootShape
from myoassist.gait.muscles import MuscleColumns, find_muscle_columns, select_muscles
from myoassist.gait.reference.edits import ReferenceEdits
from myoassist.gait.reference.gait import ReferenceGait
from myoassist.gait.reference.human import HumanReference
from myoassist.gait.reference.own import UNCHANGED, load_reference
from myoassist.gait.score.gate import PLANAR
from myoassist.gait.strides import GaitWindow, displacement, duration
from myoassist.rollout.log import WalkLog

# Of a person of 1.70 m, m.
USUAL_LEG = 0.9


@dataclass(frozen=True)
class CostPlan:
    """Everything that is looked up once and shared by all candidates and threads; nothing in it changes.

    Attributes:
        muscle_names: Muscles of the logs that the plan is for.
        muscles: Their columns.
        emg_muscles: Columns of those that the reference gait has an EMG of.
        reference: The reference gait.
        people: People at the target speed; None where no term compares with them.
        leg_length: Hip joint to floor, standing, m.
        kind: Which bounds hold for a shipped walk of the model, `gait.score.gate.gate_kind`.
        feet: Shape of the feet, of graded targets; None in a plan made without a walker.
    """

    muscle_names: tuple[str, ...]
    muscles: MuscleColumns
    emg_muscles: MuscleColumns
    reference: ReferenceGait
    people: HumanReference | None = None
    leg_length: float = USUAL_LEG
    kind: str = PLANAR
    feet: FootShape | None = None


def plan_cost(
    muscle_names: tuple[str, ...], reference: str | None = None, edits: ReferenceEdits = UNCHANGED
) -> CostPlan:
    """Look up what the cost needs of a model.

    Args:
        muscle_names: Actuator names of the muscles in the order of the log.
        reference: Value of `cost.reference`: file of an own reference gait, None for the built-in one.
        edits: What is changed in it.

    Raises:
        ModelError: if a muscle is missing.
        ReferenceFileError: if the file of an own reference gait is refused.
    """
    muscles, gait = find_muscle_columns(tuple(muscle_names)), load_reference(reference, edits)
    return CostPlan(tuple(muscle_names), muscles, select_muscles(muscles, gait.emg_muscles), gait)


class JudgedWalk:
    """A walk that could be judged, and what terms share about it; each is computed when it is first asked for.

    Attributes:
        log: The walk; its samples are valid during the judgement only.
        window: The judged strides.
        config: The cost section of the configuration.
        plan: Reference gait and muscle columns.
        compat: Compute what the public MyoAssist implementation computes.
    """

    def __init__(self, log: WalkLog, window: GaitWindow, config: CostConfig, plan: CostPlan) -> None:
        self.log = log
        self.window = window
        self.config = config
        self.plan = plan
        self.compat = config.mode == "compat"

    @property
    def reference(self) -> ReferenceGait:
        """The reference gait."""
        return self.plan.reference

    @property
    def muscles(self) -> MuscleColumns:
        """Columns of the leg muscles in the log."""
        return self.plan.muscles

    @property
    def planar(self) -> bool:
        """Whether the model is planar."""
        return self.plan.muscles.planar

    @cached_property
    def displacement(self) -> np.ndarray:
        """Way of the pelvis over the judged strides, forward and left, shape (2,), m."""
        return displacement(self.log, self.window)

    @cached_property
    def duration(self) -> float:
        """Time that it took, s."""
        return duration(self.log, self.window)

    @cached_property
    def symmetry(self) -> float | None:
        """Mirror distance of left and right legs, m; None where it cannot be computed."""
        return terms.symmetry_error(self.log, self.window, self.config.num_strides, self.compat)

    @cached_property
    def kinematic_errors(self) -> np.ndarray:
        """Distance of trunk and leg angles from the reference gait, shape (7,), rad·points."""
        return terms.kinematic_errors(self.log, self.window, self.plan.reference)

    @cached_property
    def limit_pain(self) -> np.ndarray:
        """Torque of the joint limits at hip, knee and ankle, shape (3,), N·m."""
        return terms.limit_pain(self.log, self.window, self.compat)
