"""Every entry asks `check` once per configuration, and no part of it is asked by anybody else."""

import ast
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from myoassist import cli, evaluate, train
from myoassist.check import run as whole
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import UserError
from tests.compat.myoassist_presets import PRESETS, write_json
from tests.compat.published_rl import write_session

PACKAGE = Path(cli.__file__).parent
RULES = PACKAGE / "check"
OLD_RUN = Path(__file__).resolve().parents[1] / "data" / "old_runs" / "finished"
# What other modules may ask for.
DOORS = {"myoassist.check.run": {"check"}, "myoassist.check.code": {"import_code"}}
# Code of the user runs here; all of it has been checked before or is only listed.
IMPORTING = {"check/code.py", "control/own/check.py", "optimize/loop/processes.py", "commands/lists.py"}


def imports_of(file):
    """Return pairs of module and name that a file imports, also late ones."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found += [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
    return found


def test_nobody_asks_for_a_part():
    wrong = [
        (file.relative_to(PACKAGE).as_posix(), module, name)
        for file in PACKAGE.rglob("*.py")
        if not file.is_relative_to(RULES)
        for module, name in imports_of(file)
        if module.startswith("myoassist.check") and name not in DOORS.get(module, ())
    ]
    assert wrong == []


def test_no_rule_is_forgotten():
    """Every rule that a file of the room defines is asked by another one there, in the end by `check`."""
    defined = {
        node.name: file.name
        for file in RULES.glob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    used = {name for file in RULES.glob("*.py") for module, name in imports_of(file) if "check" in module}
    assert len(defined) > 15
    assert set(defined) - used == {"check", "import_code"}
    groups = {name for name in vars(compose_run([]).config) if (RULES / f"{name}.py").exists()}
    assert {rule.__name__ for rule in whole.GROUPS} == {f"check_{name}" for name in groups} and len(groups) == 7


def test_code_of_users_is_imported_in_few_places():
    named = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if ("myoassist.runs.plugins", "import_plugins") in imports_of(file)
    }
    assert named == IMPORTING


@pytest.fixture
def checked(monkeypatch, tmp_path):
    """Configurations in the order in which they are checked, from the beginning; MuJoCo is not reached."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    seen = []
    first_rule = whole.check_values

    def check_values(config):
        seen.append(config)
        first_rule(config)

    def load_mujoco():
        raise UserError("reached MuJoCo", "the end of the test")

    monkeypatch.setattr(whole, "check_values", check_values)
    monkeypatch.setattr("myoassist.model.load_mujoco.load_mujoco", load_mujoco)
    return seen


def reached(capsys, command, *arguments):
    """Run a command up to where it would load MuJoCo, which has to be behind all checks."""
    try:
        command(list(arguments))
    except UserError as error:
        assert "reached MuJoCo" in str(error)
        return
    assert "reached MuJoCo" in capsys.readouterr().err


@pytest.mark.parametrize("exp", ["exo_4param", "rl_test"])
def test_a_run(checked, capsys, exp):
    reached(capsys, train.main, f"exp={exp}")
    assert len(checked) == 1


@pytest.mark.parametrize("runs", [1, 2])
def test_an_evaluation(checked, capsys, runs):
    for number in range(runs):
        shutil.copytree(OLD_RUN, f"run_{number}")
    reached(capsys, evaluate.main, "run=run_*", "env.render_modes=[]")
    assert len(checked) == runs


def test_a_comparison(checked, capsys):
    shutil.copytree(OLD_RUN, "one")
    shutil.copytree(OLD_RUN, "two")
    reached(capsys, evaluate.main, "run=one", "compare=two", "env.render_modes=[]")
    assert len(checked) == 2 and checked[0] is not checked[1]


@pytest.mark.parametrize("run", ["shipped:walk_flat", "session"])
def test_a_policy(checked, capsys, run):
    from myoassist.config.sources.shipped import list_policies

    if run == "session":
        folder = write_session(Path("session"))
        (folder / "trained_models").mkdir(exist_ok=True)
        (folder / "trained_models" / "model_10.zip").write_bytes(b"")
        run = folder.as_posix()
    else:
        run = f"shipped:{sorted(list_policies())[0]}"
    reached(capsys, evaluate.main, f"run={run}", "env.render_modes=[]")
    assert len(checked) == 1


@pytest.mark.parametrize(
    "command",
    [
        ["sim", "exp=rl_test", "viewer=web"],
        ["export", "run"],
        ["reference", "record", "run=run", "out=motion.npz"],
        ["reference", "record", "run=shipped:walk_22", "out=motion.npz"],
        ["reference", "synthesize", "out=motion.npz"],
        ["list", "observation", "exp=rl_test"],
        ["list", "actions", "exp=rl_test"],
    ],
    ids=lambda words: "_".join(words[:3]).replace("=", "_"),
)
def test_a_command(checked, capsys, command):
    shutil.copytree(OLD_RUN, "run")
    reached(capsys, cli.main, *command)
    assert len(checked) == 1


def test_a_list_of_parameters(checked, capsys):
    assert cli.main(["list", "params", "exp=exo_4param"]) == 0
    assert len(checked) == 1 and "theta_tgt" in capsys.readouterr().out


def test_a_fault(checked, capsys, monkeypatch):
    fault = SimpleNamespace(kind="walk", config=compose_run(["exp=exo_4param"]).config)
    monkeypatch.setattr("myoassist.rollout.fault.file.read_fault", lambda path: fault)
    reached(capsys, cli.main, "replay", "fault.pkl")
    assert checked == [fault.config]


def test_imports(checked, capsys):
    write_json(Path(), "preset", PRESETS["tutorial"])
    session = write_session(Path("session"))
    assert cli.main(["import", "preset.json", session.as_posix()]) == 0
    assert len(checked) == 2 and "it will be refused" not in capsys.readouterr().err


def test_a_grid_checks_all_jobs_first_and_each_job_itself_once_more(checked):
    arguments = ["exp=exo_npoint", "task=fake", "exo.max_torque=10,20", "hydra/launcher=basic", "--multirun"]
    assert train.main(arguments) == 0
    assert len({id(config) for config in checked}) == len(checked) == 4
    assert [config.exo.max_torque for config in checked] == [10, 20, 10, 20]


def test_an_evolution_checks_its_corners_first_and_each_individual_once(checked):
    size, searched = 2, ["exo.max_torque=interval(5,10)", "cost.l1_weight=interval(0.5,0.9)"]
    arguments = ["exp=exo_4param", "task=fake", "evo=evo", f"evo.population_size={size}", "evo.num_generations=1"]
    assert train.main([*arguments, *searched, "hydra/launcher=basic"]) == 0
    assert len({id(config) for config in checked}) == len(checked) == 3 + size
    assert [config.exo.max_torque for config in checked[:3]] == [7.5, 5, 10]
