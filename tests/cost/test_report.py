import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoassist.config.schema.run import CostConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.report import NO_SOLUTION, CostFileError, format_terms, parse_terms
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import UserError
from myoassist.rollout.log import Outcome
from tests.gait.synthetic_walk import PLANAR_NAMES, empty_walk, reference_walk

PLAN = plan_cost(PLANAR_NAMES)


def test_terms_survive_a_file():
    result = evaluate_cost(reference_walk(), np.ones(77), CostConfig(target="kinematics"), PLAN)
    text = format_terms(result)
    assert text.startswith(f"Effort_Cost : {result.terms['Effort_Cost']!r}\n")
    assert "Actual_velocity : [1.25 0.  ]\n" in text
    assert "Pelvis_Cost : None\n" in text
    parsed = parse_terms(text)
    assert list(parsed) == list(result.terms)
    for key, value in result.terms.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_allclose(parsed[key], value, atol=1e-4)
        else:
            assert parsed[key] == value


def test_a_fall_is_one_sentence_with_stage_and_total():
    log = empty_walk(10, step_limit=100, outcome=Outcome.FELL)
    text = format_terms(evaluate_cost(log, np.ones(77), CostConfig(), PLAN))
    assert text == f"{NO_SOLUTION}\nStage : 1a\nTotal_Cost : 99000.0\n"
    assert parse_terms(text) == {"Stage": "1a", "Total_Cost": 99000.0}
    assert parse_terms(NO_SOLUTION) == {}


def test_published_forms_are_read():
    text = (
        "Effort_Cost : 2.286\r\nHip Rotation Cost : 1e-05\nActual_dist : [7.7070e+00\n -1.2e-03]\nPelvis_Cost : None\n"
    )
    parsed = parse_terms(text)
    np.testing.assert_allclose(parsed.pop("Actual_dist"), [7.707, -0.0012])
    assert parsed == {"Effort_Cost": 2.286, "Hip Rotation Cost": 1e-05, "Pelvis_Cost": None}


@pytest.mark.parametrize("line", ["Effort_Cost 3", "Effort_Cost : three", "Effort_Cost : 1_0", "Dist : [1 a]", "A : "])
def test_other_text_is_refused_with_its_line(line):
    with pytest.raises(CostFileError, match=r"x_Cost\.txt, line 2") as error:
        parse_terms(f"GRF_Cost : 1.0\n{line}\n", source="x_Cost.txt")
    assert error.value.exit_code == 2


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UserError):
        parse_terms(text)
