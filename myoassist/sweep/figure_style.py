"""The common look of the figures of sweeps and evolutions."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, ScalarFormatter

ACCENT = "#2166ac"
QUIET = "#b5b5b5"
FAILED = "#b2182b"
PALETTE = "viridis"


def new_figure(width: float, height: float) -> Figure:
    """Return a figure of a size in inches that needs no display."""
    return Figure(figsize=(width, height), layout="constrained")


def grid_of_axes(count: int, columns: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with `count` axes, `columns` in a row, the rest of the last row left empty."""
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    figure = new_figure(2.9 * columns + 0.9, 2.4 * rows)
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for surplus in axes[count:]:
        surplus.remove()
    return figure, axes[:count]


def tidy(axes: Axes) -> None:
    """Take off what carries no information, and add a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(True, color="#e6e6e6", lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8)
    for axis in (axes.xaxis, axes.yaxis):
        formatter = axis.get_major_formatter()
        if isinstance(formatter, ScalarFormatter):
            # Totals that lie close together are read as they are, not as a distance from a number in the corner.
            formatter.set_useOffset(False)


def make_logarithmic(axes: Axes, which: str) -> None:
    """Scale the `x` or `y` axis logarithmically, with few plain numbers at its ticks."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=6))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
