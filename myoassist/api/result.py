"""A walk as an object: score, metrics, curves, log, figures, video and report."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoassist.files.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

    from myoassist.analysis.page.walk_page import ReportedWalk
    from myoassist.analysis.walk.evaluation import Evaluation
    from myoassist.api.plots import WalkPlots
    from myoassist.api.score import ScoreCard
    from myoassist.config.schema.run import RunConfig


@dataclass(frozen=True)
class Video:
    """A video of a walk, which a notebook plays.

    Attributes:
        content: The MP4.
        path: Its file, None where it has none.
    """

    content: bytes
    path: Path | None = None

    def __repr__(self) -> str:
        place = "" if self.path is None else f"{self.path.as_posix()}, "
        return f"Video({place}{len(self.content)} bytes)"

    def _repr_html_(self) -> str:
        from myoassist.analysis.picture.video import VIDEO_SIZE
        from myoassist.api.html import format_video

        return format_video(self.content, VIDEO_SIZE[0])


class Walk:
    """A simulated walk and what is known about it.

    Args:
        reported: The walk with the name of its run.
        folder: Folder of its run; None for a vector of no run.
        write: Writes the files of the evaluation command, with pictures or without, and returns the report; None
            without a run.

    Attributes:
        evaluation: What the commands know of it: the raw log, poses, reference.
        folder: Folder of its run, or None.
    """

    def __init__(
        self, reported: "ReportedWalk", folder: Path | None = None, write: Callable[[bool], Path] | None = None
    ) -> None:
        self.evaluation: Evaluation = reported.evaluation
        self.folder = folder
        self._reported = reported
        self._write = write

    @property
    def name(self) -> str:
        """Name of the run."""
        return self._reported.name

    @property
    def source(self) -> str:
        """Where the parameters come from."""
        return self._reported.source

    @property
    def config(self) -> "RunConfig":
        """The configuration that was walked with."""
        return self.evaluation.config

    @property
    def survived(self) -> bool:
        """Whether the walk lasted as long as it was asked to."""
        from myoassist.rollout.log import Outcome

        return self.evaluation.result.outcome is Outcome.SURVIVED

    @property
    def cost(self) -> float:
        """Total cost; of a policy its return."""
        return float(self.evaluation.result.total)

    @property
    def parts(self) -> dict[str, float]:
        """Summands of the cost by name."""
        return dict(self.evaluation.result.parts)

    @property
    def terms(self) -> dict[str, Any]:
        """Reported terms of the cost by name."""
        return dict(self.evaluation.result.terms)

    @property
    def score(self) -> "ScoreCard":
        """The score card: distance from people, and bounds with lights."""
        from myoassist.api.score import ScoreCard

        assert self.evaluation.score is not None, "every walk is scored"
        return ScoreCard(self.evaluation.score)

    @property
    def metrics(self) -> "pd.DataFrame":
        """A row per metric: `value`, with repeats also `mean`, `sd` and `n` of the survivors, `unit`, `meaning`."""
        import pandas as pd

        from myoassist.analysis.walk.metrics import WALK_METRICS

        repeats = self.evaluation.repeats
        rows = []
        for name, metric in WALK_METRICS.items():
            row: dict[str, Any] = {"metric": name, "value": self.evaluation.metrics[name]}
            if repeats is not None:
                row["mean"], row["sd"], row["n"] = repeats.summarize(name) or (None, None, 0)
            rows.append({**row, "unit": metric.unit, "meaning": metric.meaning})
        table = pd.DataFrame(rows).set_index("metric")
        numbers = [name for name in ("value", "mean", "sd") if name in table]
        return table.astype(dict.fromkeys(numbers, float))

    @property
    def curves(self) -> "pd.DataFrame":
        """Mean and SD of every signal and leg at 0, 1, ..., 100 percent of the gait cycle, and the reference.

        Columns are `<signal>_<side>_mean [unit]`, `_sd`, `<signal>_reference`, `_reference_sd`; NaN where a leg has no
        whole stride.
        """
        import pandas as pd

        from myoassist.analysis.page.csv_tables import curve_columns

        table = pd.DataFrame(dict(curve_columns(self.evaluation)), dtype=float)
        return table.rename(columns={"percent": "gait cycle [%]"}).set_index("gait cycle [%]")

    @property
    def log(self) -> "pd.DataFrame":
        """Every quantity of the walk over time, a row per control step; columns are `<name>_<side or axis> [unit]`."""
        import pandas as pd

        from myoassist.analysis.walk.log_table import log_columns

        return pd.DataFrame(log_columns(self.evaluation.log)).set_index("time [s]")

    @property
    def parameters(self) -> "pd.DataFrame":
        """The parameters that walk, a row each: `value` in `unit`, `raw`, `group`.

        Raises:
            UserError: of a policy, which has a network instead.
        """
        import pandas as pd

        table = self.evaluation.table
        if table is None:
            raise UserError(f"{self.name} is a policy", "a walk with a parameter vector")
        vector = self.evaluation.vector
        columns = {
            "value": table.show(vector),
            "unit": [item.unit for item in table.parameters],
            "raw": vector,
            "group": table.groups,
        }
        return pd.DataFrame(columns, index=pd.Index(table.names, name="name"))

    @property
    def plot(self) -> "WalkPlots":
        """Figures of the walk."""
        from myoassist.api.plots import WalkPlots

        return WalkPlots([(self.evaluation, self.name)], self.folder)

    def video(self, path: "str | Path | None" = None) -> Video:
        """Draw the walk in real time, side view, muscles coloured by activation.

        Args:
            path: MP4 file to write; None writes none.

        Raises:
            UserError: if nothing can be drawn here, with what to install.
        """
        from myoassist.api.drawing import draw_video

        target = None if path is None else Path(path).expanduser()
        return Video(draw_video(self.evaluation, f"{self.name}   {self.evaluation.verdict}", target), target)

    def report(self, pictures: bool = True) -> Path:
        """Write the files of the evaluation command into the folder of the run.

        Args:
            pictures: Draw still and video too, which takes longest.

        Returns:
            The page, `report.html`.

        Raises:
            UserError: if the walk is that of no run, or the folder cannot be written.
        """
        if self._write is None:
            raise UserError(f"{self.name} has no folder for a report", "the walk of a run", "evaluate(run).report()")
        return self._write(pictures)

    def __repr__(self) -> str:
        result = self.evaluation.result
        ended = result.reason or f"survived {result.walked_time:.2f} s"
        return f"Walk({self.name}: {ended}; {self.evaluation.verdict})"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p><b>{escape(repr(self))}</b></p>{self.score._repr_html_()}"
