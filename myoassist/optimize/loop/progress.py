"""Show how a search gets on: a live panel in a terminal, throttled plain lines elsewhere."""

import re
import time
from collections import Counter, deque
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from myoassist.cost.result import STAGES, CostResult
from myoassist.files.console import say
from myoassist.optimize.store.search_state import Search

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# Generations whose mean duration tells the time left.
_WINDOW = 20
# Shortest time between plain lines, s.
_LINE_INTERVAL = 5.0


class Progress(Protocol):
    """A display of a search; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def update(self, search: Search, results: Sequence[CostResult], limit: int) -> bool | None:
        """Show the generation that was told last; `limit` is the last generation of the run.

        Returns:
            True to stop the search after this generation, as Ctrl-C would.
        """
        ...

    def note(self, text: str) -> None:
        """Say something once."""
        ...


class Pace:
    """Speed and time left from the durations of the last generations."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._durations: deque[float] = deque(maxlen=_WINDOW)

    def tick(self) -> None:
        """Note the end of a generation."""
        now = time.perf_counter()
        self._durations.append(now - self._last)
        self._last = now

    @property
    def generation_time(self) -> float:
        """Mean duration of a generation, s."""
        return sum(self._durations) / len(self._durations) if self._durations else 0.0

    def evaluations_per_second(self, popsize: int) -> float:
        """Evaluations per second."""
        return popsize / self.generation_time if self.generation_time > 0.0 else 0.0

    def time_left(self, generations: int) -> str:
        """Return the time that further generations will take, as h:mm:ss."""
        seconds = round(max(0, generations) * self.generation_time)
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def describe_stages(results: Sequence[CostResult]) -> str:
    """Return how many candidates of a generation reached which stage, e.g. `1a:12 2:4`."""
    counts = Counter(result.stage for result in results)
    return " ".join(f"{stage}:{counts[stage]}" for stage in STAGES if counts[stage])


def describe_parts(result: CostResult) -> str:
    """Return the summands of a total, e.g. `effort 1.6 + l1 26.1`; zeros are left out.

    With several walking conditions, the share of each as one number, e.g. `c1 49.2 + c2 51.7 + l1 26.1`.
    """
    shares: dict[str, float] = {}
    for name, value in result.parts.items():
        condition = re.match(r"c\d+(?=_)", name)
        key = condition[0] if condition else name
        shares[key] = shares.get(key, 0.0) + value
    shown = [f"{name} {value:.4g}" for name, value in shares.items() if value != 0.0]
    return " + ".join(shown).replace("+ -", "- ") or "0"


def describe_standing(result: CostResult) -> str:
    """Return what a total is made of; for a walk that could not start, why."""
    return result.reason if result.stage == "0" and result.reason else describe_parts(result)


class PlainProgress:
    """One line per generation, but not more often than every few seconds.

    Args:
        stream: Where the lines go.
        interval: Shortest time between lines, s.
    """

    def __init__(self, stream: TextIO | None = None, interval: float = _LINE_INTERVAL) -> None:
        self._stream = stream
        self._interval = interval
        self._next = 0.0
        self._held: str | None = None
        self._pace = Pace()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held is not None:
            self.note(self._held)

    def update(self, search: Search, results: Sequence[CostResult], limit: int) -> None:
        """Print the generation, or hold its line back if the last one is too recent."""
        assert search.best is not None
        self._pace.tick()
        stage = f"[{search.stage_label}]  " if search.stage_label else ""
        line = (
            f"{stage}generation {search.generation}/{limit}  best {search.best.result.total:.5f} "
            f"(stage {search.best.result.stage}: {describe_standing(search.best.result)})  "
            f"stages {describe_stages(results)}  {self._pace.evaluations_per_second(len(results)):.2f} evaluations/s  "
            f"left {self._pace.time_left(limit - search.generation)}"
        )
        now = time.monotonic()
        if now >= self._next or search.generation >= limit:
            self._next = now + self._interval
            self.note(line)
            self._held = None
        else:
            self._held = line

    def note(self, text: str) -> None:
        """Print a line."""
        say(text, self._stream)


class LiveProgress:
    """A panel that is redrawn in place.

    Args:
        console: Terminal to draw on.
    """

    def __init__(self, console: "Console") -> None:
        from rich.live import Live

        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=False)
        self._pace = Pace()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def update(self, search: Search, results: Sequence[CostResult], limit: int) -> None:
        """Redraw the panel."""
        self._pace.tick()
        self._live.update(self._render(search, results, limit))

    def note(self, text: str) -> None:
        """Print a line above the panel."""
        self._console.print(text, markup=False, highlight=False)

    def _render(self, search: Search, results: Sequence[CostResult], limit: int) -> "Table":
        from rich.table import Table
        from rich.text import Text

        assert search.best is not None and search.best_last is not None
        best, last = search.best.result, search.best_last.result
        speed = self._pace.evaluations_per_second(len(results))
        rows = (
            *([("stage of the search", search.stage_label)] if search.stage_label else []),
            ("generation", f"{search.generation} of {limit}    left {self._pace.time_left(limit - search.generation)}"),
            ("best", f"{best.total:.5f}    stage {best.stage}, generation {search.best.generation}"),
            ("parts", describe_standing(best)),
            ("this generation", f"{last.total:.5f}    stages {describe_stages(results)}"),
            ("evaluations", f"{search.evaluations}    {speed:.2f} per second"),
            *zip(search.optimizer.metric_labels.values(), map(_short, search.optimizer.metrics()), strict=True),
        )
        table = Table(show_header=False, title=search.run_name, title_justify="left")
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(name, Text(value))
        return table


def _short(value: float) -> str:
    return f"{value:.3g}"


def make_progress() -> Progress:
    """Return the display that suits standard output."""
    from rich.console import Console

    console = Console()
    return LiveProgress(console) if console.is_terminal and not console.is_dumb_terminal else PlainProgress()
