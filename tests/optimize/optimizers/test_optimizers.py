"""Every algorithm keeps the same promises: bounds, seeds, exact continuation, its own columns; each finds a minimum."""

import csv
import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import SEARCH_ALGORITHMS, OptimizerConfig
from myoassist.files.checkpoint import Checkpoint, load_newest, write_checkpoint
from myoassist.files.errors import ConfigError, LayoutError, ResumeError, UserError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.optimizers.base import Region
from myoassist.optimize.optimizers.nevergrad import reflect
from myoassist.optimize.optimizers.registry import OPTIMIZERS, check_options, new_optimizer, restore_optimizer
from tests.optimize.analytic_problem import StagedSphere, history_bytes, open_folder, small_config, small_table

# Loose criteria, so that restarts come within a few dozen generations.
EAGER = {"tolfun": 0.5, "tolfunhist": 0.5, "tolx": 0.01}
SETTINGS = {
    "cma": {},
    "ipop": {"cma_options": EAGER, "popsize": 4, "restarts": 3},
    "bipop": {"cma_options": EAGER, "popsize": 4, "restarts": 6},
    "nevergrad": {"nevergrad": "TwoPointsDE"},
    "pso": {"algorithm": "nevergrad", "nevergrad": "PSO", "popsize": 12},
}
REGION = Region(np.full(6, 1.0), np.array([0.0] * 3 + [-np.inf] * 3), np.array([np.inf] * 4 + [5.0] * 2), "2d")


def config_of(name, maxiter=6, seed=0, **changes):
    config = small_config(maxiter, seed=seed)
    options = {"algorithm": name} | SETTINGS[name] | changes
    config.optimizer = replace(config.optimizer, **options)
    return config


def run(path, name, workers=1, plot=False, problem=None, **changes):
    problem = problem or StagedSphere(small_table(fixed=2), workers)
    return minimize(problem, config_of(name, **changes), open_folder(path), plot=plot)


def step(optimizer, cost=lambda x: float(np.sum((x - 1.3) ** 2))):
    vectors = optimizer.ask()
    optimizer.tell(vectors, [cost(x) for x in vectors])
    optimizer.stop_reasons()
    return np.array(vectors)


def test_every_algorithm_is_here():
    assert {name: kind.name for name, kind in OPTIMIZERS.items()} == {name: name for name in SEARCH_ALGORITHMS}
    assert {config_of(name).optimizer.algorithm for name in SETTINGS} == set(SEARCH_ALGORITHMS)


@pytest.mark.long
@pytest.mark.parametrize("name", SETTINGS)
def test_a_stored_state_goes_on_bit_for_bit(name):
    optimizer = new_optimizer(REGION, config_of(name).optimizer, 3)
    for _ in range(40):
        step(optimizer)
    copy = restore_optimizer(optimizer.name, optimizer.state(), "test")
    assert (copy.generation, copy.evaluations, copy.size) == (40, optimizer.evaluations, 6)
    # Nothing may come from the global generators.
    np.random.seed(1)
    ours = [step(optimizer) for _ in range(40)]
    np.random.seed(2)
    theirs = [step(copy) for _ in range(40)]
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert optimizer.metrics() == copy.metrics()


@pytest.mark.parametrize("name", SETTINGS)
def test_global_generators_are_left_alone(name):
    np.random.seed(5)
    step(new_optimizer(REGION, config_of(name).optimizer, 0))
    after = np.random.rand()
    np.random.seed(5)
    assert np.random.rand() == after


@pytest.mark.long
@pytest.mark.parametrize("name", SETTINGS)
def test_a_run_extended_equals_one_that_was_not(tmp_path, name):
    run(tmp_path / "whole", name, maxiter=40)
    run(tmp_path / "parts", name, maxiter=17)
    result = run(tmp_path / "parts", name, maxiter=40, workers=4)
    assert result.generations == 40
    assert history_bytes(tmp_path / "parts") == history_bytes(tmp_path / "whole")


@pytest.mark.parametrize("name", SETTINGS)
def test_seeds_and_bounds(tmp_path, name):
    drawn = {}
    for label, seed in (("a", 0), ("b", 0), ("c", 1)):
        optimizer = new_optimizer(REGION, config_of(name, sigma_gain=60.0).optimizer, seed)
        drawn[label] = np.concatenate([step(optimizer) for _ in range(5)])
        assert (drawn[label] >= REGION.lower).all() and (drawn[label] <= REGION.upper).all()
    np.testing.assert_array_equal(drawn["a"], drawn["b"])
    assert not np.array_equal(drawn["a"], drawn["c"])


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "generations"), [("cma", 60), ("ipop", 80), ("bipop", 80), ("nevergrad", 150), ("pso", 60)]
)
def test_each_finds_the_minimum(tmp_path, name, generations):
    problem = StagedSphere(small_table(), failures=True)
    result = run(tmp_path, name, maxiter=generations, problem=problem, popsize=12)
    assert result.best.result.stage == "3" and result.best.result.total < 2.0
    np.testing.assert_allclose(result.best.vector, 1.3, atol=0.25)


