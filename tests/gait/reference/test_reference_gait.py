from importlib import resources

import numpy as np
import pytest
import yaml

from myoassist.gait.reference.gait import CLINICAL_JOINTS, EMG_MUSCLES, load_reference_gait

PHASE = np.arange(100) / 100
ENTRIES = yaml.safe_load(resources.files("myoassist").joinpath("data/reference_gait.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "name", ("trunk_pitch", *CLINICAL_JOINTS, *EMG_MUSCLES, "vertical", "fore_aft", "mediolateral")
)
def test_signals_have_the_extremes_and_means_of_the_tables(name):
    entry = next(group[name] for group in ENTRIES.values() if isinstance(group, dict) and name in group)
    table, tolerance = entry["table"], 1.01 * entry["fit_error"] + 1e-4
    value = load_reference_gait().signals[name].evaluate(PHASE)
    assert value.max() == pytest.approx(table["max"], abs=tolerance)
    assert value.min() == pytest.approx(table["min"], abs=tolerance)
    for kind in ("min", "max"):
        if f"{kind}_phase" in table:
            at = load_reference_gait().signals[name].evaluate(np.array(table[f"{kind}_phase"]))
            assert at == pytest.approx(table[kind], abs=tolerance)
    if "mean" in table:
        assert value.mean() == pytest.approx(table["mean"], abs=0.001)


def test_clinical_figures_of_the_kinematic_table():
    table = load_reference_gait().kinematics
    assert table.shape == (100, 7)
    clinical = np.rad2deg(np.stack([np.pi - table[:, 1], np.pi - table[:, 2], np.pi / 2 - table[:, 3]]))
    np.testing.assert_allclose(clinical.max(axis=1), [28.94, 57.98, 10.40], atol=0.6)
    np.testing.assert_allclose(clinical.min(axis=1), [-14.12, -1.62, -17.70], atol=0.6)
    np.testing.assert_allclose(clinical.mean(axis=1), [10.66, 17.92, 0.86], atol=0.05)
    # At the left heel strike the right ankle is the more dorsiflexed one.
    assert np.rad2deg(np.pi / 2 - table[0, 6]) == pytest.approx(9.5, abs=0.3)
    np.testing.assert_allclose(table[50:, 1:4], table[:50, 4:7], atol=1e-12)
    assert np.rad2deg(table[:, 0].mean()) == pytest.approx(8.88, abs=0.01)


def test_emg_tables():
    gait = load_reference_gait()
    assert gait.emg.shape == (100, 11)
    assert gait.emg.min() == 0.01
    floor_share = (gait.emg <= 0.0101).mean(axis=0)
    expected = np.array([0.66, 0.85, 0.67, 0.71, 0.66, 0.91, 0.73, 0.81, 0.58, 0.53, 0.43])
    assert (floor_share <= expected + 0.02).all()
    differing = np.argwhere(gait.emg != gait.emg_compat)
    assert differing.tolist() == [[0, EMG_MUSCLES.index("HAB")]]
    assert gait.emg_compat[0, 0] == 1.0


def test_bands_are_given_only_where_a_spread_is_known():
    signals = load_reference_gait().signals
    lower, upper = signals["vertical"].band(PHASE)
    np.testing.assert_allclose((upper - lower)[:60], 2 * 0.0457)
    assert (upper[65:] == 0.0).all()
    assert signals["hip_flexion"].band(PHASE) is None


def test_signals_are_periodic_and_tables_read_only():
    hip = load_reference_gait().signals["hip_flexion"]
    np.testing.assert_allclose(hip.evaluate(PHASE + 3.0), hip.evaluate(PHASE), atol=1e-12)
    with pytest.raises(ValueError, match="read-only"):
        load_reference_gait().kinematics[0, 0] = 0.0
