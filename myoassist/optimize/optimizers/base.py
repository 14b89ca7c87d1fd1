"""What a search needs of an algorithm: ask, tell, state, metrics.

An algorithm knows neither files nor walkers. It draws vectors of the free parameters, one generation at a time, is told
a finite cost for each, and can be stored as bytes between two generations.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from myoassist.config.entries.search_stages import SearchStage
from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.json_values import to_json
from myoassist.space.distribution import VectorDistribution
from myoassist.space.factors import FactorSpace

# Where the tables of an algorithm lie in a run folder, unless it says otherwise.
TABLE_FOLDER = "optimizer"
# Every algorithm has these two tables, with five cells before the parameters; the convergence figure draws them.
COMMON_TABLES = {
    "stddev": "iteration, evaluation, void, void, void, standard deviation of each parameter",
    "xrecentbest": "iteration, evaluation, void, void, fitness, best of the generation",
}


@dataclass(frozen=True)
class Region:
    """Where an algorithm may search; N free parameters.

    Attributes:
        start: Raw start vector within the bounds, shape (N,).
        lower: Lower bounds, minus infinity where there is none, shape (N,).
        upper: Upper bounds, shape (N,).
        layout: Layout of the parameter table, for messages.
        spread: First standard deviation of each parameter as a share of the configured one, shape (N,); None for ones.
        scanned: What the vectors of a scan are drawn from; None without a scan.
        factors: Factors of the parameters; None where no stage searches these.
    """

    start: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    layout: str = ""
    spread: np.ndarray | None = None
    scanned: VectorDistribution | None = None
    factors: FactorSpace | None = None

    def encode(self) -> dict[str, Any]:
        """Return the region as plain JSON values."""
        arrays = {name: to_json(getattr(self, name)) for name in ("start", "lower", "upper")}
        further: dict[str, Any] = {} if self.spread is None else {"spread": self.spread.tolist()}
        if self.scanned is not None:
            further["scanned"] = self.scanned.encode()
        if self.factors is not None:
            further["factors"] = self.factors.encode()
        return {**arrays, "layout": self.layout, **further}

    @classmethod
    def decode(cls, data: Mapping[str, Any]) -> Self:
        """Return the region that `encode` wrote.

        Raises:
            KeyError, TypeError, ValueError: if the data are something else.
        """
        start = np.array(data["start"], dtype=np.float64)
        # JSON has no infinity, so a bound that is none is null.
        lower = [-np.inf if value is None else float(value) for value in data["lower"]]
        upper = [np.inf if value is None else float(value) for value in data["upper"]]
        spread = np.array(data["spread"], dtype=np.float64) if "spread" in data else None
        scanned = VectorDistribution.decode(data["scanned"]) if "scanned" in data else None
        factors = FactorSpace.decode(data["factors"]) if "factors" in data else None
        return cls(start, np.array(lower), np.array(upper), str(data["layout"]), spread, scanned, factors)


class Optimizer(ABC):
    """A search for the smallest cost over N parameters.

    Attributes:
        name: Value of `optimizer.algorithm`.
        metric_labels: Name and caption of each number of `metrics`: columns of the history, lines of the plot.
        tables: Header of each table of `rows`.
        table_folder: Folder of these tables in a run folder.
        stop_meanings: What those of `stop_reasons` mean that do not speak for themselves.
        takes_stages: Whether it has `enter_stage`, `center` and `deviations`.
    """

    name: ClassVar[str]
    metric_labels: ClassVar[Mapping[str, str]] = {}
    tables: ClassVar[Mapping[str, str]] = COMMON_TABLES
    table_folder: ClassVar[str] = TABLE_FOLDER
    stop_meanings: ClassVar[Mapping[str, str]] = {}
    takes_stages: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse options that this algorithm cannot work with; nothing of the run is there yet.

        Raises:
            ConfigError: naming the key.
        """

    @classmethod
    @abstractmethod
    def new(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Self:
        """Return the algorithm before its first generation, a function of the arguments alone.

        Raises:
            ConfigError: if the options are refused.
            LayoutError: if there are too few parameters.
        """

    @classmethod
    @abstractmethod
    def restore(cls, state: bytes, source: str) -> Self:
        """Return the algorithm that `state` was taken from; nothing that `state` says is executed.

        Args:
            state: Result of `state`, also of an older version.
            source: What messages call it.

        Raises:
            UserError: if it is damaged, or holds something else.
        """

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of parameters."""

    @property
    @abstractmethod
    def generation(self) -> int:
        """Number of generations told."""

    @property
    @abstractmethod
    def evaluations(self) -> int:
        """Number of costs told."""

    @abstractmethod
    def ask(self) -> list[np.ndarray]:
        """Draw a generation of vectors, each of shape (N,)."""

    @abstractmethod
    def tell(self, vectors: Sequence[np.ndarray], costs: Sequence[float]) -> None:
        """Take the costs, all finite, of the vectors that `ask` returned."""

    @abstractmethod
    def state(self) -> bytes:
        """Return all that an exact continuation needs; called between `tell` and `ask`."""

    @abstractmethod
    def metrics(self) -> tuple[float, ...]:
        """Return numbers about the last generation, in the order of `metric_labels`."""

    @abstractmethod
    def rows(self, best: np.ndarray) -> dict[str, list[float]]:
        """Return one row of each table about the last generation.

        Args:
            best: Its best vector, shape (N,).
        """

    def stop_reasons(self) -> tuple[str, ...]:
        """Return the names of criteria that end the search, the number of generations apart."""
        return ()

    def set_limit(self, generations: int) -> None:  # noqa: B027 - most have no use for it
        """Learn the last generation of the run; not between `ask` and `tell`."""

    def adopt(self, log_prefix: str) -> None:  # noqa: B027 - most have no use for it
        """Learn how the tables of this run are called, relative to its folder."""

    def go_on(self, config: OptimizerConfig) -> None:  # noqa: B027 - most have no use for it
        """Go on in another run, whatever the stored state had stopped at, under options that may change.

        Raises:
            ConfigError: if an option is fixed at the start of a search.
        """

    @property
    def stage(self) -> int:
        """Number of the stage of `config.entries.search_stages` that the last generation belongs to, from 0."""
        return 0

    @property
    def center(self) -> np.ndarray:
        """Mean of the search distribution within the bounds, shape (N,)."""
        raise NotImplementedError(f"{self.name} has no stages")

    @property
    def deviations(self) -> np.ndarray:
        """Standard deviation of each parameter, shape (N,)."""
        raise NotImplementedError(f"{self.name} has no stages")

    @property
    def scans(self) -> bool:
        """Whether the last generation was one of random vectors."""
        return False

    def enter_stage(self, stage: SearchStage, region: Region, config: OptimizerConfig) -> None:
        """Go on from the present mean under another cost; nothing is compared with costs told before.

        Its counters may begin anew.

        Args:
            stage: What becomes of step and covariance.
            region: Bounds.
            config: Options of the run.
        """
        raise NotImplementedError(f"{self.name} has no stages")

    @staticmethod
    def published_pickle(state: bytes) -> bytes | None:
        """Return the pycma pickle that a stored state holds, as MyoAssist leaves it; None where it holds none."""
        return None
