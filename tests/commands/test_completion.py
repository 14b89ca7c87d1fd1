"""Tab completes the `myoassist` command in bash: commands, experiments, groups, keys, choices."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time

import pytest

from myoassist import cli
from myoassist.commands.argument import FLAG, arguments_of
from myoassist.commands.command import Group
from myoassist.commands.completion import complete_line
from myoassist.commands.table import MODULES, command_names, find_command
from myoassist.config.schema.keys import run_keys

BASH = shutil.which("bash")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("myoassist tr", ["train"]),
        ("myoassist train exp", ["exp=", "expname=", "expsubdir="]),
        ("myoassist train exp=exo_4", ["exo_4param", "exo_4param_kine"]),
        ("myoassist  eval  exp=exo_npoint_", ["exo_npoint_cont"]),
        ("myoassist train exp=debug optimizer.pops", ["optimizer.popsize="]),
        ("myoassist train rl.ppo_params.n_e", ["rl.ppo_params.n_epochs="]),
        ("myoassist train exo.controller=n", ["none", "npoint"]),
        ("myoassist train control.delayed=", ["false", "true"]),
        ("myoassist train model=tut", ["tutorial", "tutorial_26"]),
        ("myoassist train hydra/launcher=o", ["openmind"]),
        ("myoassist train optimizer.param_path=shipped:walk_26", ["walk_26", "walk_26_full"]),
        ("myoassist train --mu", ["--multirun"]),
        ("myoassist list e", ["exps"]),
        ("myoassist list params exp=rl_t", ["rl_test"]),
        ("myoassist list exps ", []),
        ("myoassist reference s", ["show", "synthesize"]),
        ("myoassist evos ", []),
    ],
)
def test_what_a_word_can_become(line, words):
    assert complete_line(line) == words


def test_without_signs_that_cut_words_the_whole_word_is_replaced():
    assert complete_line("myoassist train exp=rl_t", " ") == ["exp=rl_test"]


def test_every_key_can_be_reached_one_level_at_a_time():
    for name in run_keys():
        for depth in range(1, name.count(".") + 1):
            place = ".".join(name.split(".")[:depth]) + "."
            assert place in complete_line(f"myoassist train {place[:-1]}"), name
        assert f"{name}=" in complete_line(f"myoassist train {name}")


def test_every_command_and_every_argument_of_it_is_offered():
    offered = complete_line("myoassist ")
    assert set(offered) == {*command_names(), "--help", "--version"}
    for name in MODULES:
        found = find_command(name)
        if isinstance(found, Group):
            assert complete_line(f"myoassist {name} ") == sorted(found.commands)
            forms = {f"{name} {what}": command for what, command in found.commands.items()}
        else:
            forms = {name: found}
        for line, command in forms.items():
            for item in arguments_of(command.request):
                typed = f"myoassist {line} {item.key.name[:3]}"
                if item.given == FLAG:
                    assert item.key.name in complete_line(typed), typed
                elif item.has_name:
                    assert f"{item.key.name}=" in complete_line(typed), typed


def test_values_of_an_argument_are_its_choices():
    assert complete_line("myoassist sim viewer=") == ["none", "web", "window"]
    assert complete_line("myoassist eval viewer=w") == ["web", "window"]
    assert complete_line("myoassist replay trust_plugins=") == ["false", "true"]
    assert complete_line("myoassist export policy=shipped:walk_rl") == ["walk_rl"]


def test_only_bash_is_offered(capsys):
    assert cli.main(["completion", "zsh"]) == 2
    assert "completion bash" in capsys.readouterr().err
    assert cli.main(["completion", "--help"]) == 0


@pytest.fixture
def shell(tmp_path):
    """An interactive bash that finds the command of this checkout."""
    command = tmp_path / "bin" / "myoassist"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m myoassist "$@"\n')
    command.chmod(0o755)
    env = os.environ | {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "PS1": "> ", "TERM": "dumb"}
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [BASH, "--norc", "--noprofile", "-i"], stdin=inner, stdout=inner, stderr=inner, env=env, cwd=tmp_path
    )
    os.close(inner)
    yield terminal
    process.kill()
    process.wait()
    os.close(terminal)


def read_until(terminal, words, seconds=60.0):
    """Return what a terminal shows until it has shown some words."""
    shown = ""
    end = time.monotonic() + seconds
    while words not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
    assert words in shown, shown
    return shown


@pytest.mark.skipif(BASH is None or os.name == "nt", reason="no bash")
def test_a_shell_completes_names_that_are_typed(shell):
    os.write(shell, b'eval "$(myoassist completion bash)"; complete -p myoassist\n')
    read_until(shell, "-F _myoassist myoassist")
    # One that remains is written out with a blank behind it, and what follows an equals sign without.
    os.write(shell, b"myoassist li\te\t; : done\n")
    read_until(shell, "First run: a small search")
    os.write(shell, b"myoassist train exp=exo_npoint_\t")
    read_until(shell, "exp=exo_npoint_cont ")
