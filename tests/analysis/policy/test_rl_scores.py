import numpy as np
import pytest

from myoassist.analysis.policy.scores import ANKLE, band, find_cycles, ramp, score_walk, stance_share
from myoassist.gait.events import LEFT, RIGHT
from tests.gait.synthetic_walk import empty_walk, press, reference_walk


def test_ramps_and_bands():
    assert [ramp(value, 0.05, 0.40) for value in (0.0, 0.05, 0.225, 0.40, 1.0)] == pytest.approx([1, 1, 0.5, 0, 0])
    assert [band(value, 55, 65, 15) for value in (40, 47.5, 55, 60, 65, 72.5, 80)] == pytest.approx(
        [0, 0.5, 1, 1, 1, 0.5, 0]
    )


def assisted_walk(left_shift=0, left_scale=1.0, swing=0.0):
    """A steady walk with one bump of torque of 30 N·m at 45 % of the cycle of each leg."""
    log = reference_walk(12)
    log.pelvis_vel_heading[:, 0] = 1.25
    percent = np.arange(log.n_steps) % 100
    for leg, start in ((LEFT, 0), (RIGHT, 50)):
        cycle = (percent - start) % 100
        press(log, leg, (cycle < 60) * 0.8)
        shift = left_shift if leg == LEFT else 0
        bump = 30.0 * np.exp(-(((cycle - 45 - shift) / 7.0) ** 2))
        log.exo_torque[:, leg] = bump * (left_scale if leg == LEFT else 1.0) + swing * (cycle >= 60)
    return log


def scores_of(log, target=1.25):
    return score_walk(log, np.full(log.n_steps, target), 8, ANKLE, direct=True)


def test_a_steady_symmetric_push_off_gets_nearly_everything():
    values = scores_of(assisted_walk()).values
    assert set(values) == {"stability", "symmetry", "plausibility"}
    assert values["stability"] == pytest.approx(1.0, abs=0.02)
    assert values["symmetry"] == pytest.approx(1.0, abs=0.02)
    assert values["plausibility"] > 0.97


def test_what_is_wrong_costs_points_where_it_belongs():
    good = scores_of(assisted_walk())
    slow = scores_of(assisted_walk(), target=1.65)
    assert slow.parts["stability"][0].measured == pytest.approx(0.40)
    assert slow.values["stability"] == pytest.approx(good.values["stability"] - 0.25, abs=0.01)
    assert slow.values["symmetry"] == good.values["symmetry"]
    halved = scores_of(assisted_walk(left_scale=0.5))
    points = {part.label: part.points for part in halved.parts["symmetry"]}
    assert points["torque: peak, smaller over larger side"] == pytest.approx(0.5, abs=0.01)
    late = scores_of(assisted_walk(left_shift=20))
    gap = next(part for part in late.parts["symmetry"] if "distance" in part.label)
    assert (gap.measured, gap.points) == (pytest.approx(20.0, abs=1.0), pytest.approx(0.0, abs=0.06))
    held = scores_of(assisted_walk(swing=15.0))
    swing = {part.label: part for part in held.parts["plausibility"]}["impulse in swing, r"]
    assert swing.measured > 40.0 and swing.points == 0.0


def test_without_a_device_symmetry_is_that_of_the_ground_reaction():
    log = assisted_walk()
    log.exo_torque[:] = 0.0
    log.ground_force_w[:, LEFT] *= 0.5
    scores = score_walk(log, np.full(log.n_steps, 1.25), 8, None, direct=False)
    assert set(scores.parts) == {"stability", "symmetry"}
    assert scores.parts["symmetry"][0].measured == pytest.approx(0.5, abs=0.01)


def test_short_lifts_of_a_foot_do_not_end_its_stance():
    log = assisted_walk()
    share = stance_share(log, find_cycles(log, 8)[RIGHT])
    log.ground_force_w[(np.arange(log.n_steps) - 50) % 100 == 30, RIGHT] = 0.0
    assert stance_share(log, find_cycles(log, 8)[RIGHT]) == pytest.approx(share)
    assert share == pytest.approx(0.6, abs=0.02)


def test_feet_that_feel_nothing_are_cut_by_hip_flexion():
    log = reference_walk(12)
    log.ground_force_w[:] = 0.0
    legs = find_cycles(log, 8)
    assert [len(leg) for leg in legs] == [8, 8]
    assert np.diff(legs[RIGHT].starts) == pytest.approx(100)
    assert (legs[RIGHT].starts[0] - legs[LEFT].starts[0]) % 100 == pytest.approx(50, abs=2)


def test_a_walk_without_strides_gets_nothing():
    scores = scores_of(empty_walk(100))
    assert (scores.total, set(scores.parts)) == (0.0, {"stability"})
