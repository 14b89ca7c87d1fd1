"""Stages over factors of groups of parameters: what moves, what goes on, and that interruptions change nothing."""

import csv
import json

import numpy as np
import pytest

from myoassist.files.errors import ConfigError, ResumeError
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.optimizers.factored import FactoredOptimizer
from myoassist.optimize.optimizers.registry import new_optimizer, restore_optimizer
from myoassist.optimize.store.continued_state import continue_search
from myoassist.optimize.store.plot import plot_convergence
from myoassist.optimize.store.plot_data import read_convergence
from myoassist.optimize.store.saver import resume_search
from myoassist.optimize.store.search_state import search_region
from tests.optimize.analytic_problem import (
    StagedSphere,
    factors_config,
    history_bytes,
    open_folder,
    small_config,
    small_table,
    staged_problem,
)

TABLE = small_table(fixed=2)
START = np.array([1.0, 0.8, 1.2, 0.9, 1.1, 0.7, 0.25, 0.25])


def run(path, workers=1, **changes):
    config = factors_config(**changes)
    return minimize(staged_problem(config, workers), config, open_folder(path), plot=False)


def optimizer_of(config):
    return new_optimizer(search_region(TABLE, START, config), config, 3)


def step(optimizer, goal=1.4):
    vectors = optimizer.ask()
    optimizer.tell(vectors, [float(np.sum((x - goal) ** 2)) for x in vectors])
    return np.array(vectors)


def test_what_is_drawn_are_factors_of_decoded_values_and_amounts():
    config = small_config().optimizer
    config.factors, config.sigma_gain = True, 30
    vectors = np.concatenate([step(optimizer_of(config)) for _ in range(4)])
    # Decoded is 0.5 raw + 0.1, so that raw + 0.2 is what a factor multiplies: p0 and p2 share theirs.
    ratios = (vectors + 0.2) / (START[:6] + 0.2)
    np.testing.assert_allclose(ratios[:, 0], ratios[:, 2], rtol=1e-12)
    np.testing.assert_allclose(ratios[:, 1], ratios[:, 0] * ratios[:, 3], rtol=1e-12)
    assert np.ptp(ratios[:, 0]) > 0.1 and np.ptp(vectors[:, 4]) > 0.01
    # p4 and p5 are in no group: each by itself, a quarter per coordinate.
    assert abs(np.corrcoef(vectors[:, 4], vectors[:, 5])[0, 1]) < 0.9
    assert np.abs(vectors[:, 4] - START[4]).max() < np.abs(np.log(ratios[:, 0])).max()


def test_bounds_hold_and_nothing_overflows():
    config = small_config().optimizer
    config.factors, config.sigma_gain = True, 1000
    optimizer = optimizer_of(config)
    for _ in range(30):
        vectors = step(optimizer, goal=-5.0)
        assert np.isfinite(vectors).all() and (vectors[:, :3] >= 0.0).all()


@pytest.mark.parametrize("algorithm", ["cma", "ipop", "bipop"])
def test_the_decoded_mean_goes_on_from_stage_to_stage(algorithm):
    config = factors_config(algorithm=algorithm).optimizer
    optimizer, spaces = optimizer_of(config), []
    center = None
    for _ in range(26):
        before = optimizer.stage
        vectors = optimizer.ask()
        if optimizer.stage != before:
            np.testing.assert_allclose(optimizer.plain.center, center, atol=1e-7)
        optimizer.tell(vectors, [float(np.sum((x - 1.4) ** 2)) for x in vectors])
        center = optimizer.plain.center
        spaces.append((optimizer.stage, isinstance(optimizer.plain, FactoredOptimizer)))
    assert sorted(set(spaces)) == [(0, True), (1, True), (2, False), (3, True)]


def test_steps_after_factors_have_the_scales_that_these_left():
    config = factors_config().optimizer
    optimizer = optimizer_of(config)
    for _ in range(12):
        step(optimizer)
    left = optimizer.plain.deviations
    step(optimizer)
    assert optimizer.stage == 2
    # One generation changes steps only a little.
    ratio = optimizer.plain.deviations / left
    assert ratio.max() / ratio.min() < 1.5


def test_deviations_are_those_of_the_vectors_drawn():
    config = small_config(popsize=4000).optimizer
    config.factors, config.sigma_gain = True, 2
    optimizer = optimizer_of(config)
    vectors = np.array(optimizer.ask())
    np.testing.assert_allclose(vectors.std(axis=0), optimizer.plain.deviations, rtol=0.06)


