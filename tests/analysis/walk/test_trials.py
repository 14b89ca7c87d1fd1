"""The trials of a controller, on short walks."""

import numpy as np
import pytest

from myoassist.analysis.walk import trials
from myoassist.analysis.walk.trials import noisy_copy, refuse_footholds, try_walk
from myoassist.config.compose.run import compose_run
from myoassist.control.table import build_table
from myoassist.gait.score import robustness
from myoassist.runs.named_files import resolve_param_path
from tests.walkers import WALKING_VECTOR, make_walker

TABLE = build_table(2, controller="npoint", n_points=6)


def test_noise_grows_with_its_level_and_leaves_the_start():
    vector = np.linspace(0.5, 2.0, len(TABLE))
    one, five, other = (noisy_copy(vector, TABLE, percent, i) for percent, i in ((1, 0), (5, 0), (1, 1)))
    np.testing.assert_allclose(five - vector, 5.0 * (one - vector), atol=1e-12)
    assert not np.allclose(one, other)
    pose = TABLE.group_slice("pose")
    assert (five[pose] == vector[pose]).all()
    many = np.array([noisy_copy(vector, TABLE, 3, i) / vector - 1.0 for i in range(400)])
    moved = np.delete(many, np.arange(pose.start, pose.stop), axis=1)
    np.testing.assert_allclose(moved.std(axis=0), 0.03, rtol=0.15)


@pytest.fixture
def short(monkeypatch):
    """Trials that take seconds: short walks, few copies, an early push."""
    for name, value in (("COPIES", 3), ("COPY_TIME", 4.0), ("LONG_TIME", 5.0)):
        monkeypatch.setattr(trials, name, value)
    monkeypatch.setattr(robustness, "PUSHED_AFTER", 1.0)


def config(threads, *overrides):
    made = compose_run(
        ["exp=exo_4param", "overlays=published", "model=tutorial", "exo.max_torque=100", *overrides]
    ).config
    made.optimizer.threads = threads
    return made


@pytest.mark.long
def test_trials_do_not_depend_on_threads_and_disturb(short):
    count = 0

    def progress():
        nonlocal count
        count += 1

    one = try_walk(config(1), make_walker(), WALKING_VECTOR, progress)
    two = try_walk(config(2), make_walker(), WALKING_VECTOR)
    assert one == two
    assert count == sum(len(group.trials) for group in one.groups) == 3 * 3 + 1 + 3 + 2 * 3 + 2 * 8
    groups = {group.name: group for group in one.groups}
    assert [name.rpartition("_")[0] for name in groups] == [
        *("noise_1", "noise_3", "noise_5", "undisturbed_5", "start_5", "ground_2", "ground_5", "push_30", "push_50"),
    ]
    assert groups["undisturbed_5_s"].survived == 1
    # What disturbs more is never survived more often here.
    assert groups["noise_5_percent"].survived <= groups["noise_1_percent"].survived
    lasted = {name: sum(trial.walked_time for trial in group.trials) for name, group in groups.items()}
    assert lasted["ground_5_cm"] < lasted["ground_2_cm"] and lasted["push_50_ns"] < 8 * 4.0
    assert {trial.label for trial in groups["push_30_ns"].trials} == {text for *_, text in robustness.push_labels()}


def test_a_walk_without_a_stride_is_not_pushed(short):
    found = {group.name: group for group in try_walk(config(1), make_walker(), np.ones(len(WALKING_VECTOR))).groups}
    assert found["push_30_ns"].trials == () and "no stride" in found["push_30_ns"].reason
    assert found["undisturbed_5_s"].survived == 0


def test_ground_that_cannot_be_edited_is_said():
    assert refuse_footholds(config(1)) == "" and refuse_footholds(config(1, "env.slope_deg=5")) == ""
    assert "height field" in refuse_footholds(config(1, "env.slope_deg=5", "env.slope_mode=compat"))
    own = config(1)
    own.model.path = "x.xml"
    assert "model.path" in refuse_footholds(own)


def test_a_controller_that_follows_the_target_speed_does_so_in_every_trial():
    from myoassist.analysis.walk.evaluation import evaluate_parameters

    made = compose_run(
        ["exp=human_level", "cost.tgt_vel=1.5", "env.sim_time=12", "optimizer.param_path=shipped:human_150"]
    )
    config = made.config
    walked = evaluate_parameters(config, resolve_param_path("shipped:human_150"))
    runner = trials._Runner(config, 1, lambda: None)
    log = runner.simulator(walked.walker, 12.0).simulate(walked.vector)
    np.testing.assert_array_equal(log.flat, walked.log.flat)
