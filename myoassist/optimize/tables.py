"""Text files that only grow: buffered between checkpoints, cut back to the checkpoint when a run continues."""

import csv
import io
import os
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.errors import ResumeError


class GrowingFile:
    """A header line and rows, appended at `commit`.

    Args:
        path: The file; its folder must exist at the first commit.
        header: First line, without its end.
        durable: Wait at every commit until the rows have reached the disk.
    """

    def __init__(self, path: Path, header: str, durable: bool = True) -> None:
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
        """Write the rows added since the last commit."""
        if self._size and not self._pending:
            return
        data = "".join(self._pending if self._size else [self.header + "\n", *self._pending]).encode()
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
            size = self.path.read_bytes().rfind(b"\n") + 1 if self.path.is_file() else 0
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


class PartTable(GrowingFile):
    """A CSV table whose last columns are the parts of a cost, in the order in which they first appear.

    Which parts there are is known only once they occur. A new one widens the table; rows written before hold an empty
    cell there, so the content depends on the rows alone and not on when they were committed.

    Args:
        path: The file.
        columns: Names of the columns before the parts.
        prefix: Put before the name of each part.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], prefix: str = "") -> None:
        super().__init__(path, _line(columns))
        self._columns = columns
        self._prefix = prefix
        self._parts: list[str] = []
        self._written_parts = 0
        self._rows: list[tuple[list[Any], dict[str, float]]] = []

    def append_row(self, values: Iterable[Any], parts: Mapping[str, float]) -> None:
        """Add a row of fixed columns and parts."""
        self._rows.append((list(values), dict(parts)))
        self._parts += [name for name in parts if name not in self._parts]

    def commit(self) -> None:
        """Write the rows added since the last commit, widening the table where a new part has appeared."""
        self.header = self._header(len(self._parts))
        if self._size and len(self._parts) > self._written_parts:
            self._widen(len(self._parts) - self._written_parts)
        for values, parts in self._rows:
            self.append(_line([*values, *(parts.get(name, "") for name in self._parts)]))
        self._rows.clear()
        super().commit()
        self._written_parts = len(self._parts)

    def state(self) -> dict[str, Any]:
        """Return size and parts."""
        return {"size": self._size, "parts": self._parts[: self._written_parts]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Cut the file back to a stored state, taking away columns that came later."""
        self._parts = list(state["parts"])
        self._written_parts = len(self._parts)
        self._rows.clear()
        self.header = self._header(len(self._parts))
        if state["size"]:
            self._require(len(self.header) + 1)
            self._narrow(int(state["size"]))
        super().restore(state)

    def _header(self, n_parts: int) -> str:
        return _line([*self._columns, *(self._prefix + name for name in self._parts[:n_parts])])

    def _widen(self, n_new: int) -> None:
        """Rewrite the file with the new header and `n_new` empty cells at the end of each row."""
        old = self.path.read_bytes()[: self._size].decode()
        rows = [row + "," * n_new for row in old.split("\n")[1:-1]]
        data = "".join(row + "\n" for row in [self.header, *rows]).encode()
        write_bytes_atomic(self.path, data)
        self._size = len(data)

    def _narrow(self, size: int) -> None:
        """Undo a widening that the stored state does not know, so that `size` bytes are that state again."""
        data = self.path.read_bytes()
        lines = data.decode().split("\n")
        n_later = len(next(csv.reader([lines[0]]))) - len(self._columns) - len(self._parts)
        if n_later <= 0:
            return
        kept, length = [self.header], len(self.header.encode()) + 1
        for row in lines[1:]:
            if length >= size:
                break
            kept.append(row[:-n_later])
            length += len(kept[-1].encode()) + 1
        write_bytes_atomic(self.path, "".join(row + "\n" for row in kept).encode())


def _line(values: Iterable[Any]) -> str:
    """Return one CSV line without its end; floats keep every digit, line breaks become blanks."""
    stream = io.StringIO()
    cells = [" ".join(value.split()) if isinstance(value, str) else _cell(value) for value in values]
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    return repr(float(value)) if isinstance(value, float) else value
