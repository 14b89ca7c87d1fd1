"""CMA-ES by pycma: bounds, step sizes, options, random numbers, its tables and its stop criteria."""

import pickle
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from myoassist.config.entries.cma_options import SIGMA_0, check_cma_options
from myoassist.config.schema.keys import format_value
from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.errors import ConfigError, LayoutError, UnsafeFileError, UserError
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.cma_pickle import dump_state, load_state_bytes

if TYPE_CHECKING:
    from cma import CMAEvolutionStrategy

# Separates the random numbers of the optimizer from those of the candidates.
_OPTIMIZER_STREAM = 0

_STOP_MEANINGS = {
    "flat fitness": "all candidates of the last generations cost the same, so there is nothing to choose by; look at "
    "cost.weights, and at the reasons in history_candidates.csv",
    "tolflatfitness": "all candidates of the last generations cost the same, so there is nothing to choose by; look at "
    "cost.weights, and at the reasons in history_candidates.csv",
    "tolfunhist": "the best cost has not changed for many generations",
    "tolfun": "the costs of the last generations differ by less than tolfun",
    "tolx": "the steps of the search have become smaller than tolx",
    "tolstagnation": "the cost has not improved for many generations",
    "conditioncov": "the search distribution has become too elongated for exact arithmetic",
    "tolconditioncov": "the search distribution has become too elongated for exact arithmetic",
    "tolfacupx": "the step size has grown beyond all bounds; start with a larger optimizer.sigma_gain",
}

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


class CmaOptimizer(Optimizer):
    """CMA-ES.

    Args:
        strategy: pycma's optimizer, new or between two generations.
    """

    name = "cma"
    metric_labels: ClassVar[Mapping[str, str]] = {"sigma": "step size", "axis_ratio": "axis ratio"}
    # What pycma's own logger writes, without the clock that it stamps into each table, so that its plots read them.
    tables: ClassVar[Mapping[str, str]] = {
        "axlen": "iteration, evaluation, sigma, max axis length, min axis length, all principal axes lengths "
        "(sorted square roots of eigenvalues of C)",
        "fit": "iteration, evaluation, sigma, axis ratio, bestever, best, median, worst objective function value, "
        "interquartile range, 25%tile, current best feasible f-value, void",
        "sigvec": "iteration, evaluation, sigma, beta, void, sigvec==sigma_vec.scaling factors from diagonal decoding",
        "stddev": "iteration, evaluation, sigma, void, void, stds==sigma*sigma_vec.scaling*sqrt(diag(C))",
        "xmean": "iteration, evaluation, void, void, void, xmean",
        "xrecentbest": "iter, evals, sigma, 0, fitness, xbest",
    }
    table_folder = "outcmaes"
    stop_meanings = _STOP_MEANINGS

    def __init__(self, strategy: "CMAEvolutionStrategy") -> None:
        self.strategy = strategy

    @classmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse options of pycma that it lacks or that the run sets itself."""
        check_cma_options(config.cma_options)

    @classmethod
    def new(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Self:
        """Return a new search; see `new_strategy`."""
        return cls(new_strategy(region, config, random_stream(run_seed)))

    @classmethod
    def restore(cls, state: bytes, source: str) -> Self:
        """Return the search of a pickled pycma optimizer, read through a list of allowed classes."""
        return cls(load_state_bytes(state, source))

    @property
    def size(self) -> int:
        """Number of parameters."""
        return int(self.strategy.N_pheno)

    @property
    def generation(self) -> int:
        """Number of generations told."""
        return int(self.strategy.countiter)

    @property
    def evaluations(self) -> int:
        """Number of costs told."""
        return int(self.strategy.countevals)

    def ask(self) -> list[np.ndarray]:
        """Draw a generation of vectors, each of shape (N,)."""
        return self.strategy.ask()

    def tell(self, vectors: Sequence[np.ndarray], costs: Sequence[float]) -> None:
        """Take the costs of the vectors that `ask` returned."""
        self.strategy.tell(vectors, costs)

    def state(self) -> bytes:
        """Return the pickled pycma optimizer."""
        return dump_state(self.strategy)

    def metrics(self) -> tuple[float, ...]:
        """Return step size and the ratio of the longest to the shortest principal axis."""
        axes = self.strategy.D
        return float(self.strategy.sigma), float(axes.max() / axes.min())

    def rows(self, best: np.ndarray) -> dict[str, list[float]]:
        """Return one row of each of pycma's tables."""
        strategy = self.strategy
        place = [int(strategy.countiter), int(strategy.countevals)]
        sigma = float(strategy.sigma)
        scaling = np.broadcast_to(strategy.sigma_vec.scaling, strategy.mean.shape)
        axes = np.sort(strategy.D)
        fitness = np.asarray(strategy.fit.fit, dtype=float)
        quartile, upper = np.percentile(fitness, [25, 75])
        spread = [fitness[0], fitness[len(fitness) // 2], fitness[-1], upper - quartile, quartile, np.nan, 0]
        return {
            "axlen": [*place, sigma, axes[-1], axes[0], *axes],
            "fit": [*place, sigma, axes[-1] / axes[0], strategy.best.f, *spread],
            "sigvec": [*place, sigma, 1, 0, *scaling],
            "stddev": [*place, sigma, 0, 0, *(sigma * scaling * np.sqrt(strategy.sm.variances))],
            "xmean": [*place, 0, 0, 0, *strategy.mean],
            "xrecentbest": [*place, sigma, 0, fitness[0], *best],
        }

    def stop_reasons(self) -> tuple[str, ...]:
        """Return pycma's criteria that are met."""
        # The number of generations is the run's to judge: it counts anew for a continued state and grows when a run is
        # extended, while pycma keeps what was met under the old limit.
        return tuple(self.strategy.stop(ignore_list=("maxiter",)))

    def set_limit(self, generations: int) -> None:
        """Write the limit of generations into pycma's options, so that its pickle tells it."""
        self.strategy.opts["maxiter"] = generations

    def adopt(self, log_prefix: str) -> None:
        """See `adopt_strategy`."""
        adopt_strategy(self.strategy, log_prefix)

    def go_on(self, config: OptimizerConfig) -> None:
        """See `continue_strategy`."""
        continue_strategy(self.strategy, config.cma_options)

    @staticmethod
    def published_pickle(state: bytes) -> bytes | None:
        """Return the state itself."""
        return state


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
    from cma import CMAEvolutionStrategy

    n_free = len(region.start)
    if n_free < 2:
        raise LayoutError(f"layout {region.layout} has {n_free} free parameters", "2 or more for CMA-ES")
    own = check_cma_options(config.cma_options)
    options: dict[str, Any] = {
        "CMA_stds": [float(config.sigma_gain) * gain] * n_free,
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
        **own,
    }
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            strategy = CMAEvolutionStrategy(region.start, SIGMA_0, options)
        _try_out(strategy)
        for warning in caught:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    except _REFUSALS as error:
        if not own:
            raise
        raise _refuse(own, region, options, error) from error
    return strategy


def _refuse(own: dict[str, Any], region: Region, options: dict[str, Any], error: Exception) -> ConfigError:
    """Return the error that names the option which pycma or a checkpoint does not take, or all of them."""
    from cma import CMAEvolutionStrategy

    usual = {name: value for name, value in options.items() if name not in own}
    wrong = dict(own)
    for name, value in own.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _try_out(CMAEvolutionStrategy(region.start, SIGMA_0, usual | {name: value}))
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
