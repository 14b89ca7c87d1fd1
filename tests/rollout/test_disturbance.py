"""Pushes and sensor noise: repeatable, physical, equal in the compiled and the Python loop."""

import numpy as np
import pytest

from myoassist.config.schema.draws import PerturbationConfig
from myoassist.config.schema.run import EnvConfig, ExoConfig
from myoassist.rollout.disturbance import draw_disturbance
from myoassist.rollout.simulator import Simulator
from tests.walkers import WALKING_VECTOR, make_walker


def make(seconds=2.0, **perturbation):
    env = EnvConfig(sim_time=seconds, perturbation=PerturbationConfig(**perturbation))
    return Simulator(make_walker(), env, ExoConfig(controller="four_param", max_torque=100.0))


def test_pushes_come_at_their_times():
    config = PerturbationConfig(push_force=50.0, push_interval=0.5, push_duration=0.1)
    push = draw_disturbance(config, 120, 0.01, 0).push
    expected = np.zeros(120)
    expected[50:60] = expected[100:110] = 50.0
    np.testing.assert_array_equal(push, expected)


def test_no_disturbance_by_default():
    disturbance = draw_disturbance(PerturbationConfig(), 100, 0.01, 3)
    assert disturbance.push.size == 0 and disturbance.noise.shape[0] == 0


@pytest.mark.parametrize("options", [{"push_force": 100.0, "push_interval": 0.4}, {"sensor_noise": 1.0}])
def test_both_loops_agree_under_disturbance(options):
    simulator = make(1.0, **options)
    fast = simulator.simulate(WALKING_VECTOR, seed=5).flat.copy()
    slow = simulator.simulate_slowly(WALKING_VECTOR, seed=5).flat
    assert len(fast) > 50
    np.testing.assert_array_equal(fast, slow)


def test_noise_follows_its_seed_and_stays_out_of_the_log():
    simulator = make(1.0, sensor_noise=0.5)
    first, again, other = (simulator.simulate(WALKING_VECTOR, seed=s).flat.copy() for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[:50], other[:50])
    log = simulator.simulate(WALKING_VECTOR, seed=1)
    # The logged angle is the true one: its steps are those of a joint, not of noise of 0.005 rad.
    rate = np.diff(log.joint_angle[:, 0, 1]) / log.dt
    assert np.abs(rate - 0.5 * (log.joint_velocity[1:, 0, 1] + log.joint_velocity[:-1, 0, 1])).max() < 3.0


def test_a_push_of_one_walk_is_that_of_the_configuration_and_leaves_no_trace():
    simulator = make(1.0)
    plain = simulator.simulate(WALKING_VECTOR).flat.copy()
    push = draw_disturbance(PerturbationConfig(push_force=100.0, push_interval=0.4), 100, simulator.dt, 0)
    pushed = simulator.simulate(WALKING_VECTOR, disturbance=push).flat.copy()
    configured = make(1.0, push_force=100.0, push_interval=0.4)
    np.testing.assert_array_equal(pushed, configured.simulate(WALKING_VECTOR).flat)
    np.testing.assert_array_equal(pushed, simulator.simulate_slowly(WALKING_VECTOR, disturbance=push).flat)
    assert not np.array_equal(pushed, plain)
    np.testing.assert_array_equal(simulator.simulate(WALKING_VECTOR).flat, plain)
    # The configured pushes come back after a walk with its own.
    configured.simulate(WALKING_VECTOR, disturbance=push._replace(push=np.zeros(100)))
    np.testing.assert_array_equal(configured.simulate(WALKING_VECTOR).flat, pushed)


def test_a_push_moves_the_pelvis_and_ends():
    plain = make(1.0).simulate(WALKING_VECTOR).pelvis_vel_heading[:, 0].copy()
    simulator = make(1.0, push_force=200.0, push_interval=0.3, push_duration=0.1)
    pushed = simulator.simulate(WALKING_VECTOR).pelvis_vel_heading[:, 0]
    np.testing.assert_array_equal(plain[:29], pushed[:29])
    assert pushed[39] - plain[39] > 0.05
    simulator.simulate(WALKING_VECTOR)
    again = simulator.simulate(WALKING_VECTOR).pelvis_vel_heading[:, 0]
    np.testing.assert_array_equal(again[:39], pushed[:39])
