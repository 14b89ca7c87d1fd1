import json

import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.gait.events import RIGHT
from myoassist.gait.score.agreement import GROUPS, OVERALL, correlate
from myoassist.gait.score.card import score_fields
from myoassist.gait.score.gate import (
    CHANGED,
    LEARNED,
    PLANAR,
    PROSTHESIS,
    SPATIAL,
    Gate,
    gate_kind,
    judge_score,
)
from myoassist.gait.score.score import ScoreTask, score_walk
from myoassist.model.build import build_walker
from tests.gait.human_walk import LEG, human_walk
from tests.gait.synthetic_walk import empty_walk

# Curves of people that no score has.
SIDEWAYS = {"hip_adduction", "hip_abduction_moment", "pelvis_obliquity"}
FIELDS = {
    *("plant", "speed_m_s", "channels", "overall_sd", "stance_knee_flexion_deg", "stance_percent", "trunk_range_deg"),
    *("knee_left_right_deg", "knee_limit_nm", "pushoff_w_kg", "moments", "powers", "grf_fore_aft", "emg_r"),
    *("saturated", "silent", "cot_j_kg_m", "strides", "stride_time_s", "stride_time_sd_s", "stride_length_m"),
    *("speed_error_m_s", "in_cost", "gate", "card", "robustness", "missing"),
}


def score(log, speed=1.25, **task):
    return score_walk(log, ScoreTask("published", speed, LEG, **task))


def fields(scored, kind=PLANAR):
    return score_fields(scored, judge_score(scored, kind))


@pytest.mark.parametrize("speed", [0.75, 1.25, 1.75])
def test_people_score_as_people(speed):
    log, reference = human_walk(speed)
    found = score(log, speed)
    # Sideways nothing is scored.
    assert set(found.channels) == set(reference.curves) - {"pelvis", *SIDEWAYS}
    for name, agreement in found.channels.items():
        # Heel strike is where the load has risen, a little after the first row.
        assert agreement.sd < (1.2 if name == "emg_lateral_hamstrings" else 0.35), name
        # The trunk of people does not move alike in both halves of the cycle, that of this walk does.
        if name not in ("emg_lateral_hamstrings", "trunk"):
            assert agreement.r > 0.98, name
    assert set(found.groups) == set(GROUPS) and max(found.groups.values()) < 0.3
    content = fields(found)
    assert content["overall_sd"] == pytest.approx(np.mean([found.channels[name].sd for name in OVERALL]))
    assert content["overall_sd"] < 0.15
    peaks = [content["channels"]["grf"][f"peak{i}_bw"] for i in (1, 2)]
    assert peaks == pytest.approx([np.mean(found.figures[f"grf_peak{i}_bw"]) for i in (1, 2)])
    # Lateral and medial hamstrings are one muscle in these legs.
    assert content["emg_r"]["mean"] > 0.9 and content["emg_r"]["gastrocnemius"] > 0.99
    for name, (mean, _) in reference.figures.items():
        if not name.startswith("grf_peak"):
            assert np.mean(found.figures[name]) == pytest.approx(mean, rel=0.03), name
    assert content["speed_error_m_s"] == pytest.approx(0.0, abs=0.02)
    assert content["stride_time_sd_s"] == pytest.approx(0.0, abs=1e-9)
    assert content["gate"]["failed"] == []
    # The only bound that is not known is that of the energy.
    assert content["gate"]["passed"] == (speed != 1.25)


def test_every_field_is_there_and_what_is_null_has_a_reason():
    content = fields(score(human_walk()[0], in_cost=("emg_r",)))
    assert set(content) == FIELDS
    assert (content["plant"], content["strides"], content["in_cost"]) == ("published", 10, ["emg_r"])
    assert set(content["channels"]) == {"hip", "knee", "ankle", "trunk", "grf"}
    assert set(content["channels"]["hip"]) == {"rmse_deg", "r", "sd"}
    assert set(content["channels"]["grf"]) == {"r", "sd", "peak1_bw", "peak2_bw"}
    for name in ("moments", "powers"):
        assert set(content[name]) == {"hip", "knee", "ankle"} and set(content[name]["hip"]) == {"rmse", "r", "sd"}
    assert set(content["stance_percent"]) == set(content["stance_knee_flexion_deg"]) == {"right", "left"}
    named = {entry["name"] for entry in content["missing"]}
    assert {f"cot_j_kg_m.{name}" for name, value in content["cot_j_kg_m"].items() if value is None} <= named
    assert "gate.cot" in named and not content["gate"]["passed"]
    assert not [entry for entry in content["missing"] if not entry["reason"]]
    json.dumps(content, allow_nan=False)


def test_of_the_hip_alone_the_mean_difference_is_left_out():
    plain, moved = score(human_walk()[0]), score(human_walk(hip_offset=12.0)[0])
    assert moved.channels["hip"].rmse == pytest.approx(plain.channels["hip"].rmse, abs=1e-6)
    log, _ = human_walk()
    log.joint_angle[:, :, 1] -= np.deg2rad(12.0)
    bent = score(log)
    assert bent.channels["knee"].rmse == pytest.approx(12.0, abs=0.3)
    sd = bent.reference.curves["knee"][1]
    assert bent.channels["knee"].sd == pytest.approx(bent.channels["knee"].rmse / np.sqrt(np.mean(sd**2)))
    assert bent.channels["knee"].r == pytest.approx(plain.channels["knee"].r)


