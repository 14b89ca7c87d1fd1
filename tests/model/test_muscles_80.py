"""The 80-muscle legs under the controller's 13 commands per leg: groups, coordinates, soles, shares."""

import mujoco
import numpy as np
import pytest

from myoassist.check.run import check
from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig, RunConfig
from myoassist.control import signals as ix
from myoassist.files.errors import ConfigError
from myoassist.model.build import build_walker
from myoassist.model.plant.muscle_groups import MUSCLES
from myoassist.rollout.sense import sense
from myoassist.rollout.simulator import Simulator


def make(reflex_mode):
    env = EnvConfig(sim_time=0.3)
    walker = build_walker(ModelConfig(musculature=80), env)
    return Simulator(walker, env, ExoConfig(), control=ControlConfig(reflex_mode=reflex_mode))


@pytest.fixture(scope="module")
def shared():
    return make("uni")


@pytest.fixture(scope="module")
def single():
    return make("ind")


def begin(simulator, **raw):
    table, worker = simulator.table, simulator._workers[0]
    vector = table.initial.copy()
    for name, value in raw.items():
        vector[table.index(name)] = value
    assert simulator._reset(worker, table.decode(vector), vector) == ""
    return worker, vector


def test_starts_validly_and_falls_without_a_warning(shared):
    model = shared.walker.model
    worker, _ = begin(shared)
    assert (model.nv, model.nu) == (34, 80)
    worker.data.ctrl[:] = 0.0
    for _ in range(2000):
        mujoco.mj_step(model, worker.data)
    assert worker.data.warning.number.sum() == 0
    assert np.isfinite(worker.data.qpos).all()


def test_every_muscle_is_in_one_group_and_peak_forces_add_up(shared):
    layout, model = shared.walker.layout, shared.walker.model
    members = layout.muscle_group[layout.muscle_group >= 0]
    assert sorted(members.tolist()) == list(range(80))
    glutei = [model.actuator(f"glmax{i}_r").gainprm[2] for i in (1, 2, 3)]
    assert layout.muscle_f_max[0, list(MUSCLES).index("GLU")] == pytest.approx(sum(glutei))


def test_flexed_knees_read_as_in_the_other_legs(shared):
    model = shared.walker.model
    worker, _ = begin(shared)
    knee = model.joint("knee_angle_r")
    worker.data.qpos[knee.qposadr[0]], worker.data.qvel[knee.dofadr[0]] = 0.5, 2.0
    mujoco.mj_forward(model, worker.data)
    sense(worker.buffers, shared._ids, shared._constants, worker.signals)
    right = worker.signals.legs[0]
    assert right[ix.P_KNEE] == pytest.approx(np.pi - 0.5)
    assert right[ix.D_KNEE] == pytest.approx(-2.0)
    # The start pose of the parameters bends both knees, which these legs count positive.
    worker, vector = begin(shared, knee_angle_r=-2.0)
    expected = shared.table.decode(vector)[shared.table.index("knee_angle_r")]
    assert expected < 0.0
    assert worker.data.qpos[knee.qposadr[0]] == pytest.approx(-expected)


def test_group_force_is_the_share_of_its_summed_peak_force(shared):
    model = shared.walker.model
    worker, _ = begin(shared)
    worker.data.act[[model.actuator(f"vas{part}_l").actadr[0] for part in ("int", "lat", "med")]] = 0.5
    mujoco.mj_forward(model, worker.data)
    sense(worker.buffers, shared._ids, shared._constants, worker.signals)
    actuators = [model.actuator(f"vas{part}_l") for part in ("int", "lat", "med")]
    force = -sum(worker.data.actuator_force[a.id] for a in actuators)
    assert force > 100.0
    assert worker.signals.legs[1, ix.F_VAS] == pytest.approx(force / sum(a.gainprm[2] for a in actuators))


def test_touch_sensors_read_the_whole_load(shared):
    model = shared.walker.model
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
    read = contact = 0.0
    for _ in range(150):
        mujoco.mj_step(model, data)
        read += data.sensordata[shared.walker.layout.touch].sum()
        for i in range(data.ncon):
            force = np.zeros(6)
            mujoco.mj_contactForce(model, data, i, force)
            contact += force[0]
    assert contact > 1000.0
    assert read == pytest.approx(contact, rel=0.02)


def test_shared_commands_are_equal_and_factors_scale_single_muscles(shared, single):
    assert len(shared.table) == 97
    assert single.table.layout == "3d.ind"
    shares = [name for name in single.table.names if name.startswith("share_")]
    # 40 muscles per leg, three of them alone in their group.
    assert len(single.table) == 97 + len(shares) == 97 + 37
    controls = {}
    for label, simulator, raw in (
        ("shared", shared, {}),
        ("ones", single, {}),
        ("scaled", single, {"share_soleus": 0.5, "share_perlong": 3.0}),
    ):
        worker, vector = begin(simulator, **raw)
        simulator.simulate(vector, poses=None)
        names = [simulator.walker.model.actuator(i).name for i in range(80)]
        controls[label] = dict(zip(names, worker.data.ctrl.tolist(), strict=True))
    assert controls["shared"] == controls["ones"]
    assert controls["shared"]["glmax1_l"] == controls["shared"]["glmax3_l"]
    scaled = controls["scaled"]
    assert scaled["soleus_r"] == pytest.approx(0.5 * scaled["tibpost_r"])
    assert scaled["perlong_r"] == pytest.approx(min(3.0 * scaled["tibpost_r"], 1.0))


def test_factors_are_refused_where_there_is_nothing_to_share():
    with pytest.raises(ConfigError, match="reflex_mode=ind"):
        check(RunConfig(model=ModelConfig(musculature=26), control=ControlConfig(reflex_mode="ind")))
    check(RunConfig(model=ModelConfig(musculature=80), control=ControlConfig(reflex_mode="ind")))
