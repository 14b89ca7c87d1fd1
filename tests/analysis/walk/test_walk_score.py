"""What a walk was paid for, how it is scored by an evaluation, and how the report shows it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from myoassist.analysis.page.walk_page import ReportedWalk, write_report
from myoassist.analysis.page.words import describe_walk
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.files import write_score
from myoassist.analysis.walk.gait_curves import cut_curves
from myoassist.analysis.walk.metrics import measure_walk
from myoassist.analysis.walk.score import ScoredWalk, paid_figures, score_evaluation
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import EnvConfig, ModelConfig, RunConfig
from myoassist.cost.result import CostResult
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.gait.score.gate import PLANAR, judge_score
from myoassist.gait.score.score import ScoreTask, score_walk
from myoassist.model.build import build_walker
from myoassist.rollout.log import Outcome
from tests.gait.human_walk import human_walk


@pytest.mark.parametrize(
    ("overrides", "paid"),
    [
        (["cost=classic"], {"speed_error_m_s", "knee_left_right_deg", "channels.trunk", "knee_limit_nm"}),
        (["cost=kinematics"], {"speed_error_m_s", "channels.hip", "channels.knee", "channels.ankle", "channels.trunk"}),
        (["cost=velocity_grf", "cost.weights.grf=0"], {"speed_error_m_s"}),
        (["cost=velocity_grf"], {"channels.grf"}),
        (["cost=metabolic"], {"cot_j_kg_m"}),
        (["cost=vel_musc"], {"emg_r"}),
        (["cost=effort", "cost.extra_terms=[pain]"], {"knee_limit_nm"}),
    ],
)
def test_figures_that_the_cost_pays_for_are_named(overrides, paid):
    found = set(paid_figures(compose_run(["exp=baseline", *overrides]).config))
    assert paid <= found
    if "cost.weights.grf=0" in overrides:
        assert "channels.grf" not in found and "emg_r" not in found


def test_effort_alone_pays_for_none_of_them():
    assert paid_figures(compose_run(["exp=baseline", "cost=effort"]).config) == ()


def test_rewards_are_paid_too():
    found = set(paid_figures(compose_run(["exp=rl_walk"]).config))
    assert {"speed_error_m_s", "channels.hip", "channels.knee", "channels.ankle"} <= found


def evaluated(speed=1.25, **changes):
    log, _ = human_walk(speed, **changes)
    config = RunConfig()
    config.cost.tgt_vel = speed
    score = score_walk(log, ScoreTask("published", speed, 0.9, paid_figures(config)))
    return Evaluation(
        config=config,
        vector=np.ones(77),
        walker=None,
        log=log,
        poses=np.zeros((log.n_steps, 39)),
        result=CostResult(12.5, "3", {"effort": 12.5}, Outcome.SURVIVED, {"Effort_Cost": 12.5}, "", 10.0),
        metrics=measure_walk(log, config.cost),
        curves=cut_curves(log, config.cost.num_strides),
        reference=load_reference_gait(),
        curve=None,
        score=ScoredWalk(score, tuple(judge_score(score, PLANAR))),
    )


def test_an_evaluation_is_scored_with_its_own_leg_and_speed(tmp_path):
    walker = build_walker(ModelConfig(physics="fast"), EnvConfig())
    log, _ = human_walk(1.25, leg=0.8515)
    config = RunConfig()
    scored = score_evaluation(config, walker, log)
    assert scored.score.task.leg_length == pytest.approx(0.8515, abs=0.001)
    assert scored.content["overall_sd"] < 0.2 and scored.content["plant"] == "published"
    write_score(tmp_path / "eval_score.json", scored)
    stored = json.loads((tmp_path / "eval_score.json").read_text())
    assert stored["overall_sd"] == scored.content["overall_sd"]
    assert set(stored["gate"]) == {"passed", "failed"}
    own = score_evaluation(config, replace(walker, own=False), log)
    assert own.content["plant"] == "own file"


def shown_score(folder, evaluation):
    """Return the part of the report on the distance from people, or nothing where it has none."""
    write_report(folder / "report.html", [ReportedWalk("people", evaluation, "nothing")])
    page = (folder / "report.html").read_text()
    part = page.partition("Distance from people at this speed</h2>")[2]
    return part.partition("<h2>")[0]


def test_the_report_shows_channels_bands_figures_and_bounds(tmp_path):
    log_like_people = evaluated()
    assert "standard deviations" in " ".join(describe_walk(log_like_people))
    table = shown_score(tmp_path, log_like_people)
    for words in ("Knee angle", "Fore-aft ground reaction", "Stride length", "emg_r_gastrocnemius", "not measured"):
        assert words in table
    assert 'class="near">near' in table and 'class="far"' not in table.split("Bounds for")[0].split("Lateral")[0]
    assert "not passed" in table and ">not known</td>" in table
    bent = evaluated()
    bent.log.joint_angle[:, :, 1] -= np.deg2rad(25.0)
    score = score_walk(bent.log, bent.score.score.task)
    far = shown_score(tmp_path, replace(bent, score=ScoredWalk(score, tuple(judge_score(score, PLANAR)))))
    assert 'class="far">far' in far and 'class="far">missed' in far


@pytest.mark.long
def test_a_speed_that_nobody_walked_is_said(tmp_path):
    evaluation = evaluated()
    score = score_walk(evaluation.log, ScoreTask("published", 2.6, 0.9))
    page = shown_score(tmp_path, replace(evaluation, score=ScoredWalk(score, tuple(judge_score(score, PLANAR)))))
    assert "Not compared with people: nobody was measured at 2.6 m/s" in page


@pytest.mark.long
def test_a_walk_without_a_score_has_no_table(tmp_path):
    assert shown_score(tmp_path, replace(evaluated(), score=None)) == ""
