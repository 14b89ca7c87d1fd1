"""A pool of searches in one run: all begin, the worst end at milestones, the best get what is left of the budget.

Every member is an ordinary run in a folder of its own below that of the pool. Which of them go on is written down at
the end of each rung, so that the same command goes on wherever the pool was stopped.

Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS 2016
(successive halving).
"""

import copy
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from myoassist.config.entries.pool import keep_count, member_seed, plan_milestones, pool_budget
from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.console import say
from myoassist.files.errors import ResumeError
from myoassist.runs.catalogue import MAX_EVALUATIONS, PARAMETERS_NAME, read_json, read_status
from myoassist.runs.writer import RunFolder

RECORD_NAME = "pool.json"
TABLE_NAME = "pool.csv"
_FORMAT = 1
_HEADER = "rung,member,folder,seed,evaluations,search_stage,stage,best,kept"


@dataclass(frozen=True)
class Standing:
    """A member at the end of a rung.

    Attributes:
        member: Its number, from 0.
        evaluations: Evaluations that it has used.
        search_stage: Its stage of the search, e.g. `2/3 energy`; empty where there is one alone.
        stage: Stage of the cost that its best has reached.
        best: Total of its best.
    """

    member: int
    evaluations: int
    search_stage: str
    stage: str
    best: float


