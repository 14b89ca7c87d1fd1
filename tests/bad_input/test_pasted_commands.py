"""Commands in messages run when they are pasted: the program exists, names are in quotes, help installs nothing."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from myoassist import cli
from myoassist.commands.reference.group import COMMAND as REFERENCE
from myoassist.commands.table import command_names
from myoassist.config.schema.keys import format_override
from myoassist.files.command_words import describe_next_steps, localize_command
from myoassist.runs.choice import choose_run
from tests.bad_input.remedies import refused

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None or os.name == "nt", reason="no bash")
# Written for the checkout, as all messages are.
WRITTEN = "bash scripts/local.sh scripts/eval.sh -h"
NASTY = "it's a (1st) run, 50% & [more]"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder that is no checkout, as after an installation with pip."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_SCRIPTS", raising=False)
    return tmp_path


def run_shell(command, folder, **variables):
    env = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    return subprocess.run([BASH, "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False)


def run_entry(arguments, folder, **variables):
    env = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, "-m", "myoassist", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def make_program(folder, name, first_line):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"{first_line}\n")
    (folder / name).chmod(0o755)


def test_after_an_installation_the_command_is_myoassist(elsewhere, monkeypatch):
    programs = elsewhere / "environment" / "bin"
    monkeypatch.setattr(sys, "executable", str(programs / "python3"))
    monkeypatch.setenv("PATH", str(programs))
    make_program(programs, "python3", "#!/bin/sh") if programs.parent.mkdir() is None else None
    assert localize_command(WRITTEN) == "python3 -m myoassist eval -h"
    make_program(programs, "myoassist", f"#!{programs / 'python3'}")
    assert localize_command(WRITTEN) == "myoassist eval -h"
    assert localize_command("bash scripts/local.sh scripts/evo.sh exp=debug") == "myoassist train evo=evo exp=debug"
    assert localize_command("python -m myoassist.train exp=debug") == "python3 -m myoassist.train exp=debug"
    assert localize_command("`myoassist list exps` shows them") == "`myoassist list exps` shows them"
    # An environment that was moved: its scripts name an interpreter that is gone.
    make_program(programs, "myoassist", "#!/gone/bin/python3")
    assert localize_command("`myoassist list exps` shows") == "`python3 -m myoassist list exps` shows"
    monkeypatch.setenv("PATH", str(elsewhere))
    assert localize_command(WRITTEN) == "environment/bin/python3 -m myoassist eval -h"
    assert describe_next_steps(Path("logs/my run")).endswith("python3 -m myoassist eval run='logs/my run'")


def test_in_a_checkout_the_scripts_are_named_once_they_have_an_environment(elsewhere, monkeypatch):
    (elsewhere / "scripts").mkdir()
    (elsewhere / "scripts" / "local.sh").touch()
    monkeypatch.delenv("MYOASSIST_VENV", raising=False)
    # They would first install gigabytes.
    assert "local.sh" not in localize_command(WRITTEN)
    (elsewhere / ".venv" / "bin").mkdir(parents=True)
    (elsewhere / ".venv" / "bin" / "python").touch()
    assert localize_command(WRITTEN) == WRITTEN


@needs_bash
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "pip"])
def test_what_is_printed_starts(elsewhere, scripts, monkeypatch):
    variables = {"MYOASSIST_VENV": str(Path(sys.executable).parents[1])}
    if scripts:
        monkeypatch.setenv("MYOASSIST_SCRIPTS", str(ROOT / "scripts"))
    monkeypatch.setenv("PATH", os.defpath)
    for text in (WRITTEN, "myoassist list exps", "python -m myoassist.train --version"):
        command = localize_command(text)
        assert ("scripts/local.sh" in command) == (scripts and "list" not in command), command
        answer = run_shell(command, elsewhere, **variables)
        assert answer.returncode == 0 and answer.stdout, command + answer.stderr


@pytest.mark.long
@needs_bash
def test_names_with_blanks_and_signs_can_be_pasted(elsewhere):
    first = ["train", "exp=debug", "task=fake", format_like_a_user("expname", NASTY)]
    assert run_entry(first, elsewhere).returncode == 0
    answer = run_entry([*first, "optimizer.popsize=9"], elsewhere)
    assert answer.returncode == 2 and "another configuration" in answer.stderr
    commands = [line.partition(": ")[2].strip().partition("   (")[0] for line in answer.stderr.splitlines()[-2:]]
    assert len(commands) == 2
    for command in commands:
        answer = run_shell(command, elsewhere)
        assert answer.returncode == 0, command + answer.stderr
    day = next((elsewhere / "logs").iterdir())
    assert sorted(path.name for path in day.iterdir()) == [NASTY, f"{NASTY}.old-1", f"{NASTY}_2"]


def format_like_a_user(key, value):
    """Return one argument, in Hydra's quotes."""
    return shlex.split(format_override(key, value))[0]


