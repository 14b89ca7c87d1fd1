"""A real, tiny training, and everything that evaluating it leaves."""

import csv
import json

import pytest

from myoassist import evaluate
from myoassist.tracking import follow
from myoassist.train import train
from tests.rl.small_runs import compose_small

pytestmark = pytest.mark.long
SCENARIOS = (
    "rl.evaluate_param_list=[{num_timesteps: 40},"
    "{num_timesteps: 20, min_target_velocity: 0.5, max_target_velocity: 1.5, velocity_mode: SINUSOIDAL}]"
)
ALWAYS = {
    "report.html",
    "eval_terms.json",
    "eval_metrics.json",
    "eval_metrics.csv",
    "eval_time_series.png",
    "gait_evaluated_data.json",
    "policy_scores.json",
    "robustness.csv",
    "robustness.png",
    "speed_tracking.png",
    "reward.png",
    "return.png",
    "evaluations.png",
    "reward_parts.png",
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        train(compose_small("logdir=run"))
    return folder / "run"


def test_every_scenario_gets_a_folder(trained, capsys, monkeypatch):
    told = []
    monkeypatch.setattr(follow, "track_evaluation", lambda config, folder: told.append((config.task, folder)))
    code = evaluate.main([f"run={trained}", "env.render_modes=[]", "starts=2", SCENARIOS])
    output = capsys.readouterr()
    assert code == 0, output.err
    assert told == [("rl", trained)]
    for number, limit in (("00", 40), ("01", 20)):
        folder = trained / f"analyze_results_{number}"
        names = {file.name for file in folder.iterdir()}
        assert names >= ALWAYS
        assert not any(name.startswith(".") for name in names)
        terms = json.loads((folder / "eval_terms.json").read_text())
        assert terms["total"] == pytest.approx(sum(terms["parts"].values()))
        gait = json.loads((folder / "gait_evaluated_data.json").read_text())
        assert 0 < gait["metadata"]["data_length"] <= limit
        page = (folder / "report.html").read_text()
        for words in (
            "Walking report",
            "Policy: speed, device, actions, reward",
            "Training",
            "learned by trial",
            "Reward",
        ):
            assert words in page
        assert "spinal reflexes drives" not in page and str(trained.parent) not in page
        assert len(list(csv.DictReader((folder / "robustness.csv").open()))) == 2
    sine = json.loads((trained / "analyze_results_01" / "gait_evaluated_data.json").read_text())
    target = [row[0] for row in sine["series_data"]["target_data"]["target_velocity"]]
    assert target[0] == pytest.approx(1.0, abs=0.1) and target == sorted(target)
    assert "of 2 start phases" in output.out


def test_the_same_policy_gives_the_same_walk(trained, capsys):
    totals = []
    for _ in range(2):
        assert evaluate.main([f"run={trained}", "env.render_modes=[]", "starts=0", "params=newest"]) == 0
        totals.append(json.loads((trained / "analyze_results_00" / "eval_terms.json").read_text())["total"])
    assert totals[0] == totals[1]
    assert "trained_models/model_" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["repeats=3"], "starts=10"),
        (["params=nothing.zip"], "does not exist"),
        (["rl.evaluate_param_list=[{num_timestep: 4}]"], "num_timesteps"),
        (
            [
                "rl.evaluate_param_list=[{realtime_plotting_info: [{category: joint_data, name: knee_angel_r, "
                "property_type: qpos, y_lim: [0, 1]}]}]"
            ],
            "name: knee_angle_r",
        ),
        (
            [
                "rl.evaluate_param_list=[{realtime_plotting_info: [{category: joint_data, name: knee_r, "
                "property_type: qpos, y_lim: [0, 1]}]}]"
            ],
            "name: knee_angle_r",
        ),
        (["starts=-1"], "a whole number from 0"),
        (["env.observation_joint_sensor_keys=[r_foot]", "env.render_modes=[]"], "l_foot"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(trained, capsys, arguments, words):
    assert evaluate.main([f"run={trained}", *arguments]) == 2
    assert words in capsys.readouterr().err
