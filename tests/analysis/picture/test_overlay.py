import numpy as np
import pytest

from myoassist.analysis.picture.figures import LEG_COLORS
from myoassist.analysis.picture.overlay import Overlay, Reading, load_font, shorten
from myoassist.control.device.splines import build_curve

BLANK = np.full((480, 640, 3), 255, dtype=np.uint8)
CURVE = build_curve(np.array([0.0, 30.0, 50.0, 80.0, 100.0]), np.array([0.0, 2.0, 8.0, 1.0, 0.0]))


def count(frame, color):
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(frame.astype(int) - rgb).sum(axis=2) < 12).sum())


def test_the_frame_itself_is_left_alone():
    Overlay(640, 480, CURVE, 10.0, "name").apply(BLANK, Reading(1.0, 1.2))
    assert (BLANK == 255).all()


def test_dot_of_a_standing_leg_follows_the_stance():
    overlay = Overlay(640, 480, CURVE, 10.0)
    places = []
    for percent in (20.0, 70.0):
        reading = Reading(1.0, 1.2, (float(CURVE(percent)), 0.0), (percent, 0.0), (True, False))
        frame = overlay.apply(BLANK, reading)[:134]
        red = np.abs(frame.astype(int) - [0, 0x72, 0xB2]).sum(axis=2) < 12
        places.append(np.argwhere(red).mean(axis=0))
    assert places[1][1] - places[0][1] == pytest.approx(0.5 * 190, abs=2)


def test_legs_in_swing_have_no_dot():
    overlay = Overlay(640, 480, CURVE, 10.0)
    frame = overlay.apply(BLANK, Reading(1.0, 1.2))
    assert [count(frame, color) for color in LEG_COLORS] == [0, 0]


def test_without_an_exo_there_is_no_diagram():
    frame = Overlay(640, 480).apply(BLANK, Reading(1.0, 1.2, (1.0, 1.0), (10.0, 10.0), (True, True)))
    assert (frame[:200, 320:] == 255).all()
    # Time and speed at the upper left.
    assert (frame[:60, :160] < 128).any()


def test_larger_pictures_scale_everything():
    small = Overlay(640, 480, CURVE, 10.0, "name").apply(BLANK, Reading(12.3, 1.2))
    large = Overlay(1280, 960, CURVE, 10.0, "name").apply(np.full((960, 1280, 3), 255, np.uint8), Reading(12.3, 1.2))
    shares = [(frame.sum(axis=2) < 700).mean() for frame in (small, large)]
    assert shares[1] == pytest.approx(shares[0], rel=0.2)


def test_each_leg_has_its_words_in_its_colour_while_it_stands():
    reading = Reading(1.0, 1.2, legs=("right: stance 40 %", "left: swing"), loaded=(True, False))
    frame = Overlay(640, 480).apply(BLANK, reading)
    blue, orange = (count(frame[:60, 110:], color) for color in LEG_COLORS)
    assert blue > 20 and orange == 0
    assert (frame[33:48, 118:190] < 200).any()
    assert (frame[:60, 320:] == 255).all()


def test_a_speed_other_than_real_time_is_named():
    real, half = (Overlay(640, 480, playback=speed).apply(BLANK, Reading(1.0, 1.2)) for speed in (1.0, 0.5))
    assert (real[:25, 70:110] == 255).all() and (half[:25, 70:110] < 128).any()


@pytest.mark.parametrize(("activation", "widest"), [(True, 467), (False, 612)])
def test_a_long_name_stays_clear_of_the_legend(activation, widest):
    name = "a_run_of_a_grid_" * 8
    font = load_font(11)
    kept = shorten(name, font, widest)
    assert font.getlength(name) > widest >= font.getlength(kept)
    assert kept.startswith("a_run") and kept.endswith("_grid_") and "…" in kept
    assert shorten("short", font, widest) == "short"
    drawn, plain = (
        Overlay(640, 480, caption=text, activation=activation).apply(BLANK, Reading(1.0, 1.2)) for text in (name, "")
    )
    columns = np.flatnonzero((drawn != plain).any(axis=(0, 2)))
    legend = np.flatnonzero((plain[400:] != BLANK[400:]).any(axis=(0, 2)))
    assert columns.min() >= (legend.max() + 10 if activation else 14) and columns.max() <= 640 - 14
