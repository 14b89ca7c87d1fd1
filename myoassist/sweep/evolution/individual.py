"""One individual of an evolution: what was asked for and what came of it."""

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

STATUSES = ("pending", "finished", "failed", "killed", "timeout", "pruned")
# What a second attempt may cure: nothing is wrong with the individual itself.
RETRIED = ("killed", "timeout")
# What happened, not when and where: the same for an evolution that was killed and one that was not.
OUTCOME_COLUMNS = ("job", "generation", "rank", "status", "fitness", "loss", "seed", "folder", "parents")


@dataclass
class Individual:
    """One evaluation of an evolution.

    Attributes:
        job: Number in the evolution, from 0.
        generation: Number of its generation, from 0.
        rank: Number in its generation, from 0.
        params: Searched key -> value.
        seed: Seed of its run.
        folder: Run folder, relative to that of the evolution.
        parents: `[generation, rank]` of each known parent.
        uid: Name that the optimizer gave it; another one after every start.
        status: One of `STATUSES`.
        fitness: What its run returned, None without a number.
        loss: What the optimizer was told, None for infinity.
        error: First line of what went wrong.
        attempts: How often it was launched.
        seconds: Time from launch to result, s; on a cluster with that in the queue.
        job_id: Name of the last job that ran it.
        session: Start of the evolution that saw it end.
    """

    job: int
    generation: int
    rank: int
    params: dict[str, Any]
    seed: int
    folder: str
    parents: list[list[int]] = field(default_factory=list)
    uid: str = ""
    status: str = "pending"
    fitness: float | None = None
    loss: float | None = None
    error: str = ""
    attempts: int = 0
    seconds: float | None = None
    job_id: str = ""
    session: int = 0

    def asked(self) -> dict[str, Any]:
        """Return what the journal notes when it is asked for."""
        return {
            name: getattr(self, name)
            for name in ("job", "generation", "rank", "params", "seed", "folder", "parents", "uid")
        }

    def result(self) -> dict[str, Any]:
        """Return what the journal notes when its result is in."""
        names = ("job", "status", "fitness", "loss", "error", "attempts", "seconds", "job_id", "session")
        return {name: getattr(self, name) for name in names}

    def row(self) -> dict[str, Any]:
        """Return it as one flat row, one column per searched key."""
        plain = asdict(self)
        params = plain.pop("params")
        return plain | params


def derive_seed(seed: int, generation: int, rank: int) -> int:
    """Return the seed of an individual, 0 .. 2^31 - 1, independent of how many run at once.

    Args:
        seed: Seed of the evolution.
        generation: Number of the generation.
        rank: Number in the generation.
    """
    digest = hashlib.sha256(f"{seed}/{generation}/{rank}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF


def place_individual(generation: int, rank: int) -> str:
    """Return the run folder of an individual, relative to that of its evolution."""
    return f"generation_{generation}/rank_{rank}"
