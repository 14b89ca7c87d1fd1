"""The convergence of all searches of a pool in one figure."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import new_figure, style_axes
from myoassist.analysis.picture.series import walk_color
from myoassist.optimize.store.history import GENERATIONS_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STAGE = "search_stage"


@dataclass(frozen=True)
class MemberCurve:
    """The way of a search; G generations.

    Attributes:
        name: Name of its folder.
        evaluations: Evaluations up to each generation, shape (G,).
        best: Best total so far within the stage, shape (G,).
        stages: Number of the stage of each generation, 0 for a scan; all 1 where there is one alone, shape (G,).
        stopped: Whether a milestone ended it.
    """

    name: str
    evaluations: np.ndarray
    best: np.ndarray
    stages: np.ndarray
    stopped: bool


def read_member(folder: Path, name: str, *, stopped: bool) -> MemberCurve | None:
    """Return the way of a search out of its folder, None where it has no complete generation."""
    table = folder / GENERATIONS_NAME
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows:
        return None
    evaluations, best = (np.array([float(row[key]) for row in rows]) for key in ("evaluations", "best_so_far"))
    stages = np.array([int(float(row.get(_STAGE, 1))) for row in rows])
    return MemberCurve(name, evaluations, best, stages, stopped)


def plot_pool(
    curves: Sequence[MemberCurve], milestones: Sequence[int], stage_names: Sequence[str] = ()
) -> "Figure | None":
    """Draw the best total so far of every search over its evaluations, with milestones and stages.

    Args:
        curves: Searches.
        milestones: Evaluations at which searches ended.
        stage_names: Names of the stages in order, the scan first where there is one.

    Returns:
        The figure, or None without a search.
    """
    if not curves:
        return None
    figure = new_figure(9.0, 4.2)
    axes = figure.subplots()
    style_axes(axes, "", "best total so far", "evaluations of a search")
    for number, curve in enumerate(curves):
        color = walk_color(number)
        starts = np.flatnonzero(np.diff(curve.stages, prepend=curve.stages[0]))
        for part in np.split(np.arange(len(curve.best)), starts):
            axes.step(curve.evaluations[part], curve.best[part], where="post", color=color, lw=1.5)
        axes.plot(curve.evaluations[starts], curve.best[starts], "o", color=color, mfc="white", ms=5)
        axes.plot(curve.evaluations[-1], curve.best[-1], "x" if curve.stopped else ".", color=color, ms=7)
        axes.plot([], [], color=color, lw=1.5, label=curve.name)
    values = np.concatenate([curve.best for curve in curves])
    # Falls cost hundreds of times what walks do.
    if values.min() > 0.0 and values.max() > 10.0 * values.min():
        axes.set_yscale("log")
    for milestone in milestones:
        axes.axvline(milestone, color="0.6", ls=":", lw=1.0)
    _name_stages(max(curves, key=lambda curve: curve.evaluations[-1]), stage_names, axes)
    axes.legend(fontsize=8, frameon=False, ncols=1 + len(curves) // 9)
    return figure


def _name_stages(longest: MemberCurve, names: Sequence[str], axes: "Axes") -> None:
    """Write the name of every stage where the longest search begins it."""
    transform = axes.get_xaxis_transform()
    first = 0 if 0 in longest.stages else 1
    for stage in np.unique(longest.stages):
        if stage - first < len(names):
            at = longest.evaluations[np.argmax(longest.stages == stage)]
            axes.text(at, 1.01, names[stage - first], transform=transform, fontsize=8, color="0.3")