class Pool:
    """The state of a pool: which members work up to how many evaluations, and what became of the rungs before.

    Args:
        config: Run configuration with `optimizer.members`.
        folder: Folder of the pool.

    Raises:
        ResumeError: if its record is damaged.
    """

    def __init__(self, config: RunConfig, folder: Path) -> None:
        self.config = config
        self.folder = folder
        # As planned at the first start: a larger budget goes to those that are left.
        self.milestones = plan_milestones(config.optimizer)
        self.rungs: list[list[Standing]] = []
        self.kept: list[list[int]] = []
        if (folder / RECORD_NAME).exists():
            self._read()

    @property
    def alive(self) -> list[int]:
        """Members that work in the next rung, or worked in the last one."""
        return self.kept[-1] if self.kept else list(range(self.config.optimizer.members))

    @property
    def n_rungs(self) -> int:
        """Number of rungs: those planned, and one for each larger budget that came later."""
        return max(len(self.milestones) + 1, len(self.rungs))

    @property
    def standings(self) -> dict[int, Standing]:
        """Every member as it was at the end of its last rung."""
        return {item.member: item for rung in self.rungs for item in rung}

    @property
    def evaluations(self) -> int:
        """Evaluations of all members together, rungs that are over alone."""
        return sum(item.evaluations for item in self.standings.values())

    def limit(self) -> int | None:
        """Return up to how many evaluations each member of the next rung goes; None where nothing is left to do."""
        if len(self.rungs) < len(self.milestones):
            return self.milestones[len(self.rungs)]
        left = pool_budget(self.config.optimizer) - self.evaluations
        reached = max((self.standings[member].evaluations for member in self.alive if self.rungs), default=0)
        share = left // len(self.alive)
        if share < self.config.optimizer.popsize or all(self._has_converged(member) for member in self.alive):
            return None
        return reached + share

    def place(self, member: int) -> Path:
        """Return the run folder of a member."""
        return self.folder / f"member_{member:02d}"

    def member_config(self, member: int, limit: int) -> RunConfig:
        """Return the configuration of a member that goes up to a number of evaluations."""
        own = copy.deepcopy(self.config)
        own.seed = member_seed(self.config.seed, member)
        own.logdir, own.expname, own.expsubdir = self.place(member).as_posix(), self.place(member).name, None
        own.resume, own.fresh = "auto", False
        own.optimizer.members, own.optimizer.milestones, own.optimizer.finalists = 1, [], 0
        own.optimizer.max_evaluations = limit
        return own

    def end_rung(self) -> None:
        """Note how the members of the present rung stand and which go on."""
        rung = [self._look(member) for member in self.alive]
        ranked = [item.member for item in rank(rung)]
        last = len(self.rungs) >= len(self.milestones)
        count = len(ranked) if last else keep_count(len(ranked), self.config.optimizer.halving)
        self.rungs.append(rung)
        self.kept.append(sorted(ranked[:count]))
        self._write()
        self.publish()

    def best(self) -> Standing | None:
        """Return the best member so far; None before the end of the first rung."""
        standings = list(self.standings.values())
        return rank(standings)[0] if standings else None

    def publish(self) -> None:
        """Let the folder of the pool hold the result files of its best member."""
        best = self.best()
        if best is None:
            return
        source = self.place(best.member)
        names = [PARAMETERS_NAME, *(path.name for path in sorted(source.glob("*_Best*.txt")))]
        for name in names:
            write_bytes_atomic(self.folder / name, (source / name).read_bytes())
        for path in self.folder.glob("*_Best*.txt"):
            if path.name not in names:
                path.unlink()

    def describe(self) -> str:
        """Return how every member stands, one line each, the best first."""
        lines = [f"rung {len(self.rungs)} of {self.n_rungs} is over, {self.evaluations} evaluations:"]
        for item in rank(list(self.standings.values())):
            stage = f"  [{item.search_stage}]" if item.search_stage else ""
            fate = "goes on" if item.member in self.alive else "ended"
            lines.append(
                f"  {self.place(item.member).name}{stage}  best {item.best:.5f} (stage {item.stage})  "
                f"{item.evaluations} evaluations  {fate}"
            )
        return "\n".join(lines)

    def status(self) -> dict[str, Any]:
        """Return what status.json says about the pool."""
        best = self.best()
        return {
            "generation": self.evaluations // self.config.optimizer.popsize,
            "evaluations": self.evaluations,
            "rung": f"{len(self.rungs)}/{self.n_rungs}",
            "best": None if best is None else best.best,
            "best_stage": None if best is None else best.stage,
            "best_member": None if best is None else self.place(best.member).name,
            "members": {self.place(item.member).name: item.best for item in self.standings.values()},
        }

    def _has_converged(self, member: int) -> bool:
        status = read_status(self.place(member))
        return status["status"] == "finished" and status.get("stop_reason") != MAX_EVALUATIONS

    def _look(self, member: int) -> Standing:
        status = read_status(self.place(member))
        if status.get("best") is None:
            raise ResumeError(
                f"{self.place(member)} is {status['status']} and has no result",
                "a member that has finished its rung",
                "the same command, which continues it",
            )
        best = float(status["best"])
        return Standing(
            member, int(status["evaluations"]), str(status.get("stage", "")), str(status["best_stage"]), best
        )

    def _read(self) -> None:
        content = read_json(self.folder / RECORD_NAME)
        try:
            if content["format"] != _FORMAT:
                raise ValueError(f"format {content['format']}")
            self.milestones = [int(value) for value in content["milestones"]]
            self.rungs = [[Standing(**item) for item in rung["members"]] for rung in content["rungs"]]
            self.kept = [[int(member) for member in rung["kept"]] for rung in content["rungs"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ResumeError(
                f"{self.folder / RECORD_NAME} cannot be read ({type(error).__name__}: {error})",
                "the record that the pool wrote",
                "start anew with fresh=true",
            ) from error

    def _write(self) -> None:
        rows, rungs = [_HEADER], []
        for number, (rung, kept) in enumerate(zip(self.rungs, self.kept, strict=True)):
            rungs.append({"members": [asdict(item) for item in rung], "kept": kept})
            for item in rung:
                place, seed = self.place(item.member).name, member_seed(self.config.seed, item.member)
                cells = (number + 1, item.member, place, seed, item.evaluations, item.search_stage, item.stage)
                rows.append(",".join(map(str, (*cells, repr(item.best), int(item.member in kept)))))
        write_text_atomic(self.folder / TABLE_NAME, "\n".join(rows) + "\n")
        record = {"format": _FORMAT, "milestones": self.milestones, "rungs": rungs}
        write_text_atomic(self.folder / RECORD_NAME, json.dumps(record, indent=1) + "\n")


def rank(standings: Sequence[Standing]) -> list[Standing]:
    """Return members, the best first; costs of different stages of the search are not compared, later stages lead."""
    return sorted(standings, key=lambda item: (-_stage_number(item.search_stage), item.best, item.member))


def _stage_number(label: str) -> int:
    head = label.partition("/")[0]
    return int(head) if head.isdigit() else 0


def finish_pool(pool: Pool, folder: RunFolder) -> float:
    """Write the final status of a pool and say how it went; return its best total."""
    best = pool.best()
    assert best is not None
    folder.write_status("finished", **pool.status())
    say(
        f"finished after {pool.evaluations} evaluations of {pool.config.optimizer.members} searches: best "
        f"{best.best:.5f} of {pool.place(best.member).name}; {pool.folder / TABLE_NAME}"
    )
    return best.best
