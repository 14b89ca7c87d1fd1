"""CMA-ES by pycma: bounds, step sizes, options, random numbers, its tables and its stop criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from myoassist.config.entries.cma_options import SIGMA_0, check_cma_options, check_diagonal
from myoassist.config.entries.search_stages import SearchStage
from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.errors import ConfigError
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.cma_pickle import dump_state, load_state_bytes
from myoassist.optimize.optimizers.cma_strategy import new_strategy, random_stream

if TYPE_CHECKING:
    from cma import CMAEvolutionStrategy

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
    takes_stages = True

    def __init__(self, strategy: "CMAEvolutionStrategy") -> None:
        self.strategy = strategy

    @classmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse options of pycma that it lacks or that the run sets itself."""
        check_cma_options(config.cma_options)
        check_diagonal(config)

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
        # Where the covariance stops being diagonal pycma takes another sampler, on the global generator.
        self.strategy.sm.randn = self.strategy.opts["randn"]

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

    @property
    def center(self) -> np.ndarray:
        """Mean of the search distribution within the bounds, shape (N,)."""
        strategy = self.strategy
        return np.asarray(strategy.gp.pheno(strategy.mean, into_bounds=strategy.boundary_handler.repair))

    @property
    def deviations(self) -> np.ndarray:
        """Standard deviation of each parameter, shape (N,)."""
        strategy = self.strategy
        return np.asarray(strategy.sigma * strategy.sigma_vec.scaling * np.sqrt(strategy.sm.variances))

    def enter_stage(self, stage: SearchStage, region: Region, config: OptimizerConfig) -> None:
        """Go on from the present mean under another cost, with the step and covariance that a stage asks for."""
        strategy, widths = self.strategy, self.deviations
        mean_width = float(np.exp(np.log(widths).mean()))
        wanted = None if stage.sigma_gain is None else SIGMA_0 * stage.sigma_gain
        if stage.covariance == "keep":
            if wanted is not None:
                strategy.sigma *= wanted / mean_width
                strategy.adapt_sigma.ps = np.zeros(strategy.N)
            _forget_costs(strategy)
            return
        if stage.covariance == "reset":
            spread, gain = None, stage.sigma_gain or config.sigma_gain
        else:
            spread, gain = widths / mean_width, (wanted or mean_width) / SIGMA_0
        options = dict(config.cma_options or {})
        options.pop("CMA_diagonal", None)
        if stage.covariance == "diagonal":
            options["CMA_diagonal"] = True
        own = replace(config, sigma_gain=gain, cma_options=options, diagonal_generations=0)
        place = replace(region, start=np.clip(self.center, region.lower, region.upper), spread=spread)
        # Its random numbers go on.
        self.strategy = new_strategy(place, own, strategy.opts["randn"].__self__, int(strategy.popsize))

    def go_on(self, config: OptimizerConfig) -> None:
        """See `continue_strategy`."""
        continue_strategy(self.strategy, config.cma_options)

    @staticmethod
    def published_pickle(state: bytes) -> bytes | None:
        """Return the state itself."""
        return state


def _forget_costs(strategy: "CMAEvolutionStrategy") -> None:
    """Let criteria compare nothing with costs told so far."""
    from cma.optimization_tools import BestSolution

    fit = strategy.fit
    fit.hist, fit.histbest, fit.histmedian = [], [], []
    fit.median = fit.median0 = None
    fit.median_min = fit.median_previous = np.inf
    fit.median_got_worse = fit.flatfit_iterations = 0
    strategy.best = BestSolution()
    strategy._stopdict.clear()


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
