"""Any value of any key, as an override or in a built configuration: accepted, or refused with an explanation."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from tests.bad_input.judging import check_run, outcome
from tests.bad_input.odd_values import KEYS, TASKS, VALUES, near_limits, place, typed_overrides

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
LOOSE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def made(task: str) -> RunConfig:
    config = RunConfig(task=task)
    if task == "rl":
        config.rl.algorithm, config.env.control_framerate, config.env.env_id = "ppo", 50.0, "myoAssistLeg-v0"
    return config


@pytest.mark.parametrize("task", TASKS)
def test_limits_of_every_key(task, tried):
    checked = 0
    for key in KEYS:
        for value in near_limits(key):
            config = made(task)
            place(config, key, value)
            tried["value in a configuration", outcome(check_run, config, names=key.rpartition(".")[2])] += 1
            checked += 1
    assert checked > 20 * len(KEYS)


@settings(LOOSE, max_examples=400)
@given(task=st.sampled_from(TASKS), key=st.sampled_from(KEYS), value=VALUES)
def test_any_value_of_any_key(task, key, value, tried):
    config = made(task)
    place(config, key, value)
    tried["value in a configuration", outcome(check_run, config, names=key.rpartition(".")[2])] += 1


@settings(LOOSE, max_examples=200)
@given(
    task=st.sampled_from(TASKS),
    changes=st.dictionaries(st.sampled_from(KEYS), st.integers(0, 10**6), min_size=2, max_size=6),
)
def test_keys_that_are_each_in_range_and_may_not_fit_together(task, changes, tried):
    config = made(task)
    for key, number in changes.items():
        allowed = [value for value in near_limits(key) if outcome(_check_one, key, value) == "fine"]
        if allowed:
            place(config, key, allowed[number % len(allowed)])
    tried["keys that may not fit together", outcome(check_run, config)] += 1


def _check_one(key, value):
    from myoassist.config.schema.values import check_value

    check_value(run_keys()[key], value)


def compose_and_check(arguments):
    check_run(compose_run(arguments).config)


@settings(LOOSE, max_examples=15)
@given(override=typed_overrides())
def test_typed_overrides(override, tried):
    tried["typed override", outcome(compose_and_check, [override])] += 1


@pytest.mark.long
@settings(LOOSE, max_examples=150)
@given(exp=st.sampled_from(("tutorial", "rl_test", "exo_npoint")), overrides=st.lists(typed_overrides(), max_size=3))
def test_many_typed_overrides(exp, overrides, tried):
    tried["typed override", outcome(compose_and_check, [f"exp={exp}", *overrides])] += 1


@pytest.mark.parametrize(
    "override",
    ["optimizer.popsize=1", "env.sim_time=nan", "exo.n_pionts=4", "model.musculature=[22]", "cost.tgt_vel=fast"],
)
def test_a_refusal_names_key_value_expectation_and_remedy(override):
    with pytest.raises(ConfigError) as caught:
        compose_and_check([override])
    text = str(caught.value)
    assert all(word in text for word in (*override.split("="), "expected:", "to fix:")), text


@pytest.mark.long
def test_refusals_load_no_physics():
    code = """
import sys
from myoassist import train
open("short.txt", "w").write("1.0\\n" * 13)
for bad in ("optimizer.popsize=1", "env.sim_time=nan", "+typo=1", "cost.target=none", "model.device=none_such",
            "exo.n_points=x", "optimizer.param_path=none.txt", "task=rl", "model.path=none.xml", "expname=a/../b",
            "optimizer.param_path=short.txt", "cost.reference=short.txt", "model.muscle_strength={solus: 0.5}"):
    assert train.main(["exp=tutorial", bad]) == 2, bad
    assert "mujoco" not in sys.modules and "numba" not in sys.modules and "torch" not in sys.modules, bad
print("none loaded")
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "none loaded" in answer.stdout, answer.stderr
    assert "Traceback" not in answer.stderr and answer.stderr.count("expected:") == 13


def test_a_built_configuration_without_its_groups_is_refused():
    config = RunConfig()
    config.env = 5
    with pytest.raises(ConfigError, match="env=5"):
        check(config)
