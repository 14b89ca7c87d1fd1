import datetime

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import ConfigError
from myoassist.runs.folder import open_run
from myoassist.runs.stored_config import load_stored_config

RUN = ["exp=exo_npoint", "cost.weights={effort: 2.5}", "cost.num_strides=3", 'optimizer.run_suffix="it\'s"']


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = compose_run(RUN)
    with open_run(run.config, run.exp, run.all_overrides, today=datetime.date(2026, 3, 1)) as opened:
        return opened.path


def test_without_overrides_it_is_the_stored_one(folder):
    assert load_stored_config(folder, []) == compose_run(RUN).config


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("env.sim_time=3", ("env", "sim_time"), 3.0),
        ("env.render_modes=[]", ("env", "render_modes"), []),
        ("+control.delayed=true", ("control", "delayed"), True),
        ("cost=effort", ("cost", "target"), "effort"),
        ("model=dephy", ("model", "device"), "dephy"),
        ("cost.weights.trunk=4", ("cost", "weights"), {"effort": 2.5, "trunk": 4.0}),
    ],
)
def test_an_override_changes_its_key_alone(folder, override, key, value):
    expected = compose_run(RUN).config
    setattr(getattr(expected, key[0]), key[1], value)
    changed = load_stored_config(folder, [override])
    if override == "model=dephy":
        # The option names the device by its library key.
        value = changed.model.device
        assert "dephy" in value.lower()
        expected.model.device = value
    assert changed == expected


def test_the_last_of_two_wins(folder):
    assert load_stored_config(folder, ["env.sim_time=3", "env.sim_time=4"]).env.sim_time == 4.0


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("env.sim_time=abc", ["env.sim_time=abc", "finite number"]),
        ("env.simtime=3", ["env.simtime", "sim_time"]),
        ("+typo=1", ["typo"]),
        ("cost=nope", ["cost=nope", "kinematics"]),
        ("logdir=x", ["logdir=x"]),
        ("expname=x", ["expname=x"]),
        ("env.sim_time=1,2", ["several values"]),
    ],
)
def test_refused_like_in_training(folder, override, words):
    with pytest.raises(ConfigError) as refusal:
        check(load_stored_config(folder, [override]))
    assert [word for word in words if word not in str(refusal.value)] == []
