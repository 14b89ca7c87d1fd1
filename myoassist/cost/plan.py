"""Look up what the cost of a run needs of its model."""

from dataclasses import replace

from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.run import CostConfig
from myoassist.cost.judged_walk import CostPlan, plan_cost
from myoassist.cost.targets import needs_people
from myoassist.gait.foot_shape import measure_feet
from myoassist.gait.leg_length import measure_leg_length
from myoassist.gait.reference.edits import edits_of
from myoassist.gait.reference.person import find_people
from myoassist.gait.score.gate import gate_kind
from myoassist.model.build import Walker


def plan_walk_cost(muscle_names: tuple[str, ...], config: CostConfig, walker: Walker) -> CostPlan:
    """Look up what the cost of a run needs of its model, people at the target speed included where terms ask for them.

    Args:
        muscle_names: See `plan_cost`.
        config: The cost section.
        walker: Its model, whose legs are measured for graded targets.

    Raises:
        ModelError, ReferenceFileError: as `plan_cost`.
        ConfigError: as `find_people`.
        HumanSpeedError: if nobody was measured at the target speed and a term of the target compares with people.
    """
    plan = plan_cost(muscle_names, config.reference, edits_of(config))
    target = find_target(config)
    if not (target.graded or target.moments):
        return plan
    leg = measure_leg_length(walker)
    people = find_people(config.people, config.tgt_vel, leg) if needs_people(config) else None
    return replace(plan, people=people, leg_length=leg, kind=gate_kind(walker), feet=measure_feet(walker))
