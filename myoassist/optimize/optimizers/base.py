"""What a search needs of an algorithm: ask, tell, state, metrics.

An algorithm knows neither files nor walkers. It draws vectors of the free parameters, one generation at a time, is told
a finite cost for each, and can be stored as bytes between two generations.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.json_values import to_json

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
    """

    start: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    layout: str = ""

    def encode(self) -> dict[str, Any]:
        """Return the region as plain JSON values."""
        arrays = {name: to_json(getattr(self, name)) for name in ("start", "lower", "upper")}
        return {**arrays, "layout": self.layout}

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
        return cls(start, np.array(lower), np.array(upper), str(data["layout"]))


class Optimizer(ABC):
    """A search for the smallest cost over N parameters.

    Attributes:
        name: Value of `optimizer.algorithm`.
        metric_labels: Name and caption of each number of `metrics`: columns of the history, lines of the plot.
        tables: Header of each table of `rows`.
        table_folder: Folder of these tables in a run folder.
        stop_meanings: What those of `stop_reasons` mean that do not speak for themselves.
    """

    name: ClassVar[str]
    metric_labels: ClassVar[Mapping[str, str]] = {}
    tables: ClassVar[Mapping[str, str]] = COMMON_TABLES
    table_folder: ClassVar[str] = TABLE_FOLDER
    stop_meanings: ClassVar[Mapping[str, str]] = {}

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

    @staticmethod
    def published_pickle(state: bytes) -> bytes | None:
        """Return the pycma pickle that a stored state holds, as MyoAssist leaves it; None where it holds none."""
        return None
