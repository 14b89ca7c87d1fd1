"""A plugin whose second candidate of generation 2 never ends, as code of users may."""

import time

from myoassist.optimize.loop.workers import candidate_seed
from myoassist.optimize.walk.problem import WalkProblem

SEED = candidate_seed(0, 2, 1)
_evaluate = WalkProblem.evaluate


def _hang(self, vector, seed, worker):
    if seed == SEED:
        time.sleep(1e6)
    return _evaluate(self, vector, seed, worker)


WalkProblem.evaluate = _hang
