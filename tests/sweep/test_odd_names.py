"""Runs and folders with names of any letters, in grids, evolutions and the report of a day."""

import shutil
from pathlib import Path

import pytest

from myoassist import train
from myoassist.cli import main as cli
from myoassist.config.run_names import quote_value
from myoassist.runs.index import read_index
from myoassist.sweep.evolution.store import read_state
from myoassist.sweep.grid.tables import read_sweep
from myoassist.sweep.launch.orphans import prepare_restart

FAKE = ["exp=exo_npoint", "task=fake"]
SMALL = ["evo=evo", "exo.max_torque=10,20", "evo.optimizer=OnePlusOne", "evo.num_generations=1"]
SMALL += ["evo.population_size=2"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def find_day():
    """The folder of the day on which the first run began, whatever the day is by now."""
    return min(Path("logs").iterdir())


@pytest.mark.long
@pytest.mark.parametrize("name", ["a&b", "größe", "it's", "1e3", "a b", "2026_01_15"])
@pytest.mark.parametrize("quoted", [True, False])
def test_an_evolution(name, quoted, capfd):
    typed = quote_value(name) if quoted else name
    launcher = [] if name in ("a&b", "größe") and quoted else ["hydra/launcher=basic"]
    assert train.main([*FAKE, *SMALL, *launcher, f"expname={typed}"]) == 0
    assert [item.status for item in read_state(find_day() / name).individuals] == ["finished"] * 2
    assert sorted(path.name for path in (find_day() / name / "generation_0").iterdir()) == ["rank_0", "rank_1"]
    assert train.main([*FAKE, *SMALL, *launcher, f"expname={typed}", "evo.num_generations=2"]) == 0
    assert "Continuing the evolution" in capfd.readouterr().out
    assert train.main([*FAKE, *SMALL, *launcher, f"expname={typed}", "exo.n_points=5"]) == 2
    # The command that is offered for another folder.
    assert f"{name}_2".replace("'", "") in capfd.readouterr().err.replace("'", "").replace('"', "").replace("\\", "")


@pytest.mark.long
@pytest.mark.parametrize("name", ["a&b", "größe", "it's", "1e3"])
def test_a_grid_and_the_report_of_its_day(name, capfd):
    launcher = [] if name == "größe" else ["hydra/launcher=basic"]
    assert train.main([*FAKE, "seed=0,1", "overlays=sweep", *launcher, f"expname={name}", "-m"]) == 0
    assert sorted(path.name for path in (find_day() / name).glob("seed_*")) == ["seed_0", "seed_1"]
    rows = read_index(find_day() / name / "sweep_index.jsonl")
    assert {row.status for row in rows} == {"finished"} and len(rows) == 2
    assert train.main([*FAKE, f"expname={name}_alone"]) == 0
    shutil.rmtree(find_day() / name / "seed_1")
    tables = read_sweep(find_day())
    assert set(tables.runs["folder"]) == {f"{name}/seed_0", f"{name}/seed_1", f"{name}_alone"}
    assert list(tables.runs.loc[tables.runs["status"] != "finished", "folder"]) == [f"{name}/seed_1"]


def test_the_command_reports_a_day_with_such_a_name(capfd):
    for name in ("größe", "a&b", "plain"):
        assert train.main([*FAKE, f"expname={name}"]) == 0
    assert cli(["sweeps", str(find_day())]) == 0
    assert "3 runs: 3 finished" in capfd.readouterr().out


@pytest.mark.long
def test_values_between_commas_and_in_choice(capfd):
    basic = ["hydra/launcher=basic", "-m"]
    assert train.main([*FAKE, "expname=1e3,größe", *basic]) == 0
    assert train.main([*FAKE, "expname=choice('a&b',2_0)", *basic]) == 0
    assert {"1e3", "größe", "a&b", "2_0"} <= {path.name for path in find_day().iterdir()}
    assert train.main([*FAKE, *SMALL, "hydra/launcher=basic", "cost.reference='a b.csv',größe.csv", "fresh=true"]) == 0
    assert train.main([*FAKE, *SMALL[:1], *SMALL[2:], "hydra/launcher=basic", "exo=glob(n*)", "fresh=true"]) == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("exp", "# command: python -m myoassist.train exp=exo_npoint 'seed=1"),
        ("exp", "# command: python -m myoassist.train exp=exo_npoint seed=größe &"),
        ("history_generations.csv", ""),
        ("history_generations.csv", b"\xff\xfe"),
        ("history_generations.csv", "generation,best_so_far\n1,x\n"),
        ("sweep_index.jsonl", b"\xff\xfe"),
        ("config.yaml", b"\xff\xfe"),
        ("status.json", '{"status": "finished", "best": NaN, "exp": {"a": 1}}'),
    ],
)
def test_one_damaged_run_does_not_hide_the_others(file, content):
    for seed in (0, 1):
        assert train.main([*FAKE, f"seed={seed}", f"logdir=day/run_{seed}"]) == 0
    run = Path("day/run_1")
    target = next(run.glob("exo_npoint_*.yaml")) if file == "exp" else run / file
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    status = run / "status.json"
    if file != "status.json":
        status.write_text(status.read_text().replace("finished", "interrupted"))
    tables = read_sweep(Path("day"))
    assert list(tables.runs["folder"]) == ["run_0", "run_1"]
    if file != "status.json":
        assert "exp=exo_npoint" in tables.failures["command"].iloc[0]


@pytest.mark.parametrize("name", ["it's", "größe", "a b", "1e3"])
def test_a_requeued_worker_waits_for_the_right_folder(name, place, monkeypatch):
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    waited = []
    monkeypatch.setattr("myoassist.sweep.launch.orphans.wait_until_free", waited.append)
    (place / name).mkdir()
    (place / name / "run.lock").touch()
    prepare_restart(["seed=1", f"logdir={quote_value(name)}"])
    assert waited == [Path(name)]
