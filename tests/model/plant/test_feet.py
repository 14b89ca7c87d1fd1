"""Feet of the human plant: compliance, contacts, ground."""

from functools import cache

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.plant.feet import contacts_of, human_soles, pads_of

HEEL = pads_of(3)["heel"]
BODIES = [(22, "fast"), (22, "full"), (26, "fast"), (80, "full")]
# N·m/rad and N·m·s/rad at hip, knee, ankle of a person who stands.
STIFF = ((600.0, 15.0), (600.0, 10.0), (300.0, 2.0))
ROOT = ("pelvis_tx", "pelvis_tz", "pelvis_tilt", "pelvis_list", "pelvis_rotation")


@cache
def make(musculature=22, physics="fast", timestep=0.001, slope=0.0, device=None, plant="human"):
    model = ModelConfig(plant=plant, physics=physics, musculature=musculature, device=device)
    return build_walker(model, EnvConfig(timestep=timestep, slope_deg=slope))


def forces_of(walker, data):
    """Return geom, normal force, force along the ground (N), place (m) and depth (m) of each contact of a foot."""
    model, found = walker.model, []
    for i in range(data.ncon):
        contact, force = data.contact[i], np.zeros(6)
        geom = [int(g) for g in contact.geom if int(g) in walker.layout.feet]
        mujoco.mj_contactForce(model, data, i, force)
        depth = contact.includemargin - contact.dist
        found.append((geom[0], force[0], np.hypot(force[1], force[2]), contact.pos.copy(), depth))
    return found


class Stand:
    """A walker that keeps the angles of a standing pose by springs; its muscles are off.

    Args:
        walker: Walker.
        hold: Whether the pelvis is held in its place too, but for its height.
        friction: Friction of soles and ground; None keeps it.
    """

    def __init__(self, walker, hold=True, friction=None):
        self.walker = walker
        # A copy: walkers are shared by tests.
        self.model = model = mujoco.MjModel.__copy__(walker.model)
        model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_ACTUATION)
        if friction is not None:
            model.geom_friction[:, 0] = friction
        self.data = data = mujoco.MjData(model)
        mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
        data.qvel[:] = 0.0
        self.springs = [
            (int(q), int(v), *gains)
            for row in range(2)
            for q, v, gains in zip(walker.layout.qpos_leg[row], walker.layout.qvel_leg[row], STIFF, strict=False)
        ]
        names = {model.joint(j).name for j in range(model.njnt)}
        if hold:
            joints = [model.joint(name) for name in ROOT if name in names]
            self.springs += [(int(j.qposadr[0]), int(j.dofadr[0]), 4000.0, 400.0) for j in joints]
        self.rest = data.qpos.copy()

    def step(self):
        """Advance by a step."""
        data = self.data
        data.qfrc_applied[:] = 0.0
        for q, v, stiffness, damping in self.springs:
            data.qfrc_applied[v] = -stiffness * (data.qpos[q] - self.rest[q]) - damping * data.qvel[v]
        mujoco.mj_step(self.model, data)

    def run(self, seconds):
        """Advance, and return the number of contacts after each step."""
        counts = []
        for _ in range(round(seconds / self.model.opt.timestep)):
            self.step()
            counts.append(self.data.ncon)
        return np.array(counts)


@pytest.mark.parametrize(("musculature", "physics"), BODIES)
@pytest.mark.parametrize("pitch_deg", [-20.0, 0.0, 20.0])
def test_a_held_foot_is_pushed_back_by_the_curve_of_its_pads(musculature, physics, pitch_deg):
    walker = make(musculature, physics)
    model, data = walker.model, mujoco.MjData(walker.model)
    for deep in (0.002, 0.008, 0.012):
        mujoco.mj_resetDataKeyframe(model, data, walker.layout.keyframe)
        data.qvel[:] = 0.0
        data.qpos[walker.layout.qpos_root[3]] += np.deg2rad(pitch_deg)
        mujoco.mj_fwdPosition(model, data)
        height, lifted = walker.layout.qpos_root[1], 0.0
        data.qpos[height] += 0.3
        # Down to the first touch, then as deep as wanted.
        while lifted < 0.6:
            mujoco.mj_fwdPosition(model, data)
            if data.ncon:
                break
            data.qpos[height] -= 0.0005
            lifted += 0.0005
        data.qpos[height] -= deep
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        data.qacc[:] = 0.0
        mujoco.mj_inverse(model, data)
        found = forces_of(walker, data)
        assert found
        pads = human_soles(model, None, 3)
        for geom, force, _, _, depth in found:
            share = contacts_of(model, geom, pads)
            assert share == (2 if musculature != 80 else share)
            assert force == pytest.approx(pads[geom].force(depth) / share, rel=0.02, abs=0.5)


