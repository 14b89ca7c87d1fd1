"""The index of a grid: one line per run with its overrides, folder, status and best."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoassist.files.append_log import read_lines
from myoassist.files.atomic import write_text_atomic
from myoassist.runs.overrides import make_relative_override

INDEX_NAME = "sweep_index.jsonl"
# Files that have been written, for whoever asked.
_NOTED: ContextVar[list[Path] | None] = ContextVar("noted", default=None)


@dataclass(frozen=True)
class IndexRow:
    """One run of a grid as its index knows it.

    Attributes:
        job: Number in the grid, from 0.
        overrides: Overrides of the run as the grid gives them.
        swept: Those of them that the grid varies.
        folder: Run folder, usable from the current directory.
        status: new (not started yet), running, finished, interrupted or failed.
        best: Best total of the run so far, or None.
        reason: Why it failed, or an empty text.
        command: Command that runs or continues this run alone.
    """

    job: int
    overrides: list[str]
    swept: list[str]
    folder: Path
    status: str
    best: float | None
    reason: str
    command: str


def write_index(root: Path, rows: Iterable[IndexRow]) -> None:
    """Replace the index in a folder; folders in it are relative to that folder, so that logs can be moved."""
    lines = []
    for row in rows:
        content = vars(row) | {
            "overrides": [make_relative_override(text) for text in row.overrides],
            "swept": [make_relative_override(text) for text in row.swept],
            "folder": Path(os.path.relpath(row.folder, root)).as_posix(),
        }
        lines.append(json.dumps(content, ensure_ascii=False))
    write_text_atomic(root / INDEX_NAME, "\n".join(lines) + "\n")
    noted = _NOTED.get()
    if noted is not None:
        noted.append(root / INDEX_NAME)


@contextmanager
def note_indexes() -> Iterator[list[Path]]:
    """Hand out a list that the file of every index written inside is added to."""
    written: list[Path] = []
    before = _NOTED.set(written)
    try:
        yield written
    finally:
        _NOTED.reset(before)


def read_index(file: Path) -> list[IndexRow]:
    """Read an index; empty where there is none, unreadable lines are skipped."""
    try:
        lines = read_lines(file).lines
    except OSError:
        return []
    rows = []
    for line in lines:
        try:
            content: dict[str, Any] = json.loads(line)
            content["folder"] = Path(os.path.normpath(file.parent / content["folder"]))
            rows.append(IndexRow(**content))
        except (ValueError, TypeError, KeyError):
            continue
    return rows
