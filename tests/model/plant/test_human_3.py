"""What human_3 mends: passive legs, the end of swing, hips that move sideways, the first touch of the heel."""

from functools import cache

import mujoco
import numpy as np
import passive_moments as passive
import pytest
from landings import LEG, Gait, land
from person_leg import JOINTS, SPEEDS, build_leg, make_way
from scipy.interpolate import CubicSpline

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.gait.reference.human import GRAVITY, match_reference
from myoassist.model.build import build_walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.joints import anatomical_signs, ligaments_of
from myoassist.rollout.broken_state import describe_instability, find_broken_paths
from myoassist.rollout.muscle import fibre as f

VERSIONS = {"human_2": 2, "human_3": 3}


@cache
def make(plant="human_3", musculature=22, physics="full", timestep=0.001):
    model = ModelConfig(plant=plant, physics=physics, musculature=musculature)
    return build_walker(model, EnvConfig(timestep=timestep, init_pose="stand"))


def walked(speed):
    """Return the time of a stride, s, and hip, knee and ankle of people over it, deg, shape (51, 3)."""
    people = match_reference(SPEEDS[speed] * float(np.sqrt(GRAVITY * LEG)), LEG)
    angles = np.stack([people.curves[joint][0] for joint in JOINTS], axis=1)
    angles[:, 0] -= people.curves["pelvis"][0].mean()
    angles[-1] = angles[0]
    return people.figures["stride_time_s"][0], angles


def relaxed(plant, musculature, postures):
    """Return the passive moments of a relaxed leg, N·m, shape (P, 3)."""
    leg = build_leg(musculature, plant)
    geometry = passive.leg_geometry(leg.walker, postures)
    tension = passive.relaxed_tension(leg.constants, geometry.lengths, leg.constants[:, f.SHARE])
    fibres = np.einsum("pjn,pn->pj", geometry.arms, tension)
    return fibres + passive.ligament_moments(ligaments_of(VERSIONS[plant]), postures)


@pytest.mark.parametrize("musculature", [22, 80])
def test_relaxed_legs_are_as_stiff_as_those_of_people_on_their_way(musculature):
    postures = np.concatenate([walked(speed)[1][::2] for speed in SPEEDS])
    people = passive.people_moments(postures)
    off = np.abs(relaxed("human_3", musculature, postures) - people).max(axis=0)
    before = np.abs(relaxed("human_2", musculature, postures) - people).max(axis=0)
    assert off[1] < 5.0 < 30.0 < before[1]
    assert off[2] < 5.0 < 20.0 < before[2]
    assert off[0] < 9.0 < 20.0 < before[0]


def test_a_bent_knee_and_a_lifted_foot_are_held_as_in_people():
    bent, lifted = relaxed("human_3", 22, np.array([[0.0, 60.0, 0.0], [0.0, 0.0, 10.0]]))
    assert abs(bent[1]) < 10.0
    assert -24.0 < lifted[2] < -12.0


def swing_through(plant, musculature, timestep, speed="fast", begin=0.85):
    """Return the least knee flexion, deg, of a relaxed shank that swings from the measured angle and speed on."""
    walker = make(plant, musculature, timestep=timestep)
    model, data = mujoco.MjModel.__copy__(walker.model), mujoco.MjData(walker.model)
    model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_ACTUATION)
    stride, angles = walked(speed)
    way = CubicSpline(np.linspace(0.0, stride, 51), np.deg2rad(angles), bc_type="periodic")
    signs = anatomical_signs(model, "stand", None)
    mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
    data.qvel[:] = 0.0
    data.qpos[walker.layout.qpos_root[1]] += 0.5
    joints = [model.joint(f"{name}_r") for name in ("hip_flexion", "knee_angle", "ankle_angle")]
    for joint, angle, rate in zip(joints, way(begin * stride), way(begin * stride, 1), strict=True):
        data.qpos[joint.qposadr[0]] = signs[joint.name] * angle
        data.qvel[joint.dofadr[0]] = signs[joint.name] * rate
    follow_couplings(find_couplings(model), model.qpos0, data.qpos)
    rest = data.qpos.copy()
    held = [model.joint(name) for name in ("pelvis_tx", "pelvis_ty", "pelvis_tilt")]
    hip, knee = joints[0], joints[1]
    flexion = []
    for time in np.arange(begin * stride, 1.02 * stride, timestep):
        data.qfrc_applied[:] = 0.0
        for joint in held:
            off = data.qpos[joint.qposadr[0]] - rest[joint.qposadr[0]]
            data.qfrc_applied[joint.dofadr[0]] = -2e4 * off - 500.0 * data.qvel[joint.dofadr[0]]
        off = signs[hip.name] * data.qpos[hip.qposadr[0]] - way(time)[0]
        fast = signs[hip.name] * data.qvel[hip.dofadr[0]] - way(time, 1)[0]
        data.qfrc_applied[hip.dofadr[0]] = -signs[hip.name] * (1500.0 * off + 40.0 * fast)
        mujoco.mj_step(model, data)
        flexion.append(signs[knee.name] * np.rad2deg(data.qpos[knee.qposadr[0]]))
    assert not data.warning.number.any()
    return min(flexion)


