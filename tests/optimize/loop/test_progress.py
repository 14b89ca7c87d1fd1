import io

import pytest
from rich.console import Console

from myoassist.cost.result import CostResult
from myoassist.optimize.loop.failed_generation import FailedGenerationError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.loop.progress import LiveProgress, PlainProgress, describe_standing
from myoassist.rollout.log import Outcome
from tests.optimize.analytic_problem import StagedSphere, open_folder, small_config, small_table


def test_plain_lines_are_throttled(tmp_path):
    stream = io.StringIO()
    problem = StagedSphere(small_table(), failures=False)
    display = PlainProgress(stream, interval=100.0)
    minimize(problem, small_config(8), open_folder(tmp_path), progress=display, plot=False)
    lines = stream.getvalue().splitlines()
    assert [line.split()[1] for line in lines] == ["1/8", "8/8"]
    for word in ("best ", "stage ", "stages ", "evaluations/s", "left 0:00:00"):
        assert word in lines[-1]


def test_failures_are_said_once(tmp_path):
    class Broken(StagedSphere):
        def evaluate(self, vector, seed, worker):
            raise RuntimeError("no model")

    stream = io.StringIO()
    display = PlainProgress(stream, 0.0)
    with pytest.raises(FailedGenerationError, match="8 x RuntimeError: no model") as caught:
        minimize(Broken(small_table()), small_config(3), open_folder(tmp_path), progress=display, plot=False)
    assert stream.getvalue().count("RuntimeError: no model") <= 1
    assert str(caught.value).count("no model") == 1


def test_live_panel(tmp_path):
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    minimize(
        StagedSphere(small_table()), small_config(4), open_folder(tmp_path), progress=LiveProgress(console), plot=False
    )
    shown = console.file.getvalue()
    for word in ("generation", "4 of 4", "best", "stage", "per second", "myorfl_Velocity_2D_1_25"):
        assert word in shown


def test_a_walk_that_cannot_start_says_why():
    reason = "exo peak time 40.0 % of stance is outside 50..100 %"
    assert describe_standing(CostResult(1.2e6, "0", {"stage": 1.2e6}, Outcome.INVALID_START, reason=reason)) == reason
    walks = CostResult(2.0, "3", {"stage": 0.0, "effort": 1.5, "l1": 0.5}, Outcome.SURVIVED)
    assert describe_standing(walks) == "effort 1.5 + l1 0.5"
