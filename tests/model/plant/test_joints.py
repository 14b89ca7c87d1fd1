"""Ligaments and passive joints of the human plant."""

from dataclasses import replace
from functools import cache

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.plant import NEWEST_HUMAN
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.files.errors import ModelError
from myoassist.model.build import build_walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.joints import (
    LIGAMENTS,
    STOPS_DEG,
    TOES,
    add_ligaments,
    anatomical_signs,
    find_ligaments,
)
from myoassist.model.plant.muscle_table import package_table
from myoassist.rollout.simulator import Simulator
from tests.model.test_build import write_own_file

BODIES = [(22, "fast"), (22, "full"), (26, "fast"), (80, "full")]
POSE = "walk_left"


@cache
def make(musculature=22, physics="fast", plant=NEWEST_HUMAN, device=None, timestep=0.001, size=1.0):
    model = ModelConfig(plant=plant, physics=physics, musculature=musculature, device=device, height_scale=size)
    return build_walker(model, EnvConfig(timestep=timestep))


def hold(walker, name, angle_deg, speed=0.0):
    """Return the torque that holds one joint at an anatomical angle, and the force of all dampers, N·m."""
    model, data = walker.model, mujoco.MjData(walker.model)
    gravity = model.opt.gravity.copy()
    try:
        model.opt.gravity[:] = 0.0
        mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
        data.qvel[:] = 0.0
        data.qpos[walker.layout.qpos_root[1]] += 1.0
        joint, sign = model.joint(name), anatomical_signs(model, POSE, walker.device)[name]
        data.qpos[joint.qposadr[0]] = sign * np.deg2rad(angle_deg)
        data.qvel[joint.dofadr[0]] = sign * speed
        follow_couplings(find_couplings(model), model.qpos0, data.qpos)
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        data.qacc[:] = 0.0
        mujoco.mj_inverse(model, data)
    finally:
        model.opt.gravity[:] = gravity
    dampers = data.efc_type[: data.nefc] == mujoco.mjtConstraint.mjCNSTR_LIMIT_TENDON
    return sign * data.qfrc_inverse[joint.dofadr[0]], data.efc_force[: data.nefc][dampers].sum()


def measured(name, angle_deg):
    """Return the torque of the curves that the ligaments of a joint are made after, against the motion's direction."""
    items = [item for item in LIGAMENTS if item.joint == name]
    torque = sum(item.direction * item.curve(angle_deg) for item in items)
    return torque + (TOES.torque(angle_deg) if name == "mtp_angle" else 0.0)


@pytest.mark.parametrize(("musculature", "physics"), BODIES)
@pytest.mark.parametrize("joint", list(STOPS_DEG))
def test_a_held_joint_has_the_torque_of_the_published_curve(musculature, physics, joint):
    walker = make(musculature, physics)
    for direction in (-1, 1):
        ends = [item.end_deg for item in LIGAMENTS if item.joint == joint and item.direction == direction]
        if not ends:
            continue
        middle = {"hip_flexion": 40.0, "knee_angle": 60.0, "ankle_angle": 0.0, "mtp_angle": TOES.rest_deg}[joint]
        angles = np.linspace(middle, ends[0], 25)
        for side in ("r", "l"):
            held = np.array([hold(walker, f"{joint}_{side}", angle)[0] for angle in angles])
            wanted = measured(joint, angles)
            error = np.sqrt(np.mean((held - wanted) ** 2))
            assert error < 0.05 * np.abs(wanted).max(), (side, direction)


def test_the_knee_is_held_above_two_degrees_of_hyperextension_by_what_walking_asks_for():
    # 1 N·m/kg is five times the largest extending moment of the ground in people's midstance (Schwartz et al. 2008).
    walker = make()
    assert hold(walker, "knee_angle_r", -2.0)[0] < -1.0 * walker.mass
    assert abs(hold(walker, "knee_angle_r", 5.0)[0]) < 0.5
    assert abs(hold(walker, "knee_angle_r", 20.0)[0]) < 0.5


