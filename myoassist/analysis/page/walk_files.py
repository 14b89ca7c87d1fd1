"""Write everything that shows an evaluated walk into the folder of its run."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from myoassist.analysis.page import csv_tables as tables
from myoassist.analysis.page.walk_page import ReportedWalk, draw_picture, write_report
from myoassist.analysis.picture.comparison import plot_comparison
from myoassist.analysis.picture.figures import save_figure
from myoassist.analysis.picture.gait_cycle import plot_gait_cycle, plot_joint_loads, plot_muscles
from myoassist.analysis.picture.modules import plot_modules
from myoassist.analysis.picture.series import shown_curves
from myoassist.analysis.picture.time_series import plot_time_series
from myoassist.analysis.walk import files as names
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.files.console import say
from myoassist.files.errors import UserError
from myoassist.report.parts import Picture, Section

_FIGURES = (names.GAIT_CYCLE, names.JOINT_LOADS, names.MUSCLES, names.TIME_SERIES, names.MODULES)
_PICTURES = (names.VIDEO, names.FRAME, *_FIGURES)
_TABLES = (
    names.STATS_FILE,
    names.STATS_TABLE,
    names.CURVES_TABLE,
    names.CHANNELS_TABLE,
    names.ENERGY_TABLE,
    names.REPEATS_TABLE,
    names.ROBUSTNESS_FILE,
)
_COMPARISON = (names.COMPARISON_TABLE, *names.COMPARISON_FIGURES)


class EvaluationReport:
    """Writer of the results of one evaluation.

    Args:
        folder: Run folder.
        walk: The walk, with the name of its run.
        others: Walks to compare it with, whose own folders are left alone.
        notices: Sentences for people that are known already.

    Attributes:
        video: Name of the video.
        optional: Names of the files that not every walk has.
        sections: What the report shows beside the walk.
        files: What has been written.
        notices: Sentences about what could not be done, for people.
    """

    video = names.VIDEO
    optional: tuple[str, ...] = (*_PICTURES, *_TABLES, *_COMPARISON)

    def __init__(self, folder: Path, walk: ReportedWalk, others: Sequence[ReportedWalk], notices: list[str]) -> None:
        self.sections: list[Section] = []
        self.files: list[Path] = []
        self.notices = list(notices)
        self._folder = folder
        self._walks = [walk, *others]
        # Figures of this walk alone, as the report shows them.
        self._drawn: dict[str, Picture] = {}

    @property
    def _evaluation(self) -> Evaluation:
        return self._walks[0].evaluation

    @property
    def _title(self) -> str:
        return f"{self._walks[0].name}   {self._evaluation.verdict}"

    def write_results(self) -> None:
        """Write the JSON files, the tables and the plots.

        Raises:
            UserError: if the folder cannot be written.
        """
        walk, evaluation = self._walks[0], self._evaluation
        with self._writing(names.TERMS) as path:
            names.write_terms(path, evaluation, walk.source, walk.overrides)
        if evaluation.score is not None:
            with self._writing(names.SCORE_FILE) as path:
                names.write_score(path, evaluation.score)
            if evaluation.score.robustness is not None:
                with self._writing(names.ROBUSTNESS_FILE) as path:
                    names.write_robustness(path, evaluation.score.robustness)
        with self._writing(names.METRICS_FILE) as path:
            names.write_metrics(path, evaluation)
        with self._writing(names.METRICS_TABLE) as path:
            tables.write_metrics_table(path, [(walk.name, evaluation)])
        if evaluation.stride_stats:
            with self._writing(names.STATS_FILE) as path:
                names.write_stats(path, evaluation.stride_stats)
            with self._writing(names.STATS_TABLE) as path:
                tables.write_stats_table(path, evaluation.stride_stats)
        if not shown_curves(evaluation).empty:
            with self._writing(names.CURVES_TABLE) as path:
                tables.write_curves_table(path, evaluation)
        if evaluation.log.own_channels and evaluation.log.n_steps:
            with self._writing(names.CHANNELS_TABLE) as path:
                tables.write_channels_table(path, evaluation)
        energy = tables.energy_rows(evaluation)
        if energy:
            with self._writing(names.ENERGY_TABLE) as path:
                tables.write_rows(path, energy)
        if evaluation.repeats is not None:
            with self._writing(names.REPEATS_TABLE) as path:
                tables.write_repeats_table(path, evaluation.repeats)
        if len(self._walks) > 1:
            with self._writing(names.COMPARISON_TABLE) as path:
                tables.write_metrics_table(path, [(item.name, item.evaluation) for item in self._walks])
            self._write_comparison()
        self._write_plots()
        if evaluation.log.n_steps == 0:
            self.notices.append(f"Nothing to plot or draw: the walk could not start ({evaluation.log.reason}).")
        elif self._folder / names.GAIT_CYCLE not in self.files:
            time = evaluation.result.walked_time
            self.notices.append(f"No {names.GAIT_CYCLE}: in {time:.2f} s neither leg made a whole stride.")

    def _write_comparison(self) -> None:
        figure = plot_comparison([(item.name, item.evaluation) for item in self._walks])
        if figure is not None:
            for name in names.COMPARISON_FIGURES:
                with self._writing(name) as path:
                    save_figure(figure, path)

    def _write_plots(self) -> None:
        others = [(item.evaluation, item.name) for item in self._walks[1:]]
        title = self._walks[0].name if others else self._title
        figures: dict[str, Callable] = {
            names.GAIT_CYCLE: lambda: plot_gait_cycle(self._evaluation, title, others),
            names.JOINT_LOADS: lambda: plot_joint_loads(self._evaluation, title, others),
            names.MUSCLES: lambda: plot_muscles(self._evaluation, title, others),
            names.TIME_SERIES: lambda: plot_time_series(self._evaluation, self._title),
            names.MODULES: lambda: plot_modules(self._evaluation, self._title),
        }
        for name, draw in figures.items():
            figure = draw()
            if figure is not None:
                with self._writing(name) as path:
                    save_figure(figure, path)
                if not others:
                    self._drawn[name] = draw_picture(figure, titled=False)

    def write_pictures(self) -> None:
        """Write the still and the video, and draw what the report shows.

        MuJoCo must have been imported with a back end that works.

        Raises:
            UserError: if the folder cannot be written.
        """
        from myoassist.analysis.picture.video import WalkPicture, encode_jpeg, explain_no_encoder, save_png

        for i, walk in enumerate(self._walks):
            if walk.evaluation.log.n_steps == 0:
                continue
            picture = WalkPicture(walk.evaluation, self._title if i == 0 else walk.name)
            still = None
            if i == 0:
                still = picture.draw_still()
                with self._writing(names.FRAME) as path:
                    save_png(still, path)
            self._walks[i] = replace(walk, still=encode_jpeg(still), strip=encode_jpeg(picture.draw_strip()))
        if self._evaluation.log.n_steps == 0:
            return
        missing = explain_no_encoder()
        if missing:
            self.notices.append(f"No {self.video}: {missing}")
            return
        picture = WalkPicture(self._evaluation, self._title)
        say(f"Drawing {picture.n_frames} frames of {self.video} (env.render_modes=[] would leave pictures out).")
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("drawing", total=picture.n_frames)
            with self._writing(self.video) as path:
                picture.write_video(path, lambda: progress.advance(task))

    def write_page(self) -> None:
        """Write the report; after the pictures, which it shows.

        Raises:
            UserError: if the folder cannot be written.
        """
        with self._writing(names.REPORT) as path:
            write_report(path, self._walks, self.notices, self.sections, self.video, self._drawn)

    def name_leftovers(self) -> None:
        """Note which files in the folder belong to an earlier evaluation."""
        old = [
            name for name in self.optional if (self._folder / name).exists() and self._folder / name not in self.files
        ]
        if old:
            self.notices.append(f"From an earlier evaluation, not of this walk: {', '.join(old)}")

    @contextlib.contextmanager
    def _writing(self, name: str) -> Iterator[Path]:
        """Hand out the path of a file and note it as written if nothing was raised."""
        path = self._folder / name
        try:
            yield path
        except OSError as error:
            raise UserError(
                f"{path} cannot be written: {error.strerror or error}",
                "a run folder that can be written, on a disk with space",
                "make room, or copy the run folder to another place and give run=<copy>",
            ) from error
        self.files.append(path)
