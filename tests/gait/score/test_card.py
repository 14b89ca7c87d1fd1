"""The score as traffic lights, and what is said about the bounds that are missed worst."""

import numpy as np
import pytest

from myoassist.gait.score.advice import ADVICE, worst_gates
from myoassist.gait.score.card import describe_card, distance_light, muscle_light, robustness_gates, score_fields
from myoassist.gait.score.gate import (
    CHANGED,
    GOAL,
    INFORMATION,
    LEARNED,
    MET,
    MISSED,
    PLANAR,
    PROSTHESIS,
    SPATIAL,
    UNKNOWN,
    Gate,
    gate_bounds,
    goal_bounds,
    judge_score,
)
from myoassist.gait.score.robustness import BOUNDS, GOALS, Robustness, Trial, TrialGroup
from myoassist.gait.score.score import ScoreTask, score_walk
from tests.gait.human_walk import LEG, human_walk


def score(speed=1.25, **changes):
    log, _ = human_walk(speed)
    for name, change in changes.items():
        change(getattr(log, name))
    return score_walk(log, ScoreTask("published", speed, LEG))


@pytest.mark.parametrize(
    ("gate", "light"),
    [
        (Gate("a", 5.0, None, 6.0, (None, 4.5)), MET),
        (Gate("a", 4.5, None, 6.0, (None, 4.5)), GOAL),
        (Gate("a", 6.1, None, 6.0, (None, 4.5)), MISSED),
        (Gate("a", 8.0, 8.0, None), GOAL),
        (Gate("a", None, 8.0, None), UNKNOWN),
        (Gate("a", 12.0, 10.0, 22.0, (15.0, 20.0)), MET),
        (Gate("a", 3.0, None, None, (10.0, None)), INFORMATION),
        (Gate("a", 10.0, None, None, (10.0, None)), GOAL),
        (Gate("a", 3.0, None, None), INFORMATION),
    ],
)
def test_lights(gate, light):
    assert gate.light == light


def test_bands_of_distances_and_muscles():
    assert [distance_light(sd) for sd in (None, 1.5, 2.1, 2.2)] == [UNKNOWN, GOAL, MET, MISSED]
    # The gastrocnemius has a bound of its own.
    assert [muscle_light("rectus_femoris", r) for r in (0.5, 0.7, 0.8)] == [MISSED, MET, GOAL]
    assert [muscle_light("gastrocnemius", r) for r in (0.7, 0.85, 0.95, None)] == [MISSED, MET, GOAL, UNKNOWN]


def test_a_goal_lies_within_its_bound():
    for speed in (0.75, 1.25, 1.75):
        found = score(speed)
        for kind in (PLANAR, CHANGED, SPATIAL, LEARNED, PROSTHESIS):
            bounds, goals = gate_bounds(found, kind), goal_bounds(found, kind)
            # The best of a value is never asked for where nothing bounds it.
            assert set(goals) <= set(bounds)
            for name, (low, high) in goals.items():
                least, most = bounds[name]
                assert least is None or low is None or low >= least, (name, speed)
                assert most is None or high is None or high <= most, (name, speed)


def test_severity_counts_steps_from_bound_to_goal():
    assert Gate("a", 9.0, None, 6.0, (None, 4.5)).severity == pytest.approx(2.0)
    assert Gate("a", 0.4, 0.8, None, (0.92, None)).severity == pytest.approx(0.4 / 0.12)
    assert Gate("a", 0.06, -0.03, 0.03).severity == pytest.approx(1.0)
    assert Gate("a", 5.0, None, 6.0).severity == 0.0 and Gate("a", None, None, 6.0).severity == 0.0
    gates = [Gate("near", 6.1, None, 6.0), Gate("far", 60.0, None, 6.0), Gate("met", 1.0, None, 6.0)]
    assert [gate.name for gate in worst_gates(gates)] == ["far", "near"]
    assert [gate.name for gate in worst_gates(gates, 1)] == ["far"]


def test_every_bound_has_advice_and_no_other_name():
    names = {*BOUNDS, *GOALS}
    for kind in (PLANAR, CHANGED, SPATIAL, LEARNED, PROSTHESIS):
        for speed in (0.75, 1.25):
            names |= set(gate_bounds(score(speed), kind))
    assert set(ADVICE) == names


def test_the_card_names_every_joint_and_muscle():
    card = describe_card(found := score(), judge_score(found, PLANAR))
    assert set(card["joints"]) == {"hip", "knee", "ankle", "ground_reaction"}
    assert card["joints"]["knee"]["angle"] == GOAL
    assert card["muscles"]["gastrocnemius"]["light"] == GOAL
    assert card["muscles"]["soleus"]["against"] != "EMG"

    def saturate(activation):
        activation[:] = 1.0

    tired = describe_card(found := score(activation=saturate), judge_score(found, PLANAR))
    assert any(item.get("saturated") and item["light"] == MISSED for item in tired["muscles"].values())


def tried(survived, **changes):
    trials = tuple(Trial(20.0 if i < survived else 3.0, i < survived) for i in range(10))
    return TrialGroup(**{"kind": "noise", "level": 3, "time": 20.0, "trials": trials} | changes)


def test_robustness_is_in_the_score_where_it_was_tried():
    found = score()
    gates = judge_score(found, PLANAR)
    without = score_fields(found, gates)
    assert without["robustness"] is None
    assert "robustness=true" in {item["name"]: item["reason"] for item in without["missing"]}["robustness"]
    robustness = Robustness((tried(8), tried(10, level=5), tried(0, kind="push", level=30, trials=(), reason="no")))
    fields = score_fields(found, gates, robustness)
    assert fields["robustness"]["survived"] == {"noise_3_percent": 8, "noise_5_percent": 10, "push_30_ns": None}
    assert {item["name"]: item["value"] for item in fields["robustness"]["gate"]["failed"]} == {"noise_3_percent": 8}
    # What was not tried is not passed.
    assert not fields["robustness"]["gate"]["passed"]
    assert [gate.light for gate in robustness_gates(robustness)] == [MISSED, GOAL, UNKNOWN]
    assert np.isfinite([gate.severity for gate in robustness_gates(robustness)]).all()
