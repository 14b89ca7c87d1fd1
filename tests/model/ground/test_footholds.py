"""Uneven ground as a plane under each foot."""

import itertools

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.model.ground.footholds import LEVEL, Footholds, Profile, draw_profile
from myoassist.rollout.simulator import Simulator
from tests.walkers import WALKING_VECTOR

EXO = ExoConfig(controller="four_param", max_torque=100.0)


@pytest.fixture(scope="module", params=["published", "human"])
def walkers(request):
    model = ModelConfig(device="tutorial", plant=request.param)
    env = EnvConfig(sim_time=3.0)
    return [Simulator(build_walker(model, env, footholds=two), env, EXO) for two in (False, True)]


def walk(simulator, profile, observe=None):
    ground = Footholds(simulator.walker.model, simulator.first_worker.data, profile)
    disturbance = simulator.first_worker.undisturbed._replace(footing=ground.footing)
    return simulator.simulate_slowly(WALKING_VECTOR, disturbance=disturbance, observe=observe)


def test_heights_are_those_of_the_draw():
    first, again, larger = (draw_profile(h, 0.0, np.random.default_rng(3)) for h in (0.02, 0.02, 0.05))
    assert (first.height == again.height).all()
    np.testing.assert_allclose(larger.height, 2.5 * first.height)
    assert np.abs(first.height).max() <= 0.02 and np.abs(first.height).max() > 0.018
    assert all(first.at(x) == (0.0, 0.0) for x in (-1.0, 0.0, LEVEL))
    height, rise = Profile(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.1, 0.0]), 0.05).at(0.5)
    assert (height, rise) == (pytest.approx(0.075), pytest.approx(0.15))


def test_level_ground_is_the_plane_bit_for_bit(walkers):
    plane, footholds = walkers
    expected = plane.simulate(WALKING_VECTOR).flat.copy()
    found = walk(footholds, draw_profile(0.0, 0.0, np.random.default_rng(0))).flat
    assert len(expected) > 60
    np.testing.assert_array_equal(found, expected)


def test_a_foot_stands_on_the_ground_below_it_and_its_plane_rests(walkers):
    _, footholds = walkers
    model = footholds.walker.model
    planes = [model.geom(name).id for name in ("ground", "ground_l")]
    # Up from the level within half a metre, then level again, 3 cm higher.
    profile = Profile(np.array([-9.0, 0.2, 0.7, 99.0]), np.array([0.0, 0.0, 0.03, 0.03]))
    sensors = [int(model.sensor(f"ground_force_{side}").adr[0]) for side in "rl"]
    seen = []

    def observe(data):
        loaded = [bool(data.sensordata[s : s + 3].any()) for s in sensors]
        seen.append((loaded, data.geom_xpos[planes].copy()))

    walk(footholds, profile, observe)
    heights = np.array([place[:, 2] for _, place in seen])
    assert heights[:5].max() == 0.0 and heights.max() == pytest.approx(0.03, abs=2e-3)
    for (before, first), (after, second) in itertools.pairwise(seen):
        for leg in range(2):
            if before[leg] and after[leg]:
                np.testing.assert_array_equal(first[leg], second[leg])
    contacts = {(int(c.geom1 in planes and c.geom1), int(c.geom2)) for c in footholds.first_worker.data.contact}
    assert all(model.geom_contype[g1] & model.geom_conaffinity[g2] for g1, g2 in contacts)


def test_each_foot_has_its_own_plane(walkers):
    _, footholds = walkers
    model = footholds.walker.model
    Footholds(model, footholds.first_worker.data, draw_profile(0.01, 0.0, np.random.default_rng(0)))
    for side, bit in (("r", 1), ("l", 2)):
        talus = model.sensor_refid[model.sensor(f"ground_force_{side}").id]
        soles = [g for g in range(model.ngeom) if model.geom_conaffinity[g] == bit]
        assert soles and all(_is_below(model, model.geom_bodyid[g], talus) for g in soles)
    assert {int(model.geom_contype[model.geom(name).id]) for name in ("ground", "ground_l")} == {1, 2}


def _is_below(model: mujoco.MjModel, body: int, root: int) -> bool:
    while body > 0 and body != root:
        body = model.body_parentid[body]
    return body == root


@pytest.mark.parametrize("muscles", ["mujoco", "rigid", "elastic"])
def test_the_compiled_loop_walks_over_it_as_mj_step_does(muscles):
    model = ModelConfig(device="tutorial", plant="human", muscle_model=muscles)
    env = EnvConfig(sim_time=3.0)
    simulator = Simulator(build_walker(model, env, footholds=True), env, EXO)
    ground = Footholds(
        simulator.walker.model, simulator.first_worker.data, draw_profile(0.0, 0.0, np.random.default_rng(0))
    )
    rough = Profile(np.array([-9.0, 0.1, 0.3, 0.5, 0.7, 99.0]), np.array([0.0, 0.0, 0.02, -0.01, 0.015, 0.0]))
    logs = []
    for profile in (rough, rough, draw_profile(0.0, 0.0, np.random.default_rng(0))):
        ground.change(profile)
        disturbance = simulator.first_worker.undisturbed._replace(footing=ground.footing)
        run = simulator.simulate_slowly if len(logs) == 1 else simulator.simulate
        logs.append(run(WALKING_VECTOR, disturbance=disturbance).flat.copy())
    np.testing.assert_array_equal(logs[0], logs[1])
    assert len(logs[0]) > 60 and not np.array_equal(logs[0][:60], logs[2][:60])
