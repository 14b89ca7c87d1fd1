"""Numbers inside mappings and lists: each is finite and in range, or its own name is in the refusal."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myoassist.check.run import check
from myoassist.config.entries.cma_options import check_cma_options
from myoassist.config.schema.keys import is_number, run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from myoassist.optimize.conditions import list_conditions
from tests.bad_input.judging import check_run, outcome
from tests.bad_input.odd_values import TASKS, place
from tests.bad_input.test_bad_values import made

MAPPINGS = tuple(name for name, key in run_keys().items() if key.base == dict[str, float])
LISTS = tuple(name for name, key in run_keys().items() if key.base == list[float])
# An entry that is good with a good number, and what makes the mapping one that is read at all.
ENTRIES = {
    "model.muscle_strength": "soleus",
    "model.segment_scale": "thigh",
    "cost.weights": "velocity",
    "cost.reference_signs": "knee_flexion",
    "cost.reference_offsets": "knee_flexion",
    "env.reward_keys_and_weights.qpos_imitation_rewards": "knee_angle_r",
    "env.reward_keys_and_weights.qvel_imitation_rewards": "knee_angle_r",
}
ODD = [math.nan, math.inf, -math.inf, 10**400, -(10**400), 1e308, -1e308, True, None, "x", [1.0], {}]
NUMBERS = st.one_of(st.floats(), st.integers(-(10**400), 10**400), st.sampled_from(ODD))
LOOSE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_every_mapping_of_numbers_is_looked_at():
    assert set(MAPPINGS) == set(ENTRIES)
    for name in (*MAPPINGS, *LISTS):
        meta = run_keys()[name].metadata
        # Conditions have the limits of the key that they stand for.
        assert name.startswith("optimizer.optim_") or (meta["ge"] is not None and meta["le"] is not None), name


@pytest.mark.parametrize("key", MAPPINGS)
@pytest.mark.parametrize("value", ODD, ids=str)
def test_odd_entries_are_refused(key, value, tried):
    for task in TASKS:
        config = made(task)
        place(config, key, {ENTRIES[key]: value})
        result = outcome(check_run, config, names=key)
        tried["number in a mapping", result] += 1
        assert result == "refused"


@settings(LOOSE)
@given(key=st.sampled_from(MAPPINGS), value=NUMBERS)
def test_any_number_in_a_mapping(key, value, tried):
    config = made("rl" if "reward" in key else "search")
    place(config, key, {ENTRIES[key]: value})
    result = outcome(check_run, config, names=key)
    tried["number in a mapping", result] += 1
    meta = run_keys()[key].metadata
    good = is_number(value) and meta["ge"] <= value <= meta["le"]
    # Changes of a reference file are of no use without one, whatever they are.
    assert result == ("fine" if good and "reference" not in key else "refused")


@settings(LOOSE)
@given(key=st.sampled_from(LISTS), values=st.lists(NUMBERS, min_size=1, max_size=4))
def test_any_numbers_in_a_list(key, values, tried):
    config = made("search")
    config.optimizer.mode = "multispeed"
    config.optimizer.optim_params = [1.0, 1.25, 1.5][: max(len(values), 2)]
    place(config, key, values)
    result = outcome(check_run, config, names="optimizer.")
    tried["numbers in a list", result] += 1
    if result == "fine":
        assert all(is_number(value) for value in values)
        shares = [condition.weight for condition in list_conditions(config)]
        assert sum(shares) == pytest.approx(1.0) and min(shares) >= 0.0


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, 1e9])
def test_strengths_are_refused_by_name(task, value):
    config = made(task)
    config.model.muscle_strength = {"all": 0.9, "soleus_r": value}
    with pytest.raises(ConfigError, match=r"model\.muscle_strength\.soleus_r=") as caught:
        check(config)
    assert "at least 0, at most 100" in caught.value.expected
    config.model.muscle_strength = {"soleus_r": 0.0}
    check(config)


@settings(LOOSE)
@given(value=st.one_of(NUMBERS, st.lists(NUMBERS, max_size=3)), name=st.sampled_from(("tolfun", "tolx", "CMA_mu", "x")))
def test_any_number_as_an_option_of_the_search(value, name, tried):
    tried["option of the search", outcome(check_cma_options, {name: value}, names=name)] += 1


@settings(LOOSE)
@given(
    terrain=st.sampled_from(("random", "slope", "harmonic_sinusoidal")),
    words=st.lists(st.one_of(st.floats().map(repr), st.integers(-5, 20).map(str), st.text(max_size=4)), max_size=5),
)
def test_any_numbers_of_the_ground(terrain, words, tried):
    config = made("rl")
    config.env.terrain, config.env.terrain_params = terrain, " ".join(words)
    result = outcome(check, config, names="terrain_params")
    tried["numbers of the ground", result] += 1
    if result == "fine":
        assert all(abs(float(word)) <= 1e6 for word in config.env.terrain_params.split())


def test_a_start_speed_is_a_speed():
    config: RunConfig = made("rl")
    config.rl.curriculum.start_velocity = 1e300
    with pytest.raises(ConfigError, match=r"rl\.curriculum\.start_velocity"):
        check(config)
