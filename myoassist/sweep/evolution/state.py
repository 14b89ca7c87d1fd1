"""What is known about an evolution: told by the events of its journal, compared, replayed."""

import math
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from myoassist.config.schema.aliases import renew_flat
from myoassist.config.schema.keys import run_keys
from myoassist.files.append_log import JsonLog, read_objects
from myoassist.files.errors import ResumeError
from myoassist.files.json_values import to_json
from myoassist.runs.differences import compare, describe_changes
from myoassist.sweep.evolution.individual import Individual

JOURNAL_NAME = "evolution.jsonl"
FORMAT = 1
# nevergrad clips larger losses itself, with a warning each time.
WORST_LOSS = 4.9e20


@dataclass
class EvolutionState:
    """An evolution as far as it went.

    Attributes:
        signature: What makes it this evolution, see `find_differences`.
        budget: Number of evaluations that its optimizer was planned for at the first start.
        versions: Versions of the packages at the first start.
        individuals: Everything asked for, in order.
        told: Number of generations that the optimizer was told about.
        sessions: How often it was started.
        parent: Folder of the evolution that this one continues, relative to this one's, or None.
        fixed: Overrides that all individuals share, as of the last start.
        submitted: Job id -> launcher of jobs that may still run, of the generation that is open.
    """

    signature: dict[str, Any]
    budget: int
    versions: dict[str, str] = field(default_factory=dict)
    individuals: list[Individual] = field(default_factory=list)
    told: int = 0
    sessions: int = 0
    parent: str | None = None
    fixed: list[str] = field(default_factory=list)
    submitted: dict[str, str] = field(default_factory=dict)

    @property
    def library(self) -> str:
        """The library whose optimizer searches: the one whose version was noted at the first start."""
        return "optuna" if "optuna" in self.versions else "nevergrad"

    def generation(self, number: int) -> list[Individual]:
        """Return the individuals of one generation in the order of their ranks."""
        return [item for item in self.individuals if item.generation == number]

    def closed(self) -> list[Individual]:
        """Return the individuals that the optimizer was told about."""
        return [item for item in self.individuals if item.generation < self.told]

    @property
    def generations(self) -> int:
        """Number of generations asked for."""
        return self.individuals[-1].generation + 1 if self.individuals else 0

    def best(self) -> Individual | None:
        """Return the individual of the lowest loss, the earlier one of two equal ones; None without a success."""
        done = [item for item in self.individuals if item.status == "finished" and item.loss is not None]
        return min(done, key=lambda item: (item.loss, item.job)) if done else None


def start_event(state: EvolutionState, time: str) -> dict[str, Any]:
    """Return the journal line of a start."""
    names = ("signature", "budget", "versions", "parent", "fixed")
    start = {name: getattr(state, name) for name in names}
    return {"event": "start", "format": FORMAT, "session": state.sessions, "time": time} | start


def ask_event(individuals: list[Individual]) -> dict[str, Any]:
    """Return the journal line that announces a generation."""
    asked = [item.asked() for item in individuals]
    return {"event": "ask", "generation": individuals[0].generation, "individuals": asked}


def result_event(individual: Individual, time: str) -> dict[str, Any]:
    """Return the journal line of a result."""
    return {"event": "result", "time": time} | individual.result()


def tell_event(generation: int, time: str) -> dict[str, Any]:
    """Return the journal line that closes a generation."""
    return {"event": "tell", "generation": generation, "time": time}


def write_copy(state: EvolutionState, journal: JsonLog, time: str) -> None:
    """Write the whole state as the journal of a new folder that continues another one."""
    events = [start_event(state, time)]
    for number in range(state.generations):
        batch = state.generation(number)
        events.append(ask_event(batch))
        events += [result_event(item, time) for item in batch if item.status != "pending"]
        if number < state.told:
            events.append(tell_event(number, time))
    journal.write(*events)


