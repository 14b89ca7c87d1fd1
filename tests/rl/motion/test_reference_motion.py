"""Reference motions: resampling, missing joints, synthesis, and what is shipped."""

import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.config.sources.shipped import list_references
from myoassist.model.build import build_walker
from myoassist.rl.motion.file import load_reference
from myoassist.rl.motion.motion import ReferenceMotion, ReferenceMotionError, resample
from myoassist.rl.motion.synthesis import synthesize_motion


def make_motion(length, rate, periodic, speed=1.25, period=None):
    """A sine of the given period (that of the whole motion where not given) and an even walk."""
    time = np.arange(length) / rate
    omega = 2.0 * np.pi / (period or length / rate)
    return ReferenceMotion(
        q={"knee_angle_r": np.sin(omega * time), "pelvis_tx": speed * time},
        dq={"knee_angle_r": omega * np.cos(omega * time), "pelvis_tx": np.full(length, speed)},
        act={"soleus_r": np.linspace(0.0, 1.0, length)},
        sample_rate=rate,
        source="test",
        periodic=periodic,
        advance=speed * length / rate,
    )


def test_a_motion_that_ends_is_stretched_from_first_to_last_sample():
    # The published rule: int(N f_c / f_0) points spread evenly over the samples, both ends included.
    motion = make_motion(101, 50.0, periodic=False)
    got = resample(motion, 30.0)
    assert (got.length, got.sample_rate) == (60, 30.0)
    expected = np.interp(np.linspace(0, 100, 60), np.arange(101), motion.q["knee_angle_r"])
    assert np.allclose(got.q["knee_angle_r"], expected, atol=1e-12)
    assert got.q["pelvis_tx"][[0, -1]] == pytest.approx([0.0, 2.5])
    assert got.act["soleus_r"][-1] == 1.0
    assert (got.metadata["resampled_data_length"], got.metadata["resampled_sample_rate"]) == (60, 30.0)


def test_a_periodic_motion_keeps_its_time_and_has_no_seam():
    # A stride of 1.125 s has 33.75 frames at 30 Hz: four of them have 135.
    motion = make_motion(225, 200.0, periodic=True)
    got = resample(motion, 30.0)
    assert got.length == 135
    assert got.duration == pytest.approx(4.5)
    time = np.arange(135) / 30.0
    assert np.abs(got.q["knee_angle_r"] - np.sin(2 * np.pi * time / 1.125)).max() < 1e-3
    assert np.allclose(got.q["pelvis_tx"], 1.25 * time)
    assert got.advance == pytest.approx(1.25 * 4.5)


def test_a_long_periodic_motion_is_not_repeated():
    got = resample(make_motion(1987, 100.0, periodic=True, period=1.0), 30.0)
    assert got.length == 596
    assert abs(got.duration / 19.87 - 1.0) < 1e-3


def test_resampling_at_its_own_rate_changes_nothing():
    for periodic in (False, True):
        motion = make_motion(100, 100.0, periodic)
        got = resample(motion, 100.0)
        for name in motion.q:
            assert np.allclose(got.q[name], motion.q[name], atol=1e-12)
            assert np.allclose(got.dq[name], motion.dq[name], atol=1e-12)


def test_too_short_for_the_rate():
    with pytest.raises(ReferenceMotionError, match="at least two control steps"):
        resample(make_motion(3, 100.0, periodic=False), 30.0)


def test_missing_joints_are_named_with_those_that_are_there():
    motion = make_motion(10, 100.0, periodic=True)
    motion.require(["knee_angle_r"], "env.reference_data_keys")
    with pytest.raises(ReferenceMotionError) as caught:
        motion.require(["knee_angle_r", "hip_flexion_r"], "env.reference_data_keys")
    assert "q_hip_flexion_r" in str(caught.value)
    assert "joints of the reference: knee_angle_r, pelvis_tx" in str(caught.value)


@pytest.mark.parametrize("name", sorted(list_references()))
def test_shipped_motions_loop_and_their_velocities_belong_to_their_positions(name):
    motion = load_reference(f"shipped:{name}")
    assert motion.periodic
    assert list_references()[name].stat().st_size < 300_000
    assert motion.duration > 10.0
    assert motion.advance == pytest.approx(motion.mean_speed * motion.duration, rel=0.01)
    for joint, q in motion.q.items():
        # What a period adds closes the curve.
        gain = motion.advance if joint == "pelvis_tx" else 0.0
        ring = np.concatenate([[q[-1] - gain], q, [q[0] + gain]])
        rate = 0.5 * (ring[2:] - ring[:-2]) * motion.sample_rate
        assert np.corrcoef(rate, motion.dq[joint])[0, 1] > (0.9 if joint == "pelvis_tx" else 0.97), joint
    for values in motion.act.values():
        assert 0.0 <= values.min() <= values.max() <= 1.0
    assert np.ptp(motion.act["soleus_r"]) > 0.3


def test_the_fast_tutorial_motion_walks_at_the_target_speed_with_all_muscles():
    motion = load_reference("shipped:tutorial_fast")
    assert motion.mean_speed == pytest.approx(1.25, abs=0.02)
    assert len(motion.act) == 22
    assert motion.metadata["device"] == "tutorial"


def test_synthesis_walks_with_normative_angles_on_the_ground():
    walker = build_walker(ModelConfig(physics="fast"), EnvConfig())
    motion = synthesize_motion(walker, 1.3, 1.1)
    assert (motion.length, motion.periodic) == (110, True)
    assert motion.mean_speed == pytest.approx(1.3)
    assert motion.advance == pytest.approx(1.43)
    # The legs do the same half a stride apart; the knee flexes most in swing, which is negative here.
    knee = motion.q["knee_angle_r"]
    assert np.allclose(np.roll(knee, 55), motion.q["knee_angle_l"], atol=1e-9)
    assert -1.2 < knee.min() < -0.9
    assert 0.65 < knee.argmin() / 110 < 0.8
    assert set(motion.q) >= set(compose_run(["exp=rl_test"]).config.env.reference_data_keys)
    assert 0.8 < motion.q["pelvis_ty"].min() < motion.q["pelvis_ty"].max() < 1.0
    # Two steps per stride lift the pelvis twice.
    spectrum = np.abs(np.fft.rfft(motion.q["pelvis_ty"]))[1:6]
    assert spectrum.argmax() == 1
    rate = np.gradient(np.tile(motion.q["hip_flexion_r"], 3), 0.01)[110:220]
    assert np.abs(rate - motion.dq["hip_flexion_r"]).max() < 0.2
