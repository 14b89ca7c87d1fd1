"""The figure of a score card: every bound with its light, and the distance of the curves from people."""

from typing import TYPE_CHECKING

from myoassist.analysis.picture.figures import new_figure, style_axes
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.score import ScoredWalk
from myoassist.gait.score.card import ENOUGH, NEAR, distance_light
from myoassist.gait.score.gate import GOAL, INFORMATION, MET, MISSED, UNKNOWN, Gate, describe_bound

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Apart with any colour vision, and by their words.
LIGHT_COLORS = {GOAL: "#009E73", MET: "#E6B000", MISSED: "#C0392B", UNKNOWN: "0.75", INFORMATION: "0.75"}
_COLUMNS = ((0.04, "bound"), (0.42, "value"), (0.54, "has to be"), (0.80, "best"))
_ROW_INCHES = 0.24


def plot_score(evaluation: Evaluation, title: str) -> "Figure | None":
    """Draw the score card: bounds as lights with value, bound and goal; beside them the distance of every curve.

    Args:
        evaluation: The walk.
        title: First line of the figure.

    Returns:
        The figure, or None if the walk has no score.
    """
    scored = evaluation.score
    if scored is None:
        return None
    gates = scored.card_gates
    rows = max(len(gates), len(_distances(scored)), 6)
    figure = new_figure(12.0, _ROW_INCHES * (rows + 2) + 0.9)
    bounds, curves = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
    _draw_bounds(bounds, gates)
    _draw_distances(curves, _distances(scored))
    figure.suptitle(title, fontsize=11)
    return figure


def _distances(scored: ScoredWalk) -> dict[str, float]:
    """Return the distance of the curves from people by name, standard deviations, EMG left out."""
    return {name: item.sd for name, item in scored.score.channels.items() if not name.startswith("emg_")}


def _draw_bounds(axes: "Axes", gates: list[Gate]) -> None:
    axes.set_axis_off()
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(gates) + 0.6, -0.9)
    axes.set_title("Bounds", fontsize=10, loc="left", fontweight="bold")
    for x, text in _COLUMNS:
        axes.text(x, -0.4, text, fontsize=8.5, color="0.35", va="center")
    for i, gate in enumerate(gates, start=1):
        value = "–" if gate.value is None else f"{gate.value:.3g}"
        axes.plot(0.015, i - 0.4, marker="o", ms=8, color=LIGHT_COLORS[gate.light], clip_on=False)
        cells = (gate.name.replace("_", " "), value, gate.words, describe_bound(gate.goal))
        for (x, _), text in zip(_COLUMNS, cells, strict=True):
            axes.text(x, i - 0.4, text, fontsize=8.5, va="center")
        axes.text(0.99, i - 0.4, gate.light, fontsize=8.5, va="center", ha="right", color="0.35")


def _draw_distances(axes: "Axes", distances: dict[str, float]) -> None:
    style_axes(axes, "Distance of the curves from people", "", "standard deviations of people")
    axes.grid(True, axis="x", color="0.9", linewidth=0.7)
    axes.grid(False, axis="y")
    if not distances:
        axes.text(0.5, 0.5, "nobody to compare with, or no stride", ha="center", transform=axes.transAxes, fontsize=9)
        return
    names = list(distances)
    colors = [LIGHT_COLORS[distance_light(value)] for value in distances.values()]
    axes.barh(range(len(names)), list(distances.values()), color=colors, height=0.7)
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names], fontsize=8.5)
    axes.invert_yaxis()
    for limit, text in ((NEAR, "goal"), (ENOUGH, "bound")):
        axes.axvline(limit, color="0.35", ls="--", lw=0.9)
        axes.text(limit, 0.01, f" {text}", fontsize=8, color="0.35", va="bottom", transform=axes.get_xaxis_transform())
    axes.set_xlim(0.0, max(3.0, 1.1 * max(distances.values())))
