"""Costs of the candidates of a search in their order. A search that draws the same again is told them and goes on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from myoassist.files.append_log import JsonLog, read_objects
from myoassist.files.errors import UserError


class Journal:
    """Costs of a search, in a file or nowhere.

    Args:
        file: Where they are kept; None keeps none.
        search: What tells the search from others.

    Raises:
        UserError: if the file is of another search.
    """

    def __init__(self, file: Path | None, search: dict[str, Any]) -> None:
        self._costs: list[float] = []
        self._next = 0
        self._log: JsonLog | None = None
        if file is None:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        self._log = JsonLog(file)
        self._log.repair()
        rows, _ = read_objects(file)
        if not rows:
            self._log.write(search)
        elif rows[0] != search:
            raise UserError(f"{file} is of {json.dumps(rows[0])}", json.dumps(search), "choose another --out")
        self._costs = [float(row["cost"]) for row in rows[1:]]

    def recall(self, cost: Callable[[], float]) -> float:
        """Return the next cost of the file, or compute and keep it."""
        if self._next == len(self._costs):
            self._costs.append(cost())
            if self._log is not None:
                self._log.write({"cost": self._costs[-1]})
        self._next += 1
        return self._costs[self._next - 1]
