import json

import numpy as np
import pytest

from myoassist.analysis.policy.training_curves import (
    plot_evaluations,
    plot_parts,
    plot_record_parts,
    plot_return,
    read_training,
)


def record(steps, forward, penalty):
    return {
        "num_timesteps": steps,
        "average_reward_per_episode": 0.5 * forward + penalty,
        "average_num_timestep": 10,
        "average_reward_dict_per_episode": {"forward_reward": forward, "foot_force_penalty": penalty, "dense": 9.0},
        "reward_weights": {"forward_reward": 0.5, "foot_force_penalty": 1.0, "qpos_imitation_rewards": {"a": 1.0}},
    }


def test_the_history_is_read_and_a_row_in_the_making_is_not(tmp_path):
    (tmp_path / "history.csv").write_text(
        "rollout,steps,episodes,episode_length,return,reward/forward_reward\n0,100,0,,,0.1\n1,200,4,9.5,2.5,0.2\n2,30"
    )
    (tmp_path / "evaluations.csv").write_text("steps,score,walked_time,speed_error\n200,0.5,9.0,0.1\n")
    curves = read_training(tmp_path)
    assert curves.steps == pytest.approx([100, 200])
    assert np.isnan(curves.returns[0]) and curves.returns[1] == 2.5
    assert curves.parts["forward_reward"] == pytest.approx([0.1, 0.2])
    assert plot_evaluations(curves) is not None
    line = plot_return(curves).axes[0].lines[0]
    assert line.get_xdata() == pytest.approx([200])


def test_published_logs_are_drawn_with_and_without_weights(tmp_path):
    records = [record(0, 9.0, 9.0), record(100, 2.0, -1.0), record(200, 4.0, -3.0)]
    (tmp_path / "train_log.json").write_text(json.dumps({"log_datas": records}))
    curves = read_training(tmp_path)
    assert curves.returns == pytest.approx([13.5, 0.0, -1.0])
    for weighted, top in ((True, 2.0), (False, 4.0)):
        axes = plot_record_parts(curves, weighted).axes[0]
        # The first record is left out; negative parts lie below zero.
        low, high = axes.dataLim.intervaly
        assert (low, high) == (pytest.approx(-3.0), pytest.approx(top))
        assert axes.dataLim.intervalx == pytest.approx([100, 200])
        assert axes.get_legend_handles_labels()[1] == ["foot_force_penalty", "forward_reward"]


def test_a_folder_without_a_training_has_no_curves(tmp_path):
    assert read_training(tmp_path) is None
    (tmp_path / "train_log.json").write_text("{")
    assert read_training(tmp_path) is None


def test_parts_that_are_zero_are_not_drawn():
    steps = np.array([1.0, 2.0])
    assert plot_parts(steps, {"a": np.zeros(2)}, "1/s", "") is None
    figure = plot_parts(steps, {"a": np.zeros(2), "b": np.array([1.0, -1.0])}, "1/s", "")
    assert figure.axes[0].get_legend_handles_labels()[1] == ["b"]
