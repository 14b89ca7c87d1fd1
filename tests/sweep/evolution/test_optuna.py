"""Evolutions with samplers of Optuna: the same promises, and a study file for its dashboard."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from myoassist.files.errors import ConfigError
from myoassist.sweep.evolution.constraints import LinearConstraint
from myoassist.sweep.evolution.reading.report import report_evolution
from myoassist.sweep.evolution.settings import EvolutionOptim
from myoassist.sweep.evolution.space import read_search_space
from myoassist.sweep.evolution.store import read_state
from tests.sweep.evolution_runs import SPACE, cut_journal, evolve, table

optuna = pytest.importorskip("optuna", reason="the extra optuna is not installed")

from myoassist.sweep.evolution.libraries.optuna_sampler import SAMPLERS, build_sampler  # noqa: E402

BASE = [*SPACE, "hydra/sweeper=optuna", "evo.population_size=3", "evo.num_generations=3", "hydra/launcher=basic"]
BASE += ["logdir=evolution"]
PARAMS = {
    "exo.max_torque": {"lower": 1.0, "upper": 200.0, "init": 10.0},
    "optimizer.sigma_gain": {"lower": 0.5, "upper": 50.0, "log": True},
    "optimizer.popsize": {"lower": 4, "upper": 64, "integer": True},
    "cost.target": ["effort", "kinematics"],
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert evolve(base=BASE) == 0
    return folder / "evolution"


@pytest.fixture
def copy(undisturbed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(undisturbed, "evolution")
    return tmp_path / "evolution"


def load(folder):
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    storage = JournalStorage(JournalFileBackend((folder / "optuna.log").as_posix()))
    return optuna.load_study(study_name=None, storage=storage)


def outcomes(folder):
    return [(trial.params, trial.values, trial.state.name, trial.user_attrs["folder"]) for trial in load(folder).trials]


def build(name="TPESampler", params=PARAMS, constraints=(), workers=3, seed=0):
    optim = EvolutionOptim(optimizer=name, num_workers=workers, seed=seed)
    return build_sampler(read_search_space(params, []), list(constraints), optim, 60)


def drive(optimizer, generations=6, workers=3):
    """Ask and tell like an evolution; return every individual that was asked for."""
    asked = []
    for _ in range(generations):
        batch = [optimizer.ask() for _ in range(workers)]
        asked += [candidate.value for candidate in batch]
        for number, candidate in enumerate(batch):
            failed = len(asked) % 2 == 0 and number == 1
            optimizer.tell(candidate, 4.9e20 if failed else abs(candidate.value["exo.max_torque"] - 40.0))
    return asked


def test_it_searches_and_leaves_a_study(undisturbed):
    best = yaml.safe_load((undisturbed / "optimization_results.yaml").read_text())
    state, study = read_state(undisturbed), load(undisturbed)
    assert best["name"] == "optuna" and best["evaluations"] == 9 == len(study.trials)
    assert study.direction.name == "MAXIMIZE" and study.best_value == best["best_evaluated_result"]
    assert study.best_params == best["best_evaluated_params"] and study.study_name == "evolution"
    assert outcomes(undisturbed) == [
        (item.params, [item.fitness], "COMPLETE", item.folder) for item in state.individuals
    ]
    # The first one is the start.
    assert state.individuals[0].params["exo.max_torque"] == 100.0
    config = yaml.safe_load((undisturbed / "generation_2/rank_1/config.yaml").read_text())
    assert config["exo"]["max_torque"] == state.individuals[7].params["exo.max_torque"]
    for name in ("evolution.jsonl", "optuna.log", "optuna.pkl"):
        assert str(undisturbed.parent).encode() not in (undisturbed / name).read_bytes()
    assert not (undisturbed / "optuna.log.lock").exists()


@pytest.mark.parametrize("lines", [1, 3, 5, 7, 10])
def test_a_journal_cut_anywhere_is_continued_exactly(copy, undisturbed, lines):
    cut_journal(copy, lines)
    # What a kill leaves: half a line, and a lock that nobody holds.
    with (copy / "optuna.log").open("ab") as stream:
        stream.write(b'{"op_code":6,"worker')
    (copy / "optuna.log.lock").touch()
    assert evolve(base=BASE) == 0
    assert table(copy) == table(undisturbed)
    assert outcomes(copy) == outcomes(undisturbed)


def test_an_extended_one_goes_on_with_its_study(copy):
    before = (copy / "optuna.log").read_bytes()
    assert evolve("evo.num_generations=4", base=BASE) == 0
    assert (copy / "optuna.log").read_bytes().startswith(before)
    assert len(load(copy).trials) == 12


def test_a_study_that_cannot_be_written_stops_nothing(copy, undisturbed):
    cut_journal(copy, 7)
    (copy / "optuna.log").unlink()
    (copy / "optuna.log").mkdir()
    with pytest.warns(UserWarning, match=r"optuna\.log is no longer kept") as told:
        assert evolve(base=BASE) == 0
    assert len([item for item in told if "optuna.log" in str(item.message)]) == 1
    assert table(copy) == table(undisturbed)


@pytest.mark.long
def test_failures_are_failed_trials(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    extra = ["fake.fail_below=-16", "evo.num_generations=2", "hydra.sweeper.optim.max_failure_rate=1"]
    assert evolve(*extra, base=BASE) == 0
    states = [trial.state.name for trial in load(tmp_path / "evolution").trials]
    statuses = [item.status for item in read_state(tmp_path / "evolution").individuals]
    assert set(states) == {"COMPLETE", "FAIL"}
    assert [name == "FAIL" for name in states] == [name == "failed" for name in statuses]


def test_another_library_is_another_evolution(copy, capsys):
    changed = [item for item in BASE if item != "hydra/sweeper=optuna"]
    assert evolve(base=changed) == 2
    assert "optimizer: TPESampler -> RandomThenWideDiagonalCMA" in capsys.readouterr().err


@pytest.mark.long
def test_its_page(copy):
    page = report_evolution(copy).read_text(encoding="utf-8")
    assert "TPESampler" in page and json.dumps(9) in page


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_takes_the_same_course_again(name):
    asked = drive(build(name))
    assert asked == drive(build(name))
    assert asked != drive(build(name, seed=1))
    assert asked[0] == {
        "exo.max_torque": 10.0,
        "optimizer.sigma_gain": pytest.approx(5.0),
        "optimizer.popsize": 34,
        "cost.target": "effort",
    }
    assert all(1.0 <= value["exo.max_torque"] <= 200.0 for value in asked)
    assert all(isinstance(value["optimizer.popsize"], int) for value in asked)
    assert {value["cost.target"] for value in asked} == {"effort", "kinematics"}


def test_constraints_are_kept():
    limit = LinearConstraint("light", {"exo.max_torque": 1.0, "optimizer.popsize": 1.0}, None, 80.0)
    asked = drive(build(constraints=[limit]))
    assert all(limit(value) for value in asked) and asked == drive(build(constraints=[limit]))
    nothing = LinearConstraint("nothing", {"exo.max_torque": 1.0}, None, 0.0)
    rare = LinearConstraint("rare", {"exo.max_torque": 1.0}, 199.0, None)
    assert build(constraints=[rare]).ask().value["exo.max_torque"] >= 199.0
    # The evolution sees that it breaks a limit and does not simulate it.
    assert not nothing(build(constraints=[nothing]).ask().value)


def test_choices_that_are_lists():
    params = {"rl.policy_params.custom_policy_params.net_arch.human_actor": [[64, 64], [128, 64]]}
    values = [build(params=params).ask().value, *[candidate.value for candidate in _ask(build(params=params), 8)]]
    assert {str(next(iter(value.values()))) for value in values} == {"[64, 64]", "[128, 64]"}


def _ask(optimizer, count):
    return [optimizer.ask() for _ in range(count)]


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("TPESamplr", PARAMS, ["no such sampler", "optimizer=TPESampler", "evolution_nevergrad"]),
        ("RandomThenWideDiagonalCMA", PARAMS, ["no such sampler", "optimizer=TPESampler"]),
        ("CmaEsSampler", {"exo.max_torque": PARAMS["exo.max_torque"]}, ["with 1 searched number", "TPESampler"]),
        ("TPESampler", {"exo.max_torque": {"init": 5.0}}, ["no bounds", "interval("]),
        ("TPESampler", {"exo.n_points": {"lower": 1.2, "upper": 1.8, "integer": True}}, ["no whole number"]),
    ],
)
def test_what_cannot_be_searched_is_refused(name, params, words):
    with pytest.raises(ConfigError) as caught:
        build(name, params)
    assert [word for word in words if word not in str(caught.value)] == []


def test_without_the_package_it_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    assert evolve(base=BASE) == 2
    assert "python -m pip install 'optuna>=5,<6' cmaes" in capsys.readouterr().err
    assert list(Path().iterdir()) == []