@pytest.mark.long
@needs_bash
def test_a_log_root_with_blanks_can_be_pasted(elsewhere, monkeypatch):
    logs = elsewhere / "my logs"
    run = ["train", "exp=baseline", "overlays=published", "optimizer=evaluate", "expname=my walk"]
    run += ["optimizer.param_path=shipped:walk_22", "env.sim_time=0.5", "env.render_modes=[]", "optimizer.threads=1"]
    answer = run_entry(run, elsewhere, MYOASSIST_LOGS=str(logs))
    assert answer.returncode == 0, answer.stderr
    printed = re.search(r"to see them: (.*)", answer.stdout)[1]
    monkeypatch.setenv("MYOASSIST_LOGS", str(logs))
    suggested = localize_command(refused(choose_run, None, "nowhere").remedy)
    for command in (printed, suggested):
        assert "'" in command
        answer = run_shell(command, elsewhere, MYOASSIST_LOGS=str(logs))
        assert answer.returncode == 0, command + answer.stderr


HELP = [
    *([command] for command in command_names()),
    *(["list", what] for what in ("exps", "devices", "models", "controllers", "keys", "params", "observation")),
    *(["reference", what] for what in REFERENCE.commands),
    ["evos", "somewhere"],
    ["sweeps", "somewhere"],
]


@pytest.mark.parametrize("command", HELP, ids=" ".join)
def test_every_command_has_help_that_does_nothing(command, elsewhere, capfd):
    for flag in ("--help", "-h"):
        assert cli.main([*command, flag]) == 0
        out, err = capfd.readouterr()
        assert ("usage:" in out or "exp=NAME" in out) and not err
    assert list(elsewhere.iterdir()) == []


DEVELOPER = ["doc_tables", "fit_fast_geometry", "measure_models", "plot_fast_geometry", "ship"]


@pytest.mark.long
@pytest.mark.parametrize(
    "program",
    [("-m", "myoassist.gait.reference.own"), *((str(ROOT / "scripts" / "dev" / f"{name}.py"),) for name in DEVELOPER)],
    ids=["own_reference", *DEVELOPER],
)
def test_help_of_a_program_writes_no_file(program, elsewhere):
    command = [sys.executable, *program, "--help"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    answer = subprocess.run(command, cwd=elsewhere, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode == 0 and answer.stdout, answer.stderr
    assert list(elsewhere.iterdir()) == []


@needs_bash
@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").glob("*.sh")))
def test_help_of_a_script_installs_nothing(script, tmp_path):
    checkout = tmp_path / "check out"
    for folder in ("scripts", "configs"):
        shutil.copytree(ROOT / folder, checkout / folder)
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, checkout)
    before = sorted(checkout.rglob("*"))
    env = {key: value for key, value in os.environ.items() if not key.startswith("MYOASSIST")}
    commands = [[f"scripts/{script}", "--help"], [f"scripts/{script}", "-h"]]
    if script != "local.sh":
        commands.append(["scripts/local.sh", f"scripts/{script}", "--help"])
    for command in commands:
        answer = subprocess.run(
            [BASH, *command], cwd=checkout, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert (answer.returncode, answer.stderr) == (0, ""), command
        assert f"scripts/{script}" in answer.stdout or "scripts/slurm.sh" in answer.stdout
    assert sorted(checkout.rglob("*")) == before


@needs_bash
def test_what_setup_does_not_know_is_refused(tmp_path):
    env = os.environ | {"MYOASSIST_VENV": str(tmp_path / "none")}
    command = [BASH, str(ROOT / "scripts" / "setup.sh"), "--upgrade"]
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode == 2 and "--upgrade is no argument" in answer.stderr
    assert not (tmp_path / "none").exists()


def test_near_names_are_found_in_one_place():
    found = [path for path in (ROOT / "myoassist").rglob("*.py") if "difflib" in path.read_text()]
    assert [path.name for path in found] == ["nearest.py"]


def test_paths_in_commands_are_in_quotes():
    """A path that follows `run=`, `--out ` and the like in a command goes through a function that quotes it."""
    place = re.compile(r"(eval\.sh|replay|evos|sweeps|import|--out|--config-dir)( run=| )$")
    bare = []
    for path in (ROOT / "myoassist").rglob("*.py"):
        tree = ast.parse(path.read_text())
        # What was found is said as it was typed.
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "Error" in ast.unparse(node.func)]
        said = {id(part) for call in calls for item in call.args[:1] for part in ast.walk(item)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.JoinedStr) or id(node) in said:
                continue
            for text, value in zip(node.values, node.values[1:], strict=False):
                written = isinstance(text, ast.Constant) and place.search(str(text.value))
                if written and isinstance(value, ast.FormattedValue) and "quote" not in ast.unparse(value.value):
                    bare.append(f"{path.name}:{value.lineno}: {ast.unparse(node)}")
    assert bare == []
