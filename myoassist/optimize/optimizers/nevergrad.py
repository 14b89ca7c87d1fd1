"""Any algorithm of nevergrad by name; its state is the list of costs that it was told, from which it is built again."""

import hashlib
import json
import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from myoassist.config.entries.cma_options import SIGMA_0
from myoassist.config.nearest import nearest_names
from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.errors import ConfigError, ResumeError
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.cma import random_stream
from myoassist.optimize.optimizers.header import refuse_damaged

_FORMAT = 1
_KEY = "optimizer.nevergrad"


@dataclass(frozen=True)
class _Plan:
    """All that decides which vectors an algorithm draws, besides the costs that it is told.

    Attributes:
        algorithm: Name in nevergrad's registry.
        popsize: Candidates per generation.
        budget: Evaluations that were planned at the first start; some algorithms divide them into phases.
        sigma: Standard deviation that stands for a step of 1 inside of nevergrad, in raw units.
        seed: Seed of the run.
    """

    algorithm: str
    popsize: int
    budget: int
    sigma: float
    seed: int


class NevergradOptimizer(Optimizer):
    """An algorithm of nevergrad behind bounds that reflect.

    Nevergrad's objects cannot be stored without code in the file. They depend on nothing but their plan and what they
    were told, so both are stored instead, and a restored search draws its generations again. A digest of all vectors
    shows where another version of nevergrad draws others.

    Args:
        plan: What is to be built.
        region: Start and bounds.
    """

    name = "nevergrad"
    metric_labels: ClassVar[Mapping[str, str]] = {"spread": "spread of the candidates"}

    def __init__(self, plan: _Plan, region: Region) -> None:
        self._plan = plan
        self._region = region
        self._costs: list[list[float]] = []
        self._digest = hashlib.sha256()
        self._asked: list[Any] = []
        self._last = region.start[None]
        # Some of the algorithms draw from the global generators, which other code may use too.
        self._python, self._numpy = random.Random(plan.seed).getstate(), random_stream(plan.seed, 1).get_state()
        with self._own_generators():
            self._inner = _build(plan, len(region.start))

    @classmethod
    def check(cls, config: OptimizerConfig) -> None:
        """Refuse a name that nevergrad does not know, and options of pycma."""
        if config.cma_options:
            raise ConfigError(
                "optimizer.cma_options with optimizer.algorithm=nevergrad",
                "options of pycma with an algorithm that is pycma's",
                "optimizer.cma_options=null (or optimizer.algorithm=cma)",
            )
        known = list(_registry())
        if config.nevergrad not in known:
            near = nearest_names(config.nevergrad, known, 3)
            raise ConfigError(
                f"{_KEY}={config.nevergrad}: nevergrad has no such algorithm",
                f"a name of its registry, e.g. {', '.join(near or ('TwoPointsDE', 'PSO'))}",
                f"{_KEY}={near[0] if near else '<one of these>'}",
            )

    @classmethod
    def new(cls, region: Region, config: OptimizerConfig, run_seed: int) -> Self:
        """Return a new search, after two generations of a copy have shown that the algorithm works here."""
        plan = _Plan(
            algorithm=config.nevergrad,
            popsize=config.popsize,
            budget=config.popsize * config.maxiter,
            sigma=SIGMA_0 * config.sigma_gain,
            seed=run_seed,
        )
        try:
            trial = cls(plan, region)
            for _ in range(2):
                vectors = trial.ask()
                trial.tell(vectors, [float(i) for i in range(len(vectors))])
        except Exception as error:  # hundreds of algorithms of others can raise anything
            raise ConfigError(
                f"{_KEY}={config.nevergrad} cannot search {len(region.start)} parameters with "
                f"optimizer.popsize={config.popsize}: {type(error).__name__}: {error}",
                "an algorithm for real numbers that judges several candidates at once, whose packages are installed",
                f"{_KEY}=TwoPointsDE",
            ) from error
        return cls(plan, region)

    @classmethod
    def restore(cls, state: bytes, source: str) -> Self:
        """Return the search that a plan and its costs make."""
        with refuse_damaged(source, "search of nevergrad", "a checkpoint that optimizer.algorithm=nevergrad wrote"):
            data: dict[str, Any] = json.loads(state)
            if data["format"] != _FORMAT:
                raise ValueError(f"format {data['format']}")
            restored = cls(_Plan(**data["plan"]), Region.decode(data["region"]))
            for costs in data["costs"]:
                restored.tell(restored.ask(), [float(cost) for cost in costs])
        if restored._digest.hexdigest() != data["digest"]:
            import nevergrad

            raise ResumeError(
                f"{source} was written with nevergrad {data['nevergrad']}; {nevergrad.__version__} draws other vectors",
                "the same version of nevergrad and NumPy as at the start of the run",
                f"pip install nevergrad=={data['nevergrad']}, or start anew with fresh=true",
            )
        return restored

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self._region.start)

    @property
    def generation(self) -> int:
        """Number of generations told."""
        return len(self._costs)

    @property
    def evaluations(self) -> int:
        """Number of costs told."""
        return len(self._costs) * self._plan.popsize

    def ask(self) -> list[np.ndarray]:
        """Draw a generation of vectors, each of shape (N,)."""
        with self._own_generators():
            self._asked = [self._inner.ask() for _ in range(self._plan.popsize)]
        steps = np.array([candidate.value for candidate in self._asked])
        return list(reflect(self._region.start + self._plan.sigma * steps, self._region))

    def tell(self, vectors: Sequence[np.ndarray], costs: Sequence[float]) -> None:
        """Take the costs of the vectors that `ask` returned."""
        with self._own_generators():
            for candidate, cost in zip(self._asked, costs, strict=True):
                self._inner.tell(candidate, cost)
        self._last = np.array(vectors)
        self._digest.update(self._last.tobytes())
        self._costs.append([float(cost) for cost in costs])

    def state(self) -> bytes:
        """Return plan, costs and the digest of all vectors as JSON."""
        import nevergrad

        data = {
            "format": _FORMAT,
            "nevergrad": nevergrad.__version__,
            "plan": vars(self._plan),
            "region": self._region.encode(),
            "digest": self._digest.hexdigest(),
            "costs": self._costs,
        }
        return json.dumps(data, separators=(",", ":")).encode()

    def metrics(self) -> tuple[float, ...]:
        """Return the standard deviation of the last candidates, root mean square over the parameters, raw units."""
        return (float(np.sqrt(np.square(self._last.std(axis=0)).mean())),)

    def rows(self, best: np.ndarray) -> dict[str, list[float]]:
        """Return the spread of the last candidates and their best."""
        place = [self.generation, self.evaluations, 0, 0]
        lowest = min(self._costs[-1])
        return {"stddev": [*place, 0, *self._last.std(axis=0)], "xrecentbest": [*place, lowest, *best]}

    @contextmanager
    def _own_generators(self) -> Iterator[None]:
        """Put generators of this search in the place of the global ones."""
        python, numpy = random.getstate(), np.random.get_state()
        random.setstate(self._python)
        np.random.set_state(self._numpy)
        try:
            with warnings.catch_warnings():
                # They concern settings that are not the user's.
                warnings.simplefilter("ignore")
                yield
        finally:
            self._python, self._numpy = random.getstate(), np.random.get_state()
            random.setstate(python)
            np.random.set_state(numpy)


