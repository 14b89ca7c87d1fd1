"""A worker that asks Slurm to requeue its job may be ended together with the command that asks."""

import os
import stat
import subprocess

import pytest
from submitit.slurm.slurm import SlurmJobEnvironment

from myoassist.sweep.launch.orphans import outlive_requeue


@pytest.fixture
def answer(tmp_path, monkeypatch):
    """Let `scontrol` be a script of these lines."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.delenv("SLURM_ARRAY_JOB_ID", raising=False)
    monkeypatch.setattr(SlurmJobEnvironment, "_requeue", SlurmJobEnvironment._requeue)

    def set_answer(lines):
        script = tmp_path / "scontrol"
        script.write_text(f"#!/bin/sh\n{lines}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        outlive_requeue()

    return set_answer


@pytest.mark.parametrize("end", ["TERM", "KILL"])
def test_a_command_that_slurm_ends_has_been_obeyed(end, answer):
    answer(f"kill -{end} $$\nsleep 5")
    assert SlurmJobEnvironment()._requeue(1) is None


def test_a_refusal_of_slurm_stays_a_failure(answer):
    answer("exit 1")
    with pytest.raises(subprocess.CalledProcessError):
        SlurmJobEnvironment()._requeue(1)
