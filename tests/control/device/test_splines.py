"""Torque curves and stance timing against recorded outputs of the published controllers."""

import json
from pathlib import Path

import numpy as np
import pytest

from myoassist.config.schema.run import ExoConfig
from myoassist.control.device.parameters import default_npoint_torques
from myoassist.control.device.splines import build_curve, explain_invalid, four_param_knots, npoint_knots, profile_curve
from myoassist.control.device.timing import COUNT, MEAN, make_exo, reset_exo, update_exo
from myoassist.control.table import build_table

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "exo_vectors.json").read_text())
GRID = np.array(VECTORS["percent_grid"], dtype=float)


@pytest.mark.parametrize("case", VECTORS["four_param"], ids=lambda c: str(c["params"]))
def test_four_param_curve(case):
    values = np.array(case["params"])
    config = ExoConfig(controller="four_param", max_torque=case["max_torque"])
    assert (explain_invalid(values, config) == "") == case["valid"]
    if not case["build_ok"]:
        with pytest.raises(ValueError, match="do not increase"):
            build_curve(*four_param_knots(values, case["max_torque"]))
        return
    curve = profile_curve(values, config)
    np.testing.assert_allclose(curve.percent, case["control_percent"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(curve.torque, case["control_torque"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(curve(GRID), case["raw_spline"], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("case", VECTORS["npoint"], ids=lambda c: str(c["params"]))
def test_npoint_curve(case):
    values = np.array(case["params"])
    config = ExoConfig(controller="npoint", n_points=case["n_points"], max_torque=case["max_torque"])
    assert (explain_invalid(values, config) == "") == case["valid"]
    if not case["build_ok"]:
        with pytest.raises(ValueError, match="do not increase"):
            build_curve(*npoint_knots(values, case["max_torque"]))
        return
    curve = profile_curve(values, config)
    np.testing.assert_allclose(curve.percent, case["knot_percent"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(curve.torque, case["knot_torque"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(curve(GRID), case["raw_spline"], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("case", VECTORS["sequences"], ids=lambda c: c["kind"])
def test_torque_over_a_sequence_of_loads(case):
    kind = "four_param" if case["kind"] == "four_param" else "npoint"
    options = dict(case["options"])
    config = ExoConfig(controller=kind, max_torque=options["max_torque"], n_points=options.get("n_points", 4))
    exo = make_exo()
    reset_exo(exo, profile_curve(np.array(case["params"]), config), config.max_torque)
    torque, changes, mean = [], [], None
    for k, load in enumerate(case["vgrf"]):
        torque.append(update_exo(exo, 0, load, case["dt"]))
        if exo.clock[0, MEAN] != mean:
            mean = exo.clock[0, MEAN]
            changes.append([k, mean])
    np.testing.assert_allclose(torque, case["torque"], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(changes, case["average_stance_changes"], rtol=1e-9)
    stride_key = next(key for key in case if "stride" in key)
    assert exo.clock[0, COUNT] == case[stride_key]


def test_fixed_profile_ignores_its_values():
    case = VECTORS["fixed_exo"]
    config = ExoConfig(controller="four_param", max_torque=case["max_torque"], fixed=True)
    curve = profile_curve(np.array(case["params_given"]), config)
    np.testing.assert_allclose(curve.percent, case["control_percent"], atol=1e-9)
    np.testing.assert_allclose(curve.torque, case["control_torque"], atol=1e-9)


@pytest.mark.parametrize("case", VECTORS["initial_torques"], ids=lambda c: str(c["n"]))
def test_initial_torques(case):
    np.testing.assert_allclose(default_npoint_torques(case["n"]), np.maximum(case["torques"], 0.02))
    table = build_table(controller="npoint", n_points=case["n"])
    exo = table.initial[table.group_slice("exo")]
    np.testing.assert_allclose(exo[case["n"] :], 0.5)


@pytest.mark.parametrize("n", [1, 6, 12, 64])
def test_defaults_are_valid_for_any_number_of_points(n):
    table = build_table(controller="npoint", n_points=n)
    config = ExoConfig(controller="npoint", n_points=n)
    assert explain_invalid(table.initial[table.group_slice("exo")], config) == ""


def test_off_means_no_torque():
    exo = make_exo()
    reset_exo(exo, None, 10.0)
    assert update_exo(exo, 0, 1.0, 0.01) == 0.0
