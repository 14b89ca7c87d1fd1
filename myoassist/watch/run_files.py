"""What a run folder says about its search, read while somebody else writes it.

Nothing is locked and nothing is written. Files that a run replaces as a whole are complete or old; of tables that grow
the last line may be half there and is then left for the next look.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from myoassist.runs.catalogue import STATUS_NAME, best_parameters_file, read_json, read_status

GENERATIONS_NAME = "history_generations.csv"
POOL_NAME = "pool.csv"
_COLUMNS = ("evaluations", "best", "median", "best_so_far")


@dataclass(frozen=True)
class Best:
    """The best candidate of a search, as its run has stored it.

    Attributes:
        file: Parameter file, digit for digit the one of the run.
        digest: Changes with every new best.
        total: Total cost.
        stage: Stage of the cost that it has reached.
        generation: Generation that it was found in.
        parts: Summands of the total.
        terms: Reported terms.
    """

    file: Path
    digest: str
    total: float | None
    stage: str
    generation: int | None
    parts: Mapping[str, Any]
    terms: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The run folder that it lies in: that of the search itself, or of a member of a pool."""
        return self.file.parent


@dataclass(frozen=True)
class Convergence:
    """How a search got on, one entry per generation, each of shape (generations,).

    Attributes:
        generation: Number of the generation.
        evaluations: Evaluations up to its end.
        best: Least total cost of the generation.
        median: Median total cost of it.
        best_so_far: Least total cost up to it, in its stage of the search.
    """

    generation: np.ndarray
    evaluations: np.ndarray
    best: np.ndarray
    median: np.ndarray
    best_so_far: np.ndarray

    def __len__(self) -> int:
        return len(self.generation)


@dataclass(frozen=True)
class Member:
    """A member of a pool.

    Attributes:
        name: Name of its folder.
        status: Its status: running, finished, ...
        generation: Generation that it has completed, None before the first.
        evaluations: Evaluations that it has used.
        stage: Its stage of the search.
        best: Its best total cost, None before the first.
        kept: Whether it went on after the last rung it took part in; None before the end of its first rung.
    """

    name: str
    status: str
    generation: int | None
    evaluations: int
    stage: str
    best: float | None
    kept: bool | None


@dataclass(frozen=True)
class RunState:
    """What is known about a run at one look.

    Attributes:
        status: Content of status.json.
        best: Its best; None before the first complete generation.
        convergence: Of the search that the best belongs to.
        members: Members of a pool; empty for a single search.
    """

    status: Mapping[str, Any]
    best: Best | None
    convergence: Convergence
    members: Sequence[Member] = field(default_factory=tuple)


def read_run(folder: Path) -> RunState:
    """Look at a run folder; what is missing or half written counts as not there yet."""
    status = read_status(folder)
    places = sorted(path.parent for path in folder.glob(f"member_*/{STATUS_NAME}"))
    members = _read_members(folder, places)
    # The folder of a pool gets its result files at the end of a rung only; its members are ahead of it.
    found = {place: best for place in (places or [folder]) if (best := _read_best(place)) is not None}
    ahead = {item.name: item for item in members}
    best = None
    if found:
        place = min(found, key=lambda place: _order(ahead.get(place.name), found[place]))
        best = found[place]
    elif places:
        best = _read_best(folder)
    return RunState(status, best, read_convergence(folder if best is None else best.folder), members)


def _order(member: Member | None, best: Best) -> tuple[int, float]:
    """Return what orders bests: costs of different stages of the search are not compared, later stages lead."""
    head = "" if member is None else member.stage.partition("/")[0]
    return -int(head) if head.isdigit() else 0, np.inf if best.total is None else best.total


def _read_best(folder: Path) -> Best | None:
    file = best_parameters_file(folder)
    content = read_json(file)
    entries = content.get("parameters")
    if not isinstance(entries, list) or not entries:
        return None
    try:
        raw = repr([float(entry["raw"]) for entry in entries])
    except (KeyError, TypeError, ValueError):
        return None
    total, generation = content.get("total"), content.get("generation")
    return Best(
        file,
        hashlib.sha256(raw.encode()).hexdigest(),
        float(total) if isinstance(total, int | float) else None,
        str(content.get("stage", "")),
        generation if isinstance(generation, int) else None,
        _mapping(content.get("parts")),
        _mapping(content.get("terms")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def read_convergence(folder: Path) -> Convergence:
    """Read the table of generations of a run folder; rows that are no numbers, or half written, are left out."""
    rows = []
    for row in _read_rows(folder / GENERATIONS_NAME):
        try:
            rows.append([float(row["generation"]), *(float(row[name]) for name in _COLUMNS)])
        except (KeyError, TypeError, ValueError):
            continue
    return Convergence(*np.array(rows, dtype=float).reshape(-1, 1 + len(_COLUMNS)).T)


def _read_members(folder: Path, places: Sequence[Path]) -> tuple[Member, ...]:
    kept = {row.get("folder"): row.get("kept") == "1" for row in _read_rows(folder / POOL_NAME)}
    members = []
    for place in places:
        status = read_status(place)
        generation, best = status.get("generation"), status.get("best")
        members.append(
            Member(
                place.name,
                str(status["status"]),
                generation if isinstance(generation, int) else None,
                int(status.get("evaluations") or 0),
                str(status.get("stage") or ""),
                float(best) if isinstance(best, int | float) else None,
                kept.get(place.name),
            )
        )
    return tuple(members)


def _read_rows(file: Path) -> list[dict[str, Any]]:
    """Return the complete rows of a CSV table; none where it is missing or unreadable."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return []
    # Only a line that has its end is a line.
    complete = text[: text.rfind("\n") + 1]
    try:
        rows = list(csv.DictReader(io.StringIO(complete)))
    except csv.Error:
        return []
    return [row for row in rows if None not in row and None not in row.values()]
