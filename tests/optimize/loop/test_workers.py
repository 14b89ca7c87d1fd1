import threading
import time

import numpy as np
import pytest

from myoassist.cost.result import FAILURE_COST, CostResult
from myoassist.files.signals import StopRequest
from myoassist.optimize.loop.workers import Workers, candidate_seed
from myoassist.rollout.log import Outcome
from tests.optimize.analytic_problem import small_table


class Recorder:
    """Notes who evaluates what, and fails if a slot is used twice at once."""

    def __init__(self, workers, delay=0.002):
        self.table, self.workers, self.delay = small_table(), workers, delay
        self.busy, self.used, self.lock = set(), set(), threading.Lock()

    def evaluate(self, vector, seed, worker):
        with self.lock:
            assert worker not in self.busy
            self.busy.add(worker)
            self.used.add(worker)
        time.sleep(self.delay)
        with self.lock:
            self.busy.remove(worker)
        return CostResult(float(vector[0]), "3", {"x": float(vector[0])}, Outcome.SURVIVED)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_slots_are_unique_and_order_is_kept(workers):
    problem = Recorder(workers)
    vectors = [np.full(6, float(i)) for i in range(40)]
    with Workers(problem, 0) as pool:
        results = pool.evaluate(vectors, 1)
    assert [result.total for result in results] == list(range(40))
    assert problem.used == set(range(workers))


def test_seeds_are_distinct_and_reproducible():
    seeds = {(s, g, i): candidate_seed(s, g, i) for s in (0, 1, 2) for g in range(1, 20) for i in range(20)}
    assert len(set(seeds.values())) == len(seeds)
    assert all(0 <= seed < 2**32 for seed in seeds.values())
    assert candidate_seed(0, 1, 0) == seeds[0, 1, 0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_costs_that_are_no_number_become_failures(value):
    class Broken(Recorder):
        def evaluate(self, vector, seed, worker):
            return CostResult(value, "3", {}, Outcome.SURVIVED, walked_time=3.0, distance=value)

    with Workers(Broken(1), 0) as pool:
        (result,) = pool.evaluate([np.ones(6)], 1)
    assert (result.total, result.stage, result.outcome) == (FAILURE_COST, "0", Outcome.ERROR)
    assert (result.walked_time, result.distance) == (3.0, 0.0)
    assert sum(result.parts.values()) == result.total


def test_exceptions_become_failures():
    class Broken(Recorder):
        def evaluate(self, vector, seed, worker):
            raise RuntimeError("no contact solver")

    with Workers(Broken(2), 0) as pool:
        results = pool.evaluate([np.ones(6)] * 3, 1)
    assert [result.reason for result in results] == ["RuntimeError: no contact solver"] * 3


def test_stop_request_is_answered_before_the_generation_ends():
    stop = StopRequest()
    with Workers(Recorder(2, delay=0.2), 0) as pool:
        threading.Timer(0.1, stop.request).start()
        began = time.perf_counter()
        assert pool.evaluate([np.ones(6)] * 50, 1, stop) is None
        assert time.perf_counter() - began < 2.0
