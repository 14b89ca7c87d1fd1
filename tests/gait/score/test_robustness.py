"""The trials of a walk: their draws, names, bounds and what is written about them."""

import json

import numpy as np
import pytest

from myoassist.gait.score.robustness import (
    BOUNDS,
    GOALS,
    KINDS,
    NOISE,
    PUSHED_AFTER,
    STREAM,
    Robustness,
    Trial,
    TrialGroup,
    push_labels,
    pushed_stride,
    trial_generator,
)


def test_draws_are_fixed_and_of_no_run():
    first, again = (trial_generator(NOISE, 3).standard_normal(5) for _ in range(2))
    assert (first == again).all()
    drawn = {trial_generator(kind, copy).random() for kind in KINDS for copy in range(10)}
    assert len(drawn) == 10 * len(KINDS)
    # A run's seed has 32 bits; its candidates are seeded by it and two counters.
    assert STREAM >= 2**64
    assert not drawn & {np.random.default_rng([seed, copy]).random() for seed in range(50) for copy in range(10)}


def test_a_stride_of_the_undisturbed_walk_is_pushed():
    strikes = np.array([99, 219, 339, 459, 579, 699])
    begin, length = pushed_stride(strikes, 0.01)
    assert (begin, length) == (pytest.approx(5.8), pytest.approx(1.2))
    assert begin >= PUSHED_AFTER
    assert pushed_stride(strikes[:-1], 0.01) is None and pushed_stride(np.array([]), 0.01) is None
    assert len(push_labels()) == 8 and len({text for _, _, text in push_labels()}) == 8


def everything(**reasons):
    levels = {"noise": (1, 3, 5), "undisturbed": (60,), "start": (60,), "ground": (2, 5), "push": (30, 50)}
    walks = {"undisturbed": 1, "push": 8}
    groups = []
    for kind, values in levels.items():
        for level in values:
            trials = tuple(Trial(20.0, True, "forward" if kind == "push" else "") for _ in range(walks.get(kind, 10)))
            group = TrialGroup(kind, level, 20.0, trials)
            reason = reasons.get(group.name, "")
            groups.append(TrialGroup(kind, level, 20.0, () if reason else trials, reason))
    return Robustness(tuple(groups), ("a note",))


def test_all_bounds_and_goals_are_those_of_trials():
    names = {group.name for group in everything().groups}
    assert set(BOUNDS) | set(GOALS) <= names
    content = everything().content
    assert content["gate"] == {"passed": True, "failed": []} and content["goal"]["passed"]
    assert content["trials"]["push_30_ns"]["labels"] == ["forward"] * 8
    assert "labels" not in content["trials"]["noise_1_percent"]
    assert json.loads(json.dumps(content)) == content


def test_what_could_not_be_tried_is_said_and_not_passed():
    content = everything(ground_2_cm="own file").content
    assert content["missing"] == [{"name": "ground_2_cm", "reason": "own file"}]
    assert content["trials"]["ground_2_cm"]["survived"] is None
    assert not content["gate"]["passed"] and content["gate"]["failed"] == []