@pytest.mark.long
@pytest.mark.parametrize("name", SETTINGS)
def test_its_numbers_are_columns_of_the_history_and_lines_of_the_plot(tmp_path, name):
    result = run(tmp_path, name, maxiter=5, plot=True)
    with (tmp_path / "history_generations.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    labels = OPTIMIZERS[config_of(name).optimizer.algorithm].metric_labels
    names = list(rows[0])
    assert names[names.index("stage_3") + 1 : names.index("best_so_far")] == list(labels)
    assert all(np.isfinite(float(row[label])) for row in rows for label in labels)
    assert (tmp_path / f"{result.run_name}_optimization_results.png").is_file()
    pickled = (tmp_path / f"{result.run_name}_Pickle.pkl").is_file()
    assert pickled == (config_of(name).optimizer.algorithm != "nevergrad")


def test_restarts_begin_as_cma_and_double_the_population(tmp_path):
    run(tmp_path / "cma", "cma", maxiter=40, popsize=4, cma_options=EAGER)
    run(tmp_path / "ipop", "ipop", maxiter=200, restarts=3)
    with (tmp_path / "ipop" / "history_generations.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(float(row["popsize"])) for row in rows] == sorted(int(float(row["popsize"])) for row in rows)
    seen = {float(row["restart"]): float(row["popsize"]) for row in rows}
    assert seen[0.0] == 4 and seen[1.0] == 8 and seen[2.0] == 16
    plain = (tmp_path / "cma" / "history_candidates.csv").read_text().splitlines()[1:]
    first = [row for row in rows if float(row["restart"]) == 0.0]
    n = 4 * len(first)
    restarted = (tmp_path / "ipop" / "history_candidates.csv").read_text().splitlines()[1:]
    cut = min(n, len(plain))
    assert [line.split(",")[2] for line in plain[:cut]] == [line.split(",")[2] for line in restarted[:cut]]


def test_a_search_ends_when_no_restart_is_left(tmp_path):
    result = run(tmp_path, "ipop", maxiter=500, restarts=1)
    assert result.generations < 500 and result.stop_reason != "maxiter"


@pytest.mark.long
def test_bipop_takes_turns(tmp_path):
    optimizer = new_optimizer(REGION, config_of("bipop", restarts=50).optimizer, 1)
    sizes = {}
    for _ in range(400):
        step(optimizer)
        _, _, popsize, number = optimizer.metrics()
        sizes[number] = popsize
    restarts = [sizes[number] for number in sorted(sizes)][1:]
    assert restarts[0] == 8 and min(restarts) < 8 and max(restarts) >= 16


def split_words(content):
    return re.split(r"[\s,\[\]]+", content.decode())


def same_word(word, expected):
    """Return whether two words are the same text, or numbers that differ by rounding alone."""
    try:
        return word == expected or float(word) == pytest.approx(float(expected), rel=1e-6, abs=1e-9)
    except ValueError:
        return False


def test_a_checkpoint_of_before_there_were_algorithms_goes_on(tmp_path, data_folder):
    shutil.copytree(data_folder / "older_run", tmp_path / "old")
    stored = load_newest(tmp_path / "old")
    assert "version" not in stored.header and "optimizer" not in stored.header
    run(tmp_path / "old", "cma", maxiter=8)
    run(tmp_path / "new", "cma", maxiter=8)
    old, new = history_bytes(tmp_path / "old"), history_bytes(tmp_path / "new")
    assert old.keys() == new.keys()
    for name in old:
        # The first generations were computed on another processor, whose last digits may be others.
        words, expected = split_words(old[name]), split_words(new[name])
        assert len(words) == len(expected)
        assert all(same_word(*pair) for pair in zip(words, expected, strict=True)), name
    assert load_newest(tmp_path / "old").header["optimizer"] == "cma"


def test_a_checkpoint_of_before_there_were_algorithms_goes_on_as_one_of_today(tmp_path, data_folder):
    for name in ("old", "today"):
        shutil.copytree(data_folder / "older_run", tmp_path / name)
    stored = load_newest(tmp_path / "today")
    run(tmp_path / "new", "cma", maxiter=1)
    names = {key: load_newest(tmp_path / "new").header[key] for key in ("version", "optimizer")}
    write_checkpoint(tmp_path / "today", Checkpoint(stored.header | names, stored.state))
    for name in ("old", "today"):
        run(tmp_path / name, "cma", maxiter=8)
    assert history_bytes(tmp_path / "old") == history_bytes(tmp_path / "today")


def test_a_checkpoint_of_a_later_version_is_refused(tmp_path):
    run(tmp_path, "cma", maxiter=2)
    stored = load_newest(tmp_path)
    write_checkpoint(tmp_path, Checkpoint(stored.header | {"version": 99}, stored.state))
    with pytest.raises(ResumeError, match="of version 99"):
        run(tmp_path, "cma", maxiter=3)
    write_checkpoint(tmp_path, Checkpoint(stored.header | {"optimizer": "annealing"}, stored.state))
    with pytest.raises(ResumeError, match="the algorithm annealing"):
        run(tmp_path, "cma", maxiter=3)


def test_another_version_of_nevergrad_is_noticed():
    optimizer = new_optimizer(REGION, config_of("nevergrad").optimizer, 0)
    for _ in range(3):
        step(optimizer)
    data = json.loads(optimizer.state())
    data["nevergrad"], data["plan"]["seed"] = "0.0.1", 7
    with pytest.raises(ResumeError, match=r"written with nevergrad 0\.0\.1"):
        restore_optimizer("nevergrad", json.dumps(data).encode(), "the checkpoint")


@pytest.mark.parametrize("name", ["ipop", "nevergrad"])
@pytest.mark.parametrize("state", [b"", b"{}", b'{"format": 99}\nx', b"\x80\x04N."])
def test_damaged_states_are_refused(name, state):
    with pytest.raises(UserError):
        restore_optimizer(name, state, "the checkpoint")


def test_pickle_path_continues_the_same_algorithm_only(tmp_path):
    run(tmp_path / "first", "nevergrad", maxiter=4)
    config = config_of("nevergrad", maxiter=3)
    config.optimizer.pickle_path = str(tmp_path / "first")
    result = minimize(StagedSphere(small_table(fixed=2)), config, open_folder(tmp_path / "second"), plot=False)
    assert result.generations == 7
    config.optimizer.algorithm = "cma"
    with pytest.raises(ConfigError, match=r"optimizer\.algorithm=nevergrad"):
        minimize(StagedSphere(small_table(fixed=2)), config, open_folder(tmp_path / "third"), plot=False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"algorithm": "nevergrad", "nevergrad": "TwoPointDE"}, "optimizer.nevergrad=TwoPointsDE"),
        ({"algorithm": "nevergrad", "cma_options": {"tolfun": 1.0}}, "optimizer.algorithm=cma"),
        ({"algorithm": "ipop", "cma_options": {"tolfunn": 1.0}}, "tolfun=1"),
    ],
)
def test_what_does_not_fit_is_refused(options, words):
    with pytest.raises(ConfigError) as caught:
        check_options(OptimizerConfig(**options))
    assert words in str(caught.value)