@pytest.mark.parametrize("timestep", [0.001, 0.002])
@pytest.mark.parametrize("musculature", [22, 80])
def test_a_swing_that_no_muscle_brakes_ends_above_two_degrees_of_hyperextension(musculature, timestep):
    # From 36 deg of flexion at 6.3 rad/s; people's hamstrings brake it, here nothing does.
    assert swing_through("human_3", musculature, timestep) > -1.5
    assert swing_through("human_2", musculature, timestep) < -2.0


def test_people_swing_through_without_leaning_on_the_ligament():
    leg = build_leg(22)
    for speed in SPEEDS:
        assert np.abs(make_way(leg, speed).ligament[:, 1]).max() < 3.0


@pytest.mark.parametrize(("musculature", "physics"), [(26, "fast"), (80, "full")])
def test_hips_are_held_at_both_ends_of_their_way_sideways_and_alike_on_both_sides(musculature, physics):
    walker = make("human_3", musculature, physics)
    model, data = walker.model, mujoco.MjData(walker.model)
    for item in [item for item in ligaments_of(3) if item.joint == "hip_adduction"]:
        for angle in (0.0, item.start_deg, item.end_deg):
            held = []
            for side in ("r", "l"):
                mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
                joint = model.joint(f"hip_adduction_{side}")
                data.qpos[joint.qposadr[0]] = np.deg2rad(angle)
                mujoco.mj_forward(model, data)
                held.append(-item.direction * data.qfrc_spring[joint.dofadr[0]])
            assert held == pytest.approx([float(item.torque(np.array(angle)))] * 2, abs=1e-6)
    assert not any("hip_adduction" in make().model.tendon(i).name for i in range(make().model.ntendon))


def landing_gait(speed):
    """Return what people do at a speed, as `landings` takes it."""
    velocity = SPEEDS[speed] * float(np.sqrt(GRAVITY * LEG))
    people = match_reference(velocity, LEG)
    stride, _ = walked(speed)
    angles = np.stack([people.curves[joint][0] for joint in JOINTS], axis=1)
    angles[:, 0] -= people.curves["pelvis"][0]
    moments = -np.stack([people.curves[f"{joint}_moment"][0] for joint in JOINTS], axis=1)
    force = np.stack([people.curves[name][0] for name in ("grf_fore_aft", "grf")], axis=1)
    return Gait(stride, velocity, np.deg2rad(angles), moments, force)


def test_the_heel_of_a_fast_walker_lands_without_the_spike_of_before():
    gait = landing_gait("fast")
    first = {plant: land(plant, gait)[1][:3].max() for plant in VERSIONS}
    assert first["human_2"] > 0.85
    assert first["human_3"] < 0.6
    depth = land("human_3", gait)[2]["depth_mm"]
    assert depth < 11.5


def test_a_path_without_a_length_is_named():
    walker = make()
    model, data = walker.model, mujoco.MjData(walker.model)
    mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
    mujoco.mj_forward(model, data)
    assert find_broken_paths(model, data) == []
    broken = int(model.actuator_trnid[walker.layout.all_muscles[0], 0])
    data.ten_length[broken] = np.nan
    assert describe_instability(model, data) == f"the path of {model.tendon(broken).name} has no length"
    data.ten_length[:] = np.nan
    assert find_broken_paths(model, data) == []
