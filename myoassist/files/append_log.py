"""Files that only grow: whole lines appended, cut back where a run continues, read up to a line that a kill cut off.

Tables of a run, records of a training and the journal of an evolution are such files.
"""

import json
import os
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.content import parse_json
from myoassist.files.errors import ResumeError
from myoassist.files.json_values import to_json


@dataclass(frozen=True)
class LogContent:
    """What a file of lines holds.

    Attributes:
        lines: The complete lines, in order, without their ends.
        dropped: Number of bytes of a last line that a kill cut off.
    """

    lines: list[bytes] = field(default_factory=list)
    dropped: int = 0


def read_lines(path: Path) -> LogContent:
    """Read a file of lines; a missing one is empty.

    Raises:
        OSError: if it cannot be read.
    """
    try:
        *lines, rest = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return LogContent()
    return LogContent(lines, len(rest))


def read_objects(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Read a file of one JSON object per line; a missing one is empty.

    Returns:
        The objects, in order, and the number of bytes of a last line that is none.

    Raises:
        ResumeError: if a line that is not the last one is damaged, naming it.
    """
    content = read_lines(path)
    objects: list[dict[str, Any]] = []
    for number, line in enumerate(content.lines, start=1):
        try:
            value = parse_json(line)
        except ValueError:
            value = None
        if isinstance(value, dict):
            objects.append(value)
        elif number == len(content.lines) and not content.dropped:
            return objects, len(line) + 1
        else:
            # Appending writes whole lines, so only the end can be half-written.
            raise ResumeError(
                f"{path}: line {number} is damaged",
                "one JSON object per line; only the last line may be cut off by a kill",
                f"restore {path.name} from a copy, or start anew with fresh=true",
            )
    return objects, content.dropped


class AppendLog:
    """A header line and rows, appended at `commit`.

    Args:
        path: The file; its folder must exist at the first commit.
        header: First line, without its end; None where there is none.
        durable: Wait at every commit until the rows have reached the disk.
    """

    def __init__(self, path: Path, header: str | None, durable: bool = True) -> None:
        self.path = path
        self.header = header
        self._durable = durable
        self._pending: list[str] = []
        self._size = 0

    def append(self, line: str) -> None:
        """Add a row, without its end, to be written by the next commit."""
        self._pending.append(line + "\n")

    @property
    def pending(self) -> bool:
        """Whether rows wait for the next commit."""
        return bool(self._pending)

    def commit(self) -> None:
        """Write the rows added since the last commit, or none of them.

        Raises:
            OSError: if the folder cannot be written or the disk is full.
        """
        if (self._size or self.header is None) and not self._pending:
            return
        begin = [] if self._size or self.header is None else [self.header + "\n"]
        data = "".join([*begin, *self._pending]).encode()
        try:
            with self.path.open("ab" if self._size else "wb") as stream:
                stream.write(data)
                if self._durable:
                    stream.flush()
                    os.fsync(stream.fileno())
        except OSError:
            # A full disk takes a part of a row; whoever reads the file meanwhile is to see whole ones.
            with suppress(OSError):
                os.truncate(self.path, self._size)
            raise
        self._size += len(data)
        self._pending.clear()

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs to bring back the file as it is now."""
        return {"size": self._size}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Cut the file back to a stored state.

        A file that is not durable may have lost its last rows with the power; it goes on with what is left.

        Raises:
            ResumeError: if a durable file is shorter than it was.
        """
        size = int(state["size"])
        if self._durable:
            self._require(size)
        elif self._found() < size:
            warnings.warn(f"{self.path.name} has lost its last rows", stacklevel=2)
            size = self._found() - read_lines(self.path).dropped
        if size:
            with self.path.open("r+b") as stream:
                stream.truncate(size)
        self._size = size
        self._pending.clear()

    def _found(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def _require(self, size: int) -> None:
        found = self._found()
        if found < size:
            raise ResumeError(
                f"{self.path.name} has {found} bytes",
                f"at least the {size} bytes that it had at the last checkpoint",
                "put the file back as it was, or start anew with fresh=true",
            )


class JsonLog(AppendLog):
    """JSON objects, one a line, on the disk when `write` returns; goes on behind what the file holds.

    Args:
        path: The file; its folder must exist.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, None)

    def write(self, *objects: dict[str, Any]) -> None:
        """Append objects and wait until the disk has them; NaN and infinity become null.

        Raises:
            OSError: if the folder cannot be written or the disk is full; the file is then as before.
        """
        for value in objects:
            self.append(json.dumps(to_json(value), ensure_ascii=False, allow_nan=False))
        # Another process may have gone on with the file while this one was suspended; what it wrote stays.
        self._size = self._found()
        try:
            self.commit()
        finally:
            self._pending.clear()

    def repair(self) -> int:
        """Cut off what a kill left of a last line; return the number of bytes that went.

        Raises:
            ResumeError: if a line before the last one is damaged; nothing is changed then.
        """
        _, dropped = read_objects(self.path)
        if dropped:
            data = self.path.read_bytes()
            write_bytes_atomic(self.path, data[: len(data) - dropped])
        return dropped