def test_the_heel_is_as_stiff_as_heel_pads_of_people_who_walk():
    # Wearing et al. 2014: 10.3 mm at the peak of loading, 32 +- 11 N/mm at first, 212 +- 125 N/mm at last.
    depth = np.linspace(0.0, 0.02, 2001)
    force = HEEL.force(depth)
    peak = depth[np.searchsorted(force, 0.75 * make().body_weight)]
    slope = np.gradient(force, depth)
    assert 0.0085 < peak < 0.0115
    # Softer at the very first touch; over the first 5 mm it has 20.9 N/mm, one SD below the mean of people.
    assert 20e3 < np.interp(0.005, depth, force) / 0.005 < 43e3
    assert 87e3 < np.interp(peak, depth, slope) < 337e3


def test_a_heel_pressed_as_in_walking_loses_energy_as_heel_pads_do():
    # People lose 0.66 +- 0.12 of it (Wearing et al. 2014): 10 mm within 80 ms, and back within 120 ms.
    walker = make()
    model, data = walker.model, mujoco.MjData(walker.model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
    data.qpos[walker.layout.qpos_root[3]] += np.deg2rad(20.0)
    mujoco.mj_fwdPosition(model, data)
    height = walker.layout.qpos_root[1]
    speed = model.joint("pelvis_ty").dofadr[0]
    low = min(data.geom_xpos[g][2] - model.geom_size[g, 0] for g in walker.layout.feet)
    touch = data.qpos[height] - low + 0.001
    work = []
    for way, seconds in ((1.0, 0.08), (-1.0, 0.12)):
        times = np.linspace(0.0, seconds, 200)
        turn = np.pi / seconds
        depth = 0.005 * (1.0 - way * np.cos(turn * times))
        rate = 0.005 * way * turn * np.sin(turn * times)
        change = 0.005 * way * turn**2 * np.cos(turn * times)
        load = []
        for r, v, a in zip(depth, rate, change, strict=True):
            data.qvel[:], data.qacc[:] = 0.0, 0.0
            data.qpos[height], data.qvel[speed], data.qacc[speed] = touch - r, -v, -a
            mujoco.mj_fwdPosition(model, data)
            mujoco.mj_fwdVelocity(model, data)
            data.qacc[:] = 0.0
            data.qacc[speed] = -a
            mujoco.mj_inverse(model, data)
            load.append(sum(force for _, force, *_ in forces_of(walker, data)))
        work.append(np.trapezoid(np.array(load) * rate, times))
    assert work[0] > 0.0 > work[1]
    assert 0.42 < 1.0 + work[1] / work[0] < 0.9


@pytest.mark.parametrize("timestep", [0.001, 0.002])
@pytest.mark.parametrize(("musculature", "physics"), BODIES)
def test_a_walker_stands_still_on_its_feet(musculature, physics, timestep):
    walker = make(musculature, physics, timestep)
    stand = Stand(walker)
    stand.run(1.2)
    loads = []
    counts = []
    for _ in range(round(0.1 / timestep)):
        counts.append(stand.run(timestep)[-1])
        loads.append(sum(force for _, force, *_ in forces_of(walker, stand.data)))
    assert not stand.data.warning.number.any()
    assert np.mean(loads) == pytest.approx(9.81 * walker.mass, rel=0.01)
    assert np.std(loads) < 0.01 * walker.body_weight
    if musculature != 80:
        assert set(counts) == {12}


@pytest.mark.parametrize(("musculature", "physics"), BODIES)
def test_a_drop_on_both_feet_is_the_same_with_steps_of_one_and_two_milliseconds(musculature, physics):
    peaks = []
    for timestep in (0.001, 0.002):
        walker = make(musculature, physics, timestep)
        stand = Stand(walker)
        stand.data.qpos[walker.layout.qpos_root[1]] += 0.04
        loads = []
        for _ in range(round(0.6 / timestep)):
            stand.step()
            loads.append(sum(force for _, force, *_ in forces_of(walker, stand.data)))
        assert not stand.data.warning.number.any()
        # Held to the last sample: from 4 cm and with legs that give way, a few body weights and then one.
        assert loads[-1] == pytest.approx(9.81 * walker.mass, rel=0.2)
        peaks.append(max(loads) / walker.body_weight)
    assert peaks[0] < 8.0
    assert peaks[1] == pytest.approx(peaks[0], rel=0.15)


@pytest.mark.parametrize("physics", ["fast", "full"])
def test_the_centre_of_pressure_lies_under_the_foot(physics):
    walker = make(physics=physics)
    stand = Stand(walker)
    stand.run(1.0)
    for lean_deg in (-4.0, 0.0, 4.0):
        stand.rest[walker.layout.qpos_leg[:, 2]] = np.deg2rad(lean_deg)
        stand.run(0.5)
        found = forces_of(walker, stand.data)
        total = sum(force for _, force, *_ in found)
        centre = sum(force * place[0] for _, force, _, place, _ in found) / total
        heel = min(place[0] for *_, place, _ in found)
        toes = max(place[0] for *_, place, _ in found)
        assert heel - 1e-9 <= centre <= toes + 1e-9
        ankle = stand.data.xanchor[walker.layout.joint_leg[0, 2], 0]
        assert -0.08 < centre - ankle < 0.22


def test_contacts_do_not_chatter_while_the_foot_rolls_from_heel_to_toes():
    walker = make()
    stand = Stand(walker)
    stand.run(0.8)
    # Hips carry the pelvis ahead of the feet, ankles give way, then the heels leave the ground.
    place = walker.layout.qpos_root[0]
    counts = []
    for forward in np.linspace(0.0, 0.22, 500):
        stand.rest[place] = forward
        stand.step()
        counts.append(stand.data.ncon)
    changes = np.abs(np.diff(counts))
    assert counts[0] == 12
    assert changes.max() <= 4
    assert (changes > 0).sum() <= 8
    assert not stand.data.warning.number.any()


@pytest.mark.parametrize("slope", [-8.0, 8.0])
def test_soles_hold_on_a_slope_and_slide_where_friction_is_too_small(slope):
    slid = {}
    for friction in (1.0, 0.05):
        walker = make(slope=slope)
        stand = Stand(walker, hold=False, friction=friction)
        # The whole body leans with the ground, and its trunk is held so that nothing but the soles can give way.
        tilt = stand.model.joint("pelvis_tilt")
        stand.rest[tilt.qposadr[0]] = stand.data.qpos[tilt.qposadr[0]] = np.deg2rad(slope)
        stand.springs.append((int(tilt.qposadr[0]), int(tilt.dofadr[0]), 20000.0, 2000.0))
        # Ankles that keep a leaning body from falling.
        stand.springs = [(q, v, 5.0 * stiffness, damping) for q, v, stiffness, damping in stand.springs]
        stand.run(0.3)
        before = stand.data.xanchor[walker.layout.joint_leg[0, 2]].copy()
        stand.run(0.4)
        for _, normal, along, *_ in forces_of(walker, stand.data):
            # The pyramid's corners lie beyond the cone.
            assert along <= np.sqrt(2.0) * friction * normal + 1e-6
        slid[friction] = float(np.linalg.norm(stand.data.xanchor[walker.layout.joint_leg[0, 2]] - before))
    assert slid[1.0] < 0.005
    assert slid[0.05] > 0.02


@pytest.mark.parametrize("physics", ["fast", "full"])
def test_touch_sensors_count_every_contact_of_the_foot(physics):
    walker = make(physics=physics)
    stand = Stand(walker)
    stand.run(0.6)
    mujoco.mj_forward(stand.model, stand.data)
    touched = stand.data.sensordata[walker.layout.touch].sum()
    assert touched == pytest.approx(sum(force for _, force, *_ in forces_of(walker, stand.data)), rel=1e-6)


def test_key_poses_do_not_begin_within_the_ground():
    for musculature, physics in BODIES:
        walker = make(musculature, physics)
        data = mujoco.MjData(walker.model)
        for key in range(walker.model.nkey):
            mujoco.mj_resetDataKeyframe(walker.model, data, key)
            mujoco.mj_fwdPosition(walker.model, data)
            assert min((contact.dist for contact in data.contact[: data.ncon]), default=0.0) > -0.0021


def test_the_sole_of_a_prosthesis_keeps_its_contact():
    walker, published = make(device="osl_a"), make(device="osl_a", plant="published")
    mine = {walker.model.geom(int(g)).name: int(g) for g in walker.layout.feet}
    theirs = {published.model.geom(int(g)).name: int(g) for g in published.layout.feet}
    same = set(mine) & set(theirs)
    assert same
    assert not [name for name in same if name.startswith("calcn_l")]
    for name in same:
        assert np.array_equal(walker.model.geom_solref[mine[name]], published.model.geom_solref[theirs[name]])
    assert {"calcn_l_geom_1_heel", "calcn_l_geom_1_ball", "toes_l_geom_1_toes"} <= set(mine)


def test_the_published_body_keeps_its_feet():
    walker = make(plant="published")
    for geom in walker.layout.feet:
        assert walker.model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_MESH
        assert tuple(walker.model.geom_solref[geom]) == (0.02, 1.0)
