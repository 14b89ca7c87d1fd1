"""Energy models at 0.60 MPa: single muscles by hand, what sums must be, and the model of before untouched."""

import numpy as np
import pytest

from myoassist.gait.energy import (
    ENERGY_MODELS,
    bhargava,
    energy_by_muscle,
    muscle_mass,
    transport_cost,
    umberger,
)
from myoassist.gait.metabolics import muscle_power
from myoassist.rollout.log import LogLayout, Outcome, WalkLog
from tests.rollout.muscle.test_tendon_muscle import make_elastic

MASS = 1000.0 * 0.1 * 1059.7 / 0.60e6


def one_muscle(excitation, activation, force, length, velocity, name="soleus_r"):
    layout = LogLayout((name,), np.array([1000.0]), np.array([0.1]))
    flat = np.zeros((3, layout.size))
    values = {
        "excitation": excitation,
        "activation": activation,
        "muscle_force": force,
        "fiber_length": length,
        "fiber_velocity": velocity,
    }
    for column, value in values.items():
        layout.view(flat, column)[:] = value
    return WalkLog(layout, flat, 0.01, 3, 70.0, Outcome.SURVIVED)


def test_mass_follows_from_force_and_length():
    assert muscle_mass(one_muscle(0, 0, 0, 1, 0)) == pytest.approx([MASS])


def test_umberger_isometric_at_full_excitation():
    # All fibres at work: slow share 0.81, heat 1.5 * (128 * 0.19 + 25) W/kg, no work.
    energy = umberger(one_muscle(1.0, 1.0, 1000.0, 1.0, 0.0))
    np.testing.assert_allclose(energy.heat, MASS * 1.5 * (128.0 * 0.19 + 25.0), rtol=1e-12)
    assert (energy.work == 0.0).all()


def test_umberger_shortening_adds_heat_and_work():
    energy = umberger(one_muscle(1.0, 1.0, 500.0, 1.0, -2.0))
    moving = 1.5 * (25.0 * 2.0 * 0.81 + 15.3 * 2.0 * 0.19)
    np.testing.assert_allclose(energy.heat, MASS * (1.5 * (128.0 * 0.19 + 25.0) + moving), rtol=1e-12)
    np.testing.assert_allclose(energy.work, 500.0 * 0.2)


def test_umberger_orderly_recruitment_is_cheaper_at_low_drive():
    low, high = (umberger(one_muscle(u, u, 0.0, 1.0, 0.0)).heat.mean() for u in (0.2, 1.0))
    assert low < 0.2**0.6 * high


def test_umberger_rests_at_its_least_heat_and_never_gains():
    np.testing.assert_allclose(umberger(one_muscle(0.0, 0.0, 0.0, 1.0, 0.0)).total, MASS)
    assert (umberger(one_muscle(0.0, 0.05, 900.0, 1.0, 3.0)).total >= 0.0).all()


def test_bhargava_is_the_model_of_before_but_for_the_mass():
    # Forces of a muscle do not depend on specific tension; heat by mass does.
    still = one_muscle(0.7, 0.6, 300.0, 1.0, 0.0, "rectfem_r")
    np.testing.assert_allclose(bhargava(still).total, muscle_power(still) * 0.25 / 0.60, rtol=1e-12)
    moving = one_muscle(0.7, 0.6, 300.0, 1.0, -1.0, "rectfem_r")
    work = bhargava(moving).work
    np.testing.assert_allclose(work, 30.0)
    assert (bhargava(moving).heat > bhargava(still).heat).all()


def test_both_models_over_a_walk_with_tendons():
    simulator = make_elastic()
    log = simulator.simulate(simulator.table.initial)
    last = log.n_steps
    for name, (function, rest) in ENERGY_MODELS.items():
        energy = function(log)
        assert energy.total.shape == log.activation.shape and (energy.total >= 0.0).all()
        rows = energy_by_muscle(log, name, 0, last)
        assert list(rows) == list(log.muscle_names)
        whole = sum(sum(row) for row in rows.values())
        for mass, moved in ((log.person_mass, False), (log.mass, True)):
            cost = transport_cost(log, name, 0, last, 2.0, moved)
            assert cost == pytest.approx((whole + rest * mass) * last * log.dt / (mass * 2.0))
    assert log.mass > log.person_mass + 2.0
    # Work is that of active fibres, not of tendons.
    speed = log.fiber_velocity * log.layout.optimal_length
    np.testing.assert_allclose(umberger(log).work, -np.maximum(log.active_force, 0.0) * speed)


def test_implied_mass_of_the_tables_is_that_of_a_leg():
    mass = muscle_mass(make_elastic().simulate(make_elastic().table.initial))
    # The source has 5.49 kg per leg in the muscles that 22 stand for.
    assert mass.sum() == pytest.approx(2 * 5.49, rel=0.02)
