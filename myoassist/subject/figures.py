"""Pictures of a person: curves of the gait, moment arms, a stride."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import LEG_COLORS, LEG_NAMES, REFERENCE_COLOR, new_figure, style_axes
from myoassist.gait.reference.human import PERCENT, HumanReference
from myoassist.subject.arms import Arm
from myoassist.subject.chain import SEGMENTS, SIDES, Chain, Poses, place_segments
from myoassist.subject.strides import FoundGait, Stride

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CHANNELS = {
    "hip": ("hip flexion", "deg"),
    "knee": ("knee flexion", "deg"),
    "ankle": ("ankle dorsiflexion", "deg"),
    "trunk": ("trunk lean", "deg"),
    "grf": ("vertical force", "body weights"),
    "grf_fore_aft": ("fore-aft force", "body weights"),
}
_OWN = "#0b6e4f"


def plot_gait(gait: FoundGait, people: HumanReference) -> "Figure":
    """Return strides of both legs, their mean with the standard deviation that is used, and people at this speed."""
    figure = new_figure(11.0, 6.2)
    for axes, (name, (title, unit)) in zip(figure.subplots(2, 3).flat, _CHANNELS.items(), strict=True):
        style_axes(axes, title, unit, "stride, %")
        mean = people.curves[name][0]
        axes.plot(PERCENT, mean, "--", color=REFERENCE_COLOR, label="people at this speed (Schwartz 2008)")
        if name in gait.person.curves:
            own, spread = gait.person.curves[name]
            axes.fill_between(PERCENT, own - spread, own + spread, color=_OWN, alpha=0.15, linewidth=0)
            axes.plot(PERCENT, own, color=_OWN, linewidth=2.0, label="this person, mean and SD in use")
            for stride in gait.strides:
                row = SIDES.index(stride.side)
                axes.plot(PERCENT, stride.curves[name], color=LEG_COLORS[row], linewidth=0.8, alpha=0.8)
        else:
            axes.text(50, float(mean.mean()), "not measured", ha="center")
    for row, name in enumerate(LEG_NAMES):
        figure.axes[0].plot([], [], color=LEG_COLORS[row], linewidth=0.8, label=f"strides of the {name}")
    figure.axes[0].set_ylim(top=figure.axes[0].get_ylim()[1])
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8)
    return figure


def plot_arms(arms: Sequence[Arm]) -> "Figure":
    """Return moment arms of our model and, where its paths tell, of the OpenSim model."""
    columns = 4
    rows = -(-len(arms) // columns)
    figure = new_figure(11.0, 2.3 * rows)
    grid = figure.subplots(rows, columns)
    for axes, arm in zip(grid.flat, arms, strict=False):
        style_axes(axes, f"{arm.muscle}, {arm.joint}", "mm", "deg")
        axes.plot(arm.angles, 1000 * arm.own, color=_OWN, label="our model of this person")
        if arm.other is not None:
            axes.plot(arm.angles, 1000 * arm.other, "--", color=REFERENCE_COLOR, label="OpenSim model")
    for axes in list(grid.flat)[len(arms) :]:
        axes.set_visible(False)
    best = next((axes for axes, arm in zip(grid.flat, arms, strict=False) if arm.other is not None), grid.flat[0])
    figure.legend(*best.get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    return figure


def plot_stride(chain: Chain, poses: Poses, time: np.ndarray, stride: Stride) -> "Figure":
    """Return the chain of a person over one stride as found from markers, ten poses beside each other."""
    figure = new_figure(11.0, 3.0)
    axes = figure.subplots()
    shown = np.linspace(stride.start, stride.stop, 11)
    for place, moment in enumerate(shown):
        frame = int(np.argmin(np.abs(time - moment)))
        origins = place_segments(chain, poses, frame)
        origins[:, 0] += 0.75 * place - origins[0, 0]
        _draw(axes, chain, poses, frame, origins)
        axes.text(0.75 * place, -0.12, f"{10 * place} %", ha="center", fontsize=8)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return figure


def _draw(axes: object, chain: Chain, poses: Poses, frame: int, origins: np.ndarray) -> None:
    def turned(name: str, place: np.ndarray) -> np.ndarray:
        angle = poses.angles[name][frame]
        cos, sin = np.cos(angle), np.sin(angle)
        return origins[SEGMENTS.index(name)] + np.array(
            [cos * place[0] - sin * place[1], sin * place[0] + cos * place[1]]
        )

    lines = {"trunk": np.array([origins[0], origins[SEGMENTS.index("trunk")], turned("trunk", np.array([0.0, 0.45]))])}
    for side in SIDES:
        names = [f"{name}_{side}" for name in ("thigh", "shank", "foot")]
        points = [origins[0], *(origins[SEGMENTS.index(name)] for name in names)]
        heel = turned(names[2], chain.balls[side] * [-0.35, 1.0])
        lines[side] = np.array([*points, heel, turned(names[2], chain.balls[side])])
    for name, line in lines.items():
        color = "0.3" if name == "trunk" else LEG_COLORS[SIDES.index(name)]
        axes.plot(line[:, 0], line[:, 1], color=color, linewidth=1.6)  # type: ignore[attr-defined]
    for segment, place in chain.markers.values():
        spot = turned(segment, place)
        axes.plot(spot[0], spot[1], ".", color="0.6", markersize=2)  # type: ignore[attr-defined]
