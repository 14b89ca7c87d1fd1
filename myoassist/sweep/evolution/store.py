"""An evolution on the disk: the journal, which is the truth, and a checkpoint, which is made of it."""

import io
import pickle
from pathlib import Path
from typing import Any

from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.errors import ResumeError, UnsafeFileError
from myoassist.files.json_values import to_json
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.state import FORMAT, JOURNAL_NAME, EvolutionState, find_differences, read_events

# One per library, named after it.
CHECKPOINT_NAMES = ("nevergrad.pkl", "optuna.pkl")


def read_state(path: Path) -> EvolutionState | None:
    """Read an evolution from its folder, its journal or its checkpoint; None where there is none.

    In a folder the journal wins, because the checkpoint is only a copy of it. A checkpoint that is named itself has to
    agree with the journal beside it.

    Raises:
        ResumeError: if the file is damaged, or a checkpoint tells something else than its journal.
        UnsafeFileError: if a checkpoint holds more than numbers and texts.
    """
    if path.is_dir():
        found = (read_state(path / name) for name in CHECKPOINT_NAMES)
        return read_events(path / JOURNAL_NAME) or next((state for state in found if state is not None), None)
    if path.suffix == ".jsonl":
        return read_events(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    state = _read_checkpoint(data, path)
    _compare_with_journal(state, path)
    return state


def write_checkpoint(folder: Path) -> None:
    """Make the checkpoint anew out of the journal of a folder: the closed generations.

    It is a pickle of numbers and texts alone, so that reading it can run no code, and it holds nothing of its own.

    Raises:
        ResumeError: if the journal is missing or damaged.
        OSError: if the folder cannot be written.
    """
    state = read_events(folder / JOURNAL_NAME)
    if state is None:
        raise ResumeError(f"{folder / JOURNAL_NAME} is gone", "the journal of the evolution", "bring it back")
    content = {
        "format": FORMAT,
        "signature": to_json(state.signature),
        "budget": state.budget,
        "versions": to_json(state.versions),
        "individuals": [to_json(item.asked() | item.result()) for item in state.closed()],
        "sessions": state.sessions,
        "parent": state.parent,
        "fixed": state.fixed,
    }
    write_bytes_atomic(folder / f"{state.library}.pkl", pickle.dumps(content, protocol=4))


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise UnsafeFileError(
            f"the checkpoint names {module}.{name}", "a checkpoint of this project, which holds numbers and texts only"
        )


def _read_checkpoint(data: bytes, path: Path) -> EvolutionState:
    try:
        content = _PlainUnpickler(io.BytesIO(data)).load()
        individuals = [Individual(**item) for item in content["individuals"]]
        state = EvolutionState(
            content["signature"],
            content["budget"],
            content["versions"],
            individuals,
            sessions=content["sessions"],
            parent=content["parent"],
            fixed=content["fixed"],
        )
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ResumeError(
            f"{path} is damaged or no checkpoint of an evolution ({type(error).__name__})",
            f"the {path.name} of an evolution",
            f"name the folder of the evolution instead: its {JOURNAL_NAME} says the same",
        ) from None
    state.told = state.generations
    return state


def _compare_with_journal(state: EvolutionState, path: Path) -> None:
    """Refuse a checkpoint that is no copy of the journal beside it; where there is none, it is all there is."""
    truth = read_events(path.with_name(JOURNAL_NAME))
    if truth is None:
        return
    pairs = list(zip(state.closed(), truth.closed(), strict=False))
    changed = [f"job {item.job}" for item, told in pairs if _told(item) != _told(told)]
    if find_differences(state.signature, truth.signature):
        changed.insert(0, "the settings")
    if changed:
        raise ResumeError(
            f"{path} and the {JOURNAL_NAME} beside it differ in {', '.join(changed[:3])}",
            "a copy of the journal, as every generation leaves it",
            f"name the folder of the evolution instead: its {JOURNAL_NAME} is the truth",
        )


def _told(item: Individual) -> dict[str, Any]:
    # The optimizer gives another name after every start.
    return {name: value for name, value in to_json(item.asked() | item.result()).items() if name != "uid"}
