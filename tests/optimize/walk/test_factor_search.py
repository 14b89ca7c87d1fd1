"""A short search over factors of the guided reflexes, of real walks."""

import numpy as np
import pytest

from myoassist.config.compose.run import compose_run
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.walk.problem import WalkProblem
from tests.optimize.analytic_problem import open_folder

WALK = ["exp=baseline", "control=guided", "model.plant=human_3", "model.physics=fast", "env.timestep=0.002"]
SEARCH = ["optimizer.factors=true", "optimizer.popsize=8", "optimizer.maxiter=4", "optimizer.sigma_gain=1"]


@pytest.mark.long
def test_factors_make_a_guided_walk_better(tmp_path):
    config = compose_run([*WALK, "cost=human_gait", "env.sim_time=12", *SEARCH]).config
    problem = WalkProblem(config, 2)
    table = problem.table
    before = problem.evaluate(table.initial, 0, 0)
    result = minimize(problem, config, open_folder(tmp_path), plot=False)
    assert before.stage == result.best.result.stage == "3"
    assert result.best.result.total < before.total
    moved = table.decode(result.best.vector) / table.decode(table.initial)
    # What the soleus does in stance is multiplied by one number, its rate by that of all rates besides.
    gain, rate, others = (
        moved[table.index(name)] for name in ("SOL_ankle_stance_PG", "SOL_ankle_stance_DG", "FDL_ankle_stance_PG")
    )
    assert gain != 1.0 and rate != gain and others != gain
    shin = moved[table.index("TA_ankle_stance_DG")] / moved[table.index("TA_ankle_stance_PG")]
    np.testing.assert_allclose(shin, rate / gain)
    # The pose at the start stays.
    pose = table.group_slice("pose")
    np.testing.assert_array_equal(result.best.vector[pose], table.initial[pose])