def test_legs_are_judged_each_and_their_difference_named():
    log, _ = human_walk()
    log.joint_angle[:, RIGHT, 1] -= np.deg2rad(6.0)
    content = fields(score(log))
    assert content["knee_left_right_deg"] == pytest.approx(6.0, abs=0.01)
    right, left = content["stance_knee_flexion_deg"]["right"], content["stance_knee_flexion_deg"]["left"]
    assert right - left == pytest.approx(6.0, abs=0.01)
    failed = {entry["name"]: entry for entry in content["gate"]["failed"]}
    # The worse of both legs is judged.
    assert failed["stance_knee_flexion"]["value"] == right and failed["stance_knee_flexion"]["bound"] == [10.0, 22.0]
    assert failed["knee_left_right"]["bound"] == [None, 3.0]


def test_limits_muscles_and_unsteady_strides_are_seen():
    log, _ = human_walk()
    log.limit_torque[:, :, 1] = 8.0
    full, quiet = log.muscle_names.index("soleus_l"), [i for i, n in enumerate(log.muscle_names) if "gastroc" in n]
    log.activation[:, full] = 0.99
    log.activation[:, quiet] = 0.02
    content = fields(score(log))
    assert content["knee_limit_nm"] == pytest.approx(8.0)
    assert content["saturated"] == ["soleus"] and "gastroc" in content["silent"]
    # A muscle that does not move agrees with nothing.
    assert content["emg_r"]["gastrocnemius"] is None
    names = {entry["name"] for entry in content["gate"]["failed"]}
    assert "knee_limit" in names and "saturated" not in names
    assert {"gate.emg_r_gastrocnemius"} <= {entry["name"] for entry in content["missing"]}


def test_too_few_strides_and_none_at_all():
    few = fields(score(human_walk(n_strides=5)[0]))
    assert few["strides"] < 8
    assert "strides" in {entry["name"] for entry in few["gate"]["failed"]}
    none = fields(score(empty_walk(300)))
    assert none["strides"] == 0 and none["channels"] is None and not none["gate"]["passed"]
    assert none["missing"][0] == {"name": "strides", "reason": "no whole stride of both legs"}


def test_at_a_speed_that_nobody_walked_only_the_walk_itself_is_described():
    log, _ = human_walk()
    content = fields(score(log, speed=2.5))
    assert content["channels"]["hip"] == {"rmse_deg": None, "r": None, "sd": None} and content["overall_sd"] is None
    assert content["stance_percent"]["left"] > 50.0 and content["channels"]["grf"]["peak1_bw"] > 1.0
    reasons = {entry["name"]: entry["reason"] for entry in content["missing"]}
    assert "nobody was measured at 2.5 m/s" in reasons["reference"]
    assert reasons["gate.overall_sd"] == reasons["reference"]


def test_bounds_of_other_kinds_of_walks():
    found = score(human_walk()[0])
    names = {kind: {gate.name for gate in judge_score(found, kind)} for kind in (SPATIAL, LEARNED, PROSTHESIS, CHANGED)}
    assert "heading" in names[SPATIAL] and "overall_sd" not in names[SPATIAL]
    assert {"hip_r", "emg_r", "grf_peak1"} <= names[LEARNED]
    assert names[PROSTHESIS] == {"strides", "speed_error", "stance_asymmetry", "grf_peak1"}
    assert names[CHANGED] == {*names[PROSTHESIS], "knee_left_right"}
    assert all(gate.passed for gate in judge_score(found, SPATIAL))
    assert fields(found, PROSTHESIS)["gate"] == {"passed": True, "failed": []}


@pytest.mark.parametrize(
    ("model", "slope", "kind"),
    [
        ({}, 0.0, PLANAR),
        ({}, -5.0, CHANGED),
        ({"device": "tutorial"}, 0.0, CHANGED),
        ({"device": "osl_a"}, 5.0, PROSTHESIS),
        ({"musculature": 26}, 5.0, SPATIAL),
    ],
)
def test_the_kind_is_that_of_the_model(model, slope, kind):
    walker = build_walker(ModelConfig(**model), EnvConfig(slope_deg=slope))
    assert gate_kind(walker) == kind
    assert gate_kind(walker, learned=True) == (PROSTHESIS if kind == PROSTHESIS else LEARNED)


def test_matched_bounds_are_one_and_a_half_standard_deviations():
    log, reference = human_walk(0.75)
    gates = {gate.name: gate for gate in judge_score(score(log, 0.75), PLANAR)}
    mean, sd = reference.figures["pushoff_w_kg"]
    assert (gates["pushoff"].low, gates["pushoff"].high) == pytest.approx((mean - 1.5 * sd, mean + 1.5 * sd))
    assert gates["hip_r"].low == 0.9 and "hip_rmse" not in gates and "cot" not in gates


def test_a_bound_is_met_at_its_edge_and_an_unknown_value_meets_none():
    assert Gate("a", 1.4, None, 1.4).passed and not Gate("a", 1.41, None, 1.4).passed
    assert not Gate("a", None, None, 1.4).passed and not Gate("a", None, None, 1.4).judged


def test_curves_that_do_not_move_have_no_correlation():
    assert correlate(np.ones(51), np.arange(51.0)) is None
    assert correlate(np.arange(51.0), -np.arange(51.0)) == pytest.approx(-1.0)
