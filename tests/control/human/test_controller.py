"""The controller against recorded outputs of the published one (cases A to E)."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from myoassist.control.human.reflex.controller import make_reflex, reset_reflex, update_reflex
from myoassist.control.human.reflex.indices import N_GAINS, PHASES
from myoassist.control.signals import BODY_SIGNALS, LEG_SIGNALS, MUSCLE_NAMES
from myoassist.control.table import build_table

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "reflex_vectors.json").read_text())
CASES = {case["name"]: case for case in VECTORS["cases"]}


def decode(raw, dimensions):
    table = build_table(dimensions)
    vector = table.initial.copy()
    vector[: len(raw)] = raw
    gains = np.zeros(N_GAINS)
    gains[: len(raw)] = table.decode(vector)[: len(raw)]
    return gains


def run_case(case):
    dimensions = case["control_dimension"]
    reflex = make_reflex(case["timestep"], case["delayed"], dimensions, published_roll=True)
    gains = decode(case["params"], dimensions)
    fill_gains = decode(case["previous_params"] or np.ones(len(case["params"])), dimensions)
    activation = np.full((2, len(MUSCLE_NAMES)), 0.01)
    for row, leg in enumerate(("r_leg", "l_leg")):
        for name, value in case["initial_muscle_control"][leg].items():
            activation[row, MUSCLE_NAMES.index(name)] = value
    body, right, left = case["initial_sensors"]
    swing_leg = 0 if case["init_pose"] == "walk_left" else 1
    reset_reflex(
        reflex, fill_gains, np.array([gains, gains]), np.array(body), np.array([right, left]), swing_leg, activation
    )
    for body, right, left in case["sensors"]:
        update_reflex(reflex, np.array(body), np.array([right, left]))
        yield reflex


def test_signal_names_match_the_recorded_columns():
    assert list(BODY_SIGNALS) == VECTORS["body_columns"]
    assert list(LEG_SIGNALS) == VECTORS["leg_columns"]
    assert list(MUSCLE_NAMES) == VECTORS["muscle_order"]
    assert len(PHASES) == len(VECTORS["phase_bits"])


@pytest.mark.parametrize("row", VECTORS["gain_map"], ids=lambda r: f"{r['control_dimension']}d")
def test_raw_parameters_decode_to_recorded_gains(row):
    dimensions = row["control_dimension"]
    gains = decode(row["params"], dimensions)
    expected = row["gains"]
    names = build_table(dimensions).names[: len(row["params"])]
    for i, name in enumerate(names):
        assert gains[i] == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize("name", CASES)
def test_outputs_equal_the_recorded_ones(name):
    case = CASES[name]
    for k, reflex in enumerate(run_case(case)):
        for leg, key in enumerate(("r_leg", "l_leg")):
            expected = case["outputs"][k][key]
            phase = "".join(str(int(b)) for b in reflex.phase[leg, : len(PHASES)])
            assert phase == expected["ph"], (k, key)
            assert reflex.command[leg] == expected["sw_init"], (k, key)
            assert reflex.alpha_tgt[leg] == pytest.approx(expected["a_tgt"], rel=1e-7), (k, key)
            if case["control_dimension"] == 3:
                assert reflex.alpha_tgt_f[leg] == pytest.approx(expected["a_tgt_f"], rel=1e-7), (k, key)
            np.testing.assert_allclose(reflex.stimulation[leg], expected["stim"], rtol=1e-7, atol=1e-9)


def test_nan_reaches_the_output_instead_of_being_clipped_away():
    case = CASES["B_2D_nodelay_synthetic_ones"]
    reflex = next(run_case(case))
    body, right, left = (np.array(x, dtype=float) for x in case["sensors"][1])
    legs = np.array([right, left])
    legs[:, LEG_SIGNALS.index("F_SOL")] = math.nan
    update_reflex(reflex, body, legs)
    assert np.isnan(reflex.stimulation[:, MUSCLE_NAMES.index("SOL")]).any()
