"""Any number of walks in one figure: the curves that people are compared by, beside people at the same speed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import new_figure, style_axes
from myoassist.analysis.picture.series import walk_color
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.gait.leg_strides import find_leg_strides, scored_signals
from myoassist.gait.reference.human import EMG, PERCENT, HumanReference
from myoassist.gait.score.score import SCORED_STRIDES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS: dict[str, tuple[str, str]] = {
    "hip": ("Hip", "angle [deg]   flexion +"),
    "knee": ("Knee", "angle [deg]   flexion +"),
    "ankle": ("Ankle", "angle [deg]   dorsiflexion +"),
    "trunk": ("Trunk", "lean [deg]   forward +"),
    "grf": ("Vertical ground reaction", "force [BW]"),
    "grf_fore_aft": ("Fore-aft ground reaction", "force [BW]   forward +"),
    "hip_moment": ("Hip moment", "moment [N·m/kg]   extension +"),
    "knee_moment": ("Knee moment", "moment [N·m/kg]   extension +"),
    "ankle_moment": ("Ankle moment", "moment [N·m/kg]   plantarflexion +"),
    "ankle_power": ("Ankle power", "power [W/kg]   generated +"),
    **{f"emg_{name}": (name.replace("_", " ").capitalize(), "activation, EMG [0-1]") for name in EMG},
}
_COLUMNS = 4
Curves = dict[str, np.ndarray]


def plot_comparison(walks: Sequence[tuple[str, Evaluation]]) -> "Figure | None":
    """Draw the mean stride of every walk, both legs averaged, beside people at the speed of the first scored one.

    Args:
        walks: Walks by name.

    Returns:
        The figure, or None if no walk has a whole stride.
    """
    curves = [(name, mean_stride(walk)) for name, walk in walks]
    if not any(found for _, found in curves):
        return None
    reference = next((walk.score.score.reference for _, walk in walks if walk.score is not None), None)
    shown = [name for name in _PANELS if any(name in found for _, found in curves)]
    rows = -(-len(shown) // _COLUMNS)
    figure = new_figure(3.3 * _COLUMNS, 2.5 * rows + 0.35 * len(walks) + 0.3)
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).flat
    for axes, name in zip(panels, shown, strict=False):
        _draw(axes, name, curves, reference)
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    _add_legend(figure, [name for name, _ in walks], reference)
    return figure


def mean_stride(evaluation: Evaluation) -> Curves:
    """Return the mean stride of both legs by the names of `human_reference`, each of shape (51,); empty without one."""
    strides = find_leg_strides(evaluation.log, SCORED_STRIDES)
    if strides.count == 0:
        return {}
    found = {}
    for name, values in scored_signals(evaluation.log).items():
        legs = [strides.mean_curve(values[:, leg], leg) for leg in range(2)]
        known = [leg for leg in legs if np.isfinite(leg).all()]
        if known:
            found[name] = np.mean(known, axis=0)
    return found


def _draw(axes: "Axes", name: str, curves: Sequence[tuple[str, Curves]], reference: HumanReference | None) -> None:
    title, label = _PANELS[name]
    style_axes(axes, title, label, "% of gait cycle")
    axes.set_xlim(0.0, 100.0)
    if reference is not None and name in reference.curves:
        mean, sd = reference.curves[name]
        axes.fill_between(PERCENT, mean - sd, mean + sd, color="0.5", alpha=0.25, lw=0)
        axes.plot(PERCENT, mean, color="0.35", ls="-.", lw=1.2)
    for i, (_, found) in enumerate(curves):
        if name in found:
            axes.plot(PERCENT, found[name], color=walk_color(i), lw=1.6)


def _add_legend(figure: "Figure", names: Sequence[str], reference: HumanReference | None) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=walk_color(i), lw=1.8) for i in range(len(names))]
    labels = list(names)
    if reference is not None:
        handles.append(Line2D([], [], color="0.35", ls="-.", lw=1.2))
        labels.append(f"people at {reference.speed:g} m/s, mean ± SD")
    figure.legend(handles, labels, loc="outside lower center", ncols=1 + (len(labels) > 2), fontsize=9, frameon=False)
