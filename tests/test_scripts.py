"""The shell scripts hand arguments on unchanged, from any folder, and set-up is quiet and quick once done."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(BASH is None or os.name == "nt", reason="no bash")

NASTY = [
    "expname=NAME_${a}_\\${b}",
    "note='two  spaces'",
    "optimizer.cma_options={tolfun: 1e-9, x: [1, 2]}",
    "list=[a, b,\tc]",
    'quote="x"',
    "star=*",
    "",
    "back\\slash",
    "$(touch hacked) `touch hacked`; touch hacked",
    "Grüße=–",
]

# Prints what it was given, one thing a line, in the place of Python.
STUB = """#!/bin/sh
printf 'cwd=%s\\n' "$(pwd -P)"
printf 'gl=%s\\n' "${MUJOCO_GL-unset}"
for argument in "$@"; do printf '<%s>\\n' "$argument"; done
"""


@pytest.fixture
def stub_environment(tmp_path):
    """An environment that somebody else made: scripts use it as it is."""
    python = tmp_path / "their env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STUB)
    python.chmod(0o755)
    place = tmp_path / "some where"
    place.mkdir()
    env = {key: value for key, value in os.environ.items() if key != "MUJOCO_GL"}
    return place, env | {"MYOASSIST_VENV": str(python.parents[1])}


def run_script(arguments, cwd, env):
    return subprocess.run([BASH, *map(str, arguments)], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("script", "module"), [("train.sh", "myoassist.train"), ("eval.sh", "myoassist.evaluate")])
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "local"])
def test_arguments_arrive_unchanged_and_the_folder_is_kept(stub_environment, script, module, direct):
    place, env = stub_environment
    command = [ROOT / "scripts" / script] if direct else [ROOT / "scripts" / "local.sh", f"scripts/{script}"]
    answer = run_script([*command, *NASTY], place, env)
    assert answer.returncode == 0, answer.stderr
    cwd, _, *arguments = answer.stdout.split("\n")[:-1]
    assert cwd == f"cwd={place.resolve()}"
    assert arguments == [f"<{argument}>" for argument in ["-m", module, *NASTY]]
    assert list(place.iterdir()) == []
    assert answer.stderr == ""


def test_how_to_draw_is_left_to_the_caller_and_to_the_evaluation(stub_environment):
    place, env = stub_environment
    local = ROOT / "scripts" / "local.sh"
    assert "gl=unset\n" in run_script([local, "scripts/train.sh"], place, env).stdout
    assert "gl=osmesa\n" in run_script([local, "scripts/train.sh"], place, env | {"MUJOCO_GL": "osmesa"}).stdout


def test_own_script_of_the_current_folder_comes_first(stub_environment):
    place, env = stub_environment
    (place / "scripts").mkdir()
    (place / "scripts" / "train.sh").write_text('printf "mine %s\\n" "$1"; exit 7\n')
    answer = run_script([ROOT / "scripts" / "local.sh", "scripts/train.sh", "a b"], place, env)
    assert (answer.returncode, answer.stdout) == (7, "mine a b\n")


def test_wrong_use_is_explained_with_exit_code_2(stub_environment):
    place, env = stub_environment
    local = ROOT / "scripts" / "local.sh"
    answer = run_script([local], place, env)
    assert answer.returncode == 2
    assert "bash scripts/local.sh SCRIPT [key=value ...]" in answer.stderr
    assert answer.stdout == ""
    answer = run_script([local, "scripts/trian.sh"], place, env)
    assert answer.returncode == 2
    assert "scripts/trian.sh" in answer.stderr
    assert "scripts/train.sh" in answer.stderr


def test_exit_code_of_the_program_comes_back(stub_environment):
    place, env = stub_environment
    Path(env["MYOASSIST_VENV"], "bin", "python").write_text("#!/bin/sh\nexit 130\n")
    assert run_script([ROOT / "scripts" / "local.sh", "scripts/train.sh"], place, env).returncode == 130


def test_setup_is_silent_and_quick_when_complete(stub_environment):
    place, env = stub_environment
    venv = Path(env["MYOASSIST_VENV"])
    # What set-up leaves behind when it is done.
    marks = "cksum <requirements.lock; cksum <pyproject.toml; pwd"
    stamp = subprocess.run([BASH, "-c", marks], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (venv / ".myoassist-complete").write_text(stamp)
    (venv / ".myoassist-started").touch()
    before = time.perf_counter()
    answer = run_script([ROOT / "scripts" / "setup.sh"], place, env)
    assert time.perf_counter() - before < 1.0
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_lock_holds_exact_versions_and_nothing_of_one_machine():
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    assert len({canonicalize_name(line.partition("==")[0]) for line in lines}) == len(lines) > 50
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    assert "torch==2.13.0" in lines


# Of extras, for whoever wants them; no test needs them.
UNLOCKED = {"mlflow-skinny", "optuna-dashboard", "wandb"}


def test_lock_fits_what_the_project_asks_for_and_what_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(item for group in project["optional-dependencies"].values() for item in group)]
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    locked = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    for text in asked:
        requirement = Requirement(text)
        if requirement.name in UNLOCKED:
            assert canonicalize_name(requirement.name) not in locked
            continue
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), text
        installed = importlib.metadata.version(requirement.name)
        assert installed.partition("+")[0] == version, f"{requirement.name}: run scripts/setup.sh"


def test_licence_and_credits_are_there():
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert len((ROOT / "LICENSE").read_text().splitlines()) == 201
    notice = (ROOT / "NOTICE").read_text()
    for name in ("myo-sim", "assist_sim", "gait2392", "Attribution 3.0", "Delp", "MyoAssist"):
        assert name in notice


@pytest.mark.parametrize("works", [True, False])
def test_setup_keeps_the_words_of_pip_to_itself_unless_it_fails(tmp_path, works):
    """An environment that is under way, whose pip warns and then installs or fails; no display, so no progress line."""
    venv = tmp_path / "env"
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        "#!/bin/sh\n"
        'case "$*" in *--version*) exit 0 ;; esac\n'
        "echo \"WARNING: Location 'file:///somewhere' is ignored: it is neither a file nor a directory.\"\n"
        f"echo 'ERROR: no such host' >&2; exit {0 if works else 1}\n"
    )
    python.chmod(0o755)
    (venv / ".myoassist-started").touch()
    env = {**os.environ, "MYOASSIST_VENV": str(venv)}
    answer = run_script([ROOT / "scripts" / "setup.sh"], tmp_path, env)
    assert answer.returncode == (0 if works else 1)
    assert "is ignored" not in answer.stdout + answer.stderr
    assert ("ERROR: no such host" in answer.stderr) is not works
    assert "ERROR: no such host" in (venv / "setup.log").read_text()
    assert (venv / ".myoassist-complete").exists() is works
    lines = answer.stderr.splitlines()
    assert lines[0] == f"setup: bringing {venv} up to date"
    if works:
        assert all(line.startswith("setup: ") for line in lines)
        assert lines[-1] == "setup: the environment is complete"
    else:
        assert "give the same command again" in lines[-1]
