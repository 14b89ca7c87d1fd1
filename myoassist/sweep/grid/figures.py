"""Figures of a sweep: best totals, dependence on the varied keys, learning curves."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from myoassist.sweep.figure_style import ACCENT, PALETTE, QUIET, grid_of_axes, make_logarithmic, new_figure, tidy
from myoassist.sweep.grid.tables import SweepTables

_GROUPS_SHOWN = 24
_CURVES_IN_LEGEND = 10
# Totals of runs that never walked are thousands of times those of runs that do.
_LOG_FROM = 50.0


def draw_sweep(tables: SweepTables) -> Iterator[tuple[str, str, Figure]]:
    """Yield name, caption and figure of everything that these runs have the data for."""
    done = tables.runs[(tables.runs["status"] == "finished") & tables.runs["best"].notna()]
    if len(tables.groups):
        yield (
            "groups",
            "Best total by setting: every run, mean, and 95 % bootstrap interval of the mean where there are repeats.",
            _groups(tables, done),
        )
    if tables.varied and len(done) > 1:
        yield "best_by_key", "Best total over each varied key (lower is better).", _by_key(tables, done)
    pair = _numeric_pair(tables, done)
    if pair:
        yield "heat_map", f"Mean best total over {pair[0]} and {pair[1]}.", _heat_map(done, *pair)
    if tables.curves:
        yield (
            "learning_curves",
            "Best total so far by generation; repeats of a setting share a colour, their median is bold.",
            _curves(tables),
        )


def _groups(tables: SweepTables, done: pd.DataFrame) -> Figure:
    names = tables.varied or ["exp"]
    groups = tables.groups.head(_GROUPS_SHOWN)
    figure = new_figure(7.2, 1.0 + 0.32 * len(groups))
    axes = figure.subplots()
    labels = []
    for place, (_, row) in enumerate(groups.iterrows()):
        same = np.logical_and.reduce([_equal(done[name], row[name]) for name in names])
        values = done.loc[same, "best"]
        axes.plot(values, np.full(len(values), place), "o", color=QUIET, ms=4)
        if np.isfinite(row["low"]):
            axes.plot([row["low"], row["high"]], [place, place], color=ACCENT, lw=2)
        axes.plot(row["mean"], place, "D", color=ACCENT, ms=5)
        labels.append(", ".join(f"{_tail(name)}={_short(row[name])}" for name in names) + f"  (n={row['runs']})")
    axes.set_yticks(range(len(groups)), labels)
    axes.invert_yaxis()
    axes.set_xlabel("best total")
    if done["best"].min() > 0 and done["best"].max() > _LOG_FROM * done["best"].min():
        make_logarithmic(axes, "x")
    tidy(axes)
    return figure


def _by_key(tables: SweepTables, done: pd.DataFrame) -> Figure:
    figure, grid = grid_of_axes(len(tables.varied), 3)
    for key, axes in zip(tables.varied, grid, strict=True):
        numbers = pd.to_numeric(done[key], errors="coerce")
        if numbers.notna().all() and not all(isinstance(value, bool) for value in done[key]):
            axes.plot(numbers, done["best"], "o", color=QUIET, ms=4)
            median = done.groupby(numbers)["best"].median()
            axes.plot(median.index, median, "-o", color=ACCENT, ms=4, lw=1.2)
        else:
            words = done[key].map(_short)
            order = sorted(words.unique())
            axes.plot([order.index(word) for word in words], done["best"], "o", color=QUIET, ms=4)
            median = done.groupby(words)["best"].median()
            axes.plot(range(len(order)), [median[word] for word in order], "D", color=ACCENT, ms=5)
            axes.set_xticks(range(len(order)), order, rotation=30 if max(map(len, order)) > 6 else 0, ha="center")
            axes.set_xlim(-0.5, len(order) - 0.5)
        axes.set_xlabel(key, fontsize=8)
        axes.set_ylabel("best total", fontsize=8)
        if done["best"].min() > 0 and done["best"].max() > _LOG_FROM * done["best"].min():
            make_logarithmic(axes, "y")
        tidy(axes)
    return figure


def _numeric_pair(tables: SweepTables, done: pd.DataFrame) -> tuple[str, str] | None:
    """Return two varied keys with at least two values each that span a plane."""
    keys = [key for key in tables.varied if 2 <= done[key].map(_short).nunique() <= 20]
    return (keys[0], keys[1]) if len(keys) >= 2 else None


def _heat_map(done: pd.DataFrame, one: str, other: str) -> Figure:
    table = done.pivot_table(index=other, columns=one, values="best", aggfunc="mean")
    figure = new_figure(2.2 + 0.8 * len(table.columns), 1.6 + 0.5 * len(table.index))
    axes = figure.subplots()
    image = axes.imshow(table.to_numpy(), cmap=f"{PALETTE}_r", aspect="auto", origin="lower")
    axes.set_xticks(range(len(table.columns)), [_short(value) for value in table.columns], fontsize=8)
    axes.set_yticks(range(len(table.index)), [_short(value) for value in table.index], fontsize=8)
    axes.set_xlabel(one, fontsize=8)
    axes.set_ylabel(other, fontsize=8)
    middle = np.nanmean(table.to_numpy())
    for row, column in np.ndindex(table.shape):
        value = table.to_numpy()[row, column]
        if np.isfinite(value):
            shade = "white" if value > middle else "black"
            axes.text(column, row, f"{value:.4g}", ha="center", va="center", fontsize=8, color=shade)
    bar = figure.colorbar(image, ax=axes)
    bar.set_label("mean best total", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    return figure


def _curves(tables: SweepTables) -> Figure:
    figure = new_figure(7.2, 4.0)
    axes = figure.subplots()
    names = tables.varied or ["exp"]
    runs = tables.runs[tables.runs["folder"].isin(tables.curves)]
    settings: dict[str, list[str]] = {}
    for _, row in runs.iterrows():
        label = ", ".join(f"{_tail(name)}={_short(row[name])}" for name in names)
        settings.setdefault(label, []).append(row["folder"])
    palette = _colors(len(settings))
    smallest = np.inf
    for color, (label, folders) in zip(palette, settings.items(), strict=True):
        curves = [tables.curves[folder].set_index("generation")["best_so_far"] for folder in folders]
        smallest = min(smallest, *(curve.min() for curve in curves))
        for curve in curves:
            axes.plot(curve.index, curve, color=color, lw=0.7, alpha=0.6 if len(curves) > 1 else 1.0)
        median = pd.concat(curves, axis=1).median(axis=1)
        shown = label if len(settings) <= _CURVES_IN_LEGEND else None
        axes.plot(median.index, median, color=color, lw=1.8, label=shown)
    if smallest > 0:
        make_logarithmic(axes, "y")
    axes.set_xlabel("generation")
    axes.set_ylabel("best total so far")
    axes.locator_params(axis="x", integer=True)
    tidy(axes)
    if len(settings) <= _CURVES_IN_LEGEND:
        axes.legend(frameon=False, fontsize=8)
    return figure


def _colors(count: int) -> list:
    from matplotlib import colormaps

    if count <= 10:
        return [colormaps["tab10"](index) for index in range(count)]
    return [colormaps[PALETTE](index / (count - 1)) for index in range(count)]


def _equal(values: pd.Series, value: object) -> np.ndarray:
    return (values.map(_short) == _short(value)).to_numpy()


def _tail(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _short(value: object) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return "null"
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)
