import numpy as np
import pytest

from myoassist.gait.events import LEFT, RIGHT, filter_refractory, find_new_steps, find_published_strikes
from tests.gait.synthetic_walk import empty_walk, reference_walk


@pytest.mark.parametrize("dt", [0.01, 0.001])
def test_refractory_filter_keeps_what_is_more_than_300_ms_after_a_kept_event(dt):
    times = np.array([0.0, 0.10, 0.29, 0.30, 0.31, 0.70])
    kept = filter_refractory(np.rint(times / dt).astype(int), dt)
    np.testing.assert_allclose(kept * dt, [0.0, 0.31, 0.70])


def test_dropped_events_do_not_block_later_ones():
    np.testing.assert_array_equal(filter_refractory(np.array([0, 20, 40, 60]), 0.01), [0, 40])


def test_no_event_gives_empty_arrays():
    strikes = find_published_strikes(empty_walk(50))
    assert strikes.total == 0
    assert find_new_steps(np.zeros((5, 2))).size == 0


def test_both_labellings_on_a_landing_with_dorsiflexed_ankle():
    log = reference_walk()
    log.joint_angle[:, :, 2] = 1.5
    log.joint_angle[::100, LEFT, 2] = 1.2
    log.joint_angle[50::100, RIGHT, 2] = 1.2
    for compat in (False, True):
        strikes = find_published_strikes(log, compat)
        np.testing.assert_array_equal(strikes.left, np.arange(0, 800, 100))
        np.testing.assert_array_equal(strikes.right, np.arange(50, 800, 100))


def test_ankle_labelling_swaps_the_feet_of_the_reference_gait():
    log = reference_walk()
    np.testing.assert_array_equal(find_published_strikes(log, compat=True).left, find_published_strikes(log).right)


def test_ties_are_dropped():
    log = empty_walk(100)
    log.new_step[10] = 1.0
    assert find_published_strikes(log).total == 0
    log.new_step[10, RIGHT] = 0.0
    assert find_published_strikes(log, compat=True).total == 0
    assert find_published_strikes(log).left.tolist() == [10]
