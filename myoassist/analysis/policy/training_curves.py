"""Figures of a training: return and episode length, evaluations, and what the reward consisted of."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from myoassist.analysis.picture.figures import new_figure, style_axes
from myoassist.files.append_log import read_lines
from myoassist.rl.train.log import EVALUATIONS_NAME, HISTORY_NAME, LOG_NAME, RECORDS_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RETURN_NAME = "return.png"
UNWEIGHTED_NAME = "average_reward_dict_proportion_per_episode_no_mult_weights.png"
WEIGHTED_NAME = "average_reward_dict_proportion_per_episode_mult_weights.png"
# Kept in published records; no parts of the reward.
_HOUSEKEEPING = ("sparse", "solved", "done", "dense")


@dataclass(frozen=True)
class TrainingCurves:
    """What is known about a training.

    Attributes:
        steps: Environment steps, shape (R,).
        returns: Mean return of the episodes that ended, shape (R,); NaN where none did.
        lengths: Mean length of these, control steps, shape (R,).
        parts: Weighted parts of the reward per second, or per episode in files of others, each of shape (R,).
        unit: Unit of the parts.
        records: Records of the published log.
        evaluations: Columns of the evaluations, each of shape (E,); empty without any.
    """

    steps: np.ndarray
    returns: np.ndarray
    lengths: np.ndarray
    parts: dict[str, np.ndarray]
    unit: str
    records: list[dict[str, Any]]
    evaluations: dict[str, np.ndarray] = field(default_factory=dict)


def read_training(folder: Path) -> TrainingCurves | None:
    """Read the history of a training, or the published log where there is no history; None without either."""
    records = _read_records(folder)
    table = _read_table(folder / HISTORY_NAME)
    evaluations = _read_table(folder / EVALUATIONS_NAME)
    if len(table.get("steps", ())):
        parts = {name.removeprefix("reward/"): values for name, values in table.items() if name.startswith("reward/")}
        return TrainingCurves(
            table["steps"], table["return"], table["episode_length"], parts, "1/s", records, evaluations
        )
    if not records:
        return None
    steps, returns, lengths = (
        np.array([float(record.get(key, np.nan)) for record in records])
        for key in ("num_timesteps", "average_reward_per_episode", "average_num_timestep")
    )
    return TrainingCurves(steps, returns, lengths, _record_parts(records, True), "per episode", records, evaluations)


def plot_return(curves: TrainingCurves, title: str = "") -> "Figure":
    """Draw mean return and mean length of the episodes over environment steps."""
    figure = new_figure(7.0, 4.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    style_axes(upper, "Return of an episode", "mean return")
    style_axes(lower, "Length of an episode", "control steps", "environment steps")
    for axes, values in ((upper, curves.returns), (lower, curves.lengths)):
        known = np.isfinite(values)
        axes.plot(curves.steps[known], values[known], color="#0072B2", lw=1.3, marker="." if known.sum() < 3 else "")
    lower.set_xlim(left=0.0)
    _count_steps(lower)
    figure.suptitle(title, fontsize=11)
    return figure


def plot_evaluations(curves: TrainingCurves) -> "Figure | None":
    """Draw score, walked time and speed error of the evaluations beside the training; None without any."""
    table = curves.evaluations
    if not len(table.get("steps", ())):
        return None
    figure = new_figure(12.0, 2.9)
    shown = (("score", "Score", "0-1"), ("walked_time", "Walked time", "s"), ("speed_error", "Speed error", "m/s"))
    for axes, (name, words, unit) in zip(figure.subplots(1, 3), shown, strict=True):
        style_axes(axes, words, unit, "environment steps")
        axes.plot(table["steps"], table[name], color="#009E73", lw=1.3, marker=".")
        axes.set_ylim(bottom=0.0)
        _count_steps(axes)
    return figure


def plot_parts(steps: np.ndarray, parts: dict[str, np.ndarray], unit: str, title: str) -> "Figure | None":
    """Draw parts of the reward as stacked areas, negative ones below zero; None where all are zero."""
    shown = {name: np.nan_to_num(values) for name, values in parts.items() if np.any(np.nan_to_num(values) != 0.0)}
    if not shown or len(steps) == 0:
        return None
    figure = new_figure(12.0, 6.0)
    axes = figure.subplots()
    style_axes(axes, title, f"reward [{unit}]", "environment steps")
    _stack(axes, steps, shown)
    _count_steps(axes)
    axes.axhline(0.0, color="0.2", lw=0.8)
    axes.set_xlim(steps[0] if len(steps) > 1 else 0.0, steps[-1])
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return figure


def plot_record_parts(curves: TrainingCurves, weighted: bool) -> "Figure | None":
    """Draw the parts of the published records per episode, with or without their weights; None with under two records.

    The first record is left out, as its episodes are those of an untrained policy.
    """
    records = curves.records[1:]
    if not records:
        return None
    steps = np.array([float(record["num_timesteps"]) for record in records])
    title = f"Parts of the reward, {'with' if weighted else 'without'} weights"
    return plot_parts(steps, _record_parts(records, weighted), "sum per episode", title)


def _count_steps(axes: "Axes") -> None:
    """Label environment steps as 500k and 1.5M."""
    from matplotlib.ticker import EngFormatter

    axes.xaxis.set_major_formatter(EngFormatter(sep=""))


def _stack(axes: "Axes", steps: np.ndarray, parts: dict[str, np.ndarray]) -> None:
    from matplotlib import color_sequences

    colors = color_sequences["tab20"]
    if len(steps) == 1:
        # An area needs a width.
        steps, parts = np.array([0.0, steps[0]]), {name: np.repeat(values, 2) for name, values in parts.items()}
    for sign in (-1.0, 1.0):
        base = np.zeros(len(steps))
        for i, (name, values) in enumerate(parts.items()):
            share = sign * np.maximum(sign * values, 0.0)
            if not share.any():
                continue
            # A part that changes its sign is named once.
            label = name if name not in axes.get_legend_handles_labels()[1] else None
            axes.fill_between(steps, base, base + share, color=colors[i % len(colors)], lw=0, label=label)
            base = base + share


def _record_parts(records: list[dict[str, Any]], weighted: bool) -> dict[str, np.ndarray]:
    names = [name for name in records[-1]["average_reward_dict_per_episode"] if name not in _HOUSEKEEPING]
    parts = {}
    for name in names:
        values = np.array([float(record["average_reward_dict_per_episode"].get(name, 0.0)) for record in records])
        weight = records[-1].get("reward_weights", {}).get(name, 1.0)
        # Parts that have a weight per joint carry it already.
        parts[name] = values * weight if weighted and isinstance(weight, int | float) else values
    return parts


def _read_records(folder: Path) -> list[dict[str, Any]]:
    try:
        if lines := read_lines(folder / RECORDS_NAME).lines:
            return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError):
        pass
    try:
        return list(json.loads((folder / LOG_NAME).read_text(encoding="utf-8"))["log_datas"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _read_table(path: Path) -> dict[str, np.ndarray]:
    """Return the columns of a CSV file of numbers, NaN for empty cells; empty where it cannot be read."""
    try:
        rows = list(csv.reader(line.decode() for line in read_lines(path).lines))
    except OSError:
        return {}
    if len(rows) < 2:
        return {}
    # One of an older version may be short.
    body = [row for row in rows[1:] if len(row) == len(rows[0])]
    return {
        name: np.array([float(row[i]) if row[i] else np.nan for row in body], dtype=float)
        for i, name in enumerate(rows[0])
    }