@pytest.mark.parametrize("algorithm", ["cma", "ipop", "bipop"])
def test_a_stored_state_goes_on_bit_for_bit(algorithm):
    config = factors_config(algorithm=algorithm).optimizer
    optimizer = optimizer_of(config)
    for generation in range(30):
        copy = restore_optimizer(optimizer.name, optimizer.state(), "test")
        assert (copy.generation, copy.stage, copy.size) == (generation, optimizer.stage, 6)
        np.random.seed(generation)
        drawn = [search.ask() for search in (optimizer, copy)]
        np.testing.assert_array_equal(*drawn)
        copy.tell(drawn[1], [float(np.sum((x - 1.4) ** 2)) for x in drawn[0]])
        optimizer = copy


def test_interruptions_and_workers_change_nothing(tmp_path):
    run(tmp_path / "whole", maxiter=34, scan=20)
    for maxiter in (16, 17, 21, 27, 34):
        run(tmp_path / "parts", workers=3, maxiter=maxiter, scan=20)
    assert history_bytes(tmp_path / "parts") == history_bytes(tmp_path / "whole")
    search, _ = resume_search(tmp_path / "parts", TABLE)
    assert search.generation == 34 and search.stage == 4


def test_a_stage_ends_once_a_third_of_a_generation_is_good_enough(tmp_path):
    config = factors_config(maxiter=34)
    config.optimizer.stages[0]["enough"] = 20000.0
    config.optimizer.stages[2]["enough"] = 1e9
    minimize(staged_problem(config), config, open_folder(tmp_path / "whole"), plot=False)
    for maxiter in range(18, 35):
        config.optimizer.maxiter = maxiter
        minimize(staged_problem(config, 2), config, open_folder(tmp_path / "parts"), plot=False)
    assert history_bytes(tmp_path / "parts") == history_bytes(tmp_path / "whole")
    with (tmp_path / "whole/history_candidates.csv").open() as stream:
        costs = [float(row["total"]) for row in csv.DictReader(stream)]
    generations = np.reshape(costs, (34, 8))
    with (tmp_path / "whole/history_generations.csv").open() as stream:
        stages = [int(float(row["search_stage"])) for row in csv.DictReader(stream)]
    good = 3 * (generations <= 20000.0).sum(axis=1) >= 8
    first = stages.count(1)
    assert 1 < first < 8 and good[first - 1] and not good[: first - 1].any()
    # Of the third stage any generation is good enough.
    assert stages.count(3) == 1


def test_stages_are_in_history_and_tables_and_the_figure_is_drawn(tmp_path):
    result = run(tmp_path, maxiter=34)
    with (tmp_path / "history_generations.csv").open() as stream:
        stages = [int(float(row["search_stage"])) for row in csv.DictReader(stream)]
    assert [stages.count(number) for number in (1, 2, 3, 4)] == [8, 4, 10, 12]
    assert json.loads((tmp_path / "status.json").read_text())["stage"] == "4/4 again"
    data = read_convergence(tmp_path, result.run_name)
    # Four coordinates stand for six parameters.
    assert data.best_vectors.shape == data.deviations.shape == data.axes.shape == (34, 6)
    assert np.isnan(data.axes[0]).sum() == 2 and np.isfinite(data.axes[15]).all()
    assert all(path.stat().st_size for path in plot_convergence(tmp_path, result.run_name))


def test_a_whole_search_over_factors_finds_more_than_it_began_with(tmp_path):
    config = small_config(30)
    config.optimizer.factors = True
    problem = StagedSphere(TABLE, failures=False, goal=1.6)
    result = minimize(problem, config, open_folder(tmp_path), start=START, plot=False)
    assert result.best.result.total < 0.01 * problem.evaluate(START, 0, 0).total
    # A pickle of pycma would hold coordinates, which nobody could take for parameters.
    assert not list(tmp_path.glob("*.pkl"))
    config.optimizer.factors, config.optimizer.pickle_path = False, str(tmp_path)
    with pytest.raises(ConfigError, match="over factors"):
        continue_search(config, TABLE)


def test_nevergrad_searches_factors_too(tmp_path):
    for maxiter, path in ((12, "whole"), (5, "parts"), (12, "parts")):
        config = small_config(maxiter)
        config.optimizer.factors, config.optimizer.algorithm = True, "nevergrad"
        minimize(StagedSphere(TABLE), config, open_folder(tmp_path / path), start=START, plot=False)
    assert history_bytes(tmp_path / "parts") == history_bytes(tmp_path / "whole")


def test_a_damaged_state_is_refused():
    optimizer = optimizer_of(factors_config().optimizer)
    line, _, _ = optimizer.state().partition(b"\n")
    with pytest.raises(ResumeError, match="no search over factors"):
        restore_optimizer(optimizer.name, line + b"\nfactors 1\n{}\n", "test")
