"""Set up pycma for a parameter table: bounds, step sizes, options, random numbers."""

import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from myoassist.config.cma_options import SIGMA_0, check_cma_options
from myoassist.config.errors import ConfigError, LayoutError, UnsafeFileError, UserError
from myoassist.config.keys import format_value
from myoassist.config.schemas import OptimizerConfig
from myoassist.optimize.safe_pickle import dump_state, load_state_bytes
from myoassist.reflex.parameters import ParameterTable

if TYPE_CHECKING:
    from cma import CMAEvolutionStrategy
# Separates the random numbers of the optimizer from those of the candidates.
_OPTIMIZER_STREAM = 0

# What pycma and pickle raise when they dislike an option.
_REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    pickle.PicklingError,
    UnsafeFileError,
)


def random_stream(run_seed: int) -> np.random.RandomState:
    """Return the optimizer's own random numbers; every seed, 0 included, is its own reproducible stream.

    pycma would take 0 for "use the clock" and otherwise seed NumPy's global generator, which any other code may use.
    """
    words = np.random.SeedSequence([run_seed, _OPTIMIZER_STREAM]).generate_state(8)
    return np.random.RandomState(words)


def new_strategy(
    table: ParameterTable, config: OptimizerConfig, start: np.ndarray, run_seed: int
) -> "CMAEvolutionStrategy":
    """Return a fresh pycma optimizer over the free parameters.

    Args:
        table: Bounds and free entries.
        config: Population size, step size, further pycma options.
        start: Raw start vector within the bounds, shape (D,).
        run_seed: Seed of the run.

    Raises:
        ConfigError: if pycma refuses the options.
        LayoutError: if no parameter is free.

    Source: Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772; values as published with MyoAssist.
    """
    from cma import CMAEvolutionStrategy

    n_free = int(table.free.sum())
    if n_free < 2:
        raise LayoutError(f"layout {table.layout} has {n_free} free parameters", "2 or more for CMA-ES")
    own = check_cma_options(config.cma_options)
    options: dict[str, Any] = {
        "CMA_stds": [float(config.sigma_gain)] * n_free,
        "bounds": [table.lower[table.free].tolist(), table.upper[table.free].tolist()],
        "popsize": config.popsize,
        "maxiter": config.maxiter,
        "CMA_active": True,
        "tolfun": 1e-11,
        "tolx": 1e-11,
        # NaN stands for "leave the global generator alone".
        "seed": float("nan"),
        "randn": random_stream(run_seed).randn,
        # pycma would read options from a file of this name in the current folder.
        "signals_filename": "",
        "verbose": -9,
        "verb_log": 0,
        **own,
    }
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            strategy = CMAEvolutionStrategy(start[table.free], SIGMA_0, options)
        _try_out(strategy)
        for warning in caught:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    except _REFUSALS as error:
        if not own:
            raise
        raise _refuse(own, start[table.free], options, error) from error
    return strategy


def _refuse(own: dict[str, Any], start: np.ndarray, options: dict[str, Any], error: Exception) -> ConfigError:
    """Return the error that names the option which pycma or a checkpoint does not take, or all of them."""
    from cma import CMAEvolutionStrategy

    usual = {name: value for name, value in options.items() if name not in own}
    wrong = dict(own)
    for name, value in own.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _try_out(CMAEvolutionStrategy(start, SIGMA_0, usual | {name: value}))
        except _REFUSALS as alone:
            wrong, error = {name: value}, alone
            break
    found = error.found if isinstance(error, UserError) else str(error) or type(error).__name__
    return ConfigError(
        f"optimizer.cma_options={format_value(wrong)} is refused: {found}",
        "values that pycma accepts and that a checkpoint can hold",
        f"leave {' and '.join(wrong)} out of optimizer.cma_options",
    )


def _try_out(strategy: "CMAEvolutionStrategy") -> None:
    """Run two generations on a copy, so that options which fail or cannot be stored are known before any simulation."""
    source = "the state made by these options"
    trial = load_state_bytes(dump_state(strategy), source)
    for _ in range(2):
        vectors = trial.ask()
        trial.tell(vectors, list(range(len(vectors))))
        trial.stop()
    load_state_bytes(dump_state(trial), source)


def adopt_strategy(strategy: "CMAEvolutionStrategy", log_prefix: str) -> None:
    """Make a new or loaded optimizer keep quiet, read no files and point to the log files of this run.

    Args:
        strategy: Changed in place.
        log_prefix: Beginning of the log files' paths, relative to the run folder.
    """
    from cma.utilities import utils

    utils.global_verbosity = -9
    strategy.opts["verbose"] = -9
    strategy.opts["verb_disp"] = 0
    strategy.opts["verb_log"] = 0
    strategy.opts["verb_filenameprefix"] = log_prefix
    strategy.opts["signals_filename"] = ""
    strategy.opts["termination_callback"] = []
    arguments = strategy.inputargs
    for given in (strategy.inopts, arguments.get("inopts"), arguments.get("options")):
        if isinstance(given, dict) and "verb_filenameprefix" in given:
            given["verb_filenameprefix"] = log_prefix
    # The logger makes its prefix absolute when it is created; a run folder can be moved.
    strategy.logger.name_prefix = log_prefix
    strategy.logger.modulo = 0


def continue_strategy(strategy: "CMAEvolutionStrategy", cma_options: Any) -> None:
    """Let a loaded state go on whatever it stopped at, under the options that may change during a run.

    Args:
        strategy: Changed in place.
        cma_options: Further pycma options of the run; those fixed at the start of a search are refused.

    Raises:
        ConfigError: if an option is unknown or cannot change any more.
    """
    from cma.options_parameters import cma_versatile_options

    for name, value in check_cma_options(cma_options).items():
        if name not in cma_versatile_options:
            raise ConfigError(
                f"optimizer.cma_options sets {name} for a continued state",
                "options that may change during a search, such as tolfun",
                "start a new search with optimizer.param_path instead of optimizer.pickle_path",
            )
        strategy.opts[name] = value
        strategy.opts.eval(name, loc={"N": strategy.N, "popsize": strategy.sp.popsize})
    strategy._stopdict.clear()
    strategy.callbackstop = ()
