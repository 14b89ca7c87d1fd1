"""The convergence figure of a run: pycma's four standard panels, where they exist, and the cost of every candidate."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.figure_bytes import figure_bytes
from myoassist.optimize.optimizers.registry import METRIC_LABELS
from myoassist.optimize.store.plot_data import ConvergenceData, read_convergence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Edges of the cost classes, following the stages: greens and yellows are walks that meet all gates, oranges walks
# that miss one, reds falls, dark reds candidates that could not start.
COST_EDGES = (0, 40, 60, 80, 100, 130, 160, 200, 1e3, 2e4, 9.5e4, 9.6e4, 9.7e4, 9.8e4, 9.9e4, 1e5, 2e5, 1.2e6)
COST_COLORS = (
    "#00441b",
    "#1b7837",
    "#4dac26",
    "#a1d76a",
    "#f7f7b6",
    "#fee391",
    "#fecb2e",
    "#fdae61",
    "#f98e3c",
    "#ef6c1a",
    "#f4a3a0",
    "#ea7772",
    "#df4c47",
    "#cc2a2a",
    "#b01217",
    "#7f0000",
    "#3b0000",
)
# Colours and widths of the numbers that an algorithm reports.
_METRIC_STYLES = (("#2e8b57", 1.2), ("#c0392b", 1.0), ("#b8860b", 0.9), ("#7f7f7f", 0.9))
# Fewer generations than this are drawn as points, too: a line of one point cannot be seen.
SHORT = 3
# Where panels, map of candidates and its colours are, in shares of the figure: left, bottom, width, height.
_LEFT = {"left": 0.06, "right": 0.635, "bottom": 0.065, "top": 0.93, "wspace": 0.22, "hspace": 0.14}
_HEAT_MAP = (0.7, 0.115, 0.21, 0.815)
_COLOR_BAR = (0.918, 0.115, 0.014, 0.815)


def plot_convergence(folder: Path, run_name: str) -> list[Path]:
    """Draw `<run>_optimization_results.pdf` and `.png` from the files of a run folder.

    The picture is written a second time as `<run>_combined_results.png`, the name that scripts for MyoAssist look for.

    Args:
        folder: Run folder.
        run_name: Beginning of the names of the result files.

    Returns:
        The files.

    Raises:
        UserError: if the history is missing or damaged.
    """
    figure = draw_convergence(read_convergence(folder, run_name), run_name)
    paths = []
    for kind, dpi in (("pdf", 100), ("png", 300)):
        path = folder / f"{run_name}_optimization_results.{kind}"
        write_bytes_atomic(path, figure_bytes(figure, kind, dpi))
        paths.append(path)
    published = folder / f"{run_name}_combined_results.png"
    write_bytes_atomic(published, paths[-1].read_bytes())
    return [*paths, published]


def draw_convergence(data: ConvergenceData | None, run_name: str) -> "Figure":
    """Return the figure of a run, 12 by 8 inches; a notice where no generation is complete."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    # Places are given: to have them found takes as long as drawing, and every run ends with this figure.
    figure = Figure(figsize=(12.0, 8.0))
    figure.suptitle(run_name, fontsize=11, y=0.985)
    if data is None:
        figure.text(0.5, 0.5, "no complete generation yet", ha="center", va="center", fontsize=14)
        return figure
    axes = figure.subplots(2, 2, sharex=True, gridspec_kw=_LEFT)
    _draw_cost(axes[0, 0], data)
    _draw_lines(axes[0, 1], data, data.best_vectors, "parameters of the generation's best", log=False)
    if data.axes is not None:
        _draw_lines(axes[1, 0], data, data.axes, "principal axis lengths", log=True)
        # In stages over factors some parameters do not move.
        scaled = np.where(data.deviations > 0.0, data.deviations, np.nan) / data.metrics["sigma"][:, None]
        _draw_lines(axes[1, 1], data, scaled, "standard deviations / step size", log=True)
    else:
        spread = np.where(data.deviations > 0.0, data.deviations, np.nan)
        _draw_lines(axes[1, 0], data, spread, "standard deviations of the candidates", log=True)
        moved = np.abs(data.best_vectors - data.best_vectors[0])
        _draw_lines(axes[1, 1], data, moved, "way of the generation's best from the first one", log=False)
    for panel in axes.flat:
        panel.tick_params(labelsize=8)
    if len(data.generations) < SHORT:
        for line in axes[0, 0].lines:
            line.set_marker(".")
    for panel in axes[1]:
        panel.set_xlabel("generation")
        panel.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    _draw_heat_map(figure.add_axes(_HEAT_MAP), figure.add_axes(_COLOR_BAR), data)
    best = np.nanmin(data.totals)
    stamp = "_".join(run_name.split("_")[-3:-1])
    figure.text(
        _HEAT_MAP[0] + 0.5 * _HEAT_MAP[2],
        0.015,
        f"population {data.totals.shape[1]}   best {best:.2f}\n{int(data.evaluations[-1])} evaluations   {stamp}",
        fontsize=9,
        ha="center",
    )
    return figure


