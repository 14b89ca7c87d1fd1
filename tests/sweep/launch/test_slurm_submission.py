"""What is asked of Slurm, and what is said when it refuses: with an sbatch that fails as the real one does."""

import os
import re
from pathlib import Path

import pytest

from myoassist import train
from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.store import read_state
from myoassist.sweep.launch.slurm_submission import drop_replaced
from tests.sweep.evolution_runs import SPACE
from tests.sweep.launch.test_launcher_files import launcher

GRID = ["exp=exo_npoint", "task=fake", "seed=0,1", "-m", "hydra/launcher=slurm"]


@pytest.fixture
def refusing(tmp_path, monkeypatch):
    """Return a function that puts an sbatch in front of PATH which refuses with some words."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def refuse(words, code=1):
        for name, body in (("sbatch", f"echo '{words}' >&{2 if code else 1}; exit {code}"), ("srun", "exit 0")):
            (folder / name).write_text(f"#!/bin/sh\n{body}\n")
            (folder / name).chmod(0o755)

    return refuse


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "setting"),
    [
        ("sbatch: error: Invalid account", "hydra.launcher.account"),
        ("sbatch: error: invalid partition specified: x", "hydra.launcher.partition"),
        ("sbatch: error: Batch job submission failed: Invalid qos specification", "hydra.launcher.qos"),
        ("sbatch: error: Batch job submission failed: Invalid feature specification", "hydra.launcher.constraint"),
        ("sbatch: error: Invalid generic resource (gres) specification", "hydra.launcher.gres"),
        (
            "sbatch: error: Requested time limit is invalid (missing or exceeds some limit)",
            "hydra.launcher.timeout_min",
        ),
        ("sbatch: error: Memory specification can not be satisfied", "hydra.launcher.mem_per_cpu"),
        ("sbatch: unrecognized option --mial-type=END", "hydra.launcher.additional_parameters"),
        ("sbatch: error: Unable to contact slurm controller (connect failure)", "a little later"),
        ("sbatch: error: something new", "correct what sbatch names"),
    ],
)
def test_a_grid_ends_with_the_words_of_sbatch(refusing, capfd, words, setting):
    refusing(words)
    assert train.main(GRID) == 2
    said = capfd.readouterr().err
    assert re.sub("sbatch: (error: )?", "", words) in said and setting in said, said
    assert "Traceback" not in said and said.count("expected:") == 1 and len(said.splitlines()) == 3, said
    # The same command is refused in the same way: nothing is left that keeps it out.
    assert train.main(GRID) == 2
    assert setting in capfd.readouterr().err


@pytest.mark.long
def test_an_evolution_ends_with_the_words_of_sbatch_and_goes_on_elsewhere(refusing, capfd):
    command = [*SPACE, "evo.population_size=2", "evo.num_generations=1", "logdir=evolution"]
    refusing("sbatch: error: Invalid account")
    assert train.main([*command, "hydra/launcher=slurm"]) == 2
    said = capfd.readouterr().err
    assert "Invalid account" in said and "Traceback" not in said and len(said.splitlines()) == 3, said
    assert train.main([*command, "hydra/launcher=basic"]) == 0
    assert [item.status for item in read_state(Path("evolution")).individuals] == ["finished"] * 2


def test_words_that_are_no_job_number(refusing, capfd):
    refusing("maintenance until noon", code=0)
    assert train.main(GRID) == 2
    said = capfd.readouterr().err
    assert "maintenance until noon" in said and "Traceback" not in said, said


def asked(*overrides):
    kept = drop_replaced(launcher("hydra/launcher=slurm", *overrides))
    names = ("mem_per_cpu", "mem_gb", "mem_per_gpu", "cpus_per_task", "cpus_per_gpu")
    return {name: kept[name] for name in names if kept[name] is not None}


def test_memory_and_processors_are_asked_for_once():
    assert asked() == {"mem_per_cpu": "6G", "cpus_per_task": 4}
    assert asked("hydra.launcher.mem_gb=8") == {"mem_gb": 8, "cpus_per_task": 4}
    assert asked("hydra.launcher.mem_per_gpu=24G") == {"mem_per_gpu": "24G", "cpus_per_task": 4}
    assert asked("hydra.launcher.cpus_per_gpu=3") == {"mem_per_cpu": "6G", "cpus_per_gpu": 3}
    assert asked("++hydra.launcher.additional_parameters={mem: 8G}") == {"cpus_per_task": 4}
    assert asked("++hydra.launcher.additional_parameters={mem-per-cpu: 1G}") == {"cpus_per_task": 4}
    assert asked("++hydra.launcher.additional_parameters={cpus-per-task: 2}") == {"mem_per_cpu": "6G"}
    with pytest.raises(ConfigError, match=r"mem_gb=8 with hydra.launcher.mem_per_gpu=24G"):
        asked("hydra.launcher.mem_gb=8", "hydra.launcher.mem_per_gpu=24G")
