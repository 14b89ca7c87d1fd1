import numpy as np
import pytest

from myoassist.cost import terms
from myoassist.files.errors import ConfigError
from myoassist.gait.events import LEFT, RIGHT, find_published_strikes
from myoassist.gait.muscles import find_muscle_columns
from myoassist.gait.reference.gait import EMG_MUSCLES, load_reference_gait
from myoassist.gait.strides import cut_window, displacement, duration
from tests.gait.synthetic_walk import FRONTAL_NAMES, PLANAR_NAMES, reference_walk

REFERENCE = load_reference_gait()
MUSCLES = find_muscle_columns(PLANAR_NAMES)


def window_of(log, num_strides=5, compat=False):
    """The window with sensor labels, whatever the mode of the terms."""
    return cut_window(find_published_strikes(log), num_strides, compat)


def test_the_reference_gait_scores_the_floor_of_the_resampling():
    log = reference_walk()
    errors = terms.kinematic_errors(log, window_of(log), REFERENCE)
    grid = np.arange(100) * 100 / 99
    expected = [np.abs(np.interp(grid, np.arange(100), column) - column).sum() for column in REFERENCE.kinematics.T]
    np.testing.assert_allclose(errors, expected, atol=1e-12)
    # 4.93 with the tables behind the Fourier fits.
    assert errors[1:].sum() == pytest.approx(4.93, abs=0.3)
    assert errors[0] == pytest.approx(0.05, abs=0.01)


def test_labels_by_ankle_shift_the_reference_gait_by_half_a_cycle():
    log = reference_walk()
    window = cut_window(find_published_strikes(log, compat=True), 5, compat=True)
    assert terms.kinematic_errors(log, window, REFERENCE)[1:].sum() == pytest.approx(214.0, abs=2.0)


def test_no_stride_gives_no_kinematic_error():
    log = reference_walk()
    log.new_step[:, RIGHT] = 0.0
    window = window_of(log, num_strides=1, compat=True)
    assert window.n_strides == 0
    assert not terms.kinematic_errors(log, window, REFERENCE).any()


@pytest.mark.parametrize("speed", [0.8, 1.25, 1.6])
@pytest.mark.parametrize("slope", [0.0, 4.0])
def test_velocity_error_of_a_constant_speed(speed, slope):
    log = reference_walk(speed=speed, slope_deg=slope)
    log.pelvis_pos_w[:, 2] += np.tan(np.deg2rad(slope)) * log.pelvis_pos_w[:, 0]
    window = window_of(log)
    error = terms.velocity_error(displacement(log, window), duration(log, window), 1.25)
    assert error == pytest.approx(abs(speed / np.cos(np.deg2rad(slope)) - 1.25), abs=1e-9)


def test_sideways_drift_counts_as_velocity_error():
    assert terms.velocity_error(np.array([2.5, 0.6]), 2.0, 1.25) == pytest.approx(0.3)


@pytest.mark.parametrize("compat", [False, True])
def test_symmetry_of_mirrored_and_shifted_positions(compat):
    log = reference_walk()
    window = window_of(log, compat=compat)
    assert terms.symmetry_error(log, window, 5, compat) == pytest.approx(0.0, abs=1e-12)
    log.joint_pos_w[window.right, RIGHT, 2, 0] += 0.02
    assert terms.symmetry_error(log, window, 5, compat) == pytest.approx(0.02, abs=1e-12)


def test_symmetry_with_a_double_event():
    log = reference_walk()
    # A second right contact in the first judged stride, with the knee elsewhere.
    log.new_step[285, RIGHT] = 1.0
    log.joint_pos_w[285, RIGHT, 1, 0] += 0.5
    assert terms.symmetry_error(log, window_of(log), 5) == pytest.approx(0.0, abs=1e-12)
    assert terms.symmetry_error(log, window_of(log, compat=True), 5, compat=True) > 0.1


def test_symmetry_needs_a_right_event_per_stride():
    log = reference_walk()
    log.new_step[450, RIGHT] = 0.0
    for compat in (False, True):
        assert terms.symmetry_error(log, window_of(log, compat=compat), 5, compat) is None


