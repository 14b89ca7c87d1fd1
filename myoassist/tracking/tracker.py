"""What a tracker of experiments has to do, and which there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class TrackedRun:
    """A run as a tracker is told of it.

    Attributes:
        experiment: Group of runs that it belongs to: its exp.
        name: Its name among them: date and folder.
        params: Key -> value as text, everything that was configured.
        root: Folder of all runs, where local stores lie.
        uri: Server to send to; None keeps everything on this machine.
    """

    experiment: str
    name: str
    params: Mapping[str, str]
    root: Path
    uri: str | None


@dataclass(frozen=True)
class Row:
    """One row of a table of a run.

    Attributes:
        place: Folder of the table within the run and a slash, e.g. `member_00/`; empty for the run itself.
        axis: What it counts, e.g. `generation`.
        step: Its number on that axis.
        values: Column -> finite number.
    """

    place: str
    axis: str
    step: int
    values: Mapping[str, float]


class Tracker(Protocol):
    """A store that is opened for one run."""

    def open(self, run: TrackedRun, run_id: str | None) -> str:
        """Begin, or continue the run of that id; return the id."""
        ...

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Add rows of tables."""
        ...

    def add_summary(self, values: Mapping[str, float]) -> None:
        """Add numbers that belong to the run as a whole."""
        ...

    def add_files(self, files: Sequence[Path]) -> None:
        """Add copies of files."""
        ...

    def close(self, status: str) -> None:
        """End with finished, interrupted or failed."""
        ...