def reflect(vectors: np.ndarray, region: Region) -> np.ndarray:
    """Return vectors mirrored at the bounds until they lie inside, shape (n, N)."""
    lower, upper = region.lower, region.upper
    width = upper - lower
    both = np.isfinite(width) & (width > 0.0)
    # A triangle wave between two bounds; a plain mirror at a single one.
    safe = np.where(both, width, 1.0)
    offset = np.mod(vectors - np.where(both, lower, 0.0), 2.0 * safe)
    folded = np.where(both, lower, 0.0) + np.minimum(offset, 2.0 * safe - offset)
    low, high = np.where(np.isfinite(lower), lower, 0.0), np.where(np.isfinite(upper), upper, 0.0)
    mirrored = np.where(vectors < lower, 2.0 * low - vectors, np.where(vectors > upper, 2.0 * high - vectors, vectors))
    return np.clip(np.where(both & ((vectors < lower) | (vectors > upper)), folded, mirrored), lower, upper)


def _registry() -> Any:
    # Slow to import, so only when it is used.
    import nevergrad

    return nevergrad.optimizers.registry


def _build(plan: _Plan, size: int) -> Any:
    import nevergrad

    parametrization = nevergrad.p.Array(init=np.zeros(size))
    parametrization.random_state = random_stream(plan.seed)
    return _registry()[plan.algorithm](parametrization=parametrization, budget=plan.budget, num_workers=plan.popsize)
