"""A scan and stages: what is counted, what goes on, what begins anew, and that nothing depends on interruptions."""

import csv
import itertools
import json

import numpy as np
import pytest

from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.optimizers.registry import new_optimizer, restore_optimizer
from myoassist.optimize.store.saver import resume_search
from myoassist.optimize.store.search_state import search_region
from tests.optimize.analytic_problem import (
    StagedSphere,
    history_bytes,
    open_folder,
    small_config,
    small_table,
    staged_config,
    staged_problem,
)

TABLE = small_table(fixed=2)


def run(path, workers=1, **changes):
    config = staged_config(**changes)
    return minimize(staged_problem(config, workers), config, open_folder(path), plot=False)


def rows_of(path, name="history_generations.csv"):
    with (path / name).open() as stream:
        return list(csv.DictReader(stream))


def test_scan_and_stages_have_their_lengths_and_are_in_the_history(tmp_path):
    result = run(tmp_path)
    rows = rows_of(tmp_path)
    stages = [int(float(row["search_stage"])) for row in rows]
    # 30 vectors are three generations of 8 and one of 6; 60 evaluations are eight generations.
    assert [stages.count(number) for number in range(4)] == [4, 8, 6, 22]
    assert stages == sorted(stages)
    assert [int(row["evaluations"]) for row in rows[:5]] == [8, 16, 24, 30, 38]
    assert result.generations == 40 and result.evaluations == 30 + 36 * 8
    status = json.loads((tmp_path / "status.json").read_text())
    assert status["stage"] == "4/4 3" and status["evaluations"] == 318


def test_costs_of_different_stages_are_not_compared(tmp_path):
    run(tmp_path)
    rows = rows_of(tmp_path)
    for before, after in itertools.pairwise(rows):
        if before["search_stage"] != after["search_stage"]:
            assert after["best_so_far"] == after["best"]
            assert int(after["best_so_far_generation"]) == int(after["generation"])
        else:
            assert float(after["best_so_far"]) <= float(before["best_so_far"])


def test_a_scan_by_the_same_cost_keeps_its_best(tmp_path):
    config = small_config(12)
    config.optimizer.scan, config.optimizer.scan_from = 40, staged_config().optimizer.scan_from
    # Steps so small that the search finds nothing better at once.
    config.optimizer.sigma_gain = 1e-6
    minimize(staged_problem(config), config, open_folder(tmp_path), plot=False)
    rows = rows_of(tmp_path)
    scanned = [row for row in rows if float(row["search_stage"]) == 0.0]
    assert len(scanned) == 5
    assert float(rows[5]["best_so_far"]) <= float(scanned[-1]["best_so_far"])


def test_the_best_of_the_scan_is_where_the_algorithm_starts():
    config = staged_config().optimizer
    region = search_region(TABLE, TABLE.initial, config)
    optimizer = new_optimizer(region, config, 3)
    told = []
    while True:
        vectors = optimizer.ask()
        if not optimizer.scans:
            break
        costs = [float(np.abs(x - 1.4).sum()) for x in vectors]
        told += list(zip(costs, vectors, strict=True))
        optimizer.tell(vectors, costs)
    assert len(told) == 30
    np.testing.assert_array_equal(told[0][1], TABLE.initial[TABLE.free])
    # p1 has a range of its own, 0.6 to 0.8 decoded by 0.5 x + 0.1.
    drawn = np.array([vector[1] for _, vector in told[1:]])
    assert drawn.min() >= 1.0 and drawn.max() <= 1.4 and np.ptp(drawn) > 0.2
    best = np.array([vector for _, vector in sorted(told, key=lambda item: item[0])[:4]])
    np.testing.assert_allclose(optimizer.plain.center, best.mean(axis=0), atol=1e-9)
    widths = optimizer.plain.deviations
    assert np.exp(np.log(widths).mean()) == pytest.approx(0.01 * config.sigma_gain)
    assert widths.argmax() == best.std(axis=0).argmax()


