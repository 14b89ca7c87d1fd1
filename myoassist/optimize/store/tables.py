"""The table of a cost: its columns follow from the parts that occur."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from myoassist.files.append_log import AppendLog
from myoassist.files.atomic import write_bytes_atomic


class PartTable(AppendLog):
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
        self.header = header = self._header(len(self._parts))
        if state["size"]:
            self._require(len(header) + 1)
            self._narrow(int(state["size"]))
        super().restore(state)

    def _header(self, n_parts: int) -> str:
        return _line([*self._columns, *(self._prefix + name for name in self._parts[:n_parts])])

    def _widen(self, n_new: int) -> None:
        """Rewrite the file with the new header and `n_new` empty cells at the end of each row."""
        old = self.path.read_bytes()[: self._size].decode()
        rows = [row + "," * n_new for row in old.split("\n")[1:-1]]
        data = "".join(row + "\n" for row in [self._header(len(self._parts)), *rows]).encode()
        write_bytes_atomic(self.path, data)
        self._size = len(data)

    def _narrow(self, size: int) -> None:
        """Undo a widening that the stored state does not know, so that `size` bytes are that state again."""
        data = self.path.read_bytes()
        lines = data.decode().split("\n")
        n_later = len(next(csv.reader([lines[0]]))) - len(self._columns) - len(self._parts)
        if n_later <= 0:
            return
        header = self._header(len(self._parts))
        kept, length = [header], len(header.encode()) + 1
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
