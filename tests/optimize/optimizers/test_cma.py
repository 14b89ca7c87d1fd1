import numpy as np
import pytest

from myoassist.config.schema.run import OptimizerConfig
from myoassist.control.table import build_table
from myoassist.files.errors import ConfigError, LayoutError
from myoassist.optimize.optimizers.cma import continue_strategy, new_strategy, random_stream
from myoassist.optimize.store.search_state import search_region
from tests.optimize.analytic_problem import small_table


def make(table=None, seed=0, **options):
    table = table or build_table(2, controller="four_param")
    return new_strategy(search_region(table, table.initial), OptimizerConfig(**options), random_stream(seed))


def test_options_as_published():
    strategy = make(sigma_gain=10.0, popsize=16, maxiter=77)
    opts = strategy.opts
    assert (strategy.N, strategy.popsize, strategy.sigma0) == (81, 16, 0.01)
    np.testing.assert_array_equal(strategy.sigma0 * strategy.sigma_vec.scaling, np.full(81, 0.1))
    assert (opts["maxiter"], opts["tolfun"], opts["tolx"], opts["CMA_active"]) == (77, 1e-11, 1e-11, True)
    assert opts["signals_filename"] == "" and opts["ftarget"] == -np.inf
    lower, upper = (np.array(bound) for bound in opts["bounds"])
    np.testing.assert_array_equal(lower[:12], [0.0] * 7 + [-np.inf] * 5)
    np.testing.assert_array_equal(lower[[48, 49, 50, 51, 58]], [0.0, -np.inf, -np.inf, -np.inf, -29.0])
    assert upper[58] == 6.0
    np.testing.assert_array_equal(lower[59:], [1.0] * 18 + [0.0] * 4)
    np.testing.assert_array_equal(upper[59:], [50.0] * 18 + [1.0] * 4)
    np.testing.assert_allclose(opts["maxstd"][[58, 60, 80]], np.array([35.0, 49.0, 1.0]) / 3)
    # Library default at this size, to be left alone.
    assert opts["tolstagnation"] == int(100 + 100 * 81**1.5 / 16)


def test_start_is_the_mean():
    table = build_table(2, controller="four_param")
    np.testing.assert_allclose(make(table).x0, table.initial)
    np.testing.assert_array_equal(table.initial[-4:], [0.5, 0.467, 0.9, 0.075])


def test_random_stream_is_a_function_of_the_seed():
    draws = [random_stream(seed).randn(3).tolist() for seed in (0, 0, 1, 2**31 - 1)]
    assert draws[0] == draws[1]
    assert len({tuple(draw) for draw in draws}) == 3


def test_global_generator_is_left_alone():
    np.random.seed(5)
    make().ask()
    after = np.random.rand()
    np.random.seed(5)
    assert np.random.rand() == after


def test_cma_options_come_last():
    opts = make(cma_options={"tolfun": 1e-9, "tolstagnation": 810, "CMA_active": False}).opts
    assert (opts["tolfun"], opts["tolstagnation"], opts["CMA_active"]) == (1e-9, 810, False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tolfunn": 1}, "optimizer.cma_options.tolfun=1"),
        ({"seed": 3}, "the key seed"),
        ({"popsize": 3}, "optimizer.popsize"),
        ({"signals_filename": "x"}, "Ctrl-C"),
        ({"tolfun": "__import__('os').system('true')"}, "a finite number"),
        ({"CMA_mu": 1000}, "refused"),
        ({"integer_variables": [1]}, "no parameter is an integer"),
        ({"CMA_on": 1, "CMA_recombination_weights": [0.5, 0.5]}, "leave CMA_recombination_weights out"),
        ({"CMA_diagonal": 10}, "no seed controls"),
        ([1, 2], "a mapping"),
    ],
)
def test_bad_cma_options_are_refused(options, words):
    with pytest.raises(ConfigError, match="cma_options") as caught:
        make(cma_options=options)
    assert words in str(caught.value)


def test_nothing_to_search():
    with pytest.raises(LayoutError, match="1 free parameters"):
        make(small_table(1, fixed=3))


def test_continued_state_takes_only_what_may_change():
    strategy = make()
    continue_strategy(strategy, {"tolfun": 0.5})
    assert strategy.opts["tolfun"] == 0.5
    with pytest.raises(ConfigError, match="CMA_mu for a continued state"):
        continue_strategy(strategy, {"CMA_mu": 3})
