"""The 26 muscles in 3D: composed, mirrored, posed, started, and left to fall without a warning."""

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.key_poses import POSE_NAMES
from myoassist.model.plant.couplings import find_couplings
from myoassist.rollout.simulator import Simulator

MASSES = {None: 78.09, "tutorial": 80.42, "humotech": 83.14, "dephy": 82.80, "openexo": 81.99}
CASES = [(device, "fast") for device in MASSES] + [(None, "full"), ("tutorial", "full")]


def build(device=None, physics="fast", **model):
    return build_walker(ModelConfig(musculature=26, device=device, physics=physics, **model), EnvConfig())


@pytest.fixture(scope="module")
def bare():
    return build()


@pytest.mark.parametrize(("device", "physics"), CASES)
def test_starts_validly_and_falls_without_a_warning(device, physics):
    walker = build(device, physics)
    assert walker.layout.dimensions == 3
    assert len(walker.layout.muscle_names) == 26
    assert walker.model.nv == {"fast": 18, "full": 46}[physics]
    assert walker.mass == pytest.approx(MASSES[device], abs=0.01)
    simulator = Simulator(walker, EnvConfig(sim_time=0.1), ExoConfig())
    data = mujoco.MjData(walker.model)
    simulator._start.apply(data, simulator.table.decode(simulator.table.initial))
    assert simulator._start.explain_invalid(data) == ""
    data.ctrl[:] = 0.0
    for _ in range(2000):
        mujoco.mj_step(walker.model, data)
    assert data.time == pytest.approx(2.0)
    assert data.warning.number.sum() == 0
    assert np.isfinite(data.qpos).all()


def moments(model):
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    dense = np.zeros((model.nu, model.nv))
    mujoco.mju_sparse2dense(dense, data.actuator_moment, data.moment_rownnz, data.moment_rowadr, data.moment_colind)
    return dense


@pytest.mark.parametrize("joint", ["hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle"])
def test_muscles_of_both_sides_turn_their_joint_the_same_way(bare, joint):
    dense, model = moments(bare.model), bare.model
    sides = []
    for side in "rl":
        dof = model.joint(f"{joint}_{side}").dofadr[0]
        names = [model.actuator(i).name for i in range(model.nu)]
        sides.append([dense[i, dof] for i, name in enumerate(names) if name.endswith(f"_{side}")])
    assert np.abs(sides[0]).max() > 0.01
    np.testing.assert_allclose(sides[0], sides[1], atol=5e-3)
    np.testing.assert_allclose(model.joint(f"{joint}_r").range, model.joint(f"{joint}_l").range, atol=1e-9)


def test_a_leg_moved_inward_counts_as_adducted(bare):
    model, data = bare.model, mujoco.MjData(bare.model)
    feet = {}
    for angle in (0.0, 0.2):
        mujoco.mj_resetData(model, data)
        for side in "rl":
            data.qpos[model.joint(f"hip_adduction_{side}").qposadr[0]] = angle
        mujoco.mj_kinematics(model, data)
        feet[angle] = [data.body(f"talus_{side}").xpos[1] for side in "rl"]
    # y points left, so that inward is up for the right foot and down for the left one.
    assert feet[0.2][0] > feet[0.0][0] + 0.1
    assert feet[0.2][1] < feet[0.0][1] - 0.1
    assert feet[0.2][0] == pytest.approx(-feet[0.2][1], abs=1e-3)


@pytest.mark.parametrize("physics", ["fast", "full"])
def test_key_poses_satisfy_the_couplings_and_joint_ranges(physics):
    model = build(None, physics).model
    assert [model.key(i).name for i in range(model.nkey)] == list(POSE_NAMES)
    couplings = find_couplings(model)
    assert len(couplings) == {"fast": 0, "full": 28}[physics]
    for qpos in model.key_qpos:
        for dependent, independent, polynomial in couplings:
            expected = model.qpos0[dependent] + np.polyval(polynomial, qpos[independent] - model.qpos0[independent])
            assert qpos[dependent] == pytest.approx(expected, abs=1e-12)
        limited = np.flatnonzero(model.jnt_limited)
        angle = qpos[model.jnt_qposadr[limited]]
        low, high = model.jnt_range[limited].T
        assert ((angle >= low - 1e-3) & (angle <= high + 1e-3)).all()
    left, right = model.key("walk_left").qpos, model.key("walk_right").qpos
    for joint in ("hip_flexion", "knee_angle", "ankle_angle"):
        addresses = [model.joint(f"{joint}_{side}").qposadr[0] for side in "rl"]
        np.testing.assert_allclose(left[addresses], right[addresses[::-1]])


def test_only_the_hips_hold_the_rotation():
    stiff, free = build(hip_rotation_stiffness=80.0).model, build(hip_rotation_stiffness=0.0).model
    held = [stiff.joint(j).name for j in np.flatnonzero(np.ravel(stiff.jnt_stiffness))]
    assert held == ["hip_rotation_r", "hip_rotation_l"]
    assert not free.jnt_stiffness.any()
    assert stiff.joint("hip_rotation_r").damping[0] > 10 * free.joint("hip_rotation_r").damping[0]
    for model in (stiff, free):
        for root in ("pelvis_tx", "pelvis_tz", "pelvis_list", "pelvis_rotation"):
            assert model.joint(root).damping[0] == 0.0
            assert model.joint(root).armature[0] == 0.0
