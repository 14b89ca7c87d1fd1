import numpy as np

from myoassist.optimize.optimizers.cma import adopt_strategy, continue_strategy
from myoassist.optimize.optimizers.cma_older import complete_older_state
from myoassist.optimize.optimizers.cma_pickle import load_state


def test_state_of_4_0_0_goes_on_as_in_4_0_0(data_folder):
    strategy = load_state(data_folder / "pycma_4_0_0.pkl")
    complete_older_state(strategy, "test")
    adopt_strategy(strategy, "outcmaes/x_")
    continue_strategy(strategy, None)
    for _ in range(20):
        vectors = strategy.ask()
        strategy.tell(vectors, [float(sum((x - 1.3) ** 2)) for x in vectors])
        assert strategy.stop(ignore_list=("maxiter",)) == {}
    # The value that pycma 4.0.0 itself reaches from there.
    np.testing.assert_allclose(strategy.best.f, 0.0018593610909503264, rtol=1e-9)
