"""Find, lock and continue the folder of an evolution, or start it."""

import datetime
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from myoassist.files.append_log import JsonLog
from myoassist.files.errors import ResumeError
from myoassist.files.lock import LOCK_NAME, RunLock
from myoassist.runs.catalogue import CONFIG_NAME, list_older
from myoassist.runs.storage import claim_folder, refuse_folder, remove_temporaries, set_aside
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.libraries.library import Follower
from myoassist.sweep.evolution.plan import EvolutionPlan
from myoassist.sweep.evolution.state import JOURNAL_NAME, EvolutionState, find_differences, start_event, write_copy
from myoassist.sweep.evolution.store import CHECKPOINT_NAMES, read_state

_WHAT = "the folder of the evolution"
# Besides those of the library.
_PACKAGES = ("hydra-core", "myoassist")


@dataclass
class EvolutionFolder:
    """A locked folder with the state of its evolution.

    Attributes:
        path: The folder.
        state: What is known.
        journal: Where more is written.
        notices: What was decided, for people.
        lock: Keeps a second daemon out.
        follower: What is kept for tools of the library, if anything.
    """

    path: Path
    state: EvolutionState
    journal: JsonLog
    notices: list[str]
    lock: RunLock
    follower: Follower | None = None


def open_evolution(plan: EvolutionPlan) -> EvolutionFolder:
    """Lock the folder of an evolution and read or begin its journal.

    An unfinished evolution of the same name and signature under an older date is continued there.

    Raises:
        ResumeError: if another process has it, if it is another evolution, or if `resume` or `load_if_exists` forbid
            what would have to be done.
        ConfigError: if the folder cannot be used.
    """
    path, notices = _choose(plan)
    elsewhere = f"or start another evolution: {plan.renamed('_2')}"
    try:
        if plan.fresh and path.is_dir() and any(entry.name != LOCK_NAME for entry in path.iterdir()):
            notices.append(set_aside(path, elsewhere))
        lock = claim_folder(path, elsewhere, _WHAT)
    except OSError as error:
        raise refuse_folder(path, error, _WHAT) from None
    try:
        journal = JsonLog(path / JOURNAL_NAME)
        remove_temporaries(path)
        dropped = journal.repair()
        if dropped:
            notices.append(f"The last line of {JOURNAL_NAME} was cut off by a kill; {dropped} bytes were dropped.")
        state = _start(plan, path, journal, notices)
    except BaseException:
        lock.release()
        raise
    follower = plan.library.follow(path, plan.space) if plan.library.follow else None
    return EvolutionFolder(path, state, journal, notices, lock, follower)


def now() -> str:
    """Return the time as the journal notes it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _start(plan: EvolutionPlan, path: Path, journal: JsonLog, notices: list[str]) -> EvolutionState:
    state = read_state(path)
    inherited = None
    if state is None and plan.optim.checkpoint is not None:
        state = inherited = _inherit(plan, plan.optim.checkpoint, path)
        notices.append(f"Continuing the evolution of {state.parent} here, after {len(state.individuals)} individuals.")
    if state is None:
        if plan.resume == "must":
            raise ResumeError(
                f"resume=must, but {path} holds no evolution", "a started one", plan.command("resume=auto")
            )
        state = EvolutionState(
            plan.signature, plan.budget, {name: version(name) for name in (*plan.library.packages, *_PACKAGES)}
        )
        notices.append(f"New evolution in {path.as_posix()}.")
    else:
        _check_same(plan, path, state)
        if inherited is None:
            done = sum(item.status != "pending" for item in state.individuals)
            notices.append(f"Continuing the evolution in {path.as_posix()} at job {done} of {plan.budget}.")
    state.sessions += 1
    state.fixed = plan.space.fixed
    if inherited is not None or (not journal.path.exists() and state.individuals):
        # The rows of another folder, or of a checkpoint whose journal is gone.
        write_copy(state, journal, now())
    else:
        journal.write(start_event(state, now()))
    return state


def _inherit(plan: EvolutionPlan, checkpoint: str, path: Path) -> EvolutionState:
    source = Path(checkpoint).expanduser()
    state = read_state(source)
    if state is None:
        raise ResumeError(
            f"hydra.sweeper.optim.checkpoint={source} holds no evolution",
            f"the {' or '.join(CHECKPOINT_NAMES)} or the folder of an evolution",
            "hydra.sweeper.optim.checkpoint=null starts anew",
        )
    _check_same(plan, source, state)
    home = source if source.is_dir() else source.parent
    state.parent = Path(os.path.relpath(home, path)).as_posix()
    for item in state.individuals:
        if item.status != "pending":
            item.folder = Path(os.path.normpath(f"{state.parent}/{item.folder}")).as_posix()
    return state


def _check_same(plan: EvolutionPlan, path: Path, state: EvolutionState) -> None:
    differences = find_differences(state.signature, plan.signature)
    if differences:
        lines = "".join(f"\n    {line}" for line in differences)
        raise ResumeError(
            f"{path} holds another evolution (stored -> asked for):{lines}",
            "the stored settings, or another folder",
            f"{plan.renamed('_2')}\n       or: {plan.command('fresh=true')}   (sets it aside)",
        )
    if plan.resume == "never" or not plan.optim.load_if_exists:
        key = "resume=never" if plan.resume == "never" else "hydra.sweeper.optim.load_if_exists=false"
        raise ResumeError(
            f"{key}, but {path} holds an evolution with {len(state.individuals)} individuals",
            "a folder that is new",
            plan.renamed("_2"),
        )


def _choose(plan: EvolutionPlan) -> tuple[Path, list[str]]:
    path = plan.folder()
    if (path / CONFIG_NAME).exists():
        raise ResumeError(
            f"{path} holds a single run",
            "a folder of its own for the evolution",
            plan.renamed("_evolution"),
        )
    if plan.logdir or plan.fresh or plan.resume == "never" or plan.optim.checkpoint or (path / JOURNAL_NAME).exists():
        return path, []
    for date, older in list_older(plan.name, datetime.date.today()):
        if not (older / JOURNAL_NAME).exists():
            continue
        state = read_state(older)
        if state is None or find_differences(state.signature, plan.signature):
            continue
        if count_done(state.individuals) < plan.budget:
            return older, [f"It is the unfinished evolution of {date}; the same settings ask for it."]
        break
    return path, []


def count_done(individuals: list[Individual]) -> int:
    """Return how many individuals have a result."""
    return sum(item.status != "pending" for item in individuals)
