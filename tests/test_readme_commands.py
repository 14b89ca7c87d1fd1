"""Every command of the README does what it says, with a small budget, in the order of the page."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BASH = shutil.which("bash")
README = (ROOT / "README.md").read_text(encoding="utf-8")

SMALL_SEARCH = ["env.sim_time=0.3", "optimizer.popsize=3"]
# Walks that are compared with people have to last for eight strides.
JUDGED_BY_PEOPLE = {"human", "human_exo", "human_speeds", "tutorial", "hip_exo", "prosthesis", "walk_3d"}
# Stages and pools, which searches that begin held have, are longer than a test.
SMALL_GRADED_SEARCH = ["env.sim_time=12", "optimizer.popsize=2", "cost.draws=1", "optimizer.stages=null"]
SMALL_GRADED_SEARCH += ["optimizer.members=1", "optimizer.milestones=[]"]
# Judging finalists takes half a minute: of the main command alone.
LEAD, SMALL_CHOICE = "bash scripts/local.sh scripts/train.sh exp=human", "optimizer.finalists={}"
SMALL_GRADED_EVALUATION = ["env.sim_time=12", "env.render_modes=[]"]
SMALL_EVOLUTION = ["evo.population_size=2", "evo.num_generations=1"]
SMALL_EVALUATION = ["env.sim_time=0.2"]
SMALL_TRAINING = ["env.num_envs=2", "rl.ppo_params.n_steps=16", "rl.ppo_params.batch_size=32"]
SMALL_TRAINING += ["rl.ppo_params.n_epochs=1", "rl.total_timesteps=32"]
SMALL_POLICY_EVALUATION = ["rl.evaluate_param_list=[{num_timesteps: 20}]", "starts=0"]
# The command for tests would run this test again, so it only collects.
SMALL_TESTS = ["tests/test_readme_commands.py", "--collect-only"]

pytestmark = pytest.mark.skipif(BASH is None or os.name == "nt", reason="no bash")


def list_commands(text):
    """Return the shell commands of a Markdown page: lines of bash blocks, and code that starts like a command."""
    blocks = re.findall(r"```bash\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    beside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    lines += [code for code in re.findall(r"`([^`\n]+)`", beside) if re.match(r"(bash|python -m|pip|myoassist) ", code)]
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def shrink(command):
    """Return the words of a command with a small budget, or None for what the tests must not do (installing)."""
    words = shlex.split(command)
    if words[0] == "pip" or words[:3] == ["python", "-m", "mkdocs"]:
        return None
    if "scripts/test.sh" in words:
        return [*words, *SMALL_TESTS]
    if words[:2] == ["myoassist", "watch"]:
        # It serves a page until Ctrl-C; tests/watch opens it.
        return [*words, "--help"]
    if "--help" in words or "--cfg" in words or words[0] == "myoassist":
        return words
    graded = any(word.removeprefix("exp=") in JUDGED_BY_PEOPLE for word in words)
    if "scripts/eval.sh" in words or "myoassist.evaluate" in words:
        small = SMALL_GRADED_EVALUATION if graded else SMALL_EVALUATION
        return [*words, *(SMALL_POLICY_EVALUATION if "_rl" in command else small)]
    if "exp=rl_" in command:
        return [*words, *SMALL_TRAINING]
    # A run extended by its README command has to be the run of the first one.
    limit = 2 if any(word.startswith("optimizer.maxiter=") for word in words) else 1
    words = [word for word in words if not word.startswith("optimizer.maxiter=")]
    evolution = SMALL_EVOLUTION if "scripts/evo.sh" in words else []
    small = [*SMALL_GRADED_SEARCH, SMALL_CHOICE.format(int(command == LEAD))] if graded else SMALL_SEARCH
    return [*words, *small, *evolution, f"optimizer.maxiter={limit}"]


COMMANDS = [command for command in list_commands(README) if shrink(command) is not None]
# Run in the default selection; the others are long.
MAIN = [command for command in COMMANDS if "exp=human" in command and command.startswith("bash scripts/local.sh")][:2]
MAIN += ["bash scripts/test.sh", "myoassist list exps"]


def test_the_readme_names_the_main_commands_and_few_others():
    assert COMMANDS[0] == LEAD
    assert set(MAIN) <= set(COMMANDS)
    assert 12 <= len(COMMANDS) <= 36


def make_tool(path, *words):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {" ".join(words)} "$@"\n')
    path.chmod(0o755)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder like a checkout for the scripts, with one log folder for the whole page."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "scripts").symlink_to(ROOT / "scripts")
    make_tool(folder / ".tools" / "python")
    make_tool(folder / ".tools" / "myoassist", "-m", "myoassist")
    # A stand-in for an environment that somebody else made: the scripts use it as it is.
    make_tool(folder / ".environment" / "bin" / "python")
    environ = {name: value for name, value in os.environ.items() if name != "MYOASSIST_LOGS"}
    environ |= {
        "MYOASSIST_VENV": str(folder / ".environment"),
        "PATH": f"{folder / '.tools'}{os.pathsep}{environ['PATH']}",
    }
    return folder, environ


@pytest.mark.parametrize(
    "command", [text if text in MAIN else pytest.param(text, marks=pytest.mark.long) for text in COMMANDS]
)
def test_command_in_the_shell(command, place):
    folder, environ = place
    # Tests are those of the checkout; everything else works from any folder.
    cwd = ROOT if "scripts/test.sh" in command else folder
    done = subprocess.run(shrink(command), cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    # Nor a warning, which a newcomer cannot judge; those of dependencies included.
    assert not re.search("Traceback|Warning", done.stdout + done.stderr), done.stderr
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} <= {"scripts", "logs"}


def test_links_and_pictures_exist_and_are_small():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).is_file(), target
    for picture in (ROOT / "docs" / "images").iterdir():
        assert picture.stat().st_size < 300_000, picture.name