def test_passive_hip_has_the_whole_measured_moment_with_its_muscles_between_both():
    # Riener & Edrich 1999, knee straight; the ligament alone stays below it wherever it counts.
    for angle in (-30.0, -20.0, -10.0):
        whole = np.exp(1.4655 - 0.0750 * angle) - np.exp(1.3403 + 0.0305 * angle) + 8.072
        assert 0.5 * whole < -hold(make(), "hip_flexion_r", angle)[0] < whole


@pytest.mark.parametrize(("musculature", "physics"), BODIES)
def test_the_knee_is_damped_on_its_way_into_the_ligament_alone(musculature, physics):
    walker = make(musculature, physics)
    damping = next(item.damping for item in LIGAMENTS if item.damping)
    speed = 3.0
    _, into = hold(walker, "knee_angle_r", 0.0, -speed)
    _, out = hold(walker, "knee_angle_r", 0.0, speed)
    _, free = hold(walker, "knee_angle_r", 20.0, -speed)
    assert into == pytest.approx(damping * speed, rel=0.1)
    assert abs(out) < 0.01 * damping * speed
    assert abs(free) < 0.01 * damping * speed
    _, entering = hold(walker, "knee_angle_r", 4.0, -speed)
    assert 0.0 < entering < 0.35 * into


@pytest.mark.parametrize("timestep", [0.001, 0.002])
@pytest.mark.parametrize("physics", ["fast", "full"])
def test_legs_that_swing_into_their_ligaments_gain_no_energy(physics, timestep):
    walker = make(physics=physics, timestep=timestep)
    model, data = walker.model, mujoco.MjData(walker.model)
    flags = model.opt.disableflags, model.opt.enableflags
    gravity = model.opt.gravity.copy()
    try:
        model.opt.gravity[:] = 0.0
        model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_ACTUATION)
        model.opt.enableflags |= int(mujoco.mjtEnableBit.mjENBL_ENERGY)
        mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
        data.qpos[walker.layout.qpos_root[1]] += 1.0
        data.qvel[:] = 0.0
        for name, sign in anatomical_signs(model, POSE, None).items():
            joint = model.joint(name)
            data.qvel[joint.dofadr[0]] = sign * {"hip": -4.0, "kne": -6.0, "ank": 8.0, "mtp": 5.0}[name[:3]]
        mujoco.mj_forward(model, data)
        energies = [data.energy.sum()]
        for _ in range(int(1.5 / timestep)):
            mujoco.mj_step(model, data)
            energies.append(data.energy.sum())
    finally:
        model.opt.disableflags, model.opt.enableflags = flags
        model.opt.gravity[:] = gravity
    assert not data.warning.number.any()
    assert energies[-1] < energies[1]
    assert max(energies[2:]) < 1.02 * energies[1]


def test_bodies_of_other_sizes_have_torques_by_the_cube():
    large, small = make(size=1.1), make()
    assert hold(large, "knee_angle_r", -2.0)[0] == pytest.approx(1.1**3 * hold(small, "knee_angle_r", -2.0)[0])
    assert hold(large, "knee_angle_r", -3.0, -2.0)[1] == pytest.approx(
        1.1**3 * hold(small, "knee_angle_r", -3.0, -2.0)[1], rel=1e-6
    )


def test_the_published_body_has_none_of_it():
    walker = make(plant="published")
    assert (walker.layout.ligament == -2).all()
    names = [walker.model.tendon(i).name for i in range(walker.model.ntendon)]
    assert not [name for name in names if "ligament" in name]
    low, high = np.rad2deg(walker.model.joint("hip_flexion_r").range)
    assert (low, high) == (pytest.approx(-20.0, abs=0.1), pytest.approx(135.0, abs=0.1))
    assert walker.model.joint("mtp_angle_r").stiffness[0] == 0.0


