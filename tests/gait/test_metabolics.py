"""Metabolic power of single muscles by hand, and of a whole walk within the range of people."""

import numpy as np
import pytest

from myoassist.gait.metabolics import BASAL_POWER, metabolic_cost, muscle_power
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from tests.walkers import WALKING_VECTOR, make_simulator


def one_muscle(excitation, activation, force, length, velocity, name="soleus_r", samples=4):
    layout = LogLayout((name,), np.array([1000.0]), np.array([0.1]))
    flat = np.zeros((samples, layout.size))
    for column, value in {
        "excitation": excitation,
        "activation": activation,
        "muscle_force": force,
        "fiber_length": length,
        "fiber_velocity": velocity,
    }.items():
        layout.view(flat, column)[:] = value
    return WalkLog(layout, flat, 0.01, samples, 70.0, Outcome.SURVIVED)


def test_isometric_muscle_only_makes_heat():
    mass = 1000.0 * 0.1 * 1059.7 / 0.25e6
    power = muscle_power(one_muscle(1.0, 1.0, 1000.0, 1.0, 0.0))
    slow, fast = 0.81, 0.19
    expected = mass * ((40 * slow + 133 * fast) + (74 * slow + 111 * fast))
    np.testing.assert_allclose(power, expected, rtol=1e-9)


def test_shortening_adds_work_and_heat():
    still = muscle_power(one_muscle(0.5, 0.5, 400.0, 1.0, 0.0))
    moving = muscle_power(one_muscle(0.5, 0.5, 400.0, 1.0, -1.0))
    # 0.1 m/s: work 40 W and heat (0.16 * 500 + 0.18 * 400) * 0.1 W.
    np.testing.assert_allclose(moving - still, 40.0 + 15.2, rtol=1e-9)


def test_fast_fibres_cost_more():
    names = ("soleus_r", "rectfem_r")
    slow, fast = (muscle_power(one_muscle(1.0, 1.0, 500.0, 1.0, 0.0, name)).mean() for name in names)
    assert fast > slow


def test_resting_muscle_costs_nothing():
    assert (muscle_power(one_muscle(0.0, 0.0, 0.0, 1.0, 0.0)) == 0.0).all()


def test_walk_costs_what_walks_cost():
    log = make_simulator(sim_time=5.0).simulate(WALKING_VECTOR)
    first, last = 150, log.n_steps
    distance = float(log.pelvis_pos_w[last - 1, 0] - log.pelvis_pos_w[first, 0])
    cost = metabolic_cost(log, first, last, distance)
    basal = BASAL_POWER * (last - first) * log.dt / distance
    assert basal < cost < 15.0
    assert 0.2 < np.median(log.fiber_length) < 1.5
    rate = np.gradient(log.fiber_length[:, 0], log.dt)
    assert np.corrcoef(rate[2:-2], log.fiber_velocity[2:-2, 0])[0, 1] > 0.95


def test_unknown_muscles_are_refused():
    log = one_muscle(1.0, 1.0, 1.0, 1.0, 0.0)
    bare = WalkLog(LogLayout(("soleus_r",)), log.flat, 0.01, 4, 70.0, Outcome.SURVIVED)
    with pytest.raises(ValueError, match="muscle properties"):
        muscle_power(bare)
