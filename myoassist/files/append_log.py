"""The journal of an evolution: one JSON object per line, appended and synced, the only truth about what happened."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.content import parse_json
from myoassist.files.errors import ResumeError
from myoassist.files.json_values import to_json

JOURNAL_NAME = "evolution.jsonl"


@dataclass(frozen=True)
class JournalContent:
    """What a journal holds.

    Attributes:
        events: The complete lines, in order.
        dropped: Number of bytes of a last line that a kill cut off.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    dropped: int = 0


class Journal:
    """Append to the journal of a folder.

    Args:
        folder: Folder of the evolution; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL_NAME

    def append(self, *events: dict[str, Any]) -> None:
        """Write events and wait until the disk has them.

        Raises:
            OSError: if the folder cannot be written or the disk is full.
        """
        text = "".join(json.dumps(to_json(event), ensure_ascii=False, allow_nan=False) + "\n" for event in events)
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("ab") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            # A full disk takes a part of a line; another event behind it would make it one in the middle.
            with suppress(OSError):
                os.truncate(self.path, size)
            raise

    def repair(self) -> int:
        """Cut off what a kill left of a last line; return the number of bytes that went."""
        content = read_journal(self.path)
        if content.dropped:
            data = self.path.read_bytes()
            write_bytes_atomic(self.path, data[: len(data) - content.dropped])
        return content.dropped


def read_journal(path: Path) -> JournalContent:
    """Read a journal; a missing one is empty.

    Raises:
        ResumeError: if a line that is not the last one is damaged, naming it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return JournalContent()
    events: list[dict[str, Any]] = []
    position = 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        try:
            event = parse_json(line) if line.endswith(b"\n") else None
        except ValueError:
            event = None
        if not isinstance(event, dict):
            rest = len(data) - position
            # Appending writes whole lines, so only the end can be half-written.
            if position + len(line) < len(data):
                raise ResumeError(
                    f"{path}: line {number} is damaged",
                    "one JSON object per line; only the last line may be cut off by a kill",
                    f"restore {path.name} from a copy, or start anew with fresh=true",
                )
            return JournalContent(events, rest)
        events.append(event)
        position += len(line)
    return JournalContent(events)
