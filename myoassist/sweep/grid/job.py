"""One run of a grid: what is varied in it, where it lies, how it is started alone."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.config.compose.run import ComposedRun
from myoassist.config.run_names import override_key, quote_value
from myoassist.runs.overrides import format_command


@dataclass
class GridJob:
    """One run of a grid.

    Attributes:
        number: Place in the grid, from 0.
        overrides: Overrides of the run as the grid gives them.
        swept: Those of them that the grid varies.
        composed: Its configuration.
        folder: Its run folder.
        state: new, resume, extend or finished.
    """

    number: int
    overrides: list[str]
    swept: list[str]
    composed: ComposedRun
    folder: Path
    state: str

    def placed_overrides(self) -> list[str]:
        """Return the overrides of exactly this run in exactly this folder, whenever and by whom it is started."""
        inner = self.composed.config.expsubdir
        outer = self.folder.parents[len(Path(inner).parts) - 1] if inner else self.folder
        place = {"expname": self.composed.config.expname, "expsubdir": inner, "logdir": outer.as_posix()}
        kept = [text for text in self.overrides if override_key(text) not in place]
        return [*kept, *(f"{key}={quote_value(value)}" for key, value in place.items() if value is not None)]

    def command(self) -> str:
        """Return the command that runs, or continues, this run alone."""
        return format_command([text for text in self.placed_overrides() if not text.startswith("expname=")])
