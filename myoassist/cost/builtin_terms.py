"""The terms of the package, registered as plugins register theirs."""

from myoassist.cost import terms
from myoassist.cost.judged_walk import JudgedWalk
from myoassist.cost.registry import cost_term


@cost_term("effort", unit="1/(kg·m)", key="Effort_Cost")
def effort(walk: JudgedWalk) -> float:
    """Squared activations, summed over leg muscles and samples of 0.01 s, per mass and way."""
    return terms.muscle_effort(walk.log, walk.window, walk.muscles, walk.displacement, walk.compat)


@cost_term("kinematics", unit="rad·points")
def kinematics(walk: JudgedWalk) -> float:
    """Distance of hip, knee and ankle angles of both legs from the reference gait, summed over 100 points."""
    return float(walk.kinematic_errors[1:].sum())


@cost_term("trunk", unit="rad·points", key="Trunk_Cost")
def trunk(walk: JudgedWalk) -> float:
    """The same of the trunk lean, or what `cost.trunk_err_type` says."""
    kind, error = walk.config.trunk_err_type, walk.kinematic_errors[0]
    return terms.trunk_error(walk.log, walk.window, kind, error, walk.compat)


@cost_term("velocity", unit="m/s", key="Velocity_Cost")
def velocity(walk: JudgedWalk) -> float:
    """Length of the difference between mean velocity and straight walking at `cost.tgt_vel`."""
    return terms.velocity_error(walk.displacement, walk.duration, walk.config.tgt_vel)


@cost_term("symmetry", unit="m", key="Symmetry_Cost")
def symmetry(walk: JudgedWalk) -> float:
    """Mirror distance of knee and ankle, relative to the pelvis, at left and right heel strikes."""
    assert walk.symmetry is not None
    return walk.symmetry


@cost_term("grf", unit="body weight", key="GRF_Cost")
def grf(walk: JudgedWalk) -> float:
    """Mean load of both feet above `cost.tgt_grf_th`."""
    return terms.grf_load(walk.log, walk.window, walk.config.tgt_grf_th, walk.compat)


@cost_term("pain", unit="N·m", key="JointPain_Cost")
def pain(walk: JudgedWalk) -> float:
    """Mean torque of the joint limits: stops, and ligaments where the plant has them."""
    return float(walk.limit_pain.sum())


@cost_term("emg", unit="1", key="EMG_Cost")
def emg(walk: JudgedWalk) -> float:
    """Squared distance of activations from reference muscle activity."""
    plan, strides = walk.plan, walk.config.num_strides
    return terms.emg_error(walk.log, walk.window, plan.emg_muscles, plan.reference, strides, walk.compat)


@cost_term("metabolic", unit="J/(kg·m)", key="Metabolic_Cost")
def metabolic(walk: JudgedWalk) -> float:
    """Energy that the muscles take, per mass and way."""
    return terms.metabolic(walk.log, walk.window, walk.displacement)
