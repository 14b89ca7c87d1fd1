"""Worker processes give the results of threads and survive the death of one."""

import os
import signal

import numpy as np
import pytest

from myoassist.config.schema.run import EnvConfig, ModelConfig, RunConfig
from myoassist.optimize.loop.processes import ProcessProblem
from myoassist.optimize.walk.problem import WalkProblem

pytestmark = pytest.mark.long


@pytest.fixture
def config():
    return RunConfig(model=ModelConfig(physics="fast"), env=EnvConfig(sim_time=0.5))


def test_processes_equal_threads_and_are_replaced_when_they_die(config):
    problem = WalkProblem(config, 1)
    vectors = [problem.table.initial, problem.table.clamp(problem.table.initial + 0.05)]
    expected = [problem.evaluate(vector, 0, 0).total for vector in vectors]
    with ProcessProblem(config, problem.table, 2) as processes:
        assert [processes.evaluate(vector, 0, worker) for worker, vector in enumerate(vectors)] == [
            problem.evaluate(vector, 0, 0) for vector in vectors
        ]
        os.kill(processes._processes[0].pid, signal.SIGKILL)
        processes._processes[0].join()
        with pytest.warns(UserWarning, match=r"died \(exit code -9\)"):
            assert processes.evaluate(vectors[0], 0, 0).total == expected[0]
        children = list(processes._processes)
    assert not any(child.is_alive() for child in children)


def test_a_failing_evaluation_says_why(config):
    table = WalkProblem(config, 1).table
    with ProcessProblem(config, table, 1) as processes, pytest.raises(RuntimeError, match="77"):
        processes.evaluate(np.ones(3), 0, 0)
