"""Make a pycma optimizer: bounds, step sizes, options and random numbers."""

import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from myoassist.config.entries.cma_options import SIGMA_0, check_cma_options
from myoassist.config.entries.load_cma import load_cma
from myoassist.config.schema.keys import format_value
from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.errors import ConfigError, LayoutError, UnsafeFileError, UserError
from myoassist.optimize.optimizers.base import Region
from myoassist.optimize.optimizers.cma_pickle import dump_state, load_state_bytes

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


def random_stream(run_seed: int, *place: int) -> np.random.RandomState:
    """Return the optimizer's own random numbers; every seed, 0 included, is its own reproducible stream.

    pycma would take 0 for "use the clock" and otherwise seed NumPy's global generator, which any other code may use.

    Args:
        run_seed: Seed of the run.
        place: Further numbers that tell streams of one run apart.
    """
    words = np.random.SeedSequence([run_seed, _OPTIMIZER_STREAM, *place]).generate_state(8)
    return np.random.RandomState(words)


def new_strategy(
    region: Region,
    config: OptimizerConfig,
    random: np.random.RandomState,
    popsize: int | None = None,
    gain: float = 1.0,
) -> "CMAEvolutionStrategy":
    """Return a fresh pycma optimizer.

    Args:
        region: Start and bounds.
        config: Population size, step size, further pycma options.
        random: Its random numbers.
        popsize: Population size instead of the configured one.
        gain: Factor of the configured step size.

    Raises:
        ConfigError: if pycma refuses the options.
        LayoutError: if no parameter is free.

    Source: Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772; values as published with MyoAssist.
    """
    cma = load_cma()
    n_free = len(region.start)
    if n_free < 2:
        raise LayoutError(f"layout {region.layout} has {n_free} free parameters", "2 or more for CMA-ES")
    own = check_cma_options(config.cma_options)
    options: dict[str, Any] = {
        "CMA_stds": _deviations(region, float(config.sigma_gain) * gain),
        "bounds": [region.lower.tolist(), region.upper.tolist()],
        "popsize": config.popsize if popsize is None else popsize,
        "maxiter": config.maxiter,
        "CMA_active": True,
        "tolfun": 1e-11,
        "tolx": 1e-11,
        # NaN stands for "leave the global generator alone".
        "seed": float("nan"),
        "randn": random.randn,
        # pycma would read options from a file of this name in the current folder.
        "signals_filename": "",
        "verbose": -9,
        "verb_log": 0,
        **({"CMA_diagonal": config.diagonal_generations} if config.diagonal_generations else {}),
        **own,
    }
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            strategy = cma.CMAEvolutionStrategy(region.start, SIGMA_0, options)
        _try_out(strategy)
        for warning in caught:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    except _REFUSALS as error:
        if not own:
            raise
        raise _refuse(own, region, options, error) from error
    return strategy


def _deviations(region: Region, gain: float) -> list[float]:
    spread = np.ones(len(region.start)) if region.spread is None else region.spread
    return [float(value) for value in gain * spread]


def _refuse(own: dict[str, Any], region: Region, options: dict[str, Any], error: Exception) -> ConfigError:
    """Return the error that names the option which pycma or a checkpoint does not take, or all of them."""
    cma = load_cma()
    usual = {name: value for name, value in options.items() if name not in own}
    wrong = dict(own)
    for name, value in own.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _try_out(cma.CMAEvolutionStrategy(region.start, SIGMA_0, usual | {name: value}))
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
