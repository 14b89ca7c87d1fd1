"""Energy and stride length over speed: the curves of people, and that walks are read where they lie."""

import csv
import io
import json

import numpy as np
import pytest
from speed_figures import (
    LEG_LENGTH,
    draw_energy,
    draw_strides,
    format_csv,
    format_speeds,
    looney,
    people_strides,
    ralston,
    read_walk,
    shipped_people,
)

from myoassist.config.sources.shipped import DESCRIPTION, find_controller
from myoassist.files.errors import UserError


def test_people_walk_cheapest_at_their_usual_speed():
    speeds = np.linspace(0.5, 2.0, 1501)
    # Where the derivative of a/v + b v is 0, and by hand for the other.
    assert speeds[np.argmin(ralston(speeds))] == pytest.approx((29.0 / 0.0053) ** 0.5 / 60.0, abs=1e-3)
    assert 1.38 < speeds[np.argmin(looney(speeds))] < 1.41
    assert 3.2 < ralston(np.array(1.25)) < looney(np.array(1.25)) < 3.4


def test_strides_of_people_grow_with_speed():
    speeds, mean, sd = people_strides()
    assert speeds.shape == mean.shape == sd.shape == (5,) and (np.diff(mean) > 0).all() and (sd < 0.2).all()
    assert speeds[2] == pytest.approx(0.42939 * (9.81 * LEG_LENGTH) ** 0.5)


def test_shipped_people_and_runs_are_read(tmp_path):
    assert "shipped:human_125" in shipped_people() and "shipped:walk_22" not in shipped_people()
    score = json.loads(find_controller("human_125").with_name(DESCRIPTION).read_text())["score"]
    (tmp_path / "eval_score.json").write_text(json.dumps(score))
    rows = [read_walk(str(tmp_path)), read_walk("shipped:human_150")]
    assert rows[0].speed == score["speed_m_s"] and rows[0].human == score["gate"]["passed"]
    table = list(csv.DictReader(io.StringIO(format_csv(rows))))
    assert float(table[0]["stride_length_m"]) == pytest.approx(score["stride_length_m"], abs=1e-4)
    assert format_speeds(rows).count("\n") == 3
    assert len(draw_energy(rows).axes) == len(draw_strides(rows).axes) == 1
    with pytest.raises(UserError, match="evaluated run"):
        read_walk(str(tmp_path / "other"))
