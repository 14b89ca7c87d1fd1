import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoassist.gait.events import LEFT, RIGHT, HeelStrikes, find_published_strikes
from myoassist.gait.strides import GaitWindow, cut_window, displacement, duration, normalize_strides
from tests.gait.synthetic_walk import reference_walk


def test_window_takes_the_last_strides_in_both_ways():
    log = reference_walk(n_strides=8)
    for compat in (False, True):
        window = cut_window(find_published_strikes(log), 5, compat)
        assert (window.first, window.last, window.n_strides) == (200, 700, 5)
        np.testing.assert_array_equal(window.starts, [200, 300, 400, 500, 600])
        np.testing.assert_array_equal(window.stops, [300, 400, 500, 600, 700])
        np.testing.assert_array_equal(window.right, [250, 350, 450, 550, 650])


def test_a_double_event_breaks_only_the_compat_pairing():
    strikes = HeelStrikes(right=np.array([50, 90, 150]), left=np.array([0, 100, 200]))
    clean, compat = cut_window(strikes, 2), cut_window(strikes, 2, compat=True)
    np.testing.assert_array_equal(clean.starts, [0, 100])
    np.testing.assert_array_equal(clean.stops, [100, 200])
    np.testing.assert_array_equal(compat.starts, [0, 90])
    np.testing.assert_array_equal(compat.stops, [90, 150])


def test_too_few_heel_strikes_are_refused():
    with pytest.raises(ValueError, match="6 left heel strikes, found 2"):
        cut_window(HeelStrikes(np.array([5]), np.array([0, 10])), 5)


@given(st.lists(st.integers(2, 250), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_resampling_is_numpy_interpolation_at_j_n_over_99(lengths, seed):
    bounds = np.concatenate([[3], 3 + np.cumsum(lengths)])
    values = np.random.default_rng(seed).normal(size=(bounds[-1] + 5, 2, 3))
    empty = np.array([], dtype=int)
    window = GaitWindow(int(bounds[0]), int(bounds[-1]), bounds, empty, bounds[:-1], bounds[1:])
    strides = normalize_strides(values, window)
    assert strides.shape == (len(lengths), 100, 2, 3)
    for k, n in enumerate(lengths):
        part = values[bounds[k] : bounds[k + 1], 1, 2]
        expected = np.interp(np.arange(100) * n / 99, np.arange(n), part)
        np.testing.assert_allclose(strides[k, :, 1, 2], expected, rtol=0, atol=1e-12)


def test_way_follows_the_incline_on_a_slope():
    for slope, forward in ((0.0, 6.0), (5.0, np.hypot(6.0, 0.5))):
        log = reference_walk(slope_deg=slope, speed=1.2)
        log.pelvis_pos_w[:, 1] = np.linspace(0.0, 0.799, 800)
        log.pelvis_pos_w[:, 2] = np.arange(800) / 1000.0
        window = cut_window(find_published_strikes(log), 5)
        np.testing.assert_allclose(displacement(log, window), [forward, 0.5], atol=1e-12)
        assert duration(log, window) == pytest.approx(5.0)


def test_legs_are_where_the_log_says():
    assert (RIGHT, LEFT) == (0, 1)
