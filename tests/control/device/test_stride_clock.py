"""The clock that hip torques follow: from heel strike to heel strike."""

import numpy as np
import pytest

from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.parameters import DEFAULT_FOUR_PARAM_STRIDE
from myoassist.control.device.splines import profile_curve
from myoassist.control.device.timing import COUNT, INITIAL_STRIDE, MEAN, PERCENT, make_exo, reset_exo, update_exo

DT = 0.01
CONFIG = ExoConfig(controller="four_param", max_torque=20.0)


def run(loads, curve):
    exo = make_exo()
    reset_exo(exo, curve, CONFIG.max_torque, stride=True)
    torque, percent = [], []
    for load in loads:
        torque.append(update_exo(exo, 0, load, DT))
        percent.append(exo.clock[0, PERCENT])
    return exo, np.array(torque), np.array(percent)


def test_torque_follows_the_percent_of_the_stride_and_flexes_in_swing():
    curve = profile_curve(np.array(DEFAULT_FOUR_PARAM_STRIDE), CONFIG, stride=True)
    stride = [1.0] * 60 + [0.0] * 40
    exo, torque, percent = run([0.0] * 20 + stride * 5, curve)
    assert (torque[:20] == 0.0).all() and (percent[:20] == 0.0).all()
    assert exo.clock[0, COUNT] == 4
    assert exo.clock[0, MEAN] == pytest.approx(1.0)
    assert percent[20] == pytest.approx(100.0 * DT / INITIAL_STRIDE)
    last = slice(-100, None)
    np.testing.assert_allclose(percent[last], np.arange(1, 101), atol=1e-9)
    np.testing.assert_allclose(torque[last], curve(percent[last]), atol=1e-9)
    assert torque.max() == pytest.approx(10.0, rel=0.01)
    assert (torque[-100:-50] == 0.0).all() and torque[-35:-20].min() > 5.0


def test_a_scuff_does_not_start_a_stride():
    curve = profile_curve(np.array(DEFAULT_FOUR_PARAM_STRIDE), CONFIG, stride=True)
    _, _, percent = run([1.0] * 10 + [0.0] * 5 + [1.0] * 30, curve)
    assert (np.diff(percent) > 0).all()


def test_a_fixed_profile_is_that_of_its_clock():
    fixed = ExoConfig(controller="four_param", max_torque=20.0, fixed=True)
    peaks = [float(profile_curve(np.zeros(4), fixed, stride).percent[2]) for stride in (False, True)]
    assert peaks == [90.0, 72.0]
