import json

import numpy as np
import pytest

from myoassist.gait.events import LEFT, RIGHT
from myoassist.gait.metrics import METRICS, compute_metrics
from tests.gait.synthetic_walk import empty_walk, press, reference_walk


def test_metrics_of_the_reference_walk():
    log = reference_walk(n_strides=8, samples=110, speed=1.3)
    log.exo_torque[:, RIGHT] = np.where(np.arange(880) == 700, 12.5, 1.0)
    values = compute_metrics(log)
    assert list(values) == list(METRICS)
    assert values["speed"] == pytest.approx(1.3)
    assert values["lateral_speed"] == pytest.approx(0.0)
    assert values["stride_time_mean"] == pytest.approx(1.1)
    assert values["stride_time_sd"] == pytest.approx(0.0, abs=1e-12)
    assert values["stride_length"] == pytest.approx(1.43)
    assert values["cadence_steps_per_min"] == pytest.approx(120 / 1.1)
    assert values["steps"] == 15
    assert values["strides_judged"] == 5
    assert values["time_walked"] == pytest.approx(8.8)
    assert values["distance"] == pytest.approx(1.3 * 8.79)
    assert values["stance_fraction_r"] == pytest.approx(0.6)
    assert values["stance_fraction_l"] == pytest.approx(0.6)
    assert values["step_time_asymmetry_percent"] == pytest.approx(0.0, abs=1e-9)
    assert values["peak_grf_bw_l"] == pytest.approx(0.9)
    assert values["exo_peak_torque_r"] == 12.5
    assert values["exo_peak_torque_l"] == 0.0
    assert values["knee_flexion_max_deg_r"] == pytest.approx(57.98, abs=0.6)
    assert values["ankle_dorsiflexion_min_deg_l"] == pytest.approx(-17.7, abs=0.4)
    assert values["hip_flexion_rom_deg_l"] == pytest.approx(43.06, abs=0.8)
    assert values["trunk_pitch_mean_deg"] == pytest.approx(8.88, abs=0.02)
    json.dumps(values, allow_nan=False)


def test_asymmetries():
    log = reference_walk()
    phase = np.arange(800) % 100
    press(log, RIGHT, np.where((phase + 40) % 100 < 60, 0.8, 0.0))
    press(log, LEFT, np.where(phase < 50, 0.8, 0.0))
    values = compute_metrics(log)
    assert values["step_time_asymmetry_percent"] == pytest.approx(40.0)
    assert values["stance_fraction_l"] == pytest.approx(0.5)
    assert values["stance_asymmetry_percent"] == pytest.approx(100 * 0.1 / 0.55)


def test_short_walks_give_what_they_can():
    values = compute_metrics(reference_walk(n_strides=4))
    assert values["strides_judged"] == 2
    assert values["speed"] == pytest.approx(1.25)
    standing = compute_metrics(empty_walk(20))
    assert standing["time_walked"] == pytest.approx(0.2)
    assert standing["speed"] is None
    assert compute_metrics(empty_walk(0))["steps"] == 0


def test_numbers_that_are_not_finite_become_none():
    log = reference_walk()
    log.trunk_pitch[600] = np.nan
    assert compute_metrics(log)["trunk_pitch_mean_deg"] is None
