"""The compiled walker: masses, feet, touch sites, names, own files."""

import mujoco
import numpy as np
import pytest
from myo_sim.build.compose import sanitize_spec_xml

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.files.errors import ModelError
from myoassist.model import build
from myoassist.model.build import build_walker
from myoassist.rollout.log import Outcome
from myoassist.rollout.simulator import Simulator
from tests.walkers import WALKING_VECTOR, make_walker

MASSES = {None: 78.09, "tutorial": 80.42, "humotech": 83.14, "dephy": 82.80, "openexo": 81.99}


@pytest.mark.parametrize("device", MASSES)
def test_mass_and_actuators(device):
    walker = make_walker(device)
    assert walker.mass == pytest.approx(MASSES[device], abs=0.01)
    assert len(walker.layout.muscle_names) == 22
    assert (walker.layout.exo >= 0).all() == (device is not None)
    assert walker.layout.dimensions == 2
    assert walker.model.opt.timestep == 0.001


@pytest.mark.parametrize("device", MASSES)
def test_only_bodies_with_touch_sites_collide_and_only_with_the_ground(device):
    model = make_walker(device).model
    touch = model.sensor_objid[model.sensor_type == mujoco.mjtSensor.mjSENS_TOUCH]
    feet = set(model.site_bodyid[touch].tolist())
    moving = model.geom_bodyid > 0
    assert {int(b) for b in model.geom_bodyid[moving & (model.geom_conaffinity > 0)]} == feet
    assert (model.geom_contype[moving] == 0).all()
    assert model.npair == 0


@pytest.mark.parametrize("device", ["tutorial", "humotech", "dephy"])
def test_touch_sensors_read_nearly_the_whole_load_of_both_feet(device):
    walker = make_walker(device)
    model, data = walker.model, mujoco.MjData(walker.model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
    sums, contacts = np.zeros(2), np.zeros(2)
    left = {int(b) for b in model.site_bodyid[model.sensor_objid[[model.sensor(n).id for n in ("l_foot", "l_toes")]]]}
    for _ in range(150):
        mujoco.mj_step(model, data)
        sums += data.sensordata[walker.layout.touch].sum(axis=1)
        for i in range(data.ncon):
            force = np.zeros(6)
            mujoco.mj_contactForce(model, data, i, force)
            body = int(model.geom_bodyid[data.contact[i].geom2])
            contacts[1 if body in left else 0] += force[0]
    assert contacts.min() > 1000
    np.testing.assert_allclose(sums / contacts, 1.0, atol=0.12)


@pytest.mark.parametrize("device", MASSES)
def test_reduction_changes_no_dynamics(device):
    reduced, drawn = make_walker(device).model, make_walker(device, visual=True).model
    assert drawn.ngeom > 5 * reduced.ngeom and drawn.nbody > reduced.nbody + 15
    np.testing.assert_allclose(reduced.body_mass.sum(), drawn.body_mass.sum(), rtol=1e-12)
    # Stretches within one body are left out of the paths, and of the ranges of the muscles.
    shorter = drawn.tendon_length0 - reduced.tendon_length0
    assert (shorter > -1e-12).all() and shorter.max() > 0.05 and reduced.nwrap < drawn.nwrap
    driven = drawn.actuator_trnid[drawn.actuator_trntype == mujoco.mjtTrn.mjTRN_TENDON, 0]
    moved = (drawn.actuator_lengthrange - reduced.actuator_lengthrange)[
        drawn.actuator_trntype == mujoco.mjtTrn.mjTRN_TENDON
    ]
    np.testing.assert_allclose(moved, shorter[driven, np.newaxis] + np.zeros(2), atol=1e-12)
    for names in ("joint", "actuator", "sensor", "tendon", "key"):
        count = getattr(drawn, {"joint": "njnt", "actuator": "nu"}.get(names, f"n{names}"))
        assert [getattr(drawn, names)(i).name for i in range(count)] == [
            getattr(reduced, names)(i).name for i in range(count)
        ]
    states = []
    for model in (reduced, drawn):
        data = mujoco.MjData(model)
        mujoco.mj_resetDataKeyframe(model, data, model.key("walk_left").id)
        # In the air: contact turns rounding into millimetres within a few steps.
        data.qpos[model.joint("pelvis_ty").qposadr[0]] += 0.5
        data.ctrl[:22] = 0.2
        for _ in range(150):
            mujoco.mj_step(model, data)
        states.append(np.concatenate([data.qpos, data.qvel, data.actuator_force]))
    np.testing.assert_allclose(states[0], states[1], rtol=1e-6, atol=1e-6)


def test_an_uphill_slope_rises_forward():
    model = make_walker(slope_deg=5.0).model
    ground = model.geom("ground").id
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    normal_w = data.geom_xmat[ground].reshape(3, 3)[:, 2]
    np.testing.assert_allclose(normal_w, [-np.sin(np.deg2rad(5)), 0, np.cos(np.deg2rad(5))], atol=1e-12)


def write_own_file(folder, edit=lambda spec: None):
    """Write a model with the names of the public files as an MJCF file of its own."""
    spec = build.compose_spec(ModelConfig(device="tutorial"))
    build._edit(spec, EnvConfig(), 0)
    for side, z in (("r", 0.01), ("l", -0.01)):
        calcn = spec.body(f"calcn_{side}")
        calcn.add_site(name=f"{side}_heel_btm", pos=[0.01, -0.008, -z])
        calcn.add_site(name=f"{side}_toe_btm", pos=[0.17, -0.003, -z])
    edit(spec)
    build._trim(spec)
    spec.compile()
    path = folder / "own.xml"
    path.write_text(sanitize_spec_xml(spec.to_xml()))
    return path


def test_own_file_is_taken_as_it_is(tmp_path):
    path = write_own_file(tmp_path)
    env, exo = EnvConfig(sim_time=1.0), ExoConfig(controller="four_param", max_torque=100.0)
    walker = build_walker(ModelConfig(path=str(path)), env)
    assert not walker.own
    simulator = Simulator(walker, env, exo)
    log = simulator.simulate(WALKING_VECTOR)
    assert log.outcome in (Outcome.SURVIVED, Outcome.FELL, Outcome.INVALID_START)
    data = simulator._workers[0].data
    simulator._start.apply(data, simulator.table.decode(WALKING_VECTOR))
    lowest = min(data.site_xpos[s, 2] for s in simulator._start.sites)
    assert lowest == pytest.approx(0.0, abs=1e-9)


def test_a_missing_name_says_which_model_and_which_name(tmp_path):
    path = write_own_file(tmp_path, lambda spec: spec.delete(spec.actuator("soleus_r")))
    with pytest.raises(ModelError, match=r"own\.xml.*actuator named soleus_r"):
        build_walker(ModelConfig(path=str(path)), EnvConfig())


def test_an_unreadable_file_is_refused(tmp_path):
    path = tmp_path / "broken.xml"
    path.write_text("<mujoco><oops/></mujoco>")
    with pytest.raises(ModelError, match="cannot be loaded"):
        build_walker(ModelConfig(path=str(path)), EnvConfig())
