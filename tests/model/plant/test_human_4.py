"""What human_4 mends: toes that are not in the way of a swinging leg."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.control.human.guided.pattern import make_pattern, read_curve
from myoassist.model.build import build_walker

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


def clearance(plant):
    """Return how far the swinging foot is over the standing one with people's angles, m; toes rest."""
    model = make(plant).model
    data, angles = mujoco.MjData(model), make_pattern(1.25).angle
    for side, phase in (("r", MID_SWING), ("l", MID_SWING - 0.5)):
        hip, knee, ankle = (read_curve(curve, phase) for curve in angles)
        for joint, angle in (("hip_flexion", hip), ("knee_angle", -knee), ("ankle_angle", ankle)):
            data.joint(f"{joint}_{side}").qpos[0] = angle
        data.joint(f"mtp_angle_{side}").qpos[0] = 0.0
    toe = model.joint("mtp_angle_r").qposadr[0]
    data.qpos[toe] = model.qpos_spring[toe]
    mujoco.mj_forward(model, data)
    return lowest(model, data, "r") - lowest(model, data, "l")


def test_people_s_angles_clear_the_ground_with_resting_toes_only():
    before, now = clearance("human_3"), clearance("human_4")
    assert before < -0.004
    assert now > before + 0.005


@pytest.mark.parametrize(("musculature", "physics"), [(22, "full"), (26, "fast"), (80, "full")])
def test_toes_of_every_model_rest_extended_on_both_sides(musculature, physics):
    model = make("human_4", musculature, physics).model
    for side in "rl":
        joint = model.joint(f"mtp_angle_{side}")
        # Extension is the longer half of the range.
        sign = 1.0 if joint.range[1] > -joint.range[0] else -1.0
        assert np.rad2deg(model.qpos_spring[joint.qposadr[0]]) == pytest.approx(10.0 * sign)


def test_nothing_else_differs_from_the_version_before():
    old, new = make("human_3").model, make("human_4").model
    toes = [new.joint(f"mtp_angle_{side}").qposadr[0] for side in "rl"]
    kept = np.delete(np.arange(new.nq), toes)
    np.testing.assert_array_equal(new.qpos_spring[kept], old.qpos_spring[kept])
    for name in ("jnt_stiffness", "dof_damping", "body_mass", "geom_size", "tendon_stiffness", "actuator_gainprm"):
        np.testing.assert_array_equal(getattr(new, name), getattr(old, name))
