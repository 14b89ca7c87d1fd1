"""Force of the ground on each foot in the log, against the contacts that the simulator itself lists."""

from functools import cache

import mujoco
import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.control import signals as sg
from myoassist.model.build import build_walker
from myoassist.rollout.simulator import Simulator


@cache
def make(physics="fast", sensing="touch", musculature=22, **env):
    model = ModelConfig(musculature=musculature, physics=physics, sensing=sensing)
    config = EnvConfig(sim_time=2.0, **env)
    return Simulator(build_walker(model, config), config, ExoConfig())


def sum_contacts(model, data, foot):
    """Force (N) on the bodies of a foot, and the point about which the contacts have no horizontal moment (m)."""
    force, moment, heights, weights = np.zeros(3), np.zeros(3), [], []
    wrench = np.zeros(6)
    for i, contact in enumerate(data.contact):
        bodies = model.geom_bodyid[contact.geom]
        if not np.isin(bodies, foot).any():
            continue
        mujoco.mj_contactForce(model, data, i, wrench)
        axes = contact.frame.reshape(3, 3)
        sign = 1.0 if bodies[1] in foot else -1.0
        push = sign * (axes.T @ wrench[:3])
        force += push
        moment += np.cross(contact.pos, push) + sign * (axes.T @ wrench[3:])
        heights.append(contact.pos[2])
        weights.append(np.linalg.norm(push))
    if force[2] <= 1.0:
        return force, np.zeros(3)
    z = np.average(heights, weights=weights)
    return force, np.array([(z * force[0] - moment[1]) / force[2], (moment[0] + z * force[1]) / force[2], z])


@pytest.mark.parametrize(
    ("physics", "musculature", "env"),
    [("fast", 22, {}), ("full", 22, {}), ("full", 26, {}), ("fast", 22, {"slope_deg": 5.0})],
    ids=["fast", "full", "3D", "slope"],
)
def test_force_and_centre_of_pressure_are_those_of_all_contacts(physics, musculature, env):
    simulator = make(physics, "touch", musculature, **env)
    model = simulator.walker.model
    feet = []
    for side in "rl":
        root = model.body(f"talus_{side}").id
        feet.append([b for b in range(model.nbody) if _hangs_on(model, b, root)])
    found = []
    log = simulator.simulate_slowly(
        simulator.table.initial,
        observe=lambda data: found.append([sum_contacts(model, data, foot) for foot in feet]),
    )
    assert log.n_steps > 40
    forces = np.array([[foot[0] for foot in row] for row in found])
    centres = np.array([[foot[1] for foot in row] for row in found])
    assert (forces[:, :, 2] > 100.0).sum() > 20
    np.testing.assert_allclose(log.ground_force_w, forces, atol=1e-6)
    np.testing.assert_allclose(log.pressure_center_w, centres, atol=1e-6)


def _hangs_on(model, body, root):
    while body not in (0, root):
        body = model.body_parentid[body]
    return body == root


@pytest.mark.parametrize("physics", ["fast", "full"])
@pytest.mark.parametrize("sensing", ["touch", "contact"])
def test_compiled_and_python_loop_log_the_same_forces(physics, sensing):
    simulator = make(physics, sensing)
    fast = simulator.simulate(simulator.table.initial).flat.copy()
    slow = simulator.simulate_slowly(simulator.table.initial).flat
    assert len(fast) > 40
    np.testing.assert_array_equal(fast, slow)


def test_what_is_felt_is_the_whole_load_with_contact_sensing():
    for sensing in ("touch", "contact"):
        simulator = make("full", sensing)
        log = simulator.simulate(simulator.table.initial)
        felt = simulator.first_worker.signals.legs[:, sg.LOAD]
        np.testing.assert_allclose(felt, log.felt_load[-1], atol=1e-12)
        loaded = log.load > 0.05
        assert log.sensing == sensing
        assert (log.felt_load[loaded] == pytest.approx(log.load[loaded])) == (sensing == "contact")


def test_a_model_feels_no_more_than_it_did():
    """The motion under touch sensing does not know of the force sensors, whatever stands in them."""
    simulator = make("fast", "touch")
    model = simulator.walker.model
    names = [model.sensor(i).name for i in range(model.nsensor)]
    assert names[-2:] == ["ground_force_r", "ground_force_l"]
    assert simulator.walker.layout.load.tolist() == simulator.walker.layout.touch.tolist()
    contact = make("fast", "contact").walker
    assert set(contact.layout.load.ravel().tolist()).isdisjoint(contact.layout.touch.ravel().tolist())
