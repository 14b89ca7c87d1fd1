"""Gait is measured everywhere the same way: searches, imported results, policies and hybrids get the same score."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_evaluate_results import write_result

from myoassist import evaluate
from myoassist.analysis.policy.evaluation import evaluate_policy
from myoassist.analysis.walk.files import write_score
from myoassist.analysis.walk.score import score_evaluation
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.schema.run import ExoConfig
from myoassist.gait.events import find_heel_strikes
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.env.human import record_reflex_walk
from myoassist.rollout.simulator import Simulator

pytestmark = pytest.mark.long

SECONDS = 12.0


class Off:
    """A policy that leaves the device alone."""

    def act(self, observations):
        return np.ones((len(observations), 2), dtype=np.float32)


def shape(content):
    """Return the names in a score, those of a muscle or energy model too."""
    free = ("in_cost", "missing", "saturated", "silent", "failed", "gates", "muscles", "project_table")
    if not isinstance(content, dict):
        return None
    return {key: None if key in free else shape(value) for key, value in content.items()}


def stored(path):
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def hybrid():
    """A hybrid whose device is off, its reflexes alone, and both scores."""
    config = compose_run(["exp=rl_hybrid", "rl.evaluate_param_list=[{num_timesteps: 360}]"]).config
    batch = WalkBatch(config, 1, 0, evaluation=True)
    speed = 1.07
    entry = EvaluationEntry(
        num_timesteps=round(SECONDS * config.env.control_framerate),
        min_target_velocity=speed,
        max_target_velocity=speed,
    )
    learned = evaluate_policy(config, batch, Off(), entry)
    alone = replace(config.env, sim_time=4.0 + SECONDS)
    simulator = Simulator(
        batch.walker, alone, ExoConfig(controller="none"), control=replace(config.control, delayed=False)
    )
    from myoassist.rl.env.human import _read_human

    log = simulator.simulate(_read_human(config, simulator))
    assert record_reflex_walk(config, batch.walker).starts.qpos.shape[0] > 10
    reflex = compose_run(["exp=baseline", "overlays=published", "model=tutorial", f"cost.tgt_vel={speed}"]).config
    return learned, score_evaluation(reflex, batch.walker, log)


def test_a_hybrid_and_its_reflexes_alone_score_alike(hybrid):
    learned, reflex = hybrid
    first, second = learned.score.content, reflex.content
    assert first["strides"] == second["strides"] == 10 or first["strides"] >= 8
    for name in ("speed_m_s", "stride_time_s", "stride_length_m", "overall_sd"):
        assert first[name] == pytest.approx(second[name], rel=0.05), name
    for joint in ("hip", "knee", "ankle"):
        assert first["channels"][joint]["rmse_deg"] == pytest.approx(second["channels"][joint]["rmse_deg"], abs=0.7)
    strikes = find_heel_strikes(learned.log)
    expected = np.mean([np.diff(leg[-11:]).mean() for leg in (strikes.right, strikes.left)]) * learned.log.dt
    assert first["stride_time_s"] == pytest.approx(expected, rel=0.02)


def test_every_kind_of_run_gets_the_same_fields(hybrid, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    write_result(tmp_path / "result")
    policy = ["run=shipped:walk_rl", "starts=0", "rl.evaluate_param_list=[{num_timesteps: 250}]"]
    for arguments in ([f"run={tmp_path / 'result'}", "params=best", "env.sim_time=6"], policy):
        assert evaluate.main([*arguments, "env.render_modes=[]"]) == 0
    learned, reflex = hybrid
    write_score(tmp_path / "hybrid.json", learned.score)
    write_score(tmp_path / "reflex.json", reflex)
    found = {
        "reflex": stored(tmp_path / "reflex.json"),
        "hybrid": stored(tmp_path / "hybrid.json"),
        "imported": stored(next(Path("logs").glob("*/result_*/eval_score.json"))),
        "policy": stored(next(Path("logs").glob("*/shipped_walk_rl/analyze_results_00/eval_score.json"))),
    }
    names = {kind: shape(content) for kind, content in found.items()}
    assert names["hybrid"] == names["policy"] == names["imported"] == names["reflex"]
    for kind, content in found.items():
        assert content["strides"] >= 2 and content["overall_sd"] > 0.0, kind
        assert content["channels"]["grf"]["peak1_bw"] > 0.8 and content["cot_j_kg_m"], kind
        assert {row["light"] for row in content["card"]["gates"]} <= {"goal", "met", "missed", "not known"}