def _draw_cost(panel: "Axes", data: ConvergenceData) -> None:
    """Draw costs, distance to the best, step size, axis ratio and deviations on one logarithmic axis."""
    floor = np.finfo(float).tiny
    best = np.nanmin(data.totals, axis=1)
    x = data.generations
    panel.fill_between(
        x,
        np.maximum(np.abs(best), floor),
        np.maximum(np.abs(np.nanmax(data.totals, axis=1)), floor),
        color="0.88",
        label="best to worst",
        linewidth=0,
    )
    panel.plot(x, np.maximum(np.abs(np.nanmedian(data.totals, axis=1)), floor), color="0.55", lw=0.9, label="median")
    panel.plot(x, np.maximum(np.abs(best), floor), color="#1f4e9c", lw=1.4, label="best")
    distance = best - best.min()
    distance[distance <= 0.0] = np.nan
    panel.plot(x, distance, color="#3fa7d6", lw=0.9, label="best - overall best")
    for (name, values), (color, width) in zip(data.metrics.items(), _METRIC_STYLES, strict=False):
        panel.plot(
            x, np.where(values > 0.0, values, np.nan), color=color, lw=width, label=METRIC_LABELS.get(name, name)
        )
    spread = np.where(data.deviations > 0.0, data.deviations, np.nan)
    panel.plot(x, np.fmin.reduce(spread, axis=1), color="#8e5ea2", lw=0.8, ls="--", label="deviations, extremes")
    panel.plot(x, np.fmax.reduce(spread, axis=1), color="#8e5ea2", lw=0.8, ls="--")
    panel.set_yscale("log")
    panel.set_title("cost and step size", fontsize=10)
    panel.grid(True, alpha=0.3)
    # Room above the lines for the legend.
    bottom, top = panel.get_ylim()
    panel.set_ylim(bottom, top * (top / bottom) ** 0.3)
    panel.legend(fontsize=6.5, ncols=2, loc="upper center", framealpha=0.85)


def _draw_lines(panel: "Axes", data: ConvergenceData, values: np.ndarray, title: str, log: bool) -> None:
    """Draw one line per column, coloured by its place."""
    from matplotlib import colormaps
    from matplotlib.collections import LineCollection
    from matplotlib.ticker import MaxNLocator, NullLocator, ScalarFormatter

    shades = colormaps["viridis"](np.linspace(0.0, 0.95, values.shape[1]))
    x = np.broadcast_to(data.generations, values.T.shape)
    # As one artist: hundreds of lines one by one were a quarter of the work of the whole figure.
    panel.add_collection(LineCollection(list(np.stack([x, values.T], axis=2)), colors=shades, linewidths=0.6))
    if len(data.generations) < SHORT:
        panel.scatter(x, values.T, c=np.repeat(shades, len(data.generations), axis=0), s=6)
    panel.autoscale_view()
    if log:
        panel.set_yscale("log")
        if np.nanmax(values) < 10.0 * np.nanmin(values):
            # Powers of ten would leave such an axis nearly without numbers.
            panel.yaxis.set_major_locator(MaxNLocator(6))
            panel.yaxis.set_major_formatter(ScalarFormatter(useOffset=False))
            panel.yaxis.set_minor_locator(NullLocator())
    panel.set_title(title, fontsize=10)
    panel.grid(True, alpha=0.3)


def _draw_heat_map(panel: "Axes", scale: "Axes", data: ConvergenceData) -> None:
    """Draw the cost class of every candidate, each generation sorted with the best on top."""
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.ticker import MaxNLocator

    size = data.totals.shape[1]
    clipped = np.clip(data.totals.T, COST_EDGES[0], np.nextafter(COST_EDGES[-1], 0.0))
    image = panel.imshow(
        np.ma.masked_invalid(clipped),
        aspect="auto",
        interpolation="nearest",
        cmap=ListedColormap(COST_COLORS),
        norm=BoundaryNorm(COST_EDGES, len(COST_COLORS)),
        extent=(data.generations[0] - 0.5, data.generations[-1] + 0.5, size + 0.5, 0.5),
    )
    panel.set_title("cost distribution per generation", fontsize=10)
    panel.set_xlabel("generation")
    panel.set_ylabel("candidate, sorted by cost")
    panel.set_yticks([1, (size + 1) // 2, size] if size > 10 else list(range(1, size + 1)))
    panel.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
    bar = panel.figure.colorbar(image, cax=scale, ticks=COST_EDGES, spacing="uniform")
    bar.ax.set_yticklabels([f"{edge:,.0f}".replace(",", " ") for edge in COST_EDGES], fontsize=7)
    bar.set_label("cost value", fontsize=9)
