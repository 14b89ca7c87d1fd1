import numpy as np
import pytest

from myoassist.analysis.walk.gait_curves import MUSCLE_PREFIX, SIGNALS, cut_curves, pool_curves, reference_curve
from myoassist.gait.reference.gait import load_reference_gait
from tests.gait.synthetic_walk import empty_walk, reference_walk

GAIT = load_reference_gait()


def test_reference_walk_is_the_reference_for_both_legs():
    curves = cut_curves(reference_walk(n_strides=8, samples=100), 3)
    assert (curves.n_strides(0), curves.n_strides(1)) == (3, 3)
    for name in ("trunk_lean", "hip_angle", "knee_angle", "ankle_angle"):
        for leg in range(2):
            if name == "trunk_lean" and leg == 0:
                # The trunk follows the left leg; seen from the right one it is half a cycle later.
                continue
            # Up to the last sample, where the table begins anew.
            assert np.abs(curves.mean(name, leg) - reference_curve(name, GAIT))[:100].max() < 1e-6, name
    assert curves.toe_off == pytest.approx((60.0, 60.0))
    assert curves.mean("activation_SOL", 0) == pytest.approx(0.1)
    assert len(curves.muscles) == 9
    assert curves.cycles["vertical_grf"][0].max() == pytest.approx(0.9)


def test_moments_are_positive_in_extension_and_per_mass():
    log = reference_walk(n_strides=6, samples=100, mass=80.0)
    # On the model coordinates: hip and ankle grow in flexion, the knee in extension.
    log.joint_moment[:] = [40.0, 16.0, -120.0]
    log.joint_velocity[:] = [-2.0, 1.0, -3.0]
    curves = cut_curves(log, 2)
    assert [curves.mean(f"{j}_moment", 0)[50] for j in ("hip", "knee", "ankle")] == pytest.approx([-0.5, 0.2, 1.5])
    assert [curves.mean(f"{j}_power", 1)[50] for j in ("hip", "knee", "ankle")] == pytest.approx([-1.0, 0.2, 4.5])


def test_pooling_keeps_every_stride():
    walks = [cut_curves(reference_walk(n_strides=n, samples=100), 3) for n in (3, 8)]
    pooled = pool_curves(walks)
    assert pooled.walks == 2
    assert pooled.n_strides(1) == walks[0].n_strides(1) + 3
    assert len(pooled.exo_stance[0]) == sum(len(walk.exo_stance[0]) for walk in walks)
    assert pool_curves([]) is None


def test_a_walk_without_strides_is_empty():
    curves = cut_curves(empty_walk(n_steps=50), 5)
    assert curves.empty
    assert curves.mean("hip_angle", 0) is None
    assert curves.toe_off == (None, None)


def test_other_muscles_have_no_activation_curves():
    log = reference_walk(n_strides=4, names=("glut_max1_r", "glut_max1_l"))
    assert cut_curves(log, 2).muscles == ()


def test_every_reference_is_there():
    for name, info in SIGNALS.items():
        curve = reference_curve(name, GAIT)
        assert (curve is None) == (info.reference is None)
        if name.startswith(MUSCLE_PREFIX):
            assert 0.0 <= curve.min() < curve.max() <= 1.0
