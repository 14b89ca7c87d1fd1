"""Settings of evolutions and launchers are declared like keys of a run: explained, with a range, refused by name."""

import dataclasses
import math

import pytest

from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.entries.launchers import LauncherSettings
from myoassist.config.entries.video_plots import FilterOptions, PlotOptions
from myoassist.config.schema.keys import describe_expected, schema_keys
from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.constraints import ConstraintOptions, read_constraints
from myoassist.sweep.evolution.settings import EvolutionOptim, check_optim
from myoassist.sweep.evolution.space import SearchedNumber, read_search_space

KEY = "exo.max_torque"


@pytest.mark.parametrize(
    "schema",
    [
        EvaluationEntry,
        PlotOptions,
        FilterOptions,
        LauncherSettings,
        EvolutionOptim,
        SearchedNumber,
        ConstraintOptions,
    ],
)
def test_every_setting_is_explained(schema):
    keys = schema_keys(schema)
    assert len(keys) >= 3
    for key in keys.values():
        assert len(key.metadata["doc"]) > 5 and describe_expected(key)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"lowr": 1, "upper": 2}, [f"search space of {KEY}.lowr", "lower instead"]),
        ({"lower": math.nan, "upper": 2}, [f"search space of {KEY}.lower=nan", "a finite number", "interval("]),
        ({"lower": "1,5", "upper": 2}, [f"search space of {KEY}.lower=1,5", "lower: 1.5"]),
        ({"lower": 1, "upper": 2, "log": "yes"}, [f"search space of {KEY}.log=yes", "true or false", "log: true"]),
        ({"lower": 2, "upper": 1}, ["both bounds, the lower one smaller"]),
    ],
)
def test_a_wrong_space_is_refused(entry, words):
    with pytest.raises(ConfigError) as caught:
        read_search_space({KEY: entry}, [])
    assert [word for word in words if word not in str(caught.value)] == []


def test_what_is_null_in_a_space_is_left_open():
    space = read_search_space({KEY: {"init": None, "lower": 1, "upper": 4, "integer": None, "log": True}}, [])
    assert space.parameters[KEY] == {
        "integer": False,
        "log": True,
        "init": pytest.approx(2.0),
        "lower": 1.0,
        "upper": 4.0,
        "step": None,
    }


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (5, ["few=5", "a mapping with terms", "lower: <number or null>"]),
        ({"upper": 1}, ["has no terms"]),
        ({"terms": {KEY: 1}, "uper": 1}, ["few.uper", "upper instead"]),
        ({"terms": {KEY: math.inf}, "upper": 1}, [f"few.terms.{KEY}=inf", "a finite number"]),
        ({"terms": {KEY: 1}, "upper": math.nan}, ["few.upper=nan", "a finite number"]),
        ({"terms": [KEY], "upper": 1}, ["few.terms=", "a mapping from parameters to factors"]),
        ({"terms": {KEY: 1}}, ["at least one limit"]),
        ({"terms": {"exo.mass": 1}, "upper": 1}, ["does not search as a number", KEY]),
    ],
)
def test_a_wrong_constraint_is_refused(entry, words):
    space = read_search_space({KEY: {"lower": 1, "upper": 4}}, [])
    with pytest.raises(ConfigError) as caught:
        read_constraints({"few": entry}, space)
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("num_workers", 0, ["an integer, at least 1", "num_workers=1   (the nearest"]),
        ("budget", -3, ["at least 1", "budget=1   (the nearest"]),
        ("retries", -1, ["retries=0   (the nearest"]),
        ("max_failure_rate", 25, ["a share between 0 and 1", "max_failure_rate=0.25"]),
        ("max_failure_rate", -0.5, ["a share between 0 and 1", "max_failure_rate=0   (the nearest"]),
        ("failed_loss", math.nan, ["a finite number, or null for the worst"]),
    ],
)
def test_a_wrong_setting_of_an_evolution_is_refused(name, value, words):
    with pytest.raises(ConfigError) as caught:
        check_optim(dataclasses.replace(EvolutionOptim(), **{name: value}))
    text = str(caught.value)
    assert f"hydra.sweeper.optim.{name}=" in text
    assert [word for word in words if word not in text] == []


def test_default_settings_make_an_evolution():
    check_optim(EvolutionOptim())
