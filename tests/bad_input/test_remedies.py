"""Every name and value that a refusal offers is one that is allowed and says what was meant."""

import dataclasses
import math
import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from myoassist.config.compose.run import compose_run
from myoassist.config.hydra.rewording import check_overrides, unknown_key
from myoassist.config.schema.groups import group_names, group_options
from myoassist.config.schema.keys import closest, format_value, read_key, run_keys
from myoassist.config.schema.values import check_value, suggest_override
from myoassist.config.sources.shipped import find_controller, list_controllers, list_policies, list_references
from myoassist.runs.named_files import resolve_policy_path, resolve_reference_path
from tests.bad_input.remedies import apply_override, compose_and_check, offered_override, refused

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
KEYS = run_keys()
NUMBERS = [name for name, key in KEYS.items() if key.base in (int, float) and not key.metadata["choices"]]
CHOICES = [(name, choice) for name, key in KEYS.items() for choice in key.metadata["choices"] or ()]


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def allowed_numbers(key) -> list[float]:
    """Return numbers in the range of a key, some with digits to group."""
    found = []
    for number in (1, 2, 10, 25, 1250, 10000, 2500000):
        value = number if key.base is int else float(number)
        try:
            check_value(key, value)
        except Exception:
            continue
        found.append(value)
    if key.base is float:
        meta = key.metadata
        low = next((meta[limit] for limit in ("ge", "gt") if meta[limit] is not None), 0.0)
        high = next((meta[limit] for limit in ("le", "lt") if meta[limit] is not None), low + 1.0)
        found.append(round(low + min(0.0625, (high - low) / 4.0), 6))
    return found


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_in_other_spellings_are_offered_as_the_same_number(name):
    key = KEYS[name]
    tried = 0
    for number in allowed_numbers(key):
        texts = [f"{number:g}", f"{number} ", repr(float(number))]
        if key.base is int:
            texts += [f"{number:e}", f"{number:,}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "'")]
            texts += [f"{number // 1000}k"] if number % 1000 == 0 else []
        else:
            texts += [repr(number).replace(".", ","), f"{number} {key.metadata['unit'] or ''}"]
        for text in texts:
            offered = suggest_override(key, text)
            typed = f"{name}={text}"
            value = read_offer(offered, name)
            assert value == pytest.approx(number, rel=1e-5), f"{typed} -> {offered}"
            tried += 1
        if key.base is int:
            assert read_offer(suggest_override(key, float(number)), name) == number
    assert tried


def read_offer(offered, name):
    """Return the value of a key that was offered, as the shell, Hydra and the schema read it."""
    words = shlex.split(offered)
    assert len(words) == 1, offered
    override = OverridesParser.create().parse_override(words[0])
    assert override.key_or_group == name
    # A text key takes what Hydra reads as a number as it was written.
    value = str(override.value()) if KEYS[name].base is str else override.value()
    check_value(KEYS[name], value)
    return value


@pytest.mark.parametrize("text", ["10.000", "2.500.000", "10000.5", "many", "1,2,3", "1..2", "0x", "12,34"])
def test_numbers_that_could_mean_two_things_are_not_guessed(text):
    key = KEYS["rl.total_timesteps"]
    value = float(text) if text.count(".") == 1 else text
    assert suggest_override(key, value, text) == "rl.total_timesteps=<value>, with such a value, or leave it out"


@pytest.mark.parametrize(("name", "choice"), CHOICES, ids=lambda item: str(item))
def test_choices_are_found_in_other_case_and_with_a_slip(name, choice):
    shown = format_value(choice)
    texts = [shown.upper(), shown.title(), shown.replace("_", "-")]
    if len(shown.rpartition("_")[2]) > 4:
        texts += [shown[:2] + shown[3:], shown + "s"]
    for text in texts:
        if text not in map(str, KEYS[name].metadata["choices"]):
            assert read_offer(suggest_override(KEYS[name], text), name) == choice, text


@pytest.mark.parametrize("name", KEYS)
def test_nothing_is_offered_for_nonsense_but_the_nearest_limit(name):
    key = KEYS[name]
    for value in ("zzzz", math.nan, [["zzzz"]], {"zzzz": "zzzz"}, -(10**9) - 0.5, 10**12):
        try:
            check_value(key, value)
        except Exception as error:
            offered = error.remedy
            if offered.endswith("   (the nearest that is allowed)"):
                assert read_offer(offered.partition("   (")[0], name) in (key.metadata["ge"], key.metadata["le"])
            elif "<value>" not in offered and name != "fake.failure":
                # A list of one text, or an unlimited whole number written as a float.
                assert read_offer(offered, name) in ([value], value)


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_found_in_other_case_and_with_a_slip(name):
    group, _, tail = name.rpartition(".")
    prefix = f"{group}." if group else ""
    known = [*KEYS, *group_names()]
    assert closest(prefix + tail.upper(), known) == name
    assert closest(prefix + tail.replace("_", "-"), known) == name
    if len(tail) > 6:
        slip = prefix + tail[:3] + tail[4:]
        assert slip in known or closest(slip, known) in (name, None)
    same = [other for other in KEYS if other.rpartition(".")[2] == tail]
    if group and tail not in group_names() and not any("." not in other for other in same):
        remedy = unknown_key(tail, f"{tail}=1").remedy
        # In one group it is that key; in several all are named and none is chosen.
        assert remedy.lstrip("'").startswith(f"{name}=") if len(same) == 1 else (len(same) > 3 or f"{name}=" in remedy)


@pytest.mark.parametrize("group", group_names())
def test_options_are_found_in_other_case(group):
    for option in group_options(group):
        for text in {option.upper(), option.title(), option.replace("_", "-")} - {option}:
            error = refused(check_overrides, [f"{group}={text}"])
            assert offered_override(error) == f"{group}={option}", error
    assert "<" in refused(check_overrides, [f"{group}=zzzz"]).remedy


def test_shipped_names_are_found_in_other_case():
    kinds = (
        ([item.name for item in list_controllers()], find_controller, "optimizer.param_path"),
        (list_policies(), lambda name: resolve_policy_path(f"shipped:{name}"), "env.prev_trained_policy_path"),
        (list_references(), lambda name: resolve_reference_path(f"shipped:{name}"), "env.reference_data_path"),
    )
    for names, find, key in kinds:
        for name in names:
            error = refused(find, name.upper())
            assert offered_override(error) == f"{key}=shipped:{name}", error
        # walk_26 is not near walk_23: it has other muscles.
        assert offered_override(refused(find, "walk_23")) is None


FAULTS = [
    # wrong argument, what was offered, key, its value then
    ("rl.total_timesteps=1e4", "rl.total_timesteps=10000"),
    ("rl.total_timesteps=10,000", "rl.total_timesteps=10000"),
    ("rl.total_timesteps='10,000'", "rl.total_timesteps=10000"),
    ("rl.total_timesteps=30M", "rl.total_timesteps=30000000"),
    ("env.num_envs=4.0", "env.num_envs=4"),
    ("env.min_target_velocity='1,0'", "env.min_target_velocity=1"),
    ("env.max_target_velocity='1.3 m/s'", "env.max_target_velocity=1.3"),
    ("rl.algorithm=PPO", "rl.algorithm=ppo"),
    ("env.velocity_modes=[uniform,step]", "env.velocity_modes=[UNIFORM,STEP]"),
    ("env.velocity_modes=STEP", "env.velocity_modes=[STEP]"),
    ("env.render_mode=human", "env.render_modes=[human]"),
    ("render_mode=human", "env.render_modes=[human]"),
    ("env.terain=flat", "env.terrain=flat"),
    ("Seed=3", "seed=3"),
    ("total_timesteps=1e4", "rl.total_timesteps=10000"),
    ("model=TUTORIAL", "model=tutorial"),
    ("model.device=Tutoral", "model.device=tutorial"),
    ("env.reference_data_path=shipped:Tutorial_fast", "env.reference_data_path=shipped:tutorial_fast"),
    ("env.prev_trained_policy_path=None", "env.prev_trained_policy_path=null"),
    ("optimizer.popsize=1e1", "optimizer.popsize=10"),
    ("optimizer.param_path=shipped:WALK_22", "optimizer.param_path=shipped:walk_22"),
    ("optimizer.param_path=None", "optimizer.param_path=null"),
    ("cost.target=Kinematics", "cost.target=kinematics"),
    ("cost.weights.Effort=2", "cost.weights.effort=2"),
    ("cost.tgt_vel='1,25'", "cost.tgt_vel=1.25"),
    ("cost.tgt_vel=1,25", "cost.tgt_vel=1.25"),
    ("exo.controller=N-Point", "exo.controller=npoint"),
    ("exo.n_pionts=6", "exo.n_points=6"),
    ("model.musculature='26'", None),
    ("control.delayed='Yes'", None),
    ("optimizer.executor=process", "optimizer.executor=processes"),
    ("optimizer.threads=None", "optimizer.threads=null"),
    ("optimizer.popsize=1", "optimizer.popsize=2"),
    ("optimizer.popsize=eight", None),
    ("optimizer.cma_options.Tolfun=1e-9", "optimizer.cma_options.tolfun=1e-09"),
]


@pytest.mark.long
@pytest.mark.parametrize(("wrong", "better"), FAULTS, ids=[wrong for wrong, _ in FAULTS])
def test_what_is_offered_composes_and_does_what_was_meant(wrong, better):
    rl = wrong.partition("=")[0].startswith(("rl.", "env.", "total")) and "delayed" not in wrong
    arguments = ["exp=rl_test" if rl or "render" in wrong else "exp=exo_npoint"]
    if wrong in ("model.musculature='26'", "control.delayed='Yes'"):
        # Hydra reads these as they are meant.
        compose_run([*arguments, wrong])
        return
    error = refused(compose_and_check, [*arguments, wrong])
    assert offered_override(error) == better, error
    if better is None:
        return
    config = compose_and_check(apply_override([*arguments, wrong], wrong, better))
    name, _, text = better.partition("=")
    if name in KEYS and not isinstance(read_key(config, name), dict):
        assert format_value(read_key(config, name)) == text
    assert dataclasses.is_dataclass(config)


def test_an_entry_of_a_mapping_gets_no_value_of_the_whole():
    error = refused(compose_run, ["model.muscle_strength.soleus_r=strong"])
    assert error.remedy == "model.muscle_strength.soleus_r=<value>, with such a value, or leave it out"
