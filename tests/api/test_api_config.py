"""Configurations out of Python are those of the command, and so are the messages."""

import pytest

import myoassist as ma
from myoassist import train
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import ConfigError, UserError

WORDS = ["exp=tutorial", "cost.tgt_vel=1.1", "seed=3"]


def test_a_configuration_is_that_of_the_command(tmp_path, monkeypatch):
    # From a folder without a checkout.
    monkeypatch.chdir(tmp_path)
    config = ma.compose(*WORDS)
    assert config.plain() == compose_run(WORDS).config
    assert (config.cost.tgt_vel, config.seed, config.overrides) == (1.1, 3, WORDS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["tutorial"],
        ["exp=tutorail"],
        ["exp=tutorial", "cost.tgt_val=1.0"],
        ["exp=tutorial", "cost.tgt_vel=fast"],
        ["exp=tutorial", "cost.tgt_vel=-1"],
        ["exp=tutorial", "seed=0,1"],
        ["exp=tutorial", "--seed", "3"],
        ["exp=tutorial", "env.sim_time=2"],
    ],
)
def test_refusals_are_those_of_the_command(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train.main(words) == 2
    printed = capsys.readouterr().err.strip()
    with pytest.raises(ConfigError) as refusal:
        ma.compose(*words)
    assert str(refusal.value).strip() == printed


def test_what_is_no_word_is_refused():
    with pytest.raises(ConfigError, match="is no text"):
        ma.compose("exp=tutorial", {"seed": 1})
    with pytest.raises(ConfigError, match="--multirun in a configuration"):
        ma.compose("exp=tutorial", "--multirun")


def test_a_value_that_is_set_is_a_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = ma.compose("exp=tutorial", "exo.max_torque=30")
    config.cost.tgt_vel = 1.1
    config.exo.max_torque = 20.0
    config.model.muscle_strength = {"soleus_r": 0.7}
    config.seed = 4
    typed = ["cost.tgt_vel=1.1", "exo.max_torque=20.0", "model.muscle_strength={soleus_r:0.7}", "seed=4"]
    composed = config.compose()
    # In the order in which they were found, as they might have been typed.
    assert composed.config == compose_run(["exp=tutorial", *composed.overrides]).config
    assert sorted(composed.overrides) == sorted(typed)
    assert "tgt_vel_1p1" in composed.config.expname
    assert config.change("seed=5").plain().seed == 5 and config.plain().seed == 4


def test_a_value_that_does_not_fit_is_refused_when_it_is_used():
    config = ma.compose("exp=tutorial")
    config.cost.tgt_vel = "fast"
    with pytest.raises(ConfigError, match=r"cost.tgt_vel"):
        config.plain()
    config = ma.compose("exp=tutorial")
    config.cost.tgt_vel = -1.0
    with pytest.raises(ConfigError, match=r"cost.tgt_vel"):
        ma.optimize(config)
    with pytest.raises(ConfigError, match="there is no such key"):
        config.sead = 3
    assert "sead" not in dir(config) and "cost" in dir(config)


def test_the_wrong_function_says_which_is_right():
    with pytest.raises(ConfigError, match=r"task=rl(.|\n)*train_policy"):
        ma.optimize(ma.compose("exp=rl_test"))
    with pytest.raises(ConfigError, match=r"task=search(.|\n)*optimize"):
        ma.train_policy(ma.compose("exp=tutorial"))
    with pytest.raises(ConfigError, match="was given str"):
        ma.optimize("exp=tutorial")
    with pytest.raises(ConfigError, match="simulate was given dict"):
        ma.simulate(None, {})


def test_lists_are_tables_of_what_there_is():
    assert "tutorial" in ma.list_experiments().index
    assert {"tutorial", "dephy"} <= set(ma.list_models().index)
    assert "human_125" in ma.list_controllers().index
    assert {"walk_rl"} <= set(ma.list_policies().index)
    assert list(ma.list_references().index)
    assert "1.25" in str(ma.list_keys().loc["cost.tgt_vel", "default"])
    assert "cot" in ma.list_terms().index
    assert ma.list_devices().loc["tutorial", "driven joints"] == "ankle"
    table = ma.list_parameters(ma.compose("exp=tutorial"))
    row = table.loc["pelvis_tilt"]
    assert row["lowest"] <= row["start"] <= row["highest"] and row["unit"] == "deg"


def test_runs_that_are_not_there_are_refused_as_by_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="holds no run of tutorial with a best"):
        ma.load_run("tutorial")
    with pytest.raises(UserError, match="run=nowhere does not exist"):
        ma.evaluate("nowhere")
    with pytest.raises(UserError, match="shipped:human_999"):
        ma.evaluate("shipped:human_999")
    with pytest.raises(UserError, match="repeats=100000"):
        ma.evaluate("shipped:human_125", repeats=100000)
    with pytest.raises(UserError, match="two or more"):
        ma.compare([])
