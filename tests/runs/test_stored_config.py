import datetime
from dataclasses import replace

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.cost_formula import find_target, read_formula, shipped_target
from myoassist.files.errors import ConfigError
from myoassist.runs.folder import open_run
from myoassist.runs.stored_config import change_config, load_stored_config

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


@pytest.mark.parametrize(
    "chosen",
    [
        ["cost=effort", "cost.formula.terms.pain=2"],
        ["cost=kinematics", "cost.formula.gates=[]"],
        ["cost=human_gait", "cost.formula.terms.cot=4.5"],
        ["cost.formula.offset=7"],
    ],
)
def test_a_formula_of_its_own_takes_nothing_from_another_target(chosen):
    stored = compose_run(["exp=baseline", *chosen]).config
    assert stored.cost.formula is not None
    changed = change_config(stored, ["env.sim_time=12"])
    assert read_formula(changed.cost.formula) == read_formula(stored.cost.formula)


@pytest.mark.long
def test_a_change_of_the_formula_is_one_of_what_the_run_was_judged_by():
    named = compose_run(["exp=baseline", "cost=kinematics"]).config
    assert named.cost.formula is None
    changed = read_formula(change_config(named, ["cost.formula.terms.pain=1"]).cost.formula)
    assert changed == replace(shipped_target("kinematics"), terms={**shipped_target("kinematics").terms, "pain": 1.0})
    own = compose_run(["exp=baseline", "cost=effort", "cost.formula.terms.pain=2"]).config
    for change in ("cost.formula={terms:{trunk:3}}", "cost.formula.terms.trunk=3"):
        formula = read_formula(change_config(own, [change]).cost.formula)
        assert formula.terms == {"effort": 1.0, "pain": 2.0, "trunk": 3.0} and formula.gates == ()
    # The option of a group replaces the formula as a whole, and null takes that of the target.
    for change, target in (("cost=metabolic", "metabolic"), ("cost.formula=null", "effort")):
        assert find_target(change_config(own, [change]).cost) == shipped_target(target)
