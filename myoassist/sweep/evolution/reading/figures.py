"""Figures of an evolution: fitness, parameters, lineage."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from myoassist.sweep.evolution.reading.tables import EvolutionTables, ancestors
from myoassist.sweep.figure_style import (
    ACCENT,
    FAILED,
    PALETTE,
    QUIET,
    grid_of_axes,
    make_logarithmic,
    new_figure,
    tidy,
)

_COLUMNS = 3
_LINES_SHOWN = 400


def draw_evolution(tables: EvolutionTables) -> Iterator[tuple[str, str, Figure]]:
    """Yield name, caption and figure of everything that this evolution has the data for."""
    if not tables.individuals["fitness"].notna().any():
        return
    yield (
        "fitness",
        "Fitness of every individual, median and quartiles of each generation, best so far.",
        _fitness(tables),
    )
    yield (
        "parameters_by_generation",
        "Where the search went: value of each searched parameter, coloured by fitness.",
        _parameters(tables, "generation"),
    )
    yield (
        "fitness_by_parameter",
        "Fitness over each searched parameter, coloured by generation.",
        _parameters(tables, "fitness"),
    )
    if len(tables.parameters) > 1:
        yield "correlation", "Rank correlation of parameters and fitness (Spearman).", _correlation(tables)
        yield (
            "parallel_coordinates",
            "Every individual as one line, scaled to its bounds; the best tenth in colour.",
            _parallel(tables),
        )
    if len(tables.lineage):
        yield (
            "lineage",
            "Lineage: each line leads from parent to child; the ancestors of the best are bold.",
            _lineage(tables),
        )
    if (tables.individuals["attempts"] > 1).any() or (tables.individuals["status"] != "finished").any():
        yield "failures", "Individuals by how they ended, and repeated attempts.", _failures(tables)


def _fitness(tables: EvolutionTables) -> Figure:
    figure = new_figure(7.2, 3.8)
    axes = figure.subplots()
    every, each = tables.individuals, tables.generations
    axes.scatter(every["generation"], every["fitness"], s=12, color=QUIET, label="individuals", zorder=2)
    axes.fill_between(
        each["generation"], each["quartile_1"], each["quartile_3"], color=ACCENT, alpha=0.18, lw=0, label="quartiles"
    )
    axes.plot(each["generation"], each["median"], color=ACCENT, lw=1.4, label="median")
    axes.plot(
        each["generation"], each["best_so_far"], color="black", lw=1.8, drawstyle="steps-post", label="best so far"
    )
    _label_generations(axes, each)
    axes.set_ylabel("fitness")
    _zoom(axes, every["fitness"])
    tidy(axes)
    axes.legend(frameon=False, fontsize=8, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def _parameters(tables: EvolutionTables, against: str) -> Figure:
    done = tables.individuals[tables.individuals["fitness"].notna()]
    figure, grid = grid_of_axes(len(tables.parameters), _COLUMNS)
    color = "fitness" if against == "generation" else "generation"
    low, high = np.nanquantile(done[color], [0.1, 1.0]) if color == "fitness" else (0, max(done[color].max(), 1))
    points = None
    for key, axes in zip(tables.parameters, grid, strict=True):
        values = _as_numbers(done[key])
        x, y = (done["generation"], values) if against == "generation" else (values, done["fitness"])
        points = axes.scatter(x, y, c=done[color], cmap=PALETTE, s=14, vmin=low, vmax=max(high, low + 1e-12))
        best = done.loc[done["loss"].astype(float).idxmin()]
        mark = _as_numbers(done[key]).loc[best.name]
        place = (best["generation"], mark) if against == "generation" else (mark, best["fitness"])
        axes.scatter(*place, s=70, facecolors="none", edgecolors="black", linewidths=1.2)
        (axes.set_ylabel if against == "generation" else axes.set_xlabel)(key, fontsize=8)
        (axes.set_xlabel if against == "generation" else axes.set_ylabel)(against, fontsize=8)
        if tables.state.signature["parameters"][key].get("log"):
            make_logarithmic(axes, "y" if against == "generation" else "x")
        if against == "generation":
            axes.locator_params(axis="x", integer=True)
        else:
            _zoom(axes, done["fitness"])
        tidy(axes)
    assert points is not None, "an evolution searches something"
    bar = figure.colorbar(points, ax=list(grid), shrink=0.9, pad=0.02)
    bar.set_label(color, fontsize=8)
    bar.ax.tick_params(labelsize=7)
    if color == "generation":
        bar.ax.locator_params(axis="y", integer=True)
    return figure


def _correlation(tables: EvolutionTables) -> Figure:
    names = [*tables.parameters, "fitness"]
    table = pd.DataFrame({name: _as_numbers(tables.individuals[name]) for name in names}).dropna()
    matrix = table.rank().corr().to_numpy()
    size = 1.6 + 0.55 * len(names)
    figure = new_figure(size + 1.6, size)
    axes = figure.subplots()
    image = axes.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    for row, column in np.ndindex(matrix.shape):
        if np.isfinite(matrix[row, column]):
            strong = abs(matrix[row, column]) > 0.6
            text = f"{matrix[row, column]:.2f}"
            axes.text(column, row, text, ha="center", va="center", fontsize=8, color="white" if strong else "black")
    axes.spines[:].set_visible(False)
    figure.colorbar(image, ax=axes, shrink=0.8).ax.tick_params(labelsize=7)
    return figure


def _parallel(tables: EvolutionTables) -> Figure:
    done = tables.individuals[tables.individuals["fitness"].notna()].sort_values("loss", ascending=False)
    done = done.tail(_LINES_SHOWN)
    keys = [*tables.parameters, "fitness"]
    scaled, limits = [], []
    for key in keys:
        values = _as_numbers(done[key])
        entry = tables.state.signature["parameters"].get(key, {})
        low, high = entry.get("lower"), entry.get("upper")
        if low is None or high is None:
            low, high = values.min(), values.max()
        if entry.get("log"):
            values, low, high = np.log(values), np.log(low), np.log(high)
        scaled.append((values - low) / (high - low if high > low else 1.0))
        limits.append((np.exp(low), np.exp(high)) if entry.get("log") else (low, high))
    lines = np.column_stack(scaled)
    figure = new_figure(max(6.0, 1.5 * len(keys)), 3.6)
    axes = figure.subplots()
    best = max(1, len(lines) // 10)
    axes.plot(lines[:-best].T, color=QUIET, lw=0.6, alpha=0.5)
    axes.plot(lines[-best:].T, color=ACCENT, lw=1.1, alpha=0.8)
    axes.plot(lines[-1], color="black", lw=2)
    for place, (low, high) in enumerate(limits):
        axes.axvline(place, color="black", lw=0.6)
        for height, value, side in ((-0.03, low, "top"), (1.03, high, "bottom")):
            axes.text(place, height, f"{value:.6g}", ha="center", va=side, fontsize=7)
    axes.set_xticks(range(len(keys)), keys, fontsize=8, rotation=15)
    axes.tick_params(axis="x", pad=14, length=0)
    axes.set_yticks([])
    axes.set_ylim(-0.02, 1.02)
    axes.spines[:].set_visible(False)
    return figure


def _lineage(tables: EvolutionTables) -> Figure:
    state = tables.state
    figure = new_figure(7.2, 4.2)
    axes = figure.subplots()
    done = {(item.generation, item.rank): item for item in state.individuals if item.fitness is not None}
    path = {(item.generation, item.rank) for item in ancestors(state, state.best())}
    for item in done.values():
        for parent in ((generation, rank) for generation, rank in item.parents):
            if parent not in done:
                continue
            bold = (item.generation, item.rank) in path and parent in path
            axes.plot(
                [parent[0], item.generation],
                np.array([done[parent].fitness, item.fitness], dtype=float),
                color="black" if bold else QUIET,
                lw=2.0 if bold else 0.6,
                zorder=3 if bold else 1,
            )
    fitness = np.array([item.fitness for item in done.values()])
    points = axes.scatter(
        [item.generation for item in done.values()],
        fitness,
        c=fitness,
        cmap=PALETTE,
        vmin=np.quantile(fitness, 0.1),
        s=[46 if place in path else 16 for place in done],
        edgecolors=["black" if place in path else "none" for place in done],
        zorder=4,
    )
    _label_generations(axes, tables.generations)
    axes.set_ylabel("fitness")
    _zoom(axes, tables.individuals["fitness"])
    tidy(axes)
    figure.colorbar(points, ax=axes, shrink=0.8).ax.tick_params(labelsize=7)
    return figure


def _failures(tables: EvolutionTables) -> Figure:
    figure = new_figure(7.2, 2.6)
    axes = figure.subplots()
    counts = tables.individuals.groupby(["generation", "status"]).size().unstack(fill_value=0)
    colors = {"finished": "#b8d4c8", "pruned": "#d9c7e8", "failed": FAILED, "killed": "#7f2704", "timeout": "#f4a582"}
    bottom = np.zeros(len(counts))
    for status in [name for name in (*colors, "pending") if name in counts]:
        axes.bar(
            counts.index, counts[status], bottom=bottom, color=colors.get(status, "#dddddd"), label=status, width=0.8
        )
        bottom += counts[status].to_numpy()
    again = tables.individuals.groupby("generation")["attempts"].apply(
        lambda tries: (tries.astype(int) - 1).clip(0).sum()
    )
    if again.any():
        axes.plot(again.index, again, "k.", label="repeated attempts")
    _label_generations(axes, tables.generations)
    axes.set_ylabel("individuals")
    tidy(axes)
    axes.legend(frameon=False, fontsize=8, ncols=6, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def _label_generations(axes: Axes, each: pd.DataFrame) -> None:
    axes.set_xlabel("generation")
    axes.locator_params(axis="x", integer=True)
    axes.set_xlim(-0.5, max(each["generation"].max(), 1) + 0.5)


def _zoom(axes: Axes, fitness: pd.Series) -> None:
    """Leave out extreme failures, which would press everything else into one line."""
    values = fitness.dropna()
    low, high = values.quantile(0.03), values.quantile(0.97)
    # Only where the outliers are far out.
    if values.max() - values.min() > 4.0 * (high - low) > 0:
        margin = 0.3 * (high - low)
        axes.set_ylim(max(values.min(), low - margin), min(values.max(), high + margin) + 0.05 * (high - low))


def _as_numbers(values: pd.Series) -> pd.Series:
    """Return numbers as they are and words as the number of their place in the alphabet."""
    numbers = pd.to_numeric(values, errors="coerce")
    return (
        numbers if numbers.notna().all() else pd.Series(pd.Categorical(values).codes.astype(float), index=values.index)
    )
