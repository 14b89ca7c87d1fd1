"""What stands where a folder of runs should be: the right words in a run, a grid and an evolution."""

import subprocess
from pathlib import Path

import pytest

from myoassist import train

RUN = ["exp=exo_npoint", "task=fake"]
SMALL = ["evo.optimizer=OnePlusOne", "evo.num_generations=1", "evo.population_size=1", "hydra/launcher=basic"]
COMMANDS = {
    "run": RUN,
    "grid": [*RUN, "seed=0,1", "-m", "hydra/launcher=basic"],
    "evolution": [*RUN, "evo=evo", "exo.max_torque=10,20", *SMALL],
}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path / "here"


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("target", ["../gone dir/logs", "/nowhere/at/all/logs"])
def test_a_dangling_link(kind, target, capsys):
    Path("logs").symlink_to(target)
    assert train.main(COMMANDS[kind]) == 2
    said = capsys.readouterr().err
    assert f"logs is a link to {target}, which does not exist" in said, said
    assert "free space" not in said and "File exists" not in said and "Traceback" not in said
    first, _, second = said.partition("to fix:")[2].strip().partition(", or ")
    assert first.startswith("mkdir -p ") and second.startswith("rm logs")
    if target.startswith(".."):
        subprocess.run(first, shell=True, check=True)
        assert train.main(COMMANDS[kind]) == 0


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_file_and_a_loop(kind, capsys):
    Path("logs").write_text("notes")
    assert train.main(COMMANDS[kind]) == 2
    said = capsys.readouterr().err
    assert "logs is a file" in said and "mv logs logs.old" in said and "free space" not in said
    Path("logs").unlink()
    Path("logs").symlink_to("logs")
    assert train.main(COMMANDS[kind]) == 2
    said = capsys.readouterr().err
    assert "logs is a link that leads back to itself" in said and "rm logs" in said and "mkdir" not in said


def test_a_link_further_down_and_another_log_root(place, monkeypatch, capsys):
    monkeypatch.setenv("MYOASSIST_LOGS", "my runs")
    Path("my runs").symlink_to("gone")
    assert train.main(RUN) == 2
    said = capsys.readouterr().err
    assert "mkdir -p gone" in said and "rm 'my runs'" in said
    Path("gone").mkdir()
    assert train.main(RUN) == 0
    Path("deep").symlink_to("/nowhere")
    assert train.main([*RUN, "logdir=deep/run"]) == 2
    assert "deep is a link to /nowhere" in capsys.readouterr().err
    assert train.main([*RUN, "logdir=/proc/run"]) == 2
    said = capsys.readouterr().err
    assert "No such file" in said and "free space" not in said
