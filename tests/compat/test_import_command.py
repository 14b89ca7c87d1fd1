"""The import command: what it prints, writes and refuses, and that the result runs."""

import json
import re
import shlex
from pathlib import Path

import pytest
from myoassist_presets import PRESETS, write_bat, write_json, write_sh
from published_rl import SESSION, write_session

from myoassist import cli, train

PAGE = Path(__file__).parents[2] / "docs" / "import-export.md"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "training_configs").mkdir()
    return tmp_path / "training_configs"


def test_prints_an_experiment_and_what_is_missing(place, capsys):
    write_bat(place, "mine", PRESETS["exo_npoint_cont"])
    assert cli.main(["import", "training_configs/mine.bat"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("# @package _global_\n")
    assert "override /model: dephy" in shown.out
    assert "not mapped: param_path results/exo_npoint_0630_1557" in shown.err
    assert "optimizer.param_path=newest:exo_npoint" in shown.err
    assert [path.name for path in place.parent.iterdir()] == ["training_configs"]


@pytest.mark.long
def test_written_experiment_is_what_the_printed_command_runs(place, capsys):
    write_sh(place, "debug", {**PRESETS["debug"], "popsize": 4, "maxiter": 1, "threads": 1, "sim_time": 1})
    assert cli.main(["import", "training_configs/debug.sh", "--out", "exp"]) == 0
    shown = capsys.readouterr().out
    assert "everything in it is mapped" in shown
    # The package has an exp=debug, which would win.
    command = re.search(r"run it: +(.*)", shown)[1]
    assert "exp=imported_debug --config-dir ." in command
    arguments = re.split(r" (?:train|scripts/train\.sh) ", command)[1]
    # A file holds no path of this machine, so it names the scripts.
    header = f"# run: bash scripts/local.sh scripts/train.sh {arguments}\n"
    assert header in Path("exp/imported_debug.yaml").read_text()
    assert train.main([*shlex.split(arguments), "env.sim_time=0.3"]) == 0
    config = next(Path("logs").glob("*/*/config.yaml")).read_text()
    assert "popsize: 4" in config and "device: humotech" in config and "max_torque: 100.0" in config


def test_folder_of_presets(place, capsys):
    write_bat(place, "baseline", PRESETS["baseline"])
    write_json(place, "exo_npoint", PRESETS["exo_npoint"])
    write_bat(place, "exo_npoint", PRESETS["exo_npoint"])
    (place / "broken.bat").write_text("echo hello")
    (place / "readme.md").write_text("no preset")
    assert cli.main(["import", "training_configs", "--out=exp"]) == 2
    shown = capsys.readouterr()
    assert "broken.bat holds no train command" in shown.err
    # The same preset in two forms does not end in one file.
    written = {"imported_baseline.yaml", "imported_exo_npoint_bat.yaml", "imported_exo_npoint_json.yaml"}
    assert {path.name for path in Path("exp").iterdir()} == written


def test_files_that_are_there_are_kept(place, capsys):
    write_bat(place, "mine", PRESETS["baseline"])
    assert cli.main(["import", "training_configs/mine.bat", "--out", "exp/other.yaml"]) == 0
    assert cli.main(["import", "training_configs/mine.bat", "--out", "exp/other.yaml"]) == 0
    Path("exp/other.yaml").write_text("changed")
    assert cli.main(["import", "training_configs/mine.bat", "--out", "exp/other.yaml"]) == 2
    assert "--force" in capsys.readouterr().err
    assert Path("exp/other.yaml").read_text() == "changed"
    assert cli.main(["import", "training_configs/mine.bat", "--out", "exp/other.yaml", "--force"]) == 0
    assert "exp=other" in Path("exp/other.yaml").read_text()
    # Hydra finds experiments only in a folder of that name.
    assert cli.main(["import", "training_configs/mine.bat", "--out", "elsewhere"]) == 0
    assert "put it into a folder named exp" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no preset is given"),
        (["nowhere.bat"], "nowhere.bat does not exist"),
        (["training_configs"], "holds no preset"),
        (["--fast"], "no argument of an import"),
        (["a.bat", "--out"], "has no value"),
        (["a.bat", "b.bat", "--out", "c.yaml"], "2 presets"),
        (["a.bat", "--out", "exp/tutorial.yaml"], "exp/imported_tutorial.yaml"),
        (["a.bat", "--out", "exp/a b.yaml"], "cannot name an experiment"),
        (["a.bat", "--out", "a.bat/exp"], "cannot be written"),
    ],
)
def test_refusals(place, arguments, words, capsys):
    for name in ("a", "b"):
        write_bat(place.parent, name, PRESETS["baseline"])
    assert cli.main(["import", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not Path("exp").exists()


def test_commands_of_the_page(place, capsys):
    write_bat(place, "tutorial", PRESETS["tutorial"])
    commands = re.findall(r"^myoassist (import .*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(commands) == 6
    results, configs = Path("rl_train/results"), Path("rl_train/train/train_configs")
    results.mkdir(parents=True)
    configs.mkdir(parents=True)
    for folder in (Path(), results):
        write_session(folder / "train_session_20260101-120000")
    (configs / "imitation_tutorial_22_separated_net_partial_obs.json").write_text(json.dumps(SESSION))
    for command in commands:
        assert cli.main(shlex.split(command)) == 0
    assert "exp=imported_tutorial --config-dir ." in capsys.readouterr().out
    assert "exp=imported_tutorial --config-dir ." in PAGE.read_text(encoding="utf-8")


def test_help(capsys):
    assert cli.main(["import", "--help"]) == 0
    assert "--out" in capsys.readouterr().out
