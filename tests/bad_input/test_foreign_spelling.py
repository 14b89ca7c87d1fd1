"""Arguments spelled as those of other programs are answered with the whole command as it is spelled here."""

import pytest
from hydra._internal.utils import get_args_parser

from myoassist.commands.evaluate.command import COMMAND
from myoassist.config.compose.foreign_spelling import TRAIN_FLAGS, check_train_arguments
from myoassist.config.compose.run import compose_run, require_experiment
from myoassist.config.schema.keys import run_keys
from tests.bad_input.remedies import command_arguments, refused

F = ["exp=exo_npoint", "task=fake"]
SPELLED = [
    (["+experiment=exo_npoint"], ["exp=exo_npoint"]),
    (["experiment=EXO_npoint", "task=fake"], F),
    (["--exp", "exo_npoint", "task=fake"], F),
    (["--exp=exo_npoint", "task=fake"], F),
    (["exp", "exo_npoint", "task=fake"], F),
    (["Exp=exo_npoint", "task=fake"], F),
    (["exo_npoint", "task=fake"], F),
    (["EXO-NPOINT", "task=fake"], F),
    ([*F, "--seed", "3"], [*F, "seed=3"]),
    ([*F, "--seed=3"], [*F, "seed=3"]),
    ([*F, "-seed=3"], [*F, "seed=3"]),
    ([*F, "seed", "3"], [*F, "seed=3"]),
    ([*F, "seed:3"], [*F, "seed=3"]),
    ([*F, "--SEED", "3"], [*F, "seed=3"]),
    ([*F, "--popsize", "8", "--maxiter", "5"], [*F, "optimizer.popsize=8", "optimizer.maxiter=5"]),
    ([*F, "--optimizer.popsize", "8"], [*F, "optimizer.popsize=8"]),
    ([*F, "--env.slope-deg", "-5"], [*F, "env.slope_deg=-5"]),
    ([*F, "--expname", "my run"], [*F, "expname=my run"]),
    ([*F, "--expname", "a&b"], [*F, "expname='a&b'"]),
    ([*F, "--fresh"], [*F, "fresh=true"]),
    ([*F, "--fresh", "seed=1"], [*F, "fresh=true", "seed=1"]),
    ([*F, "--fresh", "false"], [*F, "fresh=false"]),
    ([*F, "--model", "Tutorial"], [*F, "model=tutorial"]),
    ([*F, "--lr", "1e-3"], [*F, "rl.ppo_params.learning_rate=1e-3"]),
    ([*F, "--multi-run", "seed=1,2"], [*F, "--multirun", "seed=1,2"]),
    ([*F, "-multirun", "seed=1,2"], [*F, "--multirun", "seed=1,2"]),
    ([*F, "--sweep", "seed=1,2"], [*F, "--multirun", "seed=1,2"]),
    ([*F, "--config-dir", "my exps", "--seed", "3"], [*F, "--config-dir", "my exps", "seed=3"]),
    ([*F, "seed=1,2", "-m", "--popsize=8"], [*F, "seed=1,2", "-m", "optimizer.popsize=8"]),
]


@pytest.mark.parametrize(("typed", "ours"), SPELLED, ids=[" ".join(typed) for typed, _ in SPELLED])
def test_the_whole_command_is_offered(typed, ours):
    arguments = command_arguments(refused(check_train_arguments, typed))
    assert arguments == ours
    check_train_arguments(arguments)
    require_experiment(arguments)
    if not any(word.startswith("-") for word in arguments):
        compose_run(arguments)


@pytest.mark.parametrize(
    "arguments", [F, [*F, "-m", "seed=1,2"], [*F, "--cfg", "job"], ["--hydra-help"], ["--cfg=job"]]
)
def test_what_is_spelled_as_here_passes(arguments):
    check_train_arguments(arguments)


def test_the_flags_are_those_of_hydra():
    parser = get_args_parser()
    theirs = {flag: action.nargs != 0 for action in parser._actions for flag in action.option_strings}
    # --info may stand alone.
    assert {flag: takes for flag, takes in theirs.items() if takes != TRAIN_FLAGS[flag]} == {"--info": True, "-i": True}
    assert set(theirs) | {"-h", "--help"} == set(TRAIN_FLAGS)


@pytest.mark.parametrize("name", run_keys())
def test_every_key_is_found_behind_dashes(name):
    for typed in ([f"--{name}", "7"], [f"--{name}=7"], [name, "7"], [f"--{name.replace('_', '-').upper()}", "7"]):
        if run_keys()[name].base is bool and typed[-1] == "7":
            continue
        assert command_arguments(refused(check_train_arguments, ["exp=debug", *typed])) == ["exp=debug", f"{name}=7"]


@pytest.mark.parametrize("word", ["--gpu", "--verbose", "nonsense", "--torso"])
def test_a_word_that_means_nothing_here_gets_no_guess(word):
    error = refused(check_train_arguments, [*F, word])
    assert word in error.found and error.remedy.endswith("scripts/train.sh -h shows what there is")


def test_the_muscles_of_myoassist_are_not_taken_for_ours():
    for typed in (["--musc_model", "26"], ["--musc_model=26"]):
        assert command_arguments(refused(check_train_arguments, [*F, *typed]))[-1] == "model.musculature=26"


@pytest.mark.parametrize("flag", ["-sc", "--shell-completion", "-sc=install=bash"])
def test_completion_of_hydra_is_not_offered(flag):
    assert "myoassist completion bash" in refused(check_train_arguments, [flag, "install=bash"]).remedy


EVALUATIONS = [
    (["--exp", "exo_npoint"], ["exp=exo_npoint"]),
    (["--run=logs/a"], ["run=logs/a"]),
    (["run=a", "--repeats", "3"], ["run=a", "repeats=3"]),
    (["run=a", "--viewer", "web", "--env.slope_deg", "5"], ["run=a", "viewer=web", "env.slope_deg=5"]),
    (["exo_npoint"], ["exp=exo_npoint"]),
]


@pytest.mark.parametrize(("typed", "ours"), EVALUATIONS, ids=[" ".join(typed) for typed, _ in EVALUATIONS])
def test_an_evaluation_answers_in_the_same_way(typed, ours):
    error = refused(COMMAND.parse, typed)
    assert error.remedy == f"bash scripts/local.sh scripts/eval.sh {' '.join(ours)}"
    COMMAND.parse(ours)


def test_a_path_alone_is_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my run").mkdir()
    assert refused(COMMAND.parse, ["my run"]).remedy == "bash scripts/local.sh scripts/eval.sh 'run=my run'"


@pytest.mark.parametrize(
    ("typed", "ours"),
    [("repeat=3", "repeats=3"), ("Run=a", "run=a"), ("viewer=WEB", "viewer=web"), ("repeats=1e1", "repeats=10")],
)
def test_options_of_an_evaluation_are_found_in_other_spellings(typed, ours):
    assert refused(COMMAND.parse, ["exp=debug", typed]).remedy == ours
    COMMAND.parse([ours, *(["exp=debug"] if not ours.startswith("run") else [])])


def test_keys_of_a_configuration_are_no_options_of_an_evaluation():
    assert COMMAND.parse(["exp=debug", "seed=1", "env.sim_time=3", "exo=none"]).overrides == [
        "seed=1",
        "env.sim_time=3",
        "exo=none",
    ]
