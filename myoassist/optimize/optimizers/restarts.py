"""CMA-ES that starts again where it has converged: with a doubled population, or with large and small ones in turn."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, Self

import numpy as np

from myoassist.config.entries.search_stages import SearchStage
from myoassist.config.schema.run import OptimizerConfig
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.cma import CmaOptimizer, new_strategy, random_stream
from myoassist.optimize.optimizers.header import Header, read_header, refuse_damaged, write_header

# What a state calls the runs before.
_PLACE = "runs"
# What a restart needs of the configuration.
_OPTIONS = ("popsize", "maxiter", "sigma_gain", "cma_options", "restarts", "diagonal_generations")


@dataclass
class _Runs:
    """What a restarted search remembers besides its present pycma optimizer; plain values.

    Attributes:
        number: Restarts made.
        generations: Generations of the runs before the present one.
        evaluations: Their evaluations.
        reasons: Why the present run has ended; empty while it goes on.
        small: Whether it is one with a small population.
        large_popsize: Population of the last large run.
        cap: Evaluations after which a small run ends, 0 for none.
        spent: Evaluations of all large and of all small runs that have ended.
        last_large: Evaluations of the last large run.
    """

    number: int = 0
    generations: int = 0
    evaluations: int = 0
    reasons: tuple[str, ...] = ()
    small: bool = False
    large_popsize: int = 0
    cap: int = 0
    spent: tuple[int, int] = (0, 0)
    last_large: int = 0


class IpopOptimizer(Optimizer):
    """CMA-ES with restarts: whenever it has converged, it begins anew at the start vector with twice the population.

    Until the first restart it is CMA-ES of the same seed, bit for bit.

    Args:
        inner: The present run.
        region: Start and bounds.
        config: Options at the first start.
        run_seed: Seed of the run.
        runs: What came before.

    Source: Auger and Hansen, "A restart CMA evolution strategy with increasing population size", CEC 2005.
    """

    name = "ipop"
    metric_labels: ClassVar[Mapping[str, str]] = {
        **CmaOptimizer.metric_labels,
        "popsize": "population",
        "restart": "restarts",
    }
    tables = CmaOptimizer.tables
    table_folder = CmaOptimizer.table_folder
    stop_meanings = CmaOptimizer.stop_meanings
    takes_stages = True

    def __init__(
        self, inner: CmaOptimizer, region: Region, config: OptimizerConfig, run_seed: int, runs: _Runs
    ) -> None:
        self._inner = inner
        self._region = region
        self._config = config
        self._run_seed = run_seed
        self._runs = runs
        self._prefix = ""
        self._limit = 0

    @classmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse options of pycma that it lacks or that the run sets itself."""
        CmaOptimizer.check(config)

    @classmethod
    def new(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Self:
        """Return a new search, whose first run is that of CMA-ES."""
        inner = CmaOptimizer.new(region, config, run_seed)
        # A copy: what a later run changes must not reach this search.
        return cls(inner, region, replace(config), run_seed, _Runs(large_popsize=config.popsize))

    @classmethod
    def restore(cls, state: bytes, source: str) -> Self:
        """Return the search of a line of JSON and a pickled pycma optimizer."""
        with refuse_damaged(source, "search with restarts", f"a checkpoint that optimizer.algorithm={cls.name} wrote"):
            header, pickled = read_header(state, _PLACE)
            runs = header.place
            lists = {"reasons": tuple(runs["reasons"]), "spent": tuple(runs["spent"])}
            inner = CmaOptimizer.restore(pickled, source)
            return cls(inner, header.region, header.config, header.run_seed, _Runs(**(runs | lists)))

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self._inner.size

    @property
    def generation(self) -> int:
        """Number of generations told, over all runs."""
        return self._runs.generations + self._inner.generation

    @property
    def evaluations(self) -> int:
        """Number of costs told, over all runs."""
        return self._runs.evaluations + self._inner.evaluations

    @property
    def center(self) -> np.ndarray:
        """Mean of the present run within the bounds, shape (N,)."""
        return self._inner.center

    @property
    def deviations(self) -> np.ndarray:
        """Standard deviation of each parameter in the present run, shape (N,)."""
        return self._inner.deviations

    def ask(self) -> list[np.ndarray]:
        """Draw a generation, the first of a new run where the present one has ended."""
        if self._runs.reasons:
            self._restart()
        return self._inner.ask()

    def tell(self, vectors: Sequence[np.ndarray], costs: Sequence[float]) -> None:
        """Take the costs of the vectors that `ask` returned."""
        self._inner.tell(vectors, costs)
        self._runs.reasons = self._inner.stop_reasons()
        if self._runs.cap and self._inner.evaluations >= self._runs.cap:
            self._runs.reasons += ("half of the last large run",)

    def state(self) -> bytes:
        """Return a line of JSON and the pickled pycma optimizer of the present run."""
        header = Header(self._region, self._config, self._run_seed, asdict(self._runs))
        return write_header(header, _OPTIONS, _PLACE) + self._inner.state()

    def metrics(self) -> tuple[float, ...]:
        """Return step size and axis ratio of the present run, its population and the number of restarts."""
        return (*self._inner.metrics(), int(self._inner.strategy.popsize), self._runs.number)

    def rows(self, best: np.ndarray) -> dict[str, list[float]]:
        """Return one row of each of pycma's tables, counted over all runs."""
        place = [self.generation, self.evaluations]
        return {name: [*place, *row[2:]] for name, row in self._inner.rows(best).items()}

    def stop_reasons(self) -> tuple[str, ...]:
        """Return why the last run has ended, once no restart is left."""
        return self._runs.reasons if self._runs.number >= self._config.restarts else ()

    def set_limit(self, generations: int) -> None:
        """Write the limit of generations into pycma's options."""
        self._limit = generations
        self._inner.set_limit(generations)

    def adopt(self, log_prefix: str) -> None:
        """Let pycma know how its tables are called."""
        self._prefix = log_prefix
        self._inner.adopt(log_prefix)

    def enter_stage(self, stage: SearchStage, region: Region, config: OptimizerConfig) -> None:
        """Go on from the present mean, which later restarts begin at too; the population stays."""
        place = self.generation, self.evaluations
        self._region = replace(region, start=np.clip(self._inner.center, region.lower, region.upper))
        self._inner.enter_stage(stage, region, config)
        self._inner.adopt(self._prefix)
        self._inner.set_limit(self._limit)
        if stage.sigma_gain is not None:
            self._config.sigma_gain = stage.sigma_gain
        generations, evaluations = place[0] - self._inner.generation, place[1] - self._inner.evaluations
        self._runs = replace(self._runs, reasons=(), generations=generations, evaluations=evaluations)

    def go_on(self, config: OptimizerConfig) -> None:
        """Take options that may change for the present run, and the number of restarts."""
        self._inner.go_on(config)
        self._config.restarts = config.restarts

    @staticmethod
    def published_pickle(state: bytes) -> bytes | None:
        """Return the pickled pycma optimizer of the present run."""
        return state.partition(b"\n")[2]

    def _restart(self) -> None:
        runs, used = self._runs, self._inner.evaluations
        large, small = runs.spent
        spent = (large, small + used) if runs.small else (large + used, small)
        after = replace(
            runs,
            number=runs.number + 1,
            generations=self.generation,
            evaluations=self.evaluations,
            reasons=(),
            spent=spent,
            last_large=runs.last_large if runs.small else used,
        )
        random = random_stream(self._run_seed, after.number)
        popsize, gain = self._choose(after, random)
        self._inner = CmaOptimizer(new_strategy(self._region, self._config, random, popsize, gain))
        self._runs = after
        self._inner.adopt(self._prefix)
        self._inner.set_limit(self._limit)

    def _choose(self, runs: _Runs, random: np.random.RandomState) -> tuple[int, float]:
        """Return population and factor of the step size of the next run, noting in `runs` what it is."""
        runs.small, runs.cap = False, 0
        runs.large_popsize *= 2
        return runs.large_popsize, 1.0


class BipopOptimizer(IpopOptimizer):
    """CMA-ES with two kinds of restarts: a doubled population, or a small one with a small step.

    Whichever kind has used fewer evaluations is next; a small run ends at half of what the last large one took.

    Source: Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed", GECCO 2009.
    """

    name = "bipop"

    def _choose(self, runs: _Runs, random: np.random.RandomState) -> tuple[int, float]:
        first = self._config.popsize
        large, small = runs.spent
        if runs.large_popsize == first or small >= large:
            return super()._choose(runs, random)
        runs.small, runs.cap = True, runs.last_large // 2
        share, narrowing = random.uniform(size=2)
        popsize = math.floor(first * (0.5 * runs.large_popsize / first) ** (share**2))
        return popsize, 10.0 ** (-2.0 * narrowing)