def test_muscles_alone_bring_no_ligaments():
    walker = build_walker(ModelConfig(physics="fast", muscle_model="elastic"), EnvConfig())
    assert (walker.layout.ligament == -2).all()
    assert np.rad2deg(walker.model.joint("knee_angle_r").range[1]) == pytest.approx(0.0, abs=0.1)


def test_limit_torque_is_that_of_ligaments_dampers_and_stops():
    walks = {}
    for plant in ("published", "human"):
        walker, env = make(plant=plant), EnvConfig(sim_time=1.0)
        simulator = Simulator(walker, env, ExoConfig(), 1, ControlConfig())
        walks[plant] = simulator.simulate(simulator.table.initial)
        slow = simulator.simulate_slowly(simulator.table.initial)
        assert np.array_equal(walks[plant].flat, slow.flat)
    assert np.array_equal(walks["published"].limit_torque, walks["published"].limit_force)
    log = walks["human"]
    sign = anatomical_signs(make().model, POSE, None)
    q = np.rad2deg(log.joint_angle - np.array([np.pi, np.pi, np.pi / 2]))
    q = q * np.array([-1.0, -1.0, -1.0])
    assert sign["hip_flexion_r"] == 1.0
    for column, joint in enumerate(("hip_flexion", "knee_angle", "ankle_angle")):
        springs = sum(item.direction * item.torque(q[:, :, column]) for item in LIGAMENTS if item.joint == joint)
        more = log.limit_torque[:, :, column] - log.limit_force[:, :, column] - np.abs(springs)
        assert (more > -1e-6).all()
        if joint != "knee_angle":
            assert (more < 1e-6).all()
    assert log.limit_torque[:, :, 1].max() > 1.0


def test_a_prosthesis_keeps_its_own_joints():
    walker = make(device="osl_ka")
    sides = find_ligaments(walker.model, ("hip_flexion", "knee_angle", "ankle_angle"))
    assert (sides[0] == (-1, -2, -2)).all()
    assert (sides[1] >= -1).all()
    published = make(device="osl_ka", plant="published")
    assert np.array_equal(walker.model.joint("knee_angle_r").range, published.model.joint("knee_angle_r").range)


def test_a_file_without_the_joints_is_refused():
    spec = mujoco.MjSpec.from_string(
        "<mujoco><worldbody><body><joint name='hip_flexion_r'/><geom size='.1'/></body></worldbody></mujoco>"
    )
    with pytest.raises(ModelError, match="no joint hip_flexion_l, knee_angle_r") as refusal:
        add_ligaments(spec, spec.compile(), POSE, 1.0, None, 3)
    assert "model.plant=published" in str(refusal.value)


def test_an_own_file_gets_ligaments_and_keeps_its_feet(tmp_path):
    path = write_own_file(tmp_path)
    model = ModelConfig(path=str(path), plant=NEWEST_HUMAN, muscle_table=str(package_table(22)))
    walker = build_walker(model, EnvConfig())
    published = build_walker(ModelConfig(path=str(path)), EnvConfig())
    assert (walker.layout.ligament >= -1).all()
    assert hold(walker, "knee_angle_l", -2.0)[0] == pytest.approx(hold(make(), "knee_angle_l", -2.0)[0], abs=1.0)
    assert walker.model.opt.cone == published.model.opt.cone
    for geom, before in zip(walker.layout.feet, published.layout.feet, strict=True):
        assert np.array_equal(walker.model.geom_solref[geom], published.model.geom_solref[before])


def test_curves_of_ligaments_are_met_by_cubics_that_only_stiffen():
    for item in LIGAMENTS:
        angles = np.linspace(item.start_deg, item.end_deg, 100)
        assert np.sqrt(np.mean((item.torque(angles) - item.curve(angles)) ** 2)) < 0.05 * item.curve(angles).max()
        assert (np.diff(item.torque(angles)) >= 0.0).all()
        shifted = replace(item, start_deg=item.start_deg + 5.0)
        assert not np.allclose(shifted.torque(angles), item.torque(angles))
