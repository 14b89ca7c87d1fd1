"""Any algorithm over common factors of groups of parameters instead of over the parameters themselves."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np

from myoassist.config.entries.search_stages import SearchStage
from myoassist.config.schema.run import OptimizerConfig
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.header import refuse_damaged
from myoassist.space.factors import FactorSpace

# Begins every state of such a search.
_MARK = b"factors 1\n"
# Cells of a row before those of the parameters.
_N_PLACE = 5


class FactoredOptimizer(Optimizer):
    """An algorithm whose vectors are coordinates of `Region.factors` around `Region.start`.

    What it draws is decoded, and moved into the bounds. Its coordinates have no bounds of their own.

    Args:
        inner: The algorithm over K coordinates.
        region: Base vector, bounds and factors.
    """

    kind: ClassVar[type[Optimizer]]

    def __init__(self, inner: Optimizer, region: Region) -> None:
        self._inner = inner
        self._region = region
        self._asked: list[np.ndarray] = []

    @classmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse what the algorithm refuses."""
        cls.kind.check(config)

    @classmethod
    def new(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Self:
        """Return a new search around the start of a region with factors."""
        return cls(cls.kind.new(_coordinates(region), config, run_seed), region)

    @classmethod
    def restore(cls, state: bytes, source: str) -> Self:
        """Return the search of a mark, a line of JSON and the state of the algorithm."""
        line, _, rest = state.removeprefix(_MARK).partition(b"\n")
        with refuse_damaged(source, "search over factors", "a checkpoint of a stage with factors"):
            region = Region.decode(json.loads(line))
        return cls(cls.kind.restore(rest, source), region)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self._region.start)

    @property
    def generation(self) -> int:
        """Number of generations told."""
        return self._inner.generation

    @property
    def evaluations(self) -> int:
        """Number of costs told."""
        return self._inner.evaluations

    @property
    def center(self) -> np.ndarray:
        """Decoded mean of the search distribution within the bounds, shape (N,)."""
        return self._decode(self._inner.center)

    @property
    def deviations(self) -> np.ndarray:
        """Standard deviation of each parameter to first order, 0 where no factor moves it, shape (N,)."""
        return self._factors.widths(self._region.start, self._inner.center, self._inner.deviations)

    def ask(self) -> list[np.ndarray]:
        """Draw a generation of coordinates; returns the vectors that they stand for, each of shape (N,)."""
        self._asked = self._inner.ask()
        return [self._decode(z) for z in self._asked]

    def tell(self, vectors: Sequence[np.ndarray], costs: Sequence[float]) -> None:
        """Take the costs of the vectors that `ask` returned."""
        del vectors
        self._inner.tell(self._asked, costs)

    def state(self) -> bytes:
        """Return a mark, a line of JSON and the state of the algorithm."""
        line = json.dumps(self._region.encode(), separators=(",", ":")).encode()
        return _MARK + line + b"\n" + self._inner.state()

    def metrics(self) -> tuple[float, ...]:
        """Return the numbers of the algorithm, which are those of its coordinates."""
        return self._inner.metrics()

    def rows(self, best: np.ndarray) -> dict[str, list[float]]:
        """Return the rows of the algorithm: vectors decoded, what is no vector filled up with NaN to N cells."""
        rows = {}
        for name, row in self._inner.rows(best).items():
            head, cells = row[:_N_PLACE], np.array(row[_N_PLACE:])
            if name == "xmean":
                row = [*head, *self._decode(cells)]
            elif name == "stddev":
                row = [*head, *self._factors.widths(self._region.start, self._middle(), cells)]
            elif name in ("axlen", "sigvec"):
                row = [*head, *cells, *[np.nan] * (self.size - len(cells))]
            rows[name] = row
        return rows

    def stop_reasons(self) -> tuple[str, ...]:
        """Return the criteria of the algorithm."""
        return self._inner.stop_reasons()

    def set_limit(self, generations: int) -> None:
        """Hand the limit of generations to the algorithm."""
        self._inner.set_limit(generations)

    def adopt(self, log_prefix: str) -> None:
        """Let the algorithm know how its tables are called."""
        self._inner.adopt(log_prefix)

    def enter_stage(self, stage: SearchStage, region: Region, config: OptimizerConfig) -> None:
        """Go on in the same coordinates under another cost."""
        self._region = replace(region, start=self._region.start, factors=self._factors)
        self._inner.enter_stage(stage, _coordinates(self._region), config)

    @staticmethod
    def wrote(state: bytes) -> bool:
        """Return whether a state is that of a search over factors."""
        return state.startswith(_MARK)

    @property
    def _factors(self) -> FactorSpace:
        assert self._region.factors is not None
        return self._region.factors

    def _middle(self) -> np.ndarray:
        """Return the coordinates around which the algorithm draws; the base where it has no mean."""
        return self._inner.center if self.kind.takes_stages else np.zeros(len(self._factors))

    def _decode(self, z: np.ndarray) -> np.ndarray:
        vector = self._factors.vector(self._region.start, z)
        return np.clip(vector, self._region.lower, self._region.upper)


def _coordinates(region: Region) -> Region:
    """Return where the coordinates of a region with factors may lie: anywhere, from 0 on."""
    assert region.factors is not None
    size = len(region.factors)
    return Region(np.zeros(size), np.full(size, -np.inf), np.full(size, np.inf), region.layout)


def factor(kind: type[Optimizer]) -> type[FactoredOptimizer]:
    """Return the class of an algorithm over factors, `factored_<name>`."""
    body = {
        "__doc__": f"{kind.__name__} over factors.",
        "kind": kind,
        "name": f"factored_{kind.name}",
        "metric_labels": kind.metric_labels,
        "tables": kind.tables,
        "table_folder": kind.table_folder,
        "stop_meanings": kind.stop_meanings,
        "takes_stages": kind.takes_stages,
    }
    return type(f"Factored{kind.__name__}", (FactoredOptimizer,), body)