def test_an_algorithm_that_cannot_work_here_is_refused_before_any_walk():
    with pytest.raises(ConfigError, match=r"cannot search 6 parameters(.|\n)*optimizer.nevergrad=TwoPointsDE"):
        new_optimizer(REGION, config_of("nevergrad", nevergrad="BayesOptimBO").optimizer, 0)
    with pytest.raises(LayoutError, match="1 free parameters"):
        new_optimizer(Region(*(np.zeros(1),) * 3, "2d"), config_of("ipop").optimizer, 0)


def test_reflection():
    region = Region(np.zeros(4), np.array([0.0, -np.inf, 0.0, -np.inf]), np.array([1.0, 2.0, np.inf, np.inf]))
    points = np.array([[1.25, 2.5, -0.5, 9.0], [-0.25, -7.0, 3.0, -9.0], [3.25, 1.0, -1.0, 0.0]])
    np.testing.assert_allclose(
        reflect(points, region), [[0.75, 1.5, 0.5, 9.0], [0.25, -7.0, 3.0, -9.0], [0.75, 1.0, 1.0, 0.0]]
    )


@pytest.mark.parametrize("name", ["ipop", "bipop", "de", "pso"])
def test_the_option_files_compose(name):
    config = compose_run(["exp=baseline", f"optimizer={name}"]).config
    check_options(config.optimizer)
    assert config.optimizer.algorithm == {"de": "nevergrad", "pso": "nevergrad"}.get(name, name)