def find_differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return one line `key: old -> new` for everything in which two signatures differ."""
    return describe_changes(compare(_flatten(to_json(_renew(old, new))), _flatten(to_json(new))))


def _renew(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return a stored signature with every key where it is now; a key that is younger than it had its default."""
    stored, asked = old.get("task"), new.get("task")
    if not isinstance(stored, dict) or not isinstance(asked, dict):
        return old
    younger = {name: run_keys()[name].default for name in asked if name in run_keys()}
    return {**old, "task": {**younger, **renew_flat(stored)}}


def replay(state: EvolutionState, optimizer: Any) -> dict[int, Any]:
    """Ask and tell an optimizer again everything that the journal holds.

    Args:
        state: What the journal holds.
        optimizer: The optimizer as it was at the first start.

    Returns:
        Job number -> candidate of the generation that was not closed, empty if all were.

    Raises:
        ResumeError: if the optimizer asks for something else than it did then.
    """
    for number in range(state.generations):
        batch = state.generation(number)
        candidates = {item.job: optimizer.ask() for item in batch}
        for item in batch:
            asked = to_json(dict(candidates[item.job].value))
            if not _is_close(asked, item.params):
                raise _other_course(state, item, asked)
            item.uid = candidates[item.job].uid
        if number >= state.told:
            return candidates
        for item in batch:
            optimizer.tell(candidates[item.job], WORST_LOSS if item.loss is None else item.loss)
    return {}


def _other_course(state: EvolutionState, item: Individual, asked: dict[str, Any]) -> ResumeError:
    name, then = state.library, state.versions
    return ResumeError(
        f"the evolution takes another course when replayed: generation {item.generation}, rank {item.rank} "
        f"was {item.params}, now {asked}",
        f"the optimizer as it was ({name} {then.get(name, '?')} then, {version(name)} now; "
        f"numpy {then.get('numpy', '?')} then)",
        "install the versions of then, or start another evolution with expname=...",
    )


def _is_close(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_close, one, other))
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other


def read_events(path: Path) -> EvolutionState | None:
    """Read an evolution from its journal; None where there is none.

    Raises:
        ResumeError: if it is damaged or of another version.
    """
    events = read_objects(path)[0]
    if not events:
        return None
    if events[0].get("event") != "start" or events[0].get("format") != FORMAT:
        raise ResumeError(
            f"{path} is not a journal of this version (format {events[0].get('format')})",
            f"a journal of format {FORMAT}",
            "use the version of myoassist that wrote it, or another expname=...",
        )
    try:
        return _restore(events)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ResumeError(
            f"{path}: an event is damaged ({type(error).__name__}: {error})",
            "a journal as it was written",
            f"restore {path.name} from a copy, or start anew with fresh=true",
        ) from None


def _restore(events: list[dict[str, Any]]) -> EvolutionState:
    """Return the evolution that the events of a journal tell of, the first of them a start."""
    first = events[0]
    state = EvolutionState(first["signature"], first["budget"], first.get("versions", {}), parent=first.get("parent"))
    by_job: dict[int, Individual] = {}
    for event in events:
        kind = event["event"]
        if kind == "start":
            state.sessions = event.get("session", state.sessions + 1)
            state.fixed = event.get("fixed", [])
        elif kind == "ask":
            for asked in event["individuals"]:
                by_job[asked["job"]] = Individual(**asked)
            state.submitted.clear()
        elif kind == "submit":
            state.submitted[event["job_id"]] = event["launcher"]
        elif kind == "result":
            for name, value in event.items():
                if name not in ("event", "time", "job"):
                    setattr(by_job[event["job"]], name, value)
        elif kind == "tell":
            state.told = event["generation"] + 1
            state.submitted.clear()
    state.individuals = [by_job[job] for job in sorted(by_job)]
    return state


def _flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        return {prefix: value}
    flat: dict[str, Any] = {}
    for key, item in value.items():
        flat |= _flatten(item, f"{prefix}.{key}" if prefix else str(key))
    return flat
