"""Quantities stride by stride: each leg by its own strides, and what a hand-made walk has by construction."""

import csv
import json

import numpy as np
import pytest

from myoassist.analysis.page.csv_tables import write_stats_table
from myoassist.analysis.page.stats_table import stats_table
from myoassist.analysis.walk.files import write_stats
from myoassist.analysis.walk.stride_stats import stride_stats
from myoassist.gait.events import LEFT, RIGHT
from tests.gait.synthetic_walk import empty_walk, press, reference_walk


def by_name(log, strides=3):
    return {(item.quantity, item.side): item for item in stride_stats(log, strides)}


def test_a_walk_of_equal_strides_has_their_figures_and_no_spread():
    found = by_name(reference_walk(n_strides=8, samples=120, speed=1.25))
    for side in "rl":
        time = found["stride_time", side].summary
        assert time == {"strides": 3, "mean": pytest.approx(1.2), "sd": 0.0, "min": time["max"], "max": time["min"]}
        assert found["stride_length", side].summary["mean"] == pytest.approx(1.5)
        assert found["speed", side].summary["mean"] == pytest.approx(1.25)
        assert found["stance_percent", side].summary["mean"] == pytest.approx(60.0)
        assert found["peak_grf_bw", side].summary["max"] == pytest.approx(0.9 * 9.8 / 9.8)
        assert 50.0 < found["knee_flexion_max", side].summary["mean"] < 75.0
    # Nobody wears a device, and the peak forces of the muscles are not known.
    assert not [name for name, _ in found if name.startswith(("device", "metabolic"))]


def test_what_one_stride_of_one_leg_has_stays_in_its_row():
    log = reference_walk(n_strides=8, samples=100)
    load = log.load[:, RIGHT].copy()
    load[620] = 2.5
    press(log, RIGHT, load)
    found = by_name(log)
    right, left = (found["peak_grf_bw", side].summary for side in "rl")
    assert (right["max"], right["min"]) == (pytest.approx(2.5), pytest.approx(0.9))
    assert right["mean"] == pytest.approx((2.5 + 0.9 + 0.9) / 3)
    assert right["sd"] == pytest.approx(np.std([2.5, 0.9, 0.9], ddof=1))
    assert left["max"] == pytest.approx(0.9)


def test_a_device_has_torque_power_and_work():
    log = reference_walk(n_strides=8, samples=100)
    # Plantarflexion of 10 N·m at 2 rad/s.
    log.device_torque[:, LEFT, 2], log.joint_velocity[:, LEFT, 2] = -10.0, -2.0
    found = by_name(log)
    assert found["device_ankle_torque_max", "l"].summary["mean"] == pytest.approx(10.0)
    assert found["device_ankle_power_max", "l"].summary["mean"] == pytest.approx(20.0)
    assert found["device_ankle_work", "l"].summary["mean"] == pytest.approx(20.0)
    assert found["device_ankle_torque_max", "r"].summary["max"] == 0.0
    assert ("device_knee_torque_max", "l") not in found


def test_a_single_stride_has_no_spread_and_a_stand_no_row():
    alone = by_name(reference_walk(n_strides=8), strides=1)["speed", "l"].summary
    assert alone["strides"] == 1 and alone["sd"] is None and alone["mean"] == alone["max"]
    assert stride_stats(empty_walk(), 3) == []
    assert stats_table([]) is None


def test_files_and_page_say_the_same(tmp_path):
    stats = stride_stats(reference_walk(n_strides=6), 3)
    write_stats(tmp_path / "a.json", stats)
    write_stats_table(tmp_path / "a.csv", stats)
    content = json.loads((tmp_path / "a.json").read_text())
    with (tmp_path / "a.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(stats) == 2 * len(content)
    for row in rows:
        known = content[row["quantity"]]
        assert (row["unit"], row["meaning"]) == (known["unit"], known["meaning"])
        assert float(row["mean"]) == pytest.approx(known[row["leg"]]["mean"], rel=1e-7)
    table = stats_table(stats)
    assert table is not None and len(table.body) == len(content)
    assert [cell.text for cell in table.body[0].cells][:4] == ["stride time", "s", "3", "1.00"]
