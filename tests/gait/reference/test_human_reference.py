import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.gait.leg_length import measure_leg_length
from myoassist.gait.reference.human import PERCENT, HumanSpeedError, match_reference, stance_end
from myoassist.model.build import build_walker


def at_dimensionless(value, leg=0.9):
    return match_reference(value * np.sqrt(9.81 * leg), leg)


def test_at_a_measured_speed_the_curves_are_those_of_the_source():
    free = at_dimensionless(0.42939)
    assert len(PERCENT) == 51
    # Rows of the supplement, free speed.
    assert free.curves["grf"][0][7] == pytest.approx(1.097)
    assert free.curves["trunk"][0][0] == pytest.approx(21.28)
    assert free.curves["trunk"][1][0] == pytest.approx(9.353)
    assert free.figures["pushoff_w_kg"][0] == pytest.approx(2.80, abs=0.01)
    assert free.figures["grf_peak1_bw"] == pytest.approx((1.1349, 0.1106))
    assert free.figures["stance_percent"][0] == pytest.approx(60.8, abs=0.1)
    # Step length 0.7596 leg lengths, cadence 0.5648: speed is their product.
    assert free.figures["stride_length_m"][0] == pytest.approx(2 * 0.7596 * 0.9)
    assert free.figures["stride_length_m"][0] / free.figures["stride_time_s"][0] == pytest.approx(free.speed, rel=0.01)


def test_between_speeds_it_is_linear_in_the_dimensionless_speed():
    slow, free = at_dimensionless(0.2902), at_dimensionless(0.42939)
    between = at_dimensionless(0.2902 + 0.25 * (0.42939 - 0.2902))
    for name in ("hip", "grf", "knee_moment", "emg_gastrocnemius"):
        for kind in range(2):
            expected = 0.75 * slow.curves[name][kind] + 0.25 * free.curves[name][kind]
            np.testing.assert_allclose(between.curves[name][kind], expected, atol=1e-9)


def test_legs_of_another_length_walk_alike_at_the_same_dimensionless_speed():
    long, short = at_dimensionless(0.5, 0.95), at_dimensionless(0.5, 0.7)
    np.testing.assert_allclose(long.curves["knee"][0], short.curves["knee"][0])
    assert long.figures["stride_length_m"][0] / short.figures["stride_length_m"][0] == pytest.approx(0.95 / 0.7)


@pytest.mark.parametrize(("speed", "flexion", "push"), [(0.172, 8, 0.8), (0.429, 19, 2.8), (0.56, 24, 3.4)])
def test_people_bend_the_knee_more_and_push_harder_the_faster_they_walk(speed, flexion, push):
    figures = at_dimensionless(max(speed, 0.1721)).figures
    assert figures["stance_knee_flexion_deg"][0] == pytest.approx(flexion, abs=0.6)
    assert figures["pushoff_w_kg"][0] == pytest.approx(push, abs=0.1)


def test_a_little_slower_than_the_slowest_is_the_slowest_and_further_is_refused():
    slowest = at_dimensionless(0.1721)
    np.testing.assert_array_equal(at_dimensionless(0.97 * 0.1721).curves["hip"][0], slowest.curves["hip"][0])
    for speed in (0.94 * 0.1721, 0.70, 0.0):
        with pytest.raises(HumanSpeedError, match="nobody was measured"):
            at_dimensionless(speed)
    with pytest.raises(HumanSpeedError) as error:
        match_reference(2.3, 0.9)
    # What it tells to write is accepted.
    match_reference(float(error.value.remedy.removeprefix("cost.tgt_vel=")), 0.9)


def test_the_end_of_stance_is_interpolated():
    grf = np.zeros(51)
    grf[:30] = 0.8
    assert stance_end(grf) == pytest.approx(58 + 2 * 0.75 / 0.8)


@pytest.mark.parametrize(
    "model", [ModelConfig(physics="fast"), ModelConfig(musculature=26), ModelConfig(device="osl_a")], ids=str
)
def test_legs_are_as_long_as_their_segments_and_the_foot(model):
    walker = build_walker(model, EnvConfig())
    # Thigh and shank 0.39 to 0.41 m each, ankle 5 to 8 cm above the floor.
    assert 0.83 < measure_leg_length(walker) < 0.88


def test_a_smaller_person_has_shorter_legs():
    lengths = [
        measure_leg_length(build_walker(ModelConfig(physics="fast", height_scale=scale), EnvConfig()))
        for scale in (1.0, 0.9)
    ]
    assert lengths[1] / lengths[0] == pytest.approx(0.9, abs=0.003)
