"""Reading evolutions and sweeps back: tables, best, failures, figures, page."""

import itertools
import shlex

import numpy as np
import pandas as pd
import pytest
import yaml

from myoassist.cli import main as cli
from myoassist.sweep.evolution.reading.tables import ancestors, read_evolution
from myoassist.sweep.grid.tables import bootstrap_interval, read_sweep
from myoassist.train import main as train
from tests.sweep.evolution_runs import SPACE, evolve


@pytest.fixture(scope="module")
def evolution(tmp_path_factory):
    """An evolution some of whose individuals fail, in the current folder."""
    folder = tmp_path_factory.mktemp("evolution")
    base = [*SPACE, "evo.population_size=4", "evo.num_generations=4", "hydra/launcher=basic", "logdir=evolution"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert evolve("fake.fail_below=-40", "hydra.sweeper.optim.max_failure_rate=1", base=base) == 0
        assert cli(["evos", "evolution"]) == 0
        yield folder / "evolution"


def test_tables_agree_with_the_runs(evolution):
    tables = read_evolution(evolution)
    table = pd.read_csv(evolution / "evos/individuals.csv")
    stored = pd.read_parquet(evolution / "evos/individuals.parquet")
    assert len(table) == len(stored) == 16
    np.testing.assert_array_equal(table["fitness"], stored["fitness"])
    each = pd.read_csv(evolution / "evos/generations.csv")
    assert list(each["generation"]) == [0, 1, 2, 3]
    assert list(each["best"]) == list(table.groupby("generation")["fitness"].max())
    assert each["failed"].sum() == (table["status"] == "failed").sum() > 0
    assert each["best_so_far"].is_monotonic_increasing
    assert len(tables.lineage) == sum(len(item.parents) for item in tables.state.individuals) > 0
    for row in tables.lineage.dropna().itertuples():
        assert row.gain == row.fitness - row.parent_fitness
        assert (row.parent_generation, row.parent_rank) < (row.generation, row.rank)


def test_ancestors_lead_back_in_time(evolution):
    state = read_evolution(evolution).state
    for item in state.individuals:
        line = ancestors(state, item)
        assert line[0] is item
        assert all(one.job > other.job for one, other in itertools.pairwise(line))


def test_the_best_is_a_command_that_gives_its_fitness(evolution, capsys):
    best = yaml.safe_load((evolution / "evos/best.yaml").read_text())
    words = shlex.split(best["command"])
    assert words[:3] == ["python", "-m", "myoassist.train"]
    assert words[3:] == best["overrides"]
    assert train(words[3:]) == 0
    assert f"best {-best['fitness']:.5f}" in capsys.readouterr().out


def test_failures_come_with_the_command_that_repeats_them(evolution, capsys):
    failures = pd.read_csv(evolution / "evos/failures.csv")
    assert set(failures["status"]) == {"failed"}
    assert failures["error"].str.contains("fake failure").all()
    assert train(shlex.split(failures["command"][0])[3:]) == 1
    assert "Continuing the run" in capsys.readouterr().out


def test_the_page_needs_nothing_else(evolution):
    page = (evolution / "evos/index.html").read_text()
    assert page.count('src="data:image/png;base64,') == len(list((evolution / "evos").glob("*.png"))) >= 6
    assert "http" not in page and "<script" not in page
    assert "failed, killed or timed out" in page
    assert str(evolution.parent) not in page
    for image in (evolution / "evos").glob("*.png"):
        assert image.stat().st_size > 5000
        assert image.with_suffix(".pdf").exists()


def test_an_evolution_that_has_only_begun_can_be_read(evolution, tmp_path):
    begun = tmp_path / "begun"
    begun.mkdir()
    lines = (evolution / "evolution.jsonl").read_text().splitlines(keepends=True)
    (begun / "evolution.jsonl").write_text("".join(lines[:2]))
    assert cli(["evos", str(begun)]) == 0
    assert set(pd.read_csv(begun / "evos/failures.csv")["status"]) == {"pending"}
    (begun / "evolution.jsonl").write_text(lines[0])
    assert cli(["evos", str(begun)]) == 0


@pytest.mark.parametrize("command", ["evos", "sweeps"])
def test_folders_without_anything_are_refused(tmp_path, capsys, command):
    assert cli([command, str(tmp_path)]) == 2
    assert cli([command]) == 2
    assert "expected" in capsys.readouterr().err


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for torque in (10, 30):
            for seed in (0, 1, 2):
                where = f"logdir=runs/t{torque}_{seed}"
                assert train(["exp=debug", "task=fake", f"exo.max_torque={torque}", f"seed={seed}", where]) == 0
        assert train(["exp=debug", "task=fake", "exo.max_torque=90", "fake.fail_below=0", "logdir=runs/failing"]) == 1
        assert cli(["sweeps", "runs"]) == 0
        yield folder / "runs"


def test_groups_of_repeats_are_compared(sweep):
    tables = read_sweep(sweep)
    assert "exo.max_torque" in tables.varied
    groups = tables.groups.set_index("exo.max_torque")
    assert list(groups["runs"]) == [3, 3]
    same = tables.runs[(tables.runs["exo.max_torque"] == 30) & (tables.runs["status"] == "finished")]["best"]
    assert groups.loc[30.0, "mean"] == pytest.approx(same.mean())
    assert groups.loc[30.0, "sd"] == pytest.approx(same.std())
    assert same.min() <= groups.loc[30.0, "low"] <= same.mean() <= groups.loc[30.0, "high"] <= same.max()
    assert (sweep / "sweeps/runs.parquet").exists()
    assert (sweep / "sweeps/groups.png").stat().st_size > 5000


def test_failed_runs_are_listed_with_their_command(sweep, capsys):
    failures = pd.read_csv(sweep / "sweeps/failures.csv")
    assert list(failures["folder"]) == ["failing"]
    assert train(shlex.split(failures["command"][0])[3:]) == 1
    assert "Continuing the run in" in capsys.readouterr().out
    assert failures["command"][0] in (sweep / "sweeps/rerun.sh").read_text()


def test_ignored_runs_do_not_count(sweep):
    (sweep / "t10_0/ignore").touch()
    assert len(read_sweep(sweep).runs) == 6
    (sweep / "t10_0/ignore").unlink()


def test_bootstrap_interval():
    low, high = bootstrap_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    # The standard error of this mean is 0.63 with the variance of the sample itself.
    assert 1.6 < low < 2.2 and 3.8 < high < 4.4
    assert all(np.isnan(bootstrap_interval(np.array([1.0]))))
