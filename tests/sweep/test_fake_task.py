import json
import math
from pathlib import Path

import pytest

from myoassist.config.compose.run import compose_run
from myoassist.runs.catalogue import read_fitness, read_status
from myoassist.runs.folder import open_run
from myoassist.sweep.fake_task import fake_parts
from myoassist.train import train


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)


def run(*overrides):
    return compose_run(["exp=exo_npoint", "task=fake", *overrides])


def test_noise_depends_on_the_seed_alone():
    first, again, other = (fake_parts(run(text).config) for text in ("seed=1", "seed=1", "seed=2"))
    assert first == again
    assert {key for key in first if first[key] != other[key]} == {"noise"}
    assert fake_parts(run("fake.noise=0").config)["noise"] == 0.0


def test_every_key_pulls_towards_its_optimum():
    for key, values in {
        "exo.max_torque": (5, 29, 60),
        "exo.n_points": (1, 6, 9),
        "cost.weights.grf": (0, 1, 3),
    }.items():
        parts = [fake_parts(run(f"{key}={value}").config)[key] for value in values]
        assert parts[1] < min(parts[0], parts[2])


def test_result_is_the_sum_of_its_parts_and_comes_back_when_finished():
    fitness = train(run())
    with open_run(run().config, "exo_npoint", []) as folder:
        assert folder.state == "finished"
        result = json.loads((folder.path / "result.json").read_text())
    assert result["total"] == pytest.approx(sum(result["parts"].values()))
    assert fitness == pytest.approx(-result["total"])
    # A finished run answers the same.
    assert train(run()) == fitness


def test_failed_run_goes_on_from_its_checkpoint():
    arguments = ("fake.fail_below=0", "fake.fail_once=true", "fake.steps=6", "expname=a")
    with pytest.raises(RuntimeError, match="fake failure"):
        train(run(*arguments))
    (file,) = (path for path in run_files("checkpoint.json"))
    assert json.loads(file.read_text()) == {"step": 2, "failed": True}
    assert read_status(file.parent)["status"] == "failed"
    assert train(run(*arguments)) == train(run("fake.steps=6", "expname=b"))


def test_nan_is_no_fitness():
    assert math.isnan(train(run("fake.fail_below=0", "fake.failure=nan")))
    (file,) = run_files("status.json")
    assert json.loads(file.read_text())["best"] is None
    assert math.isnan(train(run("fake.fail_below=0", "fake.failure=nan")))


@pytest.mark.parametrize(
    ("status", "fitness"), [({"best": 2.5}, -2.5), ({"best": 2.5, "fitness": 7}, 7.0), ({"fitness": -1.0}, -1.0)]
)
def test_fitness_of_a_status(status, fitness):
    assert read_fitness(status) == fitness


def run_files(name):
    return list(Path("logs").rglob(name))
