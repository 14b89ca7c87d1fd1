"""Any algorithm behind a scan, and over stages that ask for different costs one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

import numpy as np

from myoassist.config.entries.search_stages import SearchStage, plan_stages
from myoassist.config.schema.run import OptimizerConfig
from myoassist.config.schema.schedule import ScheduleConfig
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.beginnings import go_over, region_after_scan, space_seed, stage_options
from myoassist.optimize.optimizers.cma import random_stream
from myoassist.optimize.optimizers.factored import FactoredOptimizer, factor
from myoassist.optimize.optimizers.header import Header, read_header, refuse_damaged, write_header

# What a state calls the place.
_PLACE = "place"
# What stages, scan and the algorithm need of the configuration.
_OPTIONS = (
    *(item.name for item in fields(ScheduleConfig) if item.metadata["change"]),
    *("nevergrad", "restarts", "popsize", "maxiter", "sigma_gain", "cma_options"),
)
# Separates the vectors of a scan from the other random numbers of an optimizer.
_SCAN_STREAM = 2


@dataclass
class _Place:
    """Where a scheduled search stands; plain values.

    Attributes:
        number: The stage of the last generation, from 0.
        generations: Generations told before the present algorithm began to count.
        evaluations: Evaluations told before.
        began: Generations and evaluations at which the stage began.
        over: Whether the algorithm has converged, or a third of a generation was good enough: either ends a stage too.
        scanned: Cost and vector of the best of the scan, the best first.
    """

    number: int = 0
    generations: int = 0
    evaluations: int = 0
    began: tuple[int, int] = (0, 0)
    over: bool = False
    scanned: tuple[tuple[float, list[float]], ...] = ()


class ScheduledOptimizer(Optimizer):
    """An algorithm that begins with a scan of random vectors, or goes through stages, or both.

    A stage ends after its length, where it is good enough or where the algorithm has converged; the next one begins
    when a generation is asked for, so that a state between two generations always belongs to one stage. Where a stage
    searches factors and the next one all parameters, or the other way round, the algorithm begins anew at the decoded
    mean.

    Args:
        region: Start and bounds, and what the scan draws from.
        config: Options at the first start.
        run_seed: Seed of the run.
        inner: The algorithm; None during a scan.
        place: Where it stands.
    """

    kind: ClassVar[type[Optimizer]]
    factored: ClassVar[type[FactoredOptimizer]]

    def __init__(
        self, region: Region, config: OptimizerConfig, run_seed: int, inner: Optimizer | None, place: _Place
    ) -> None:
        self._region = region
        self._config = config
        self._run_seed = run_seed
        self._inner = inner
        self._place = place
        self._stages = plan_stages(config)
        self._prefix = ""
        self._limit = 0

    @classmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse what the algorithm refuses."""
        cls.kind.check(config)

    @classmethod
    def new(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Self:
        """Return a new search; the algorithm is made even where a scan comes first, so that it is refused now."""
        inner = cls._make(region, config, run_seed)
        own = replace(config)
        return cls(region, own, run_seed, None if plan_stages(own)[0].scans else inner, _Place())

    @classmethod
    def restore(cls, state: bytes, source: str) -> Self:
        """Return the search of a line of JSON and the state of the algorithm."""
        expected = f"a checkpoint of optimizer.algorithm={cls.kind.name} with optimizer.scan or optimizer.stages"
        with refuse_damaged(source, "search with a scan or stages", expected):
            header, rest = read_header(state, _PLACE)
            place = header.place
            lists = {"began": tuple(place["began"]), "scanned": tuple((c, v) for c, v in place["scanned"])}
            inner = cls._kind_of(rest).restore(rest, source) if rest else None
            return cls(header.region, header.config, header.run_seed, inner, _Place(**(place | lists)))

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self._region.start)

    @property
    def generation(self) -> int:
        """Number of generations told, over all stages."""
        return self._place.generations + (self._inner.generation if self._inner else 0)

    @property
    def evaluations(self) -> int:
        """Number of costs told, over all stages."""
        return self._place.evaluations + (self._inner.evaluations if self._inner else 0)

    @property
    def stage(self) -> int:
        """Number of the stage that the last generation, or the one that was asked for, belongs to, from 0."""
        return self._place.number

    @property
    def scans(self) -> bool:
        """Whether the generation that was asked for last is one of random vectors."""
        return self._inner is None

    @property
    def plain(self) -> Optimizer | None:
        """The algorithm itself; None during a scan."""
        return self._inner

    def ask(self) -> list[np.ndarray]:
        """Draw a generation, the first of the next stage where the present one is over."""
        if self._is_over():
            self._advance()
        if self._inner is not None:
            return self._inner.ask()
        assert self._region.scanned is not None
        left = self._stages[0].evaluations or 0
        n = min(self._config.popsize, left - self.evaluations)
        random = random_stream(self._run_seed, _SCAN_STREAM, self.generation)
        # All of them, whatever n is, so that the last generation is like the others.
        drawn = self._region.scanned.draw(random, self._config.popsize)[:n]
        if self.generation == 0:
            # What the search would have started from has its chance too.
            drawn[0] = self._region.start
        return list(np.clip(drawn, self._region.lower, self._region.upper))

    def tell(self, vectors: Sequence[np.ndarray], costs: Sequence[float]) -> None:
        """Take the costs of the vectors that `ask` returned."""
        if self._inner is not None:
            self._inner.tell(vectors, costs)
            enough = self._stages[self._place.number].enough
            good = enough is not None and 3 * sum(cost <= enough for cost in costs) >= len(costs)
            self._place.over = good or bool(self._inner.stop_reasons())
            return
        told = [(float(cost), [float(x) for x in vector]) for cost, vector in zip(costs, vectors, strict=True)]
        # Stable: of equal costs the earlier one comes first.
        best = sorted([*self._place.scanned, *told], key=lambda item: item[0])
        self._place.scanned = tuple(best[: self._config.scan_keep])
        self._place.generations += 1
        self._place.evaluations += len(told)

    def state(self) -> bytes:
        """Return a line of JSON and the state of the algorithm."""
        line = write_header(Header(self._region, self._config, self._run_seed, vars(self._place)), _OPTIONS, _PLACE)
        return line + (self._inner.state() if self._inner else b"")

    def metrics(self) -> tuple[float, ...]:
        """Return the numbers of the algorithm, zeros during a scan, and the stage: 0 is the scan."""
        numbers = self._inner.metrics() if self._inner else (0.0,) * len(self.kind.metric_labels)
        return (*numbers, self._place.number + (0 if self._stages[0].scans else 1))

    def rows(self, best: np.ndarray) -> dict[str, list[float]]:
        """Return the rows of the algorithm, counted over all stages; none during a scan."""
        if self._inner is None:
            return {}
        place = [self.generation, self.evaluations]
        return {name: [*place, *row[2:]] for name, row in self._inner.rows(best).items()}

    def stop_reasons(self) -> tuple[str, ...]:
        """Return why the algorithm has ended, in the last stage."""
        last = self._place.number == len(self._stages) - 1
        return self._inner.stop_reasons() if self._inner and last else ()

    def set_limit(self, generations: int) -> None:
        """Hand the limit of generations to the algorithm."""
        self._limit = generations
        if self._inner is not None:
            self._inner.set_limit(generations)

    def adopt(self, log_prefix: str) -> None:
        """Let the algorithm know how its tables are called."""
        self._prefix = log_prefix
        if self._inner is not None:
            self._inner.adopt(log_prefix)

    @classmethod
    def published_pickle(cls, state: bytes) -> bytes | None:
        """Return what the algorithm leaves; None during a scan, and for factors, of which no vector can be read."""
        rest = state.partition(b"\n")[2]
        return cls._kind_of(rest).published_pickle(rest) if rest else None

    @classmethod
    def _kind_of(cls, state: bytes) -> type[Optimizer]:
        return cls.factored if FactoredOptimizer.wrote(state) else cls.kind

    @classmethod
    def _make(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Optimizer:
        """Return the algorithm before its first generation, as the first stage that searches asks for it."""
        first = next(stage for stage in plan_stages(config) if not stage.scans)
        own = replace(config, sigma_gain=first.sigma_gain or config.sigma_gain)
        return cls._begin(first, region, own, run_seed)

    @classmethod
    def _begin(cls, stage: SearchStage, region: Region, config: OptimizerConfig, seed: int) -> Optimizer:
        """Return the algorithm before its first generation, in the coordinates of a stage."""
        own = stage_options(stage, config)
        if stage.factors:
            return cls.factored.new(replace(region, scanned=None), own, seed)
        return cls.kind.new(replace(region, scanned=None, factors=None), own, seed)

    def _is_over(self) -> bool:
        stage, place = self._stages[self._place.number], self._place
        if place.number == len(self._stages) - 1:
            return False
        long = stage.generations is not None and self.generation - place.began[0] >= stage.generations
        full = stage.evaluations is not None and self.evaluations - place.began[1] >= stage.evaluations
        return long or full or place.over

    def _advance(self) -> None:
        at = self.generation, self.evaluations
        number = self._place.number + 1
        stage: SearchStage = self._stages[number]
        if self._inner is None:
            vectors = [vector for _, vector in self._place.scanned]
            region = region_after_scan(self._region, self._config, vectors)
            self._inner = self._make(region, self._config, self._run_seed)
        elif stage.factors != isinstance(self._inner, FactoredOptimizer):
            region, config = go_over(self._inner, stage, self._region, self._config)
            self._inner = self._begin(stage, region, config, space_seed(self._run_seed, number))
        else:
            self._inner.enter_stage(stage, self._region, self._config)
        self._place = _Place(number, at[0] - self._inner.generation, at[1] - self._inner.evaluations, at)
        self._inner.adopt(self._prefix)
        self._inner.set_limit(self._limit)


def schedule(kind: type[Optimizer]) -> type[ScheduledOptimizer]:
    """Return the class of an algorithm with a scan or stages, `scheduled_<name>`."""
    labels: Mapping[str, str] = {**kind.metric_labels, "search_stage": "stage of the search"}
    body = {
        "__doc__": f"{kind.__name__} with a scan or stages.",
        "kind": kind,
        "factored": factor(kind),
        "name": f"scheduled_{kind.name}",
        "metric_labels": labels,
        "tables": kind.tables,
        "table_folder": kind.table_folder,
        "stop_meanings": kind.stop_meanings,
    }
    return type(f"Scheduled{kind.__name__}", (ScheduledOptimizer,), body)
