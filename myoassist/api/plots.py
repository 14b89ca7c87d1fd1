"""Figures of runs and walks: Matplotlib figures that belong to nobody's pyplot, so no window opens or closes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.errors import UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from myoassist.analysis.walk.evaluation import Evaluation

# A walk and its name.
Named = tuple["Evaluation", str]


class RunPlots:
    """Figures of a run.

    Args:
        folder: Its folder; None for a walk without one.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def convergence(self) -> "Figure":
        """Return how the search went: cost, step size, parameters, every candidate; of a training its return.

        Raises:
            UserError: if there is no such history.
        """
        from myoassist.api.html import show_figure
        from myoassist.runs.catalogue import read_status

        folder = self._folder
        if folder is None:
            raise _nothing("convergence", "the walk of a run: evaluate(run)")
        name = read_status(folder).get("run_name")
        if name is not None:
            from myoassist.optimize.store.plot import draw_convergence
            from myoassist.optimize.store.plot_data import read_convergence

            return show_figure(draw_convergence(read_convergence(folder, str(name)), str(name)))
        from myoassist.analysis.policy.training_curves import plot_return, read_training

        training = read_training(folder)
        figure = None if training is None else plot_return(training)
        if figure is None:
            raise _nothing("convergence", "the folder of one search or training with a complete generation or rollout")
        return show_figure(figure)


class WalkPlots(RunPlots):
    """Figures of a walk, or of several in the same panels.

    Args:
        walks: The walks with their names, the first one leading.
        folder: Folder of the run of the first one, None without one.
    """

    def __init__(self, walks: "Sequence[Named]", folder: Path | None) -> None:
        super().__init__(folder)
        self._walks = walks

    def gait_cycle(self) -> "Figure":
        """Return trunk, hip, knee, ankle, ground reaction and device over the gait cycle beside the reference gait.

        Raises:
            UserError: if no leg has a whole stride.
        """
        from myoassist.analysis.picture.gait_cycle import plot_gait_cycle

        return self._over_the_cycle(plot_gait_cycle)

    def joint_loads(self) -> "Figure":
        """Return joint moments and powers over the gait cycle; errors as `gait_cycle`."""
        from myoassist.analysis.picture.gait_cycle import plot_joint_loads

        return self._over_the_cycle(plot_joint_loads)

    def muscles(self) -> "Figure":
        """Return muscle activation beside the reference EMG over the gait cycle; errors as `gait_cycle`."""
        from myoassist.analysis.picture.gait_cycle import plot_muscles

        return self._over_the_cycle(plot_muscles)

    def comparison(self) -> "Figure":
        """Return the mean strides of all walks beside people at the same speed; errors as `gait_cycle`."""
        from myoassist.analysis.picture.comparison import plot_comparison

        return self._shown("comparison", plot_comparison([(name, walk) for walk, name in self._walks]))

    def time_series(self) -> "Figure":
        """Return the whole walk over time, of several the first one.

        Raises:
            UserError: if the walk could not start.
        """
        from myoassist.analysis.picture.time_series import plot_time_series

        walk, name = self._walks[0]
        return self._shown("time_series", plot_time_series(walk, _title(walk, name)))

    def score(self) -> "Figure":
        """Return the score card, of several walks that of the first one: bounds with lights, distance of the curves.

        Raises:
            UserError: if the walk has no score.
        """
        from myoassist.analysis.picture.score_card import plot_score

        walk, name = self._walks[0]
        return self._shown("score", plot_score(walk, _title(walk, name)))

    def _over_the_cycle(self, draw: "Callable[..., Figure | None]") -> "Figure":
        (walk, name), *others = self._walks
        return self._shown(draw.__name__, draw(walk, name if others else _title(walk, name), others))

    def _shown(self, what: str, figure: "Figure | None") -> "Figure":
        from myoassist.api.html import show_figure

        if figure is None:
            log = self._walks[0][0].log
            raise _nothing(
                what.removeprefix("plot_"),
                f"a walk of whole strides; this one ended after {log.n_steps * log.dt:.2f} s"
                + (f" ({log.reason})" if log.reason else ""),
            )
        return show_figure(figure)


def _title(walk: "Evaluation", name: str) -> str:
    return f"{name}   {walk.verdict}"


def _nothing(what: str, expected: str) -> UserError:
    return UserError(f"there is nothing to draw: {what}", expected)
