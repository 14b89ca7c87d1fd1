"""The figures over the gait cycle: motion and loads, joint moments and powers, muscle activation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import new_figure, style_axes
from myoassist.analysis.picture.series import (
    CYCLE_LABEL,
    Series,
    add_legend,
    draw_rows,
    draw_signal,
    keep_zero_at_bottom,
    make_series,
)
from myoassist.analysis.walk.evaluation import Evaluation, torque_clock, torque_direction
from myoassist.analysis.walk.gait_curves import MOTOR_SIGNALS, MUSCLE_PREFIX, SIGNALS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOTION = ("trunk_lean", "hip_angle", "knee_angle", "ankle_angle", "vertical_grf")
_LOADS = ("hip_moment", "knee_moment", "ankle_moment", "hip_power", "knee_power", "ankle_power")


def plot_gait_cycle(
    evaluation: Evaluation, title: str, others: Sequence[tuple[Evaluation, str]] = ()
) -> "Figure | None":
    """Draw trunk, hip, knee, ankle, vertical ground reaction beside people, and exo torque over its clock.

    Each leg is cut at its own heel strikes; lines are means and bands one standard deviation over its strides, or over
    those of all surviving walks where the walk was repeated. What they are held against is the yardstick of the walk:
    people at its speed, or the reference gait that it was asked to follow.

    Args:
        evaluation: The walk.
        title: First line of the figure; where there is another walk, the name of this one.
        others: Other walks, with their names, in the same panels.

    Returns:
        The figure, or None if no leg has a whole stride.
    """
    series = _series(evaluation, title, others)
    if series is None:
        return None
    figure = new_figure(12.0, 6.8)
    grid = figure.subplots(2, 3)
    for axes, name in zip(grid.flat, _MOTION, strict=False):
        draw_signal(axes, name, series)
    keep_zero_at_bottom(grid[1, 1])
    _draw_exo(grid[1, 2], series)
    return _finish(figure, series, title, _MOTION)


def plot_joint_loads(
    evaluation: Evaluation, title: str, others: Sequence[tuple[Evaluation, str]] = ()
) -> "Figure | None":
    """Draw moments (N·m/kg, extension positive) and powers (W/kg, generated positive) of hip, knee and ankle.

    The moments are what muscles, exo and passive tissue do on the coordinate of the joint, over the mass of the model
    with its device. Arguments and result as for `plot_gait_cycle`.
    """
    series = _series(evaluation, title, others)
    if series is None:
        return None
    figure = new_figure(12.0, 6.8)
    for axes, name in zip(figure.subplots(2, 3).flat, _LOADS, strict=True):
        draw_signal(axes, name, series)
        axes.axhline(0.0, color="0.6", lw=0.8, zorder=0)
    return _finish(figure, series, title, _LOADS)


def plot_muscles(evaluation: Evaluation, title: str, others: Sequence[tuple[Evaluation, str]] = ()) -> "Figure | None":
    """Draw the activation of each muscle beside EMG, 0 to 1.

    Arguments and result as for `plot_gait_cycle`; None also for a model with other muscles.
    """
    series = _series(evaluation, title, others)
    if series is None:
        return None
    muscles = [name for name in series[0].curves.muscles if all(name in item.curves.muscles for item in series)]
    if not muscles:
        return None
    rows = -(-len(muscles) // 3)
    figure = new_figure(12.0, 2.9 * rows + 0.9)
    panels = figure.subplots(rows, 3, sharey=True).flat
    for axes, muscle in zip(panels, muscles, strict=False):
        draw_signal(axes, MUSCLE_PREFIX + muscle, series)
        axes.set_ylim(-0.03, 1.03)
    for axes in panels[len(muscles) :]:
        axes.set_axis_off()
    return _finish(figure, series, title, [MUSCLE_PREFIX + name for name in muscles])


def _series(evaluation: Evaluation, title: str, others: Sequence[tuple[Evaluation, str]]) -> list[Series] | None:
    series = make_series([evaluation, *(item for item, _ in others)], [title, *(name for _, name in others)])
    return None if all(item.curves.empty for item in series) else series


def _finish(figure: "Figure", series: list[Series], title: str, names: Sequence[str]) -> "Figure":
    add_legend(figure, series, names)
    if len(series) == 1:
        figure.suptitle(title, fontsize=11)
    return figure


def _draw_exo(axes: "Axes", series: list[Series]) -> None:
    """Draw delivered torque over stance or stride, and the programmed curve; of a prosthesis its motors."""
    worn = [item for item in series if item.evaluation.has_exo]
    driven = [name for name in MOTOR_SIGNALS if any(name in item.curves.cycles for item in series)]
    if not worn and driven:
        _draw_motors(axes, series, driven)
        return
    if not worn:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no exoskeleton torque", ha="center", va="center", color="0.5", transform=axes.transAxes)
        return
    by_stride = torque_clock(worn[0].evaluation) == "stride"
    direction = torque_direction(worn[0].evaluation)
    along = CYCLE_LABEL if by_stride else "% of stance"
    style_axes(axes, "Exoskeleton torque", f"torque [N·m]   {direction} +", along)
    axes.set_xlim(0.0, 100.0)
    fine = np.linspace(0.0, 100.0, 501)
    for item in worn:
        curve, limit = item.evaluation.curve, item.evaluation.config.exo.max_torque
        if curve is not None:
            color = "black" if len(series) == 1 else item.colors[0]
            axes.plot(fine, np.clip(curve(fine), 0.0, limit), color=color, ls=":", lw=1.5, label="programmed")
        for leg in range(2):
            rows = item.curves.cycles["exo_torque"] if by_stride else item.curves.exo_stance
            draw_rows(axes, rows[leg], item.colors[leg], item.styles[leg])
    keep_zero_at_bottom(axes)
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        axes.legend(handles[:1], labels[:1], fontsize=8, frameon=False, loc="upper left")


def _draw_motors(axes: "Axes", series: list[Series], names: list[str]) -> None:
    """Draw the torques of the driven joints of a prosthesis over the gait cycle, those of a second joint dashed."""
    positive = SIGNALS[names[0]].positive if len(names) == 1 else "extension"
    style_axes(axes, "Torque of the prosthesis", f"torque [N·m]   {positive} +", CYCLE_LABEL)
    axes.set_xlim(0.0, 100.0)
    axes.axhline(0.0, color="0.6", lw=0.8, zorder=0)
    for item in series:
        for name, style in zip(names, ("-", "--"), strict=False):
            if name not in item.curves.cycles:
                continue
            for leg, rows in enumerate(item.curves.cycles[name]):
                if rows.any():
                    draw_rows(axes, rows, item.colors[leg], style)
                    joint = SIGNALS[name].title.rpartition(" ")[2]
                    axes.plot([], [], color=item.colors[leg], ls=style, label=f"{item.label} {joint}".strip())
    axes.legend(fontsize=8, frameon=False, loc="upper left")
