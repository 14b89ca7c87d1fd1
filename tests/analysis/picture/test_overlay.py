import numpy as np
import pytest

from myoassist.analysis.picture.figures import LEG_COLORS
from myoassist.analysis.picture.overlay import Overlay, Reading
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
