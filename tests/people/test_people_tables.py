"""Tables of how people walk: complete, and linear between the measured speeds."""

import numpy as np
import pytest

from myoassist.control.signals import MUSCLE_NAMES
from myoassist.people.tables import (
    PERCENT,
    SPEEDS,
    HumanSpeedError,
    interpolate,
    load_activity,
    load_gait,
    place_speed,
)


def test_every_muscle_has_activity_at_every_speed():
    activity = load_activity()
    assert set(activity) == set(MUSCLE_NAMES)
    for name, curves in activity.items():
        assert curves.shape == (len(SPEEDS), len(PERCENT)), name
        assert ((curves >= 0.0) & (curves <= 1.0)).all(), name
        # What is measured does not close as exactly as what is computed.
        assert np.abs(curves[:, 0] - curves[:, -1]).max() < (5e-3 if name == "GAS" else 1e-5), name
        assert curves.max() > 0.05, name


def test_activity_is_where_people_have_it_and_grows_with_speed():
    activity, percent = load_activity(), PERCENT
    free = {name: curves[SPEEDS.index("free")] for name, curves in activity.items()}
    # The calf pushes off at the end of stance, the vasti carry the load after heel strike, hip flexors start the swing.
    assert 40.0 <= percent[np.argmax(free["SOL"])] <= 54.0
    assert 40.0 <= percent[np.argmax(free["GAS"])] <= 54.0
    assert 4.0 <= percent[np.argmax(free["VAS"])] <= 20.0
    assert 44.0 <= percent[np.argmax(free["HFL"])] <= 70.0
    assert free["TA"][percent > 62.0].mean() > free["TA"][(percent > 20.0) & (percent < 50.0)].mean()
    for name in ("SOL", "GAS", "VAS", "HFL", "HAM"):
        assert activity[name][-1].max() > activity[name][0].max(), name


def test_between_speeds_tables_are_linear():
    measured = load_gait().figures["speed"][0]
    curve = load_gait().curves["knee"][0]
    for i, place in enumerate(measured):
        np.testing.assert_allclose(interpolate(curve, place), curve[i], rtol=1e-12)
    middle = 0.5 * (measured[1] + measured[2])
    np.testing.assert_allclose(interpolate(curve, middle), 0.5 * (curve[1] + curve[2]), rtol=1e-12)


def test_a_speed_of_nobody_is_refused_with_a_speed_of_the_key():
    with pytest.raises(HumanSpeedError) as error:
        place_speed(3.0, 0.9, "control.speed")
    name, value = error.value.remedy.split("=")
    assert name == "control.speed"
    place_speed(float(value), 0.9)
    # People who walk hardly slower than the slowest are compared with these.
    slowest = load_gait().figures["speed"][0][0]
    assert place_speed(0.97 * slowest * np.sqrt(9.81 * 0.9), 0.9) == slowest
