"""Distributions of start vectors: units, patterns, the shipped one in every layout of the reflexes."""

import numpy as np
import pytest

from myoassist.config.sources.starts import find_start, list_starts
from myoassist.control.table import build_table
from myoassist.optimize.optimizers.cma import random_stream
from myoassist.optimize.start.distribution import read_distribution

SHIPPED = find_start("shipped:flexed_knee")


def draw(path, table, start, n=4000):
    return read_distribution(path, table, start).draw(random_stream(0, 9), n)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_shipped_one_bends_knees_and_softens_calves(dimensions):
    table = build_table(dimensions, controller="four_param")
    start = table.initial.copy()
    raw = draw(SHIPPED, table, start)
    decoded = table.scale * raw + table.offset
    expected = {"1_SOL_FG": (1.9, 3.8), "2_GAS_FG": (0.5, 1.5)}
    expected |= {"knee_tgt": tuple(np.deg2rad((175, 178))), "knee_off_st": tuple(np.deg2rad((168, 172)))}
    for name, (low, high) in expected.items():
        values = decoded[:, table.index(name)]
        assert low <= values.min() < values.max() <= high and np.ptp(values) > 0.95 * (high - low)
    other = raw[:, table.index("theta_tgt")]
    assert other.mean() == pytest.approx(1.0, abs=0.01) and other.std() == pytest.approx(0.1, abs=0.005)


def test_the_last_line_that_fits_holds_and_the_start_is_the_mean(tmp_path):
    file = tmp_path / "start.yaml"
    file.write_text("parameters:\n  '*_tgt': {sd: 2.0}\n  knee_tgt: {mean: 170, sd: 0}\n  C_d: {range: [1, 1]}\n")
    table = build_table(2)
    start = table.initial + 0.5
    raw = draw(file, table, start)
    knee, theta, ankle = (table.index(name) for name in ("knee_tgt", "theta_tgt", "ankle_tgt"))
    np.testing.assert_allclose(np.rad2deg(table.scale * raw + table.offset)[:, knee], 170.0)
    assert raw[:, theta].std() == pytest.approx(0.2, abs=0.01) and raw[:, ankle].std() == pytest.approx(0.1, abs=0.01)
    assert raw[:, theta].mean() == pytest.approx(1.5, abs=0.02)
    np.testing.assert_allclose(raw[:, table.index("C_d")], 0.5)
    np.testing.assert_array_equal(raw[:, table.index("C_v")], 1.5)


def test_all_shipped_ones_are_readable():
    table = build_table(2)
    for path in list_starts().values():
        assert (read_distribution(path, table, table.initial).width > 0).any()