def test_load_above_the_threshold():
    log = reference_walk()
    window = window_of(log)
    log.load_toes[:] = 0.0
    log.load_heel[:] = 0.5
    log.load_heel[window.first : window.first + (window.last - window.first) // 4] = 1.0
    assert terms.grf_load(log, window, 1.5, compat=True) == pytest.approx(0.5)
    assert terms.grf_load(log, window, 1.5) == pytest.approx(0.125)


@pytest.mark.parametrize(("names", "count"), [(PLANAR_NAMES, 18), (FRONTAL_NAMES, 22)])
def test_effort_of_constant_activation(names, count):
    log = reference_walk(names=names)
    # Toe muscles do not count.
    for name in ("fdl_r", "fdl_l", "edl_r", "edl_l"):
        log.activation[:, names.index(name)] = 1.0
    window = window_of(log)
    n = window.last - window.first + 1
    effort = terms.muscle_effort(log, window, find_muscle_columns(names), np.array([8.0, 0.0]), compat=True)
    assert effort == pytest.approx(count * 0.01 * n / 640.0)


def test_effort_does_not_depend_on_the_control_interval_in_clean_mode():
    way = np.array([6.0, 0.0])
    efforts = {}
    for dt, samples in ((0.01, 100), (0.001, 1000)):
        log = reference_walk(samples=samples, dt=dt)
        window = window_of(log)
        efforts[dt] = [terms.muscle_effort(log, window, MUSCLES, way, compat) for compat in (False, True)]
    assert efforts[0.001][0] == pytest.approx(efforts[0.01][0], rel=0.002)
    assert efforts[0.001][1] == pytest.approx(10.0 * efforts[0.01][1], rel=0.002)
    assert efforts[0.01][0] == efforts[0.01][1]


def test_trunk_term_of_each_kind():
    log = reference_walk(trunk_target=0.05)
    log.trunk_pitch[:] = 0.15
    log.trunk_pitch_rate[:] = -0.2
    window = window_of(log)
    expected = {"ref_diff": 7.0, "zero_diff": 2.25, "tgt_diff": 1.0, "vel_square": 4.0, "no_trunk": 0.0}
    for kind, value in expected.items():
        assert terms.trunk_error(log, window, kind, 7.0) == pytest.approx(value)
        assert terms.trunk_error(log, window, kind, 7.0, compat=True) == 7.0
    with pytest.raises(ConfigError, match="trunk_err_type=upright"):
        terms.trunk_error(log, window, "upright", 7.0)


def test_pain_is_the_mean_of_the_limit_torques_of_both_legs():
    log = reference_walk()
    window = window_of(log)
    log.limit_torque[:, RIGHT] = [1.0, -2.0, 3.0]
    log.limit_torque[: window.first, LEFT] = 1000.0
    log.limit_torque[window.first : window.last + 1, LEFT] = [-10.0, 20.0, 30.0]
    log.limit_torque[window.last + 1 :, LEFT] = 1000.0
    np.testing.assert_allclose(terms.limit_pain(log, window), [11.0, 22.0, 33.0])
    assert not terms.limit_pain(log, window, compat=True).any()


def test_emg_of_the_reference_itself():
    log = reference_walk(n_strides=7)
    for muscle, right, left in zip(MUSCLES.muscles, *MUSCLES.columns[:, :, 0], strict=True):
        emg = np.tile(REFERENCE.emg[:, EMG_MUSCLES.index(muscle)], 7)
        log.activation[:, left] = emg
        log.activation[:, right] = np.roll(emg, 50)
    window = window_of(log)
    matched = terms.emg_error(log, window, MUSCLES, REFERENCE, 5)
    mismatched = terms.emg_error(log, window, MUSCLES, REFERENCE, 5, compat=True)
    assert matched < 0.5
    assert mismatched > 20.0 + matched


def test_missing_strides_count_as_silent_muscles():
    log = reference_walk()
    log.activation[:] = 0.0
    columns = [EMG_MUSCLES.index(m) for m in MUSCLES.muscles]
    silent = 2.0 * np.square(REFERENCE.emg[:, columns]).sum()
    log.new_step[:, RIGHT] = 0.0
    for window in (window_of(log), window_of(log, compat=True)):
        for compat in (False, True):
            assert terms.emg_error(log, window, MUSCLES, REFERENCE, 5, compat) == pytest.approx(silent)


def test_the_isolated_value_of_the_abductor_table_counts_in_compat_mode_only():
    log = reference_walk(names=FRONTAL_NAMES)
    log.activation[:] = 0.0
    muscles = find_muscle_columns(FRONTAL_NAMES)
    clean, compat = (terms.emg_error(log, window_of(log), muscles, REFERENCE, 5, c) for c in (False, True))
    assert compat - clean == pytest.approx(2.0 * (1.0 - REFERENCE.emg[0, 0] ** 2))


def test_posture_terms():
    log = reference_walk()
    window = window_of(log)
    log.hip_adduction[:] = terms.NEUTRAL_HIP_ADDUCTION
    log.hip_adduction[window.first, LEFT] += 0.1
    expected = 10.0 * (1.0 - np.exp(-0.1)) / (window.last - window.first)
    assert terms.hip_posture(log.hip_adduction, window, terms.NEUTRAL_HIP_ADDUCTION) == pytest.approx(expected)
    log.pelvis_list[:] = np.deg2rad(-10.0)
    log.pelvis_rotation[:] = np.deg2rad(30.0)
    assert terms.pelvis_posture(log, window) == pytest.approx(20.0)


def test_parameter_distance():
    assert terms.parameter_l1(np.ones(77)) == 0.0
    assert terms.parameter_l1(np.full(81, 1.1)) == pytest.approx(8.1)
