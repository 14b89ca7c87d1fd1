"""Ligaments: nothing within the range, torque near its end, reported, the same in all loops."""

from functools import cache

import mujoco
import numpy as np
import pytest

from myoassist.config.schemas import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.plant.ligaments import DIRECTION, DOF, HUMAN_1, JOINT, LEG, QPOS, START, STIFFNESS
from myoassist.rollout.simulator import Simulator
from myoassist.rollout.tendon_muscle import forward_physics, make_fibres, settle_physics


@cache
def make_human(musculature: int = 22, physics: str = "fast", device: str | None = None) -> Simulator:
    env = EnvConfig(sim_time=0.6, timestep=0.001)
    model = ModelConfig(musculature=musculature, physics=physics, device=device, plant="human_1")
    return Simulator(build_walker(model, env), env, ExoConfig(controller="none"))


@pytest.mark.parametrize(("musculature", "physics"), [(22, "fast"), (26, "full"), (80, "full")])
def test_torque_begins_where_it_says_and_holds_the_joint_back(musculature, physics):
    walker = make_human(musculature, physics).walker
    model, layout = walker.model, walker.layout
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, layout.keyframe)
    mujoco.mj_forward(model, data)
    fibres = make_fibres(walker, data.userdata, data.qfrc_applied)
    assert len(walker.ligaments) == 2 * len(HUMAN_1)
    for i, row in enumerate(walker.ligaments):
        address, dof = int(row[QPOS]), int(row[DOF])
        for offset, torque in ((-0.05, 0.0), (0.1, 0.1 * row[STIFFNESS])):
            data.qpos[address] = row[START] + row[DIRECTION] * offset
            data.qvel[:] = 0.0
            mujoco.mj_forward(model, data)
            settle_physics(model, data, fibres)
            assert fibres.torque[i] == pytest.approx(torque)
            assert data.qfrc_applied[dof] == pytest.approx(-row[DIRECTION] * torque)
        # It stretches faster: more; it comes back fast: less, but it never pushes.
        pulls = []
        for rate in (2.0, -2.0, -100.0):
            data.qvel[dof] = row[DIRECTION] * rate
            forward_physics(model, data, fibres)
            pulls.append(fibres.torque[i])
        assert pulls[0] > 0.1 * row[STIFFNESS] > pulls[1] > 0.0 == pulls[2]
        data.qpos[:], data.qvel[:] = model.key_qpos[layout.keyframe], 0.0


def test_a_knee_that_is_straight_is_held_and_its_stop_comes_later():
    walker = make_human().walker
    low, high = np.rad2deg(walker.model.jnt_range[walker.layout.joint_leg[0, 1]])
    assert low == pytest.approx(-145.0, abs=0.1) and high == pytest.approx(8.0)
    published = build_walker(ModelConfig(physics="fast"), EnvConfig())
    assert published.ligaments is None
    assert np.rad2deg(published.model.jnt_range[published.layout.joint_leg[0, 1], 1]) == pytest.approx(0.0)


def test_loops_agree_and_the_log_reports_torques():
    simulator = make_human()
    vector = simulator.table.initial
    compiled = simulator.simulate(vector).flat.copy()
    rows = []

    def read(data):
        rows.append((simulator.first_worker.muscles.torque.copy(), data.qpos.copy(), data.qfrc_applied.copy()))

    log = simulator.simulate_slowly(vector, observe=read)
    np.testing.assert_array_equal(compiled, log.flat)
    torque = np.array([row[0] for row in rows])
    ligaments = simulator.walker.ligaments
    assert torque.max() > 5.0, "this walk stretches no ligament"
    for i, row in enumerate(ligaments):
        reported = log.limit_force[:, int(row[LEG]), int(row[JOINT])]
        assert (reported >= torque[:, i] - 1e-9).all()
        address = int(row[QPOS])
        free = np.array([row[DIRECTION] * (r[1][address] - row[START]) <= 0.0 for r in rows])
        assert (torque[free, i] == 0.0).all() and (torque[~free, i] >= 0.0).all()


def test_muscles_alone_bring_no_ligaments_and_a_prosthesis_has_none():
    env = EnvConfig()
    alone = build_walker(ModelConfig(physics="fast", muscle_model="elastic"), env)
    assert alone.ligaments is not None and len(alone.ligaments) == 0
    walker = make_human(22, "full", "osl_ka").walker
    right = walker.ligaments[walker.ligaments[:, LEG] == 0]
    assert len(right) < 3 and (walker.ligaments[:, LEG] == 1).sum() == 3
