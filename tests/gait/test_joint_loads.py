import numpy as np
import pytest

from myoassist.gait.joint_loads import LOAD_METRICS, compute_joint_loads
from myoassist.rollout.log import SIDES
from tests.gait.synthetic_walk import empty_walk, reference_walk


def test_constant_moment_and_speed_give_known_work():
    log = reference_walk(n_strides=6, samples=100, speed=1.25, mass=80.0)
    log.joint_moment[:, :, 2] = -80.0
    # Pushes off for half of the time, lets itself be bent for the other half.
    log.joint_velocity[:, :, 2] = np.where(np.arange(log.n_steps) % 2, 2.0, -3.0)[:, None]
    loads = compute_joint_loads(log, 4)
    assert tuple(loads) == tuple(LOAD_METRICS)
    # Two ankles of 1 N·m/kg: 3 W/kg out and 2 W/kg in, each for half of the time, at 1.25 m/s.
    assert loads["joint_work_positive"] == pytest.approx(2 * 3.0 / 2 / 1.25)
    assert loads["joint_work_negative"] == pytest.approx(2 * 2.0 / 2 / 1.25)
    for side in SIDES:
        assert loads[f"ankle_plantarflexion_moment_max_{side}"] == pytest.approx(1.0)
        assert loads[f"ankle_power_generated_max_{side}"] == pytest.approx(3.0)
        assert loads[f"ankle_power_absorbed_max_{side}"] == pytest.approx(2.0)
        assert loads[f"hip_extension_moment_max_{side}"] == pytest.approx(0.0)


def test_work_of_the_exo_per_stride():
    log = reference_walk(n_strides=6, samples=100, mass=80.0)
    log.exo_torque[:, 0] = 8.0
    log.device_torque[:, 0, 2] = -8.0
    log.joint_velocity[:, 0, 2] = np.where(np.arange(log.n_steps) % 4 == 0, 1.0, -2.0)
    loads = compute_joint_loads(log, 4)
    # A stride lasts 1 s: 3/4 of it at 16 W, 1/4 at -8 W.
    assert loads["exo_work_per_stride_r"] == pytest.approx(0.75 * 16.0 - 0.25 * 8.0)
    assert loads["exo_positive_work_per_stride_r"] == pytest.approx(0.75 * 16.0)
    assert loads["exo_work_per_stride_l"] == pytest.approx(0.0)
    assert loads["exo_peak_torque_per_kg_r"] == pytest.approx(0.1)


def test_without_strides_nothing_is_known():
    assert set(compute_joint_loads(empty_walk(n_steps=50), 5).values()) == {None}
