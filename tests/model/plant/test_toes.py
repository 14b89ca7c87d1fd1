"""What human_4 and human_5 mend: toes that are not in the way of a swinging leg."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.config.sources.shipped import find_controller
from myoassist.control.human.guided.pattern import make_pattern, read_curve
from myoassist.gait.foot_clearance import swing_clearances
from myoassist.gait.foot_shape import measure_feet
from myoassist.gait.leg_strides import find_leg_strides
from myoassist.model.build import build_walker
from myoassist.model.plant.joints import ligaments_of, toes_of
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome

MID_SWING = 0.78  # of the stride: straight toes are lowest


def make(plant, musculature=22, physics="fast"):
    return build_walker(ModelConfig(plant=plant, musculature=musculature, physics=physics), EnvConfig())


def lowest(model, data, side):
    """Return the height of the lowest point of a foot's capsules, m."""
    heights = []
    for geom in range(model.ngeom):
        name = model.body(model.geom_bodyid[geom]).name
        capsule = model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_CAPSULE
        touches = model.geom_contype[geom] | model.geom_conaffinity[geom]
        if capsule and touches and name.endswith(f"_{side}"):
            axis = data.geom_xmat[geom].reshape(3, 3)[:, 2] * model.geom_size[geom, 1]
            centre = data.geom_xpos[geom, 2]
            heights.append(min(centre + axis[2], centre - axis[2]) - model.geom_size[geom, 0])
    return min(heights)


def clearance(plant, toes_deg):
    """Return how far the swinging foot is over the standing one with people's angles, m."""
    model = make(plant).model
    data, angles = mujoco.MjData(model), make_pattern(1.25).angle
    for side, phase in (("r", MID_SWING), ("l", MID_SWING - 0.5)):
        hip, knee, ankle = (read_curve(curve, phase) for curve in angles)
        for joint, angle in (("hip_flexion", hip), ("knee_angle", -knee), ("ankle_angle", ankle)):
            data.joint(f"{joint}_{side}").qpos[0] = angle
        data.joint(f"mtp_angle_{side}").qpos[0] = 0.0
    toe = model.joint("mtp_angle_r")
    data.qpos[toe.qposadr[0]] = np.deg2rad(toes_deg) * (1.0 if toe.range[1] > -toe.range[0] else -1.0)
    mujoco.mj_forward(model, data)
    return lowest(model, data, "r") - lowest(model, data, "l")


def test_people_s_angles_scuff_with_straight_toes_and_clear_the_ground_with_extended_ones():
    assert clearance("human_3", 0.0) < -0.004
    assert clearance("human_4", 10.0) > clearance("human_3", 0.0) + 0.005
    # The least of people's swing, 1 to 2 cm (Winter 1992), less what the pads of a standing foot give way.
    assert 0.005 < clearance("human_5", 25.0) < 0.02


def test_the_same_walk_holds_softer_toes_higher_over_the_ground():
    lowest, toes = {}, {}
    for plant in ("human_4", "human_5"):
        words = ["exp=human_level", "cost.draws=1", "env.sim_time=10", f"model.plant={plant}"]
        simulator = WalkProblem(compose_run(words).config, 1).simulator
        log = simulator.simulate(read_vector(Path(find_controller("human_soft_firm"))).vector)
        assert log.outcome == Outcome.SURVIVED, log.reason
        strides = find_leg_strides(log, 6)
        toes[plant] = strides.mean_curve(np.rad2deg(log.toe_angle[:, 0]), 0)[40]
        lowest[plant] = np.median(swing_clearances(log, strides, measure_feet(simulator.walker)))
    assert lowest["human_5"] > lowest["human_4"] + 0.003
    assert toes["human_4"] < 15.0 and 20.0 < toes["human_5"] < 30.0


@pytest.mark.parametrize("plant", ["human_4", "human_5"])
@pytest.mark.parametrize(("musculature", "physics"), [(22, "full"), (26, "fast"), (80, "full")])
def test_toes_of_every_model_rest_extended_on_both_sides(musculature, physics, plant):
    model = make(plant, musculature, physics).model
    for side in "rl":
        joint = model.joint(f"mtp_angle_{side}")
        # Extension is the longer half of the range.
        sign = 1.0 if joint.range[1] > -joint.range[0] else -1.0
        assert np.rad2deg(model.qpos_spring[joint.qposadr[0]]) == pytest.approx(10.0 * sign)


def toe_torque(version, angle):
    """Return what the toes of a body hold against extension, N·m, at an angle in deg."""
    items = [item for item in ligaments_of(version) if item.joint == "mtp_angle"]
    return float(toes_of(version).torque(angle) + sum(item.direction * item.torque(angle) for item in items))


def test_toes_are_soft_where_they_bear_nothing_and_push_off_with_what_they_had():
    assert toe_torque(5, 0.0) == pytest.approx(0.12 * toe_torque(4, 0.0))
    # EDL and EHL, 1015 N at an arm of 4 mm, can hold them where people's are with a third of their strength.
    assert toe_torque(5, 25.0) < 0.3 * 1015.0 * 0.004 < 0.2 * toe_torque(4, 25.0)
    for angle in (40.0, 45.0):
        assert toe_torque(5, angle) == pytest.approx(toe_torque(4, angle), rel=0.15)


@pytest.mark.parametrize(("before", "after"), [("human_3", "human_4"), ("human_4", "human_5")])
def test_nothing_else_differs_from_the_version_before(before, after):
    old, new = make(before).model, make(after).model
    joints = [new.joint(f"mtp_angle_{side}") for side in "rl"]
    kept = np.delete(np.arange(new.nq), [joint.qposadr[0] for joint in joints])
    np.testing.assert_array_equal(new.qpos_spring[kept], old.qpos_spring[kept])
    kept = np.delete(np.arange(new.njnt), [joint.id for joint in joints])
    np.testing.assert_array_equal(new.jnt_stiffness[kept], old.jnt_stiffness[kept])
    for name in ("dof_damping", "body_mass", "geom_size", "actuator_gainprm"):
        np.testing.assert_array_equal(getattr(new, name), getattr(old, name))
    shared = [
        new.tendon(i).name for i in range(new.ntendon) if not new.tendon(i).name.startswith("mtp_angle_upper_arch")
    ]
    assert shared == [old.tendon(i).name for i in range(old.ntendon)]
    for name in shared:
        np.testing.assert_array_equal(
            new.tendon_stiffness[new.tendon(name).id], old.tendon_stiffness[old.tendon(name).id]
        )
