"""State of a search: the algorithm, counters and the best candidates, between ask and tell."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from myoassist.config.entries.search_stages import plan_stages
from myoassist.config.schema.control import ControlConfig
from myoassist.config.schema.draws import DrawNoiseConfig
from myoassist.config.schema.resolved import has_steady_paths
from myoassist.config.schema.run import OptimizerConfig, RunConfig
from myoassist.config.sources.starts import find_start
from myoassist.cost.result import CostResult
from myoassist.files.checkpoint import Checkpoint
from myoassist.files.errors import LayoutError, ResumeError
from myoassist.optimize.conditions import condition_kind, list_conditions
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.registry import restore_optimizer
from myoassist.optimize.problem import Candidate
from myoassist.optimize.start.distribution import read_distribution, restrict
from myoassist.optimize.start.factors import plan_factors
from myoassist.optimize.store.result_json import decode_candidate, encode_candidate
from myoassist.space.table import ParameterTable

# Of what a checkpoint's header holds; those without a number are of the time when CMA-ES was all there was.
VERSION = 2
# Keys that states of older versions do not know, and the value with which each changes nothing.
_YOUNGER: tuple[tuple[str, str, Any], ...] = (
    ("model", "mujoco_compat", None),
    ("model", "plant", "published"),
    ("model", "muscle_model", None),
    ("model", "muscle_table", None),
    ("model", "sensing", "touch"),
    ("model", "segment_scale", {}),
    ("model", "body_mass", None),
    ("model", "sex", None),
    ("model", "steady_paths", False),
    ("control", "speed", None),
    ("control", "swing_contact", "strike"),
    ("control", "cadence", "target"),
    ("control", "late_foot", "alone"),
    ("env", "support", 0.0),
    ("cost", "formula", None),
    ("cost", "reference_shift", None),
    ("cost", "reference_signs", {}),
    ("cost", "reference_offsets", {}),
    ("cost", "people", None),
    ("cost", "draws", 1),
    ("cost", "risk", "mean"),
    ("cost", "risk_weight", 0.5),
    ("cost", "hopeless_time", None),
    ("cost", "draw_noise", asdict(DrawNoiseConfig())),
)
# Disturbances that they do not know, likewise.
_YOUNGER_NOISE = {"footholds": 0.0, "in_turn": False}

# Younger keys of what an evaluation shows.
_SHOWN = (("control", "log_modules"), ("env", "video_speed"))


def cost_fingerprint(config: RunConfig) -> str:
    """Return a hash of everything that decides which cost a vector has; equal hashes make costs comparable."""
    sections: dict[str, Any] = {name: asdict(getattr(config, name)) for name in ("model", "env", "exo", "cost")}
    # Where they have always been in this hash, so that states of older versions stay comparable.
    control = sections["control"] = asdict(config.control)
    sections["model"]["reflex_mode"] = control.pop("reflex_mode")
    sections["env"]["delayed"] = control.pop("delayed")
    for section, name in _SHOWN:
        if section in sections:
            del sections[section][name]
    if config.control.controller == ControlConfig().controller:
        del sections["control"]
    sections["model"]["steady_paths"] = has_steady_paths(config.model)
    for section, name, neutral in _YOUNGER:
        # As before there was such a key.
        if section in sections and sections[section][name] == neutral:
            del sections[section][name]
    noise = sections["cost"].get("draw_noise", {})
    for name, neutral in _YOUNGER_NOISE.items():
        if name in noise and noise[name] == neutral:
            del noise[name]
    if condition_kind(config.optimizer) is not None:
        sections["conditions"] = [asdict(condition) for condition in list_conditions(config)]
    return hashlib.sha256(json.dumps(sections, sort_keys=True, default=str).encode()).hexdigest()


@dataclass
class Search:
    """A search over the free parameters of a table.

    Attributes:
        optimizer: Algorithm over the free entries.
        table: Parameters.
        run_name: Beginning of the names of the result files.
        fingerprint: See `cost_fingerprint`.
        base_vector: Raw vector whose fixed entries every candidate has, shape (D,).
        first_generation: Generation that a continued state came with, 0 for a new search.
        best: Best candidate so far, None before the first generation.
        best_last: Best candidate of the last generation.
        reasons: Stop criteria met, other than the number of generations.
        snapshot: State of the algorithm after the last complete generation.
        stage_names: Names of its stages, empty where it has one alone; the run knows them, not the checkpoint.
    """

    optimizer: Optimizer
    table: ParameterTable
    run_name: str
    fingerprint: str
    base_vector: np.ndarray
    first_generation: int = 0
    best: Candidate | None = None
    best_last: Candidate | None = None
    reasons: tuple[str, ...] = ()
    snapshot: bytes = field(default=b"", repr=False)
    stage_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.optimizer.adopt(f"{self.optimizer.table_folder}/{self.run_name}_")
        self.snapshot = self.optimizer.state()

    @property
    def generation(self) -> int:
        """Number of complete generations, those before a continued state included."""
        return self.optimizer.generation

    @property
    def stage(self) -> int:
        """Number of the stage that the generation drawn or told last belongs to, from 0; see `SearchStage`."""
        return self.optimizer.stage

    @property
    def stage_label(self) -> str:
        """The stage for people, e.g. `2/3 energy`; empty for a search that has one alone."""
        names = self.stage_names
        return f"{self.stage + 1}/{len(names)} {names[self.stage]}" if names else ""

    @property
    def scans(self) -> bool:
        """Whether that generation consists of random vectors."""
        return self.optimizer.scans

    @property
    def evaluations(self) -> int:
        """Number of evaluations told to the optimizer."""
        return self.optimizer.evaluations

    def ask(self) -> list[np.ndarray]:
        """Draw a generation: full-length raw vectors within the bounds, each of shape (D,)."""
        self._asked = self.optimizer.ask()
        return [self._full(free) for free in self._asked]

    def _full(self, free: np.ndarray) -> np.ndarray:
        vector = self.base_vector.copy()
        vector[self.table.free] = free
        # The bound transform may miss a bound by a rounding error.
        return np.clip(vector, self.table.lower, self.table.upper)

    def tell(
        self, vectors: Sequence[np.ndarray], results: Sequence[CostResult], fingerprint: str | None = None
    ) -> None:
        """Hand the costs of the drawn generation to the optimizer and update the best.

        Args:
            vectors: What `ask` returned.
            results: Their costs, in the same order, all finite.
            fingerprint: Of the cost that judged them; where it is another one than before, the best counts anew. None
                for the same.
        """
        if fingerprint is not None and fingerprint != self.fingerprint:
            self.fingerprint, self.best = fingerprint, None
        totals = [float(result.total) for result in results]
        self.optimizer.tell(self._asked, totals)
        i = int(np.argmin(totals))
        self.best_last = Candidate(vectors[i], results[i], self.generation, i)
        if self.best is None or totals[i] < self.best.result.total:
            self.best = self.best_last
        self.reasons = self.optimizer.stop_reasons()
        self.snapshot = self.optimizer.state()

    def set_limit(self, generations: int) -> None:
        """Tell the algorithm the last generation of the run; not between ask and tell."""
        self.optimizer.set_limit(generations)
        self.snapshot = self.optimizer.state()

    def to_checkpoint(self, files: dict[str, Any]) -> Checkpoint:
        """Return the checkpoint of the last complete generation.

        Args:
            files: State of the growing files by name.
        """
        header = {
            "version": VERSION,
            "optimizer": self.optimizer.name,
            "layout": self.table.layout,
            "names": list(self.table.names),
            "run_name": self.run_name,
            "fingerprint": self.fingerprint,
            "generation": self.best_last.generation if self.best_last else self.generation,
            "first_generation": self.first_generation,
            "base_vector": self.base_vector.tolist(),
            "best": encode_candidate(self.best),
            "best_last": encode_candidate(self.best_last),
            "reasons": list(self.reasons),
            "files": files,
        }
        return Checkpoint(header, self.snapshot)


def search_region(table: ParameterTable, start: np.ndarray, config: OptimizerConfig | None = None) -> Region:
    """Return where the algorithm of a new search may look for the free parameters.

    Args:
        table: Bounds and free entries.
        start: Raw start vector within the bounds, shape (D,).
        config: Where it asks for a scan, the region has what that draws from; where for factors, it has these.

    Raises:
        ConfigError: for a faulty distribution, or a controller without factors.
    """
    free = table.free
    region = Region(start[free], table.lower[free], table.upper[free], table.layout)
    if config is not None and any(stage.factors for stage in plan_stages(config)):
        region = replace(region, factors=plan_factors(table))
    if config is None or not config.scan:
        return region
    drawn = read_distribution(find_start(config.scan_from), table, start)
    return replace(region, scanned=restrict(drawn, free))


def search_from_checkpoint(checkpoint: Checkpoint, table: ParameterTable, source: str) -> Search:
    """Return the search that a checkpoint holds.

    Args:
        checkpoint: As read from disk.
        table: Parameters of this run.
        source: Name of the checkpoint for error messages.

    Raises:
        LayoutError: if the checkpoint belongs to another layout.
        ResumeError: if something is missing in it.
        UnsafeFileError: if its state holds anything but an optimizer.
    """
    header = checkpoint.header
    try:
        if int(header.get("version", 1)) > VERSION:
            raise ResumeError(
                f"{source} is of version {header['version']}",
                f"version {VERSION} or older",
                "continue it with the version of this project that wrote it",
            )
        if header["layout"] != table.layout or header["names"] != list(table.names):
            raise LayoutError(
                f"{source} holds layout {header['layout']} with {len(header['names'])} parameters",
                f"layout {table.layout} with {len(table)} parameters",
                "use the same model, env.init_pose and exo options as the run that wrote it",
            )
        optimizer = restore_optimizer(header.get("optimizer", "cma"), checkpoint.state, source)
        check_length(optimizer, table, source)
        return Search(
            optimizer=optimizer,
            table=table,
            run_name=header["run_name"],
            fingerprint=header["fingerprint"],
            base_vector=table.check(np.array(header["base_vector"]), source),
            first_generation=int(header["first_generation"]),
            best=decode_candidate(header["best"]),
            best_last=decode_candidate(header["best_last"]),
            reasons=tuple(header["reasons"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ResumeError(
            f"{source} lacks something ({type(error).__name__}: {error})",
            "a checkpoint written by this version",
            "start anew with fresh=true",
        ) from error


def check_length(optimizer: Optimizer, table: ParameterTable, source: str) -> None:
    """Refuse an optimizer that searches another number of parameters.

    Raises:
        LayoutError: naming both.
    """
    n_free = int(table.free.sum())
    if optimizer.size != n_free:
        raise LayoutError(
            f"{source} searches {optimizer.size} parameters",
            f"{n_free} free parameters of layout {table.layout} with {len(table)} entries",
            "use the same model and exo options as the run that wrote it",
        )
