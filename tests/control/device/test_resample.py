"""Resampled torque curves keep their peak, whatever the number of points."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.resample import find_peak, four_param_to_npoint, resample_npoint, sample_curve
from myoassist.control.device.splines import build_curve, explain_invalid, four_param_knots, npoint_knots

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "exo_vectors.json").read_text())


def curve_of(values):
    return build_curve(*npoint_knots(np.asarray(values), 1.0))


def absolute_times(values):
    n = len(values) // 2
    return (np.arange(n) + np.asarray(values)[n:]) / n


@pytest.mark.parametrize("case", VECTORS["bootstrap"], ids=lambda c: f"{len(c['old_params']) // 2}to{c['n_new']}")
def test_samples_and_peak_are_those_recorded(case):
    # The recorded tool read times as places in stance, sorted; given its curve, the samples have to agree.
    old, n = np.array(case["old_params"]), case["n_new"]
    order = np.argsort(old[len(old) // 2 :])
    torque, time = old[: len(old) // 2][order], old[len(old) // 2 :][order]
    curve = build_curve(np.array([0.0, *(100 * time), 100.0]), np.array([0.0, *torque, 0.0]))
    np.testing.assert_allclose(find_peak(curve), (case["peak_time"], case["peak_value"]), rtol=1e-9)
    new = sample_curve(curve, n)
    np.testing.assert_allclose(new[:n], case["new_params"][:n], rtol=1e-9)
    np.testing.assert_allclose(absolute_times(new), case["new_params"][n:], rtol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 12])
def test_the_same_number_of_points_keeps_the_vector(n):
    values = np.random.default_rng(n).uniform(0.02, 0.98, 2 * n)
    np.testing.assert_array_equal(resample_npoint(values, n), values)


@pytest.mark.parametrize("n_new", [1, 2, 4, 5, 6, 7, 64])
@pytest.mark.parametrize("times", [[0.5, 0.5, 0.5], [0.2, 0.05, 0.9], [0.9, 0.99, 0.3], [0.1, 0.9, 0.1]])
def test_peak_stays_on_the_grid(times, n_new):
    old = np.array([0.2, 0.8, 0.3, *times])
    new = resample_npoint(old, n_new)
    assert explain_invalid(new, ExoConfig(controller="npoint", n_points=n_new)) == ""
    peak_time, peak = find_peak(curve_of(old))
    new_time, new_peak = find_peak(curve_of(new))
    assert new_time == peak_time
    assert new_peak == pytest.approx(peak, rel=1e-12)
    # The point that carries the peak lies in its own part, within the bounds of the search.
    assert np.isclose(absolute_times(new), peak_time, atol=1e-12).any()


def test_more_points_follow_the_curve():
    old = np.array([0.2, 0.8, 0.3, 0.3, 0.6, 0.85])
    grid = np.linspace(0.0, 100.0, 501)
    errors = [np.abs(curve_of(resample_npoint(old, n))(grid) - curve_of(old)(grid)).max() for n in (4, 16, 64)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.02


def test_times_are_places_in_the_parts():
    # One point late in the second half: at 0.5 + 0.8 / 2 = 0.9 of stance, not at 0.8.
    new = resample_npoint(np.array([0.1, 0.6, 0.5, 0.8]), 1)
    assert new[1] == pytest.approx(0.9, abs=1e-3)
    assert new[0] == pytest.approx(0.6, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_curve_stays_usable_and_keeps_its_peak(data):
    n_old, n_new = data.draw(st.integers(1, 10)), data.draw(st.integers(1, 20))
    torque = data.draw(st.lists(st.floats(0.01, 1.0), min_size=n_old, max_size=n_old))
    time = data.draw(st.lists(st.floats(0.01, 0.99), min_size=n_old, max_size=n_old))
    old = np.array([*torque, *time])
    new = resample_npoint(old, n_new)
    assert explain_invalid(new, ExoConfig(controller="npoint", n_points=n_new)) == ""
    peak = find_peak(curve_of(old))[1]
    assert find_peak(curve_of(new))[1] == pytest.approx(max(peak, 0.01), rel=1e-9)


def test_four_parameters_become_points():
    old = np.array([0.5, 0.467, 0.9, 0.075])
    curve = build_curve(*four_param_knots(old, 1.0))
    new = four_param_to_npoint(old, 6)
    assert find_peak(curve_of(new))[0] == find_peak(curve)[0] == pytest.approx(0.9, abs=1e-3)
    assert find_peak(curve_of(new))[1] == pytest.approx(0.5, abs=1e-3)
    # Nothing happens before the rise begins; an n-point curve cannot be lower than 0.01.
    np.testing.assert_array_equal(new[:2], [0.01, 0.01])


def test_curve_without_torque_and_coinciding_points():
    new = resample_npoint(np.array([0.0, 0.0, 0.5, 0.5]), 3)
    np.testing.assert_array_equal(new, [0.01] * 3 + [0.5] * 3)
    with pytest.raises(ValueError, match="do not increase"):
        resample_npoint(np.array([0.2, 0.2, 1.0, 0.0]), 3)
