"""The figure of what a controller does inside: what excites each muscle over the gait cycle, phases, target angles."""

from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import LEG_NAMES, new_figure, style_axes
from myoassist.analysis.picture.series import CYCLE_LABEL
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.analysis.walk.gait_curves import MUSCLE_TITLES
from myoassist.analysis.walk.leg_cycles import PERCENT, LegCycles, find_leg_cycles, resample
from myoassist.control.channel import Channel
from myoassist.control.human.contributions import Contribution
from myoassist.control.legs import SHARED
from myoassist.control.signals import MUSCLE_NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 4
# Beyond this an area is cut off: what the muscle does not get would hide the rest.
_CUT = 1.5
_LEAST_ANGLE = 1e-3  # deg
# Apart with any colour vision where they meet; the pre-stimulation is grey.
_COLORS = (
    "#B8BCC4", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#332288", "#882255",
    "#999933",
)  # fmt: skip


def plot_modules(evaluation: Evaluation, title: str) -> "Figure | None":
    """Draw the excitation of every muscle as a stack of what it is made of, mean of the judged strides.

    Behind the muscles come phases and commands, and the target angles. Left legs are drawn where they may differ by
    more than chance: with gains of their own, or one prosthesis.

    Args:
        evaluation: The walk.
        title: First line of the figure.

    Returns:
        The figure, or None where nothing of the kind was logged or no leg has a whole stride.
    """
    log = evaluation.log
    parts = [channel for channel in log.layout.channels if isinstance(channel, Contribution)]
    legs = (0,) if evaluation.config.control.legs == SHARED and not evaluation.has_motors else (0, 1)
    cycles = find_leg_cycles(log, evaluation.config.cost.num_strides) if parts else []
    if not any(len(cycles[leg]) for leg in legs if parts):
        return None
    others = [item for item in log.layout.channels if item.internal and not isinstance(item, Contribution)]
    muscles = [name for name in MUSCLE_NAMES if any(part.muscle == name for part in parts)]
    sources = list(dict.fromkeys(part.source for part in parts))
    rows = -(-(len(muscles) + 2) // _COLUMNS)
    figure = new_figure(13.0, len(legs) * rows * 2.3 + 1.0)
    grid = figure.subplots(len(legs) * rows, _COLUMNS).reshape(len(legs), -1)
    for panels, leg in zip(grid, legs, strict=True):
        for axes, muscle in zip(panels, muscles, strict=False):
            own = [part for part in parts if part.muscle == muscle]
            if (evaluation.walker.layout.muscle_group[leg, MUSCLE_NAMES.index(muscle)] < 0).all():
                # A prosthesis has none; what the controller would give it reaches nothing.
                axes.set_axis_off()
                continue
            _draw_stack(axes, evaluation, cycles[leg], own, sources)
            name, side = MUSCLE_TITLES.get(muscle, muscle), LEG_NAMES[leg].partition(" ")[0]
            style_axes(axes, name if len(legs) == 1 else f"{name}, {side}", "excitation [1]", CYCLE_LABEL)
        _draw_flags(panels[len(muscles)], evaluation, cycles[leg], [item for item in others if item.unit == "1"])
        _draw_targets(panels[len(muscles) + 1], evaluation, cycles[leg], [item for item in others if item.unit != "1"])
        for axes in panels[len(muscles) + 2 :]:
            axes.set_axis_off()
    _add_legend(figure, sources)
    figure.suptitle(title, fontsize=11)
    return figure


def _mean(evaluation: Evaluation, channel: Channel, cycles: LegCycles) -> np.ndarray:
    """Return the mean stride of a channel of a leg, shape (101,)."""
    return resample(getattr(evaluation.log, channel.name)[:, cycles.leg], cycles).mean(axis=0)


def _draw_stack(
    axes: "Axes", evaluation: Evaluation, cycles: LegCycles, parts: list[Contribution], sources: list[str]
) -> None:
    """Stack what excites above zero and what inhibits below it, and draw the sum as the muscle gets it."""
    axes.set_xlim(0.0, 100.0)
    if not len(cycles):
        return
    up, down = np.zeros(len(PERCENT)), np.zeros(len(PERCENT))
    for part in parts:
        values, color = _mean(evaluation, part, cycles), _COLORS[sources.index(part.source) % len(_COLORS)]
        for base, side in ((up, np.maximum(values, 0.0)), (down, np.minimum(values, 0.0))):
            if side.any():
                axes.fill_between(PERCENT, base, base + side, color=color, lw=0)
                base += side
    total = sum(getattr(evaluation.log, part.name)[:, cycles.leg] for part in parts)
    given = resample(np.clip(total, 0.0, 1.0), cycles).mean(axis=0)
    axes.plot(PERCENT, given, color="black", lw=1.3)
    axes.axhline(0.0, color="0.6", lw=0.6)
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, -_CUT), min(high, _CUT))


def _draw_flags(axes: "Axes", evaluation: Evaluation, cycles: LegCycles, flags: list[Channel]) -> None:
    """Draw the share of strides in which each phase or command is on, or its value, as grey bars."""
    if not flags or not len(cycles):
        axes.set_axis_off()
        return
    values = np.stack([_mean(evaluation, channel, cycles) for channel in flags])
    extent = (0.0, 100.0, len(flags) - 0.5, -0.5)
    axes.imshow(values, aspect="auto", interpolation="nearest", cmap="Greys", vmin=0.0, vmax=1.0, extent=extent)
    style_axes(axes, "Phases, commands (black: 1)", "", CYCLE_LABEL)
    axes.grid(False)
    axes.set_yticks(range(len(flags)), [item.name.replace("_", " ") for item in flags], fontsize=7)


def _draw_targets(axes: "Axes", evaluation: Evaluation, cycles: LegCycles, targets: list[Channel]) -> None:
    """Draw the target angles in degrees."""
    if not targets or not len(cycles):
        axes.set_axis_off()
        return
    for channel, color in zip(targets, _COLORS[1:], strict=False):
        angle = np.rad2deg(_mean(evaluation, channel, cycles))
        # That of the frontal plane is nothing but rounding in 2D.
        if np.abs(angle).max() > _LEAST_ANGLE:
            axes.plot(PERCENT, angle, color=color, lw=1.5, label=channel.name.replace("_", " "))
    style_axes(axes, "Target angles", "angle [deg]", CYCLE_LABEL)
    axes.set_xlim(0.0, 100.0)
    axes.legend(fontsize=7, frameon=False)


def _add_legend(figure: "Figure", sources: list[str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list = [
        Patch(color=_COLORS[i % len(_COLORS)], label=source.replace("_", " ")) for i, source in enumerate(sources)
    ]
    handles.append(Line2D([], [], color="black", lw=1.3, label="their sum, 0 to 1"))
    figure.legend(handles=handles, loc="outside lower center", ncols=6, fontsize=9, frameon=False)
