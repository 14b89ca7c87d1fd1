"""What a foot has to carry at the start of a walk, with either sensing."""

import numpy as np
import pytest

from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.model.build import build_walker
from myoassist.rollout.simulator import Simulator


def place(sensing, physics="fast", controller="guided", lift=0.0):
    """Return why the start of a walk on the published body is invalid, with the walker that much higher, m."""
    env = EnvConfig(sim_time=1.0)
    walker = build_walker(ModelConfig(plant="published", physics=physics, sensing=sensing), env)
    simulator = Simulator(walker, env, ExoConfig(), control=ControlConfig(controller=controller))
    table, start, data = simulator.table, simulator._start, simulator.first_worker.data
    if lift:
        clearance = start.clearance
        start.clearance = lambda data: clearance(data) - lift
    rates = simulator.human.start_rates(0)
    start.apply(data, table.decode(table.initial), rates)
    load = np.array([data.sensordata[walker.layout.ground[leg] + 2] for leg in range(2)])
    return start.explain_invalid(data), load.max() / walker.body_weight


@pytest.mark.parametrize("physics", ["fast", "full"])
def test_with_contact_sensing_a_foot_that_touches_is_enough(physics):
    # Posture and rates of people: the toe that has just left the ground is the lowest point here, and moves up.
    reason, load = place("contact", physics)
    assert reason == ""
    assert 0.0 < load < 0.1
    reason, same = place("touch", physics)
    assert reason.startswith("no foot is loaded at the start (0.0")
    assert same == pytest.approx(load)


@pytest.mark.parametrize("sensing", ["touch", "contact"])
def test_a_walker_in_the_air_is_refused_by_either(sensing):
    reason, load = place(sensing, controller="reflex", lift=0.02)
    assert load == 0.0
    assert reason == "no foot is loaded at the start (0.000 body weights)"
    assert place(sensing, controller="reflex")[0] == ""
