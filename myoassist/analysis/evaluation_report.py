"""Write everything that shows an evaluated walk into the folder of its run."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from myoassist.analysis import evaluation_files as names
from myoassist.analysis.evaluation import Evaluation
from myoassist.analysis.figures import save_figure
from myoassist.analysis.plot_gait_cycle import plot_gait_cycle
from myoassist.analysis.plot_time_series import plot_time_series
from myoassist.config.errors import UserError


class EvaluationReport:
    """Writer of the results of one evaluation.

    Args:
        folder: Run folder.
        title: Heading of the figures and caption of the video.
        notices: Sentences for people that are known already.

    Attributes:
        files: What has been written.
        notices: Sentences about what could not be done, for people.
    """

    def __init__(self, folder: Path, title: str, notices: list[str]) -> None:
        self.files: list[Path] = []
        self.notices = list(notices)
        self._folder = folder
        self._title = title

    def write_results(self, evaluation: Evaluation, source: str, overrides: list[str]) -> None:
        """Write the two JSON files and the plots.

        Args:
            evaluation: The walk.
            source: Where the parameters come from.
            overrides: What was changed against the configuration of the run.

        Raises:
            UserError: if the folder cannot be written.
        """
        with self._writing(names.TERMS) as path:
            names.write_terms(path, evaluation, source, overrides)
        with self._writing(names.METRICS_FILE) as path:
            names.write_metrics(path, evaluation)
        plots: dict[str, Callable] = {names.GAIT_CYCLE: plot_gait_cycle, names.TIME_SERIES: plot_time_series}
        for name, plot in plots.items():
            figure = plot(evaluation, self._title)
            if figure is not None:
                with self._writing(name) as path:
                    save_figure(figure, path)
        if evaluation.log.n_steps == 0:
            self.notices.append(f"Nothing to plot or draw: the walk could not start ({evaluation.log.reason}).")
        elif self._folder / names.GAIT_CYCLE not in self.files:
            time = evaluation.result.walked_time
            self.notices.append(f"No {names.GAIT_CYCLE}: in {time:.2f} s neither leg made a whole stride.")

    def write_pictures(self, evaluation: Evaluation) -> None:
        """Write the still and the video; MuJoCo must have been imported with a back end that works.

        Raises:
            UserError: if the folder cannot be written.
        """
        if evaluation.log.n_steps == 0:
            return
        from myoassist.analysis.video import WalkPicture, explain_no_encoder

        picture = WalkPicture(evaluation, self._title)
        with self._writing(names.FRAME) as path:
            picture.write_still(path)
        missing = explain_no_encoder()
        if missing:
            self.notices.append(f"No {names.VIDEO}: {missing}")
            return
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("drawing", total=picture.n_frames)
            with self._writing(names.VIDEO) as path:
                picture.write_video(path, lambda: progress.advance(task))

    def name_leftovers(self) -> None:
        """Note which pictures in the folder belong to an earlier evaluation."""
        every = (names.VIDEO, names.FRAME, names.GAIT_CYCLE, names.TIME_SERIES)
        old = [name for name in every if (self._folder / name).exists() and self._folder / name not in self.files]
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
