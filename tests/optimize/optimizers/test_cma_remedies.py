"""Every option of the installed pycma: taken and in force, or refused with a remedy that does what was meant."""

import math

import cma
import numpy as np
import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.cma_options import SIGMA_0, check_cma_options
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.config.schema.values import check_value
from myoassist.files.errors import ConfigError
from myoassist.optimize.optimizers.cma import new_strategy, random_stream
from myoassist.optimize.store.search_state import search_region
from tests.bad_input.remedies import compose_and_check, offered_override, refused
from tests.optimize.analytic_problem import small_table

OPTIONS = sorted(cma.CMAOptions.defaults())
VALUES = (0.1, 5, True, [0.1, 0.2], [3, 3], "1e-3", "2 * 60", math.inf, {"a": 1}, ["x"], None)


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def make(config):
    table = small_table(4)
    return new_strategy(search_region(table, table.initial), config.optimizer, random_stream(config.seed))


def apply(offered):
    """Return a configuration with an override, quicker than by composing it."""
    config = RunConfig()
    override = OverridesParser.create().parse_override(offered)
    name = override.key_or_group
    if name.startswith("optimizer.cma_options."):
        config.optimizer.cma_options = {name.rpartition(".")[2]: override.value()}
    else:
        check_value(run_keys()[name], override.value())
        setattr(config if "." not in name else config.optimizer, name.rpartition(".")[2], override.value())
    return config


@pytest.mark.parametrize("option", [*OPTIONS, "sigma0", "sigma", "lambda", "Tolfun", "MaxIter", "popSize", "zzzz"])
def test_an_option_is_taken_or_its_remedy_works(option):
    for value in VALUES:
        try:
            check_cma_options({option: value})
        except ConfigError as error:
            assert "do not use this file" not in str(error) and error.remedy
            offered = offered_override(error)
            if offered is None:
                assert "leave" in error.remedy or "<number>" in error.remedy, error
                continue
            config = apply(offered)
            try:
                strategy = make(config)
            except ConfigError as refusal:
                # pycma itself does not take this number.
                assert option in refusal.found and "leave" in refusal.remedy
                continue
            for _ in range(3):
                vectors = strategy.ask()
                strategy.tell(vectors, [float(np.sum(np.square(vector))) for vector in vectors])
            # No other criterion ends the search than the one that was meant.
            assert {name.casefold() for name in strategy.stop()} <= {option.casefold()}, offered
        else:
            assert option in OPTIONS


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_is_taken_makes_an_optimizer_or_is_named(option):
    for value in (1, [1.0, 1.0]):
        config = RunConfig()
        config.optimizer.cma_options = {"tolfun": 1e-9, option: value}
        try:
            strategy = make(config)
        except ConfigError as error:
            assert (option in error.found and "leave" in error.remedy) or offered_override(error), error
        else:
            assert option == "tolfun" or strategy.opts["tolfun"] == 1e-9


@pytest.mark.parametrize(
    ("option", "value", "better"),
    [
        ("sigma0", 0.3, "optimizer.sigma_gain=30"),
        ("Sigma0", "0.3", "optimizer.sigma_gain=30"),
        ("sigma", 0.05, "optimizer.sigma_gain=5"),
        ("CMA_stds", 0.1, "optimizer.sigma_gain=10"),
        ("CMA_stds", [0.2, 0.2, 0.2], "optimizer.sigma_gain=20"),
        ("CMA_stds", [0.2, 0.1], None),
        ("CMA_stds", 100.0, None),
        ("popsize", 8, "optimizer.popsize=8"),
        ("popsize", 1e1, "optimizer.popsize=10"),
        ("popsize", "1e1", "optimizer.popsize=10"),
        ("lambda", 12, "optimizer.popsize=12"),
        ("maxiter", 500.0, "optimizer.maxiter=500"),
        ("MAXITER", 500, "optimizer.maxiter=500"),
        ("maxiter", math.inf, None),
        ("seed", 5, "seed=5"),
        # The clock in pycma.
        ("seed", 0, None),
        ("randn", 1, None),
        ("integer_variables", [1], None),
        ("tolfun", "1e-9", "optimizer.cma_options.tolfun=1e-09"),
        ("TolFun", 1e-9, "optimizer.cma_options.tolfun=1e-09"),
        ("ftarget", -math.inf, None),
        ("timeout", "2 * 60", None),
        ("diagonal", True, "optimizer.cma_options.CMA_diagonal=true"),
        ("CMA_diagonal", 100, None),
        ("CMA_diagonal", 0, "optimizer.cma_options.CMA_diagonal=false"),
    ],
)
def test_what_is_offered_says_the_same(option, value, better):
    error = refused(check_cma_options, {option: value})
    assert offered_override(error) == better, error
    if better is not None:
        config = compose_and_check(["exp=exo_4param", better])
        strategy = make(config)
        if better.startswith("optimizer.sigma_gain"):
            width = float(np.ravel(value)[0] if not isinstance(value, str) else value)
            np.testing.assert_allclose(strategy.sigma0 * strategy.sigma_vec.scaling, width)
            assert strategy.sigma0 == SIGMA_0


def test_the_whole_mapping_is_no_number():
    error = refused(check, compose_run(["exp=exo_4param", "optimizer.cma_options=5"]).config)
    assert "optimizer.cma_options=null" in error.remedy
