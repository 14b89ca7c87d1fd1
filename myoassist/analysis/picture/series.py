"""What the gait-cycle figures share: one or several walks in the same panels, with mean, spread and reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import LEG_COLORS, LEG_NAMES, REFERENCE_COLOR, style_axes
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.gait_curves import SIGNALS, GaitCurves
from myoassist.analysis.walk.leg_cycles import PERCENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CYCLE_LABEL = "% of gait cycle, from heel strike"
# Several walks: one colour each, the left leg dashed. Apart with any colour vision, and from the colours of the legs.
_WALK_COLORS = ("#009E73", "#AA3377", "#E69F00", "#332288", "#56B4E9", "#882255", "#999933", "#000000")
_STYLES = ("-", (0, (4, 1.6)))
_TABLE_STYLE = (0, (1, 1.2))


@dataclass(frozen=True)
class Series:
    """One walk in the figures.

    Attributes:
        label: Name of the walk; empty where it is the only one.
        evaluation: The walk.
        curves: Its strides: of the repeats where there are any, else of the walk itself.
        colors: Line colours of the right and the left leg.
        styles: Line styles of both.
    """

    label: str
    evaluation: Evaluation
    curves: GaitCurves
    colors: tuple[str, str]
    styles: tuple

    def describe(self, leg: int) -> str:
        """Return the legend entry of a leg."""
        count = self.curves.n_strides(leg)
        strides = f"{count} stride" + ("" if count == 1 else "s")
        walks = f" of {self.curves.walks} walks" if self.curves.walks > 1 else ""
        name = f"{self.label}, {LEG_NAMES[leg]}" if self.label else LEG_NAMES[leg]
        return f"{name}, mean ± SD of {strides}{walks}"


def make_series(evaluations: Sequence[Evaluation], labels: Sequence[str]) -> list[Series]:
    """Give every walk its strides and colours: by leg for one walk, by walk for several.

    Args:
        evaluations: The walks.
        labels: Their names.
    """
    if len(evaluations) == 1:
        return [Series("", evaluations[0], shown_curves(evaluations[0]), LEG_COLORS, ("-", "-"))]
    return [
        Series(label, evaluation, shown_curves(evaluation), (walk_color(i), walk_color(i)), _STYLES)
        for i, (evaluation, label) in enumerate(zip(evaluations, labels, strict=True))
    ]


def walk_color(number: int) -> str:
    """Return the colour of one of several walks; beyond eight they repeat."""
    return _WALK_COLORS[number % len(_WALK_COLORS)]


def shown_curves(evaluation: Evaluation) -> GaitCurves:
    """Return the strides that figures and tables show: of the surviving repeats, else of the walk itself."""
    repeats = evaluation.repeats
    return evaluation.curves if repeats is None or repeats.curves is None else repeats.curves


def draw_signal(axes: "Axes", name: str, series: Sequence[Series]) -> None:
    """Draw one signal of all walks over the gait cycle, with its reference where there is one."""
    info = SIGNALS[name]
    positive = f"   {info.positive} +" if info.positive else ""
    style_axes(axes, info.title, f"{info.quantity} [{info.unit}]{positive}", CYCLE_LABEL)
    axes.set_xlim(0.0, 100.0)
    yardstick = series[0].evaluation.yardstick
    if name in yardstick.curves:
        mean, sd = yardstick.curves[name]
        axes.plot(PERCENT, mean, color=REFERENCE_COLOR, ls="-.", lw=1.3)
        if sd is not None:
            axes.fill_between(PERCENT, mean - sd, mean + sd, color=REFERENCE_COLOR, alpha=0.16, lw=0)
    elif name in yardstick.table:
        axes.plot(PERCENT, yardstick.table[name], color=REFERENCE_COLOR, ls=_TABLE_STYLE, lw=1.1)
    for item in series:
        for leg in range(2):
            draw_rows(axes, item.curves.cycles[name][leg], item.colors[leg], item.styles[leg])
            toe_off = item.curves.toe_off[leg]
            if toe_off is not None:
                axes.axvline(toe_off, color=item.colors[leg], lw=0.9, ls=":")


def draw_rows(axes: "Axes", rows: np.ndarray, color: str, style: object = "-") -> None:
    """Draw mean and one standard deviation of curves, shape (n, 101); nothing without curves."""
    if len(rows) == 0:
        return
    mean, sd = rows.mean(axis=0), rows.std(axis=0)
    axes.fill_between(PERCENT, mean - sd, mean + sd, color=color, alpha=0.16, lw=0)
    axes.plot(PERCENT, mean, color=color, ls=style, lw=1.7)


def keep_zero_at_bottom(axes: "Axes") -> None:
    """Let an axis start just below zero: a load or torque is never negative, only the band of its spread would be."""
    axes.set_ylim(bottom=-0.03 * max(axes.get_ylim()[1], 1e-6))


def add_legend(figure: "Figure", series: Sequence[Series], names: Sequence[str]) -> None:
    """Put the legend below all panels, which show signals of these names."""
    from matplotlib.lines import Line2D

    handles, labels = [], []
    for item in series:
        for leg in range(2):
            handles.append(Line2D([], [], color=item.colors[leg], ls=item.styles[leg], lw=1.8))
            labels.append(item.describe(leg))
    yardstick = series[0].evaluation.yardstick
    compared = [yardstick.curves[name] for name in names if name in yardstick.curves]
    if compared:
        spread = ", mean ± SD" if all(sd is not None for _, sd in compared) else " (± SD where known)"
        moved = f", hip moved by {yardstick.hip_offset:+.0f} deg" if yardstick.people and "hip_angle" in names else ""
        handles.append(Line2D([], [], color=REFERENCE_COLOR, ls="-.", lw=1.3))
        labels.append(f"{yardstick.name.removeprefix('the ')}{spread}{moved}")
    if any(name in yardstick.table for name in names):
        handles.append(Line2D([], [], color=REFERENCE_COLOR, ls=_TABLE_STYLE, lw=1.1))
        labels.append("table of the package, where nobody measured")
    handles.append(Line2D([], [], color="0.4", ls=":", lw=0.9))
    labels.append("toe-off")
    columns = min(len(labels), 4) if len(series) == 1 else 2
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, fontsize=9, frameon=False)
