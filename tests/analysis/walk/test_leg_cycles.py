import numpy as np
import pytest

from myoassist.analysis.walk.leg_cycles import (
    find_leg_cycles,
    find_stances,
    resample,
    stance_percent,
    stance_progress,
)
from myoassist.gait.angles import to_clinical
from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.reference.gait import load_reference_gait
from tests.gait.synthetic_walk import empty_walk, reference_walk


def test_each_leg_is_cut_at_its_own_heel_strikes():
    log = reference_walk(n_strides=8, samples=120)
    right, left = find_leg_cycles(log, num_strides=3)
    assert (right.leg, left.leg) == (RIGHT, LEFT)
    assert left.starts.tolist() == [480, 600, 720]
    assert left.stops.tolist() == [600, 720, 840]
    assert right.starts.tolist() == [540, 660, 780]


def test_both_legs_of_the_reference_walk_are_the_reference():
    log = reference_walk(n_strides=8, samples=200)
    knee = to_clinical(log.joint_angle)[:, :, 1]
    signal = load_reference_gait().signals["knee_flexion"]
    # The synthetic walk holds each of 100 table rows for two samples.
    expected = signal.evaluate(np.floor(np.arange(100.0)) / 100.0)
    for cycles in find_leg_cycles(log, 2):
        rows = resample(knee[:, cycles.leg], cycles)
        assert rows.shape == (2, 101)
        assert np.abs(rows[:, :100] - expected).max() < 1e-9


def test_stances_are_unbroken_contacts_inside_the_cycles():
    log = reference_walk(n_strides=6, samples=100)
    for cycles in find_leg_cycles(log, 3):
        assert stance_percent(log, cycles) == pytest.approx(60.0)
        stances = find_stances(log, cycles)
        assert (stances.stops - stances.starts).tolist() == [60] * len(stances)
        assert set(cycles.starts.tolist()) <= set(stances.starts.tolist())


def test_contacts_too_short_for_a_stance_do_not_count():
    log = reference_walk(n_strides=6, samples=100)
    left = find_leg_cycles(log, 2)[LEFT]
    before = find_stances(log, left)
    log.ground_force_w[left.starts[0] + 75 : left.starts[0] + 80, LEFT, 2] = 0.5 * log.mass * 9.8
    assert find_stances(log, left).starts.tolist() == before.starts.tolist()


def test_no_strides():
    log = empty_walk(n_steps=50)
    for cycles in find_leg_cycles(log, 5):
        assert len(cycles) == 0
        assert len(find_stances(log, cycles)) == 0
        assert resample(log.trunk_pitch, cycles).shape == (0, 101)
        assert stance_percent(log, cycles) is None


def test_progress_of_stance_goes_from_0_to_100_and_is_unknown_in_swing_and_at_the_ends():
    log = reference_walk(n_strides=4, samples=100)
    progress = stance_progress(log)
    assert progress[100:160, LEFT] == pytest.approx(100.0 * np.arange(60) / 60)
    assert np.isnan(progress[160:200, LEFT]).all()
    # It stands from the first sample on: nobody knows for how long it has.
    assert np.isnan(progress[:60, LEFT]).all()
    assert progress[150:210, RIGHT] == pytest.approx(100.0 * np.arange(60) / 60)
