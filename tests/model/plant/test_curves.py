"""Curves of a muscle: known values, and tables that say the same."""

import numpy as np
import pytest

from myoassist.model.plant import curves as c
from myoassist.rollout.muscle import fibre


def test_values_that_the_curves_are_made_for():
    assert c.speed_force(np.array([0.0, -1.0])) == pytest.approx([1.0, 0.0], abs=1e-12)
    assert 1.3 < float(c.speed_force(np.array(0.3))) < 1.5
    assert float(c.active_force(np.array(1.0))) == pytest.approx(1.0, abs=0.01)
    assert c.passive_force(np.array([0.8, 1.0, 1.6])) == pytest.approx([0.0, 0.0, 1.0])
    k = c.tendon_exponent(np.array(0.049))
    assert float(c.tendon_force(k * (1.049 - c.TENDON_FOOT))) == pytest.approx(1.0)
    assert (c.tendon_force(np.array([-30.0, 0.0, c.TENDON_SLACK])) < 1e-12).all()


def test_curves_go_on_as_straight_lines():
    x = np.array([1.7, 1.8, 1.9, 5.0])
    slopes = np.diff(c.passive_force(x)) / np.diff(x)
    assert slopes == pytest.approx([slopes[0]] * 3)
    e = c.TENDON_LINEAR + np.array([0.0, 1.0, 2.0, 300.0])
    slopes = np.diff(c.tendon_force(e)) / np.diff(e)
    assert slopes == pytest.approx([slopes[0]] * 3)


def test_tables_are_the_curves_and_their_slopes():
    tables = c.make_curves()
    for x in np.linspace(0.15, 1.99, 400):
        active, active_slope, passive, passive_slope = fibre._read_length(tables, x)
        assert active == pytest.approx(float(c.active_force(np.array(x))), abs=2e-6)
        assert passive == pytest.approx(float(c.passive_force(np.array(x))), abs=1e-6)
        d = 1e-6
        sides = np.array([x - d, x + d])
        assert active_slope == pytest.approx(np.diff(c.active_force(sides))[0] / (2 * d), abs=2e-3)
        if abs(x - 1.0) > 0.01 and abs(x - 1.7) > 0.01:
            assert passive_slope == pytest.approx(np.diff(c.passive_force(sides))[0] / (2 * d), abs=1e-3)
    for v in np.linspace(-1.5, 1.5, 400):
        assert fibre._read_speed(tables, v)[0] == pytest.approx(float(c.speed_force(np.array(v))), abs=1e-6)
    for e in np.linspace(-1.0, 5.0, 400):
        assert fibre._read_tendon(tables, e)[0] == pytest.approx(float(c.tendon_force(np.array(e))), abs=1e-6)


def test_energy_of_the_tendon_is_the_integral_of_its_force():
    e = np.linspace(c.TENDON_SLACK - 0.5, c.TENDON_LINEAR + 0.5, 20001)
    force = c.tendon_force(e)
    integral = np.concatenate([[0.0], np.cumsum(0.5 * (force[1:] + force[:-1]) * np.diff(e))])
    np.testing.assert_allclose(c.tendon_energy(e), integral, atol=1e-6)
