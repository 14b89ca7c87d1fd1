"""How well a target speed is followed."""

import numpy as np
import pytest

from myoassist.rl.train.evaluate_best import measure_speed_error

INTERVAL = 1 / 30


def walk(speeds):
    return np.concatenate([[3.0], 3.0 + np.cumsum(np.asarray(speeds) * INTERVAL)])


def test_over_the_whole_walk_only_the_mean_counts():
    speeds = 1.25 + 0.3 * np.sin(np.arange(600))
    error = measure_speed_error(walk(speeds), np.full(600, 1.0), INTERVAL, 600)
    assert error == pytest.approx(abs(speeds.mean() - 1.0))


def test_with_windows_the_mean_of_all_is_no_excuse():
    target = 1.25 + 0.5 * np.sin(2 * np.pi * np.arange(600) * INTERVAL / 5.0)
    assert measure_speed_error(walk(np.full(600, 1.25)), target, INTERVAL, 600) == pytest.approx(0.0, abs=1e-9)
    # The mean of a rectified sine is 2/pi; means over a fifth of a period are a little less.
    assert measure_speed_error(walk(np.full(600, 1.25)), target, INTERVAL, 30) == pytest.approx(
        0.5 * 2 / np.pi, rel=0.1
    )
    assert measure_speed_error(walk(target), target, INTERVAL, 30) == pytest.approx(0.0, abs=1e-9)
    assert measure_speed_error(walk(target + 0.1), target, INTERVAL, 30) == pytest.approx(0.1)


def test_walks_that_end_early():
    # What is left over after the last window does not count, unless there is no window.
    assert measure_speed_error(walk([1.0] * 30 + [9.0] * 5), np.full(35, 1.2), INTERVAL, 30) == pytest.approx(0.2)
    assert measure_speed_error(walk([1.0] * 5), np.full(5, 1.2), INTERVAL, 30) == pytest.approx(0.2)
    assert measure_speed_error(np.zeros(1), np.array([1.2]), INTERVAL, 30) == pytest.approx(1.2)
