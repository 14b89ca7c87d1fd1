"""What one walk has and another lacks, added to a third."""

import numpy as np
import pytest
from carry import add_difference, find_walk, multiply

from myoassist.config.compose.run import compose_run
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome

# On the paths that these walks were found with.
PATHS = "model.steady_paths=false"
OVERRIDES = ["exp=human_level", "cost.draws=1", "cost.tgt_vel=1.0", "control.cadence=speed", "env.sim_time=12", PATHS]


@pytest.fixture(scope="module")
def problem():
    config = compose_run(OVERRIDES).config
    config.optimizer.stages = None
    return WalkProblem(config, 1)


def test_a_firm_walk_lends_another_speed_what_its_clocks_need(problem):
    names = {"at": "human_100", "from": "human_125", "to": "human_robust"}
    walks = {place: find_walk(name) for place, name in names.items()}
    carried = add_difference(walks, 0.75, problem.table)
    np.testing.assert_allclose(carried, walks["at"] + 0.75 * (walks["to"] - walks["from"]), atol=0.2)
    # Clocks that follow the present speed: the walk that was found without falls.
    assert problem.simulator.simulate(walks["at"]).outcome is Outcome.FELL
    assert problem.simulator.simulate(carried).outcome is Outcome.SURVIVED


def test_parameters_are_multiplied_by_name(problem):
    vector = np.ones(len(problem.table))
    found = multiply(vector, problem.table, {"lead_SOL": 0.85})
    changed = [p.name for p, a, b in zip(problem.table.parameters, vector, found, strict=True) if a != b]
    assert changed == ["lead_SOL"] and found.min() == 0.85
    with pytest.raises(SystemExit, match="no parameter is called lead_SO; lead_SOL is"):
        multiply(vector, problem.table, {"lead_SO": 0.85})