@pytest.mark.parametrize("algorithm", ["cma", "ipop", "bipop"])
def test_mean_goes_on_and_step_and_covariance_are_those_of_the_stage(algorithm):
    config = staged_config(algorithm=algorithm).optimizer
    optimizer = new_optimizer(search_region(TABLE, TABLE.initial, config), config, 1)
    inner = lambda: optimizer.plain if algorithm == "cma" else optimizer.plain._inner  # noqa: E731
    center, seen = None, []
    for _ in range(30):
        before = optimizer.stage
        vectors = optimizer.ask()
        if optimizer.stage != before and center is not None:
            np.testing.assert_allclose(inner().center, center, atol=1e-7)
            width = np.exp(np.log(inner().deviations).mean())
            seen.append((optimizer.stage, round(100 * float(width), 2)))
        optimizer.tell(vectors, [float(np.sum((x - 1.4) ** 2)) for x in vectors])
        if not optimizer.scans:
            center = inner().center
    assert seen == [(2, 6.0), (3, 4.0)]


def test_diagonal_stages_learn_no_correlations():
    config = staged_config().optimizer
    optimizer = new_optimizer(search_region(TABLE, TABLE.initial, config), config, 1)
    for _ in range(20):
        vectors = optimizer.ask()
        optimizer.tell(vectors, [float((x.sum() - 8.0) ** 2) for x in vectors])
        if optimizer.stage in (1, 2):
            matrix = optimizer.plain.strategy.sm.covariance_matrix
            diagonal = matrix is None or np.count_nonzero(matrix - np.diag(np.diagonal(matrix))) == 0
            assert diagonal == (optimizer.stage == 1)


@pytest.mark.parametrize("algorithm", ["cma", "ipop", "bipop"])
def test_a_stored_state_goes_on_bit_for_bit(algorithm):
    config = staged_config(algorithm=algorithm).optimizer
    optimizer = new_optimizer(search_region(TABLE, TABLE.initial, config), config, 1)
    for generation in range(30):
        copy = restore_optimizer(optimizer.name, optimizer.state(), "test")
        assert (copy.generation, copy.evaluations, copy.stage) == (
            generation,
            optimizer.evaluations,
            optimizer.stage,
        )
        # Nothing may come from the global generator, nor from what a copy alone remembers.
        np.random.seed(generation)
        drawn = [search.ask() for search in (optimizer, copy)]
        np.testing.assert_array_equal(*drawn)
        costs = [float(np.sum((x - 1.4) ** 2)) for x in drawn[0]]
        copy.tell(drawn[1], costs)
        optimizer = copy


def test_a_diagonal_covariance_becomes_full_without_the_global_generator():
    config = small_config().optimizer
    config.diagonal_generations = 4
    region = search_region(TABLE, TABLE.initial)
    drawn = []
    for seed in (1, 2):
        np.random.seed(seed)
        optimizer = new_optimizer(region, config, 0)
        for generation in range(10):
            vectors = optimizer.ask()
            optimizer.tell(vectors, [float(np.sum((x - 1.4) ** 2)) for x in vectors])
            optimizer = restore_optimizer("cma", optimizer.state(), "test")
            full = type(optimizer.strategy.sm).__name__ == "GaussFullSampler"
            assert full == (generation >= 4)
        drawn.append(np.array(vectors))
    np.testing.assert_array_equal(*drawn)


def test_interruptions_and_workers_change_nothing(tmp_path):
    run(tmp_path / "whole", maxiter=30)
    for maxiter in (19, 20, 23, 30):
        run(tmp_path / "parts", workers=3, maxiter=maxiter)
    assert history_bytes(tmp_path / "parts") == history_bytes(tmp_path / "whole")
    search, _ = resume_search(tmp_path / "parts", TABLE)
    assert search.generation == 30 and search.stage == 3


def test_a_limit_of_evaluations_ends_a_search_and_a_larger_one_extends_it(tmp_path):
    config = small_config(100)
    config.optimizer.max_evaluations = 50
    problem = StagedSphere(TABLE)
    result = minimize(problem, config, open_folder(tmp_path / "a"), plot=False)
    assert (result.evaluations, result.stop_reason) == (56, "max_evaluations")
    config.optimizer.max_evaluations = 80
    minimize(problem, config, open_folder(tmp_path / "a"), plot=False)
    minimize(problem, config, open_folder(tmp_path / "b"), plot=False)
    assert history_bytes(tmp_path / "a") == history_bytes(tmp_path / "b")
