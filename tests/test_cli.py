import subprocess
import sys

import pytest

from myoassist import cli, train
from myoassist.config.schema.groups import group_options
from myoassist.files.command_words import TRAIN_COMMAND, localize_command
from myoassist.model.devices.table import DEVICES

REFUSED = [
    ([], ["no experiment", "exo_npoint_cont", "exp=tutorial"]),
    (["seed=1"], ["no experiment"]),
    (["exp=tutorial", "optimizer.popsiz=8"], ["optimizer.popsize=8"]),
    (["exp=tutorial", "+typo=1"], ["typo=1", "expected"]),
    (["exp=tutorial", "seed=x"], ["seed=x", "an integer"]),
    (["exp=tutorial", "env.sim_time=nan"], ["env.sim_time=nan", "finite", "leave it out"]),
    (["exp=tutorial", "optimizer.popsize=1"], ["optimizer.popsize=2"]),
    (["exp=nope"], ["exp=nope", "Walk like the reference gait"]),
    (["exp=tutorial", "seed=1,2"], ["--multirun"]),
    (["exp=tutorial", "model.device=tutoral"], ["model.device=tutoral", "model.device=tutorial"]),
    (["exp=tutorial", "model=baseline"], ["exo.controller=four_param", "exo=none"]),
    (["exp=tutorial", "model.physics=fast", "model.musculature=80"], ["model.physics=full"]),
    (["exp=tutorial", "seed=a", "--cfg", "job"], ["seed=a", "an integer"]),
    (["exp=tutorial", "seed=1,a", "--multirun"], ["an integer"]),
    (["exp=tutorial", "exo.n_points=0", "--multirun"], ["exo.n_points=0", "at least 1"]),
    (["seed=1,2", "-m"], ["no experiment"]),
    (["exp=tutorial", "plugins=[none.py]"], ["none.py"]),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_refused_before_anything_is_written(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train.main(arguments) == 2
    message = capsys.readouterr().err
    assert [word for word in words if word not in message] == []
    assert "Traceback" not in message
    assert list(tmp_path.iterdir()) == []


def test_exp_npoint_cont_says_how_to_make_its_start(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train.main(["exp=exo_npoint_cont"]) == 2
    assert f"{localize_command(TRAIN_COMMAND)} exp=exo_npoint\n" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["myoassist.train", "myoassist"])
def test_a_refusal_loads_no_model(module, tmp_path):
    arguments = ["exp=tutorial", "model=baseline"]
    code = (
        f"import runpy, sys; sys.argv = ['x', *{(['train'] if module == 'myoassist' else []) + arguments}]\n"
        "try:\n"
        f"    runpy.run_module({module!r}, run_name='__main__')\n"
        "except SystemExit as stop:\n"
        "    print(stop.code, [name for name in ('mujoco', 'numba', 'torch') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout == "2 []\n"
    assert "exo.controller=four_param" in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("optimizer:\n  popsiz: 3\n", ["exp/mine.yaml", "popsiz"]),
        ("seed: x\n", ["exp/mine.yaml", "an integer"]),
        ("optimizer: [\n", ["mine.yaml", "line"]),
    ],
)
def test_faults_in_an_exp_file_name_the_file(text, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exp").mkdir()
    (tmp_path / "exp" / "mine.yaml").write_text(f"# @package _global_\n{text}")
    assert train.main(["exp=mine", "--config-dir", str(tmp_path), "--cfg", "job"]) == 2
    message = capsys.readouterr().err
    assert [word for word in words if word not in message] == []
    assert "Traceback" not in message


def test_finished_run_is_left_alone(tmp_path, monkeypatch, capsys):
    from myoassist.config.compose.run import compose_run
    from myoassist.runs.folder import open_run

    monkeypatch.chdir(tmp_path)
    run = compose_run(["exp=tutorial"])
    with open_run(run.config, run.exp, run.all_overrides) as folder:
        folder.write_status("finished")
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    assert train.main(["exp=tutorial"]) == 0
    assert "finished" in capsys.readouterr().out
    # A sweep finds the same folder for the same configuration.
    assert train.main(["exp=tutorial", "optimizer.threads=1,2", "allow_shared_dir=true", "-m"]) == 0
    assert "2 finished before" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_inspection(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert train.main(["exp=exo_npoint", "--cfg", "job"]) == 0
    shown = capsys.readouterr().out
    assert "n_points: 6" in shown
    assert str(tmp_path) not in shown
    assert train.main(["--help"]) == 0
    assert "exo: four_param, impedance, none, npoint" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_lists(capsys):
    assert cli.main(["list", "exps"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in group_options("exp"))
    assert cli.main(["list", "devices"]) == 0
    shown = capsys.readouterr().out
    assert all(device.short in shown for device in DEVICES)
    assert cli.main(["list", "models"]) == 0
    assert cli.main(["list", "terms"]) == 0
    assert "Metabolic_Cost" in capsys.readouterr().out
    assert cli.main(["list", "models"]) == 0
    assert "model=humotech" in capsys.readouterr().out


def test_list_params_decodes_to_the_unit_it_names(capsys):
    assert cli.main(["list", "params", "exp=exo_npoint_cont"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split() for line in lines if line}
    # alpha_0 = 20 * 1 + 55 deg; v0 = 0.1 * raw + 1.4 m/s within raw [-29, 6].
    assert rows["alpha_0"][1:6] == ["reflex", "75", "55", "inf", "deg"]
    assert rows["vel_pelvis_tx"][1:6] == ["pose", "1.5", "-1.5", "2", "m/s"]
    assert "89 parameters, layout 2d-npoint6" in lines[-1]


@pytest.mark.parametrize("arguments", [[], ["foo"], ["list"], ["list", "foo"], ["list", "exps", "x"]])
def test_unknown_commands(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "myoassist list " in capsys.readouterr().err
