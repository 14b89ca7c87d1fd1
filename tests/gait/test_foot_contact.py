import numpy as np
import pytest

from myoassist.gait.events import LEFT, RIGHT, find_felt_strikes, find_heel_strikes, find_published_strikes
from myoassist.gait.foot_contact import find_stances, loaded_samples
from tests.gait.synthetic_walk import empty_walk, press, reference_walk


@pytest.mark.parametrize("dt", [0.01, 0.001])
def test_a_strike_needs_a_swing_of_150_ms_and_a_rise_through_the_upper_threshold(dt):
    load = np.zeros(round(3.0 / dt))

    def carry(begin, end, value):
        load[round(begin / dt) : round(end / dt)] = value

    carry(0.0, 0.4, 0.8)
    carry(0.8, 0.9, 0.08)  # below the upper threshold: no strike
    carry(1.0, 1.3, 0.9)
    carry(1.44, 1.6, 0.9)  # 0.14 s off the ground: the same stance
    carry(1.6, 1.7, 0.06)  # above the lower threshold: still loaded
    carry(1.85, 2.2, 0.9)
    events = find_stances(load, dt)
    np.testing.assert_allclose(events.strikes * dt, [1.0, 1.85])
    np.testing.assert_allclose(events.offs * dt, [0.4, 1.7, 2.2])
    assert loaded_samples(load, dt).sum() * dt == pytest.approx(0.4 + 0.7 + 0.35)


def test_nothing_is_found_without_load_and_without_swing():
    for load in (np.zeros(50), np.ones(50), np.zeros(0)):
        events = find_stances(load, 0.01)
        assert len(events.strikes) == len(events.offs) == 0


def test_swings_cut_off_by_the_record_are_as_long_as_what_is_seen_of_them():
    load = np.ones(100)
    load[:10] = load[-10:] = 0.0
    events = find_stances(load, 0.01)
    assert len(events.strikes) == len(events.offs) == 0
    load[:15] = load[-15:] = 0.0
    events = find_stances(load, 0.01)
    assert (events.strikes.tolist(), events.offs.tolist()) == ([15], [85])


def test_strikes_follow_the_whole_foot_and_the_cost_follows_the_published_ones_while_touch_is_felt():
    log = reference_walk(n_strides=6)
    # The heel sensors rise once more in mid-stance, as in walks that roll back onto the heel.
    log.new_step[35::100, LEFT] = 1.0
    assert find_heel_strikes(log).left.tolist() == [100, 200, 300, 400, 500]
    assert 135 in find_published_strikes(log).left
    np.testing.assert_array_equal(find_felt_strikes(log).left, find_published_strikes(log).left)
    felt = reference_walk(n_strides=6, sensing="contact")
    felt.new_step[:] = log.new_step
    np.testing.assert_array_equal(find_felt_strikes(felt).left, find_heel_strikes(log).left)


def test_the_felt_load_is_the_sum_of_the_sensors_or_the_whole_force():
    log = empty_walk(20)
    log.load_heel[:, RIGHT], log.load_toes[:, RIGHT] = 0.3, 0.2
    press(log, RIGHT, np.full(20, 0.9))
    assert log.felt_load[:, RIGHT] == pytest.approx(0.5)
    assert log.load[:, RIGHT] == pytest.approx(0.9)
    contact = empty_walk(20, sensing="contact")
    contact.flat[:] = log.flat
    assert contact.felt_load[:, RIGHT] == pytest.approx(0.9)
