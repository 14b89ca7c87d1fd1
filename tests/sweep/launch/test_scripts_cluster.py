"""The cluster scripts: headers of the job that stays alive, arguments of the workers, from any folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "scripts"
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(BASH is None or os.name == "nt", reason="no bash")

NASTY = [
    "exp=exo_npoint",
    "expname=NAME_${a}_\\${b}",
    "note='two  spaces'",
    "b=[1, 2],[3, 4]",
    "optimizer.cma_options={tolfun: 1e-9}",
    "star=*",
    "",
    "$(touch hacked) `touch hacked`; touch hacked",
]

# In the place of Python: prints what it was given, one thing a line.
STUB = """#!/bin/sh
printf 'cwd=%s\\n' "$(pwd -P)"
printf 'gl=%s\\n' "${MUJOCO_GL-unset}"
printf 'mem=%s\\n' "${SLURM_MEM_PER_CPU-unset}"
for argument in "$@"; do printf '<%s>\\n' "$argument"; done
"""

HEADERS = {
    "supercloud": {},
    "openmind": {"partition": "cbmm", "qos": "cbmm"},
    "euler": {"partition": "sbel", "qos": "sbel", "mem-per-cpu": "3000"},
    "slurm": {},
}


@pytest.fixture
def job(tmp_path):
    """Run a script as Slurm does: a copy in a folder of its own, in the folder of the submission."""
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(STUB)
    python.chmod(0o755)
    place = tmp_path / "some where"
    place.mkdir()
    spool = tmp_path / "spool" / "job00042"
    spool.mkdir(parents=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("SLURM", "MUJOCO"))}

    def run(name, arguments, **variables):
        copy = shutil.copy(SCRIPTS / f"{name}.sh", spool / "slurm_script")
        env = clean | {"MYOASSIST_VENV": str(python.parents[1]), "SLURM_SUBMIT_DIR": str(place)} | variables
        return subprocess.run([BASH, copy, *arguments], cwd=spool, env=env, capture_output=True, text=True, check=False)

    run.place = place
    return run


def arguments_of(answer):
    assert answer.returncode == 0, answer.stderr
    return [line[1:-1] for line in answer.stdout.splitlines() if line.startswith("<")]


@pytest.mark.parametrize("name", HEADERS)
def test_header_asks_for_one_processor_for_four_days(name):
    lines = re.findall(r"^#SBATCH --([\w-]+)=(\S+)$", (SCRIPTS / f"{name}.sh").read_text(), re.MULTILINE)
    assert len(lines) == len(re.findall("^#SBATCH", (SCRIPTS / f"{name}.sh").read_text(), re.MULTILINE))
    header = dict(lines)
    shared = {"nodes": "1", "ntasks": "1", "cpus-per-task": "1", "time": "4-00:00:00", "job-name": "myoassist"}
    for stream, end in (("output", "out"), ("error", "err")):
        # Job name, job id, array id.
        shared[stream] = f"out/%x_%A_%a.{end}"
    assert header == shared | HEADERS[name]


@pytest.mark.parametrize("name", ["supercloud", "openmind", "euler"])
def test_arguments_reach_the_workers_unchanged(name, job):
    answer = job(name, ["scripts/train.sh", *NASTY], MYOASSIST_ROOT=str(ROOT))
    expected = ["-m", "myoassist.train", f"hydra/launcher={name}", *NASTY, "--multirun"]
    assert arguments_of(answer) == expected
    assert f"cwd={job.place.resolve()}\n" in answer.stdout
    assert list(job.place.iterdir()) == []


@pytest.mark.parametrize("flag", ["-m", "--multirun"])
def test_multirun_is_added_once(flag, job):
    given = ["scripts/train.sh", "exp=tutorial", flag, "hydra/launcher=slurm"]
    shown = arguments_of(job("supercloud", given, MYOASSIST_ROOT=str(ROOT)))
    assert shown == ["-m", "myoassist.train", "exp=tutorial", flag, "hydra/launcher=slurm"]


def test_evolution_and_other_scripts(job):
    shown = arguments_of(job("euler", ["scripts/evo.sh", *NASTY], MYOASSIST_ROOT=str(ROOT)))
    assert shown == ["-m", "myoassist.train", "evo=evo", "hydra/launcher=euler", *NASTY, "--multirun"]
    shown = arguments_of(job("euler", ["scripts/eval.sh", "run=logs/a"], MYOASSIST_ROOT=str(ROOT)))
    assert shown == ["-m", "myoassist.evaluate", "run=logs/a"]


def test_any_cluster_with_a_launcher_file(job):
    shown = arguments_of(job("slurm", ["openmind", "scripts/train.sh", "exp=tutorial"], MYOASSIST_ROOT=str(ROOT)))
    assert shown == ["-m", "myoassist.train", "hydra/launcher=openmind", "exp=tutorial", "--multirun"]
    answer = job("slurm", ["moon", "scripts/train.sh"], MYOASSIST_ROOT=str(ROOT))
    assert answer.returncode == 2
    assert "moon" in answer.stderr
    assert "euler local openmind slurm supercloud" in answer.stderr


def test_drawing_and_memory_of_the_daemon(job):
    answer = job("euler", ["scripts/train.sh"], MYOASSIST_ROOT=str(ROOT), MUJOCO_GL="osmesa", SLURM_MEM_PER_CPU="9")
    assert "gl=osmesa\n" in answer.stdout
    assert "mem=unset\n" in answer.stdout
    assert "gl=unset\n" in job("supercloud", ["scripts/train.sh"], MYOASSIST_ROOT=str(ROOT)).stdout


def test_project_is_found_where_the_job_was_submitted_or_where_slurm_says(job, tmp_path):
    here = ["scripts/train.sh", "exp=tutorial"]
    assert arguments_of(job("supercloud", here, SLURM_SUBMIT_DIR=str(ROOT)))
    assert arguments_of(job("supercloud", here, SLURM_SUBMIT_DIR=str(SCRIPTS)))
    answer = job("supercloud", here)
    assert answer.returncode == 2
    assert "MYOASSIST_ROOT" in answer.stderr
    scontrol = tmp_path / "bin" / "scontrol"
    scontrol.parent.mkdir()
    scontrol.write_text(
        f"#!/bin/sh\necho 'JobId=42 Name=x'\necho '   Command={SCRIPTS}/supercloud.sh scripts/train.sh'\n"
    )
    scontrol.chmod(0o755)
    answer = job("supercloud", here, PATH=f"{scontrol.parent}{os.pathsep}{os.environ['PATH']}", SLURM_JOB_ID="42")
    assert arguments_of(answer)[2] == "hydra/launcher=supercloud"
    assert f"cwd={job.place.resolve()}\n" in answer.stdout


@pytest.mark.parametrize("name", ["supercloud", "openmind", "euler", "slurm"])
@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_usage(name, arguments, job):
    answer = job(name, arguments, MYOASSIST_ROOT=str(ROOT))
    # Help that was asked for is an answer, usage after nothing is a refusal.
    shown, other = (answer.stdout, answer.stderr) if arguments else (answer.stderr, answer.stdout)
    assert (answer.returncode, other) == (0 if arguments else 2, "")
    assert f"mkdir -p out && sbatch {'[options] ' if name == 'slurm' else ''}scripts/{name}.sh " in shown
    assert "#SBATCH" not in shown


def test_evo_adds_what_is_missing_only(job, tmp_path):
    env = os.environ | {"MYOASSIST_VENV": str(tmp_path / "env")}

    def evo(*arguments):
        done = [BASH, str(SCRIPTS / "evo.sh"), *arguments]
        return subprocess.run(done, cwd=job.place, env=env, capture_output=True, text=True, check=False)

    assert arguments_of(evo(*NASTY)) == ["-m", "myoassist.train", "evo=evo", *NASTY, "--multirun"]
    assert arguments_of(evo("evo=mine", "-m")) == ["-m", "myoassist.train", "evo=mine", "-m"]
    assert arguments_of(evo("exp=a", "--cfg", "job")) == ["-m", "myoassist.train", "evo=evo", "exp=a", "--cfg", "job"]
    for arguments in ([], ["-h"]):
        answer = evo(*arguments)
        assert answer.returncode == (0 if arguments else 2)
        assert "scripts/evo.sh exp=" in (answer.stdout if arguments else answer.stderr)
