"""Walks with hip exoskeletons and prostheses."""

import json
from pathlib import Path

import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ExoConfig
from myoassist.config.sources.shipped import find_controller
from myoassist.optimize.start.vector import match_layout
from myoassist.optimize.start.vector_file import read_vector
from myoassist.rollout.simulator import Simulator
from tests.walkers import make_walker

WALK = read_vector(Path(find_controller("walk_22")))
RAW = {item["name"]: item["raw"] for item in json.loads(Path(find_controller("walk_22")).read_text())["parameters"]}


def make(device, controller, sim_time, max_torque=20.0):
    exo = ExoConfig(controller=controller, max_torque=max_torque)
    return Simulator(make_walker(device), EnvConfig(sim_time=sim_time), exo)


def test_a_stored_walk_fits_a_prosthesis_by_name():
    table = make("osl_a", "impedance", 1.0).table
    vector = match_layout(WALK, table)
    for name, value in zip(table.names, vector, strict=True):
        assert value == RAW.get(name, 1.0), name


@pytest.mark.parametrize(("device", "controller"), [("osl_ka", "impedance"), ("hippo", "four_param")])
def test_compiled_and_python_loop_agree(device, controller):
    simulator = make(device, controller, 0.5)
    vector = match_layout(WALK, simulator.table)
    compiled = simulator.simulate(vector).flat.copy()
    assert len(compiled) > 30
    np.testing.assert_array_equal(compiled, simulator.simulate_slowly(vector).flat)


def test_motors_give_what_the_impedance_asks_for():
    simulator = make("osl_a", "impedance", 1.0)
    log = simulator.simulate(match_layout(WALK, simulator.table))
    torque = log.device_torque
    assert np.abs(torque[:, 0, 2]).max() > 10.0
    assert (torque[:, 1] == 0.0).all() and (torque[:, 0, :2] == 0.0).all()
    limit = 58.4 * 2.88
    assert np.abs(torque).max() <= limit + 1e-9
    # In swing the ankle is held near its angle.
    swing = log.load[:, 0] < 0.05
    assert swing[20:].any()


@pytest.mark.long
def test_a_hip_exo_delivers_its_curve_over_the_stride():
    # Torque that the controller, found without an exo, bears.
    simulator = make("hippo", "four_param", 6.0, 10.0)
    log = simulator.simulate(match_layout(WALK, simulator.table))
    assert log.n_steps == 600
    assert log.exo_torque.max() == pytest.approx(5.0, rel=0.01)
    np.testing.assert_allclose(log.device_torque[:, :, 0], log.exo_torque)
    flexing = log.exo_torque > 2.5
    assert log.exo_percent[flexing].min() > 50.0
    # Most of it falls into swing.
    assert (log.load[200:][flexing[200:]] < 0.1).mean() > 0.6
