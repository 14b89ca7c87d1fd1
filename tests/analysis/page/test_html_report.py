import csv
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from myoassist.analysis.page.csv_tables import write_curves_table, write_metrics_table
from myoassist.analysis.page.walk_page import ReportedWalk, write_report
from myoassist.analysis.page.words import describe_walk, find_shortcomings
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.gait_curves import cut_curves
from myoassist.analysis.walk.metrics import WALK_METRICS, measure_walk
from myoassist.config.schema.run import RunConfig
from myoassist.cost.result import CostResult
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.rollout.log import Outcome
from tests.gait.synthetic_walk import reference_walk


def evaluate_log(log, **changes):
    """A walk that was written by hand, as if it had been simulated."""
    config = RunConfig()
    outcome = log.outcome
    values = {
        "config": config,
        "vector": np.ones(77),
        "walker": None,
        "log": log,
        "poses": np.zeros((log.n_steps, 39)),
        "result": CostResult(
            12.5, "3", {"effort": 12.5}, outcome, {"Effort_Cost": 12.5}, log.reason, log.n_steps * log.dt
        ),
        "metrics": measure_walk(log, config.cost),
        "curves": cut_curves(log, config.cost.num_strides),
        "reference": load_reference_gait(),
        "curve": None,
    }
    return Evaluation(**(values | changes))


class Sources(HTMLParser):
    """Everything that a page would load, and whether every element is closed."""

    def __init__(self):
        super().__init__()
        self.loads, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_good_walk_reads_as_one():
    evaluation = evaluate_log(reference_walk(n_strides=10, samples=100))
    words = " ".join(describe_walk(evaluation))
    assert "walked the whole 10 s without falling" in words
    assert "The speed is 1.25 m/s (asked for: 1.25)" in words
    assert "120 steps per minute" in words
    assert "60 % (right) and 60 % (left)" in words
    assert "hip 0, knee 0, ankle 0" in words
    assert [text for text in find_shortcomings(evaluation) if "full activation" in text or "deg" in text] == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda log: log.joint_angle.__setitem__((..., 1), log.joint_angle[..., 1] + np.deg2rad(15.0)),
            "15 deg more ext",
        ),
        (lambda log: log.ground_force_w.__imul__(3.0), "up to 2.7 body weights"),
        (lambda log: log.pelvis_pos_w.__imul__(0.5), "Speed 0.62 m/s is 50% off"),
        (lambda log: log.activation.__setitem__(..., 1.0), "At full activation"),
        (lambda log: log.activation.__setitem__(..., 0.01), "Hardly used, though clearly active in the reference"),
    ],
)
def test_what_falls_short_is_said(spoil, words):
    log = reference_walk(n_strides=10, samples=100)
    assert words not in " ".join(find_shortcomings(evaluate_log(log)))
    spoil(log)
    assert words in " ".join(find_shortcomings(evaluate_log(log)))


def test_a_fall_comes_first():
    log = reference_walk(n_strides=4, samples=100, outcome=Outcome.FELL, reason="fell after 4.00 s")
    assert find_shortcomings(evaluate_log(log))[0] == "The walk did not last: fell after 4.00 s."


def test_page_carries_everything_and_loads_nothing(tmp_path):
    walks = [
        ReportedWalk("first <b>", evaluate_log(reference_walk(n_strides=10)), "best_parameters.json", ["seed=1"]),
        ReportedWalk("second", evaluate_log(reference_walk(n_strides=10, speed=1.0)), "x.txt"),
    ]
    for shown in (walks[:1], walks):
        write_report(tmp_path / "report.html", shown, ["no video: nothing can draw"])
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        parser = Sources()
        parser.feed(page)
        assert parser.open == []
        assert len(parser.loads) >= 4
        assert all(text.startswith("data:image/") for text in parser.loads)
        assert "<b>first" not in page
        assert "first &lt;b&gt;" in page
        assert "no video: nothing can draw" in page
        visible = re.sub(r'src="[^"]*"', "", page)
        assert not re.search(r"https?://|url\(|@import|<script", visible)
        # The same walks give the same bytes.
        before = page
        write_report(tmp_path / "report.html", shown, ["no video: nothing can draw"])
        assert (tmp_path / "report.html").read_text(encoding="utf-8") == before


def test_tables_hold_what_the_walk_is(tmp_path):
    evaluation = evaluate_log(reference_walk(n_strides=10))
    write_metrics_table(tmp_path / "m.csv", [("a", evaluation)])
    write_curves_table(tmp_path / "c.csv", evaluation)
    with (tmp_path / "m.csv").open(encoding="utf-8") as stream:
        rows = {row["metric"]: row for row in csv.DictReader(stream)}
    assert tuple(rows) == tuple(WALK_METRICS)
    assert float(rows["speed"]["value"]) == pytest.approx(1.25)
    assert rows["speed"]["unit"] == "m/s"
    with (tmp_path / "c.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["percent"]) for row in rows] == list(range(101))
    for row in rows[:100]:
        assert float(row["knee_angle_l_mean [deg]"]) == pytest.approx(
            float(row["knee_angle_reference [deg]"]), abs=1e-6
        )
    assert float(rows[50]["vertical_grf_r_mean [BW]"]) == pytest.approx(0.9)
    assert rows[0]["vertical_grf_reference_sd [BW]"] != ""
