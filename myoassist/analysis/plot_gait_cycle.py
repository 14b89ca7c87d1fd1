"""The figure of the gait cycle: angles and ground reaction beside the reference gait, exo torque over stance."""

from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.evaluation import Evaluation
from myoassist.analysis.figures import LEG_COLORS, LEG_NAMES, REFERENCE_COLOR, new_figure, style_axes
from myoassist.analysis.leg_cycles import PERCENT, LegCycles, find_leg_cycles, find_stances, resample, stance_percent
from myoassist.gait.angles import to_clinical
from myoassist.gait.reference import ReferenceSignal, load_reference_gait

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CYCLE = "% of gait cycle, from heel strike"


def plot_gait_cycle(evaluation: Evaluation, title: str) -> "Figure | None":
    """Draw the last strides of a walk: trunk, hip, knee, ankle, vertical ground reaction, exo torque if any.

    Each leg is cut at its own heel strikes; lines are means and bands one standard deviation over its strides.

    Args:
        evaluation: The walk.
        title: First line of the figure.

    Returns:
        The figure, or None if neither leg has a whole stride.
    """
    log = evaluation.log
    both = find_leg_cycles(log, evaluation.config.cost.num_strides, evaluation.compat)
    if not any(map(len, both)):
        return None
    figure = new_figure(12.0, 6.6)
    grid = figure.subplots(2, 3)
    reference = load_reference_gait().signals
    clinical = np.rad2deg(to_clinical(log.joint_angle))
    trunk = np.repeat(np.rad2deg(log.trunk_pitch)[:, None], 2, axis=1)
    panels = (
        ("Trunk", "lean [deg]   forward +", trunk, reference["trunk_pitch"], np.rad2deg(1.0)),
        ("Hip", "angle [deg]   flexion +", clinical[:, :, 0], reference["hip_flexion"], np.rad2deg(1.0)),
        ("Knee", "angle [deg]   flexion +", clinical[:, :, 1], reference["knee_flexion"], np.rad2deg(1.0)),
        ("Ankle", "angle [deg]   dorsiflexion +", clinical[:, :, 2], reference["ankle_dorsiflexion"], np.rad2deg(1.0)),
        ("Vertical ground reaction", "force [body weights]", log.load, reference["vertical"], 1.0),
    )
    for axes, (name, ylabel, values, signal, factor) in zip(grid.flat, panels, strict=False):
        style_axes(axes, name, ylabel, _CYCLE)
        axes.set_xlim(0.0, 100.0)
        _draw_reference(axes, signal, factor)
        for cycles in both:
            _draw_leg(axes, resample(values[:, cycles.leg], cycles), cycles.leg)
            _mark_toe_off(axes, stance_percent(log, cycles), cycles.leg)
    # A load is never negative; only the band would be.
    grid[1, 1].set_ylim(bottom=-0.03 * grid[1, 1].get_ylim()[1])
    _draw_exo(grid[1, 2], evaluation, both)
    handles, labels = _legend_entries(both)
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure


def _draw_reference(axes: "Axes", signal: ReferenceSignal, factor: float) -> None:
    phase = np.minimum(PERCENT / 100.0, 1.0 - 1e-9)
    axes.plot(PERCENT, factor * signal.evaluate(phase), color=REFERENCE_COLOR, ls="--", lw=1.4)
    band = signal.band(phase)
    if band is not None:
        axes.fill_between(PERCENT, factor * band[0], factor * band[1], color=REFERENCE_COLOR, alpha=0.18, lw=0)


def _draw_leg(axes: "Axes", cycles: np.ndarray, leg: int) -> None:
    """Draw mean and standard deviation of the rows, if there are any."""
    if len(cycles) == 0:
        return
    mean, sd = cycles.mean(axis=0), cycles.std(axis=0)
    axes.fill_between(PERCENT, mean - sd, mean + sd, color=LEG_COLORS[leg], alpha=0.2, lw=0)
    axes.plot(PERCENT, mean, color=LEG_COLORS[leg], lw=1.8)


def _mark_toe_off(axes: "Axes", percent: float | None, leg: int) -> None:
    if percent is not None:
        axes.axvline(percent, color=LEG_COLORS[leg], lw=0.9, ls=":")


def _draw_exo(axes: "Axes", evaluation: Evaluation, both: list[LegCycles]) -> None:
    """Draw delivered torque over stance, and the programmed curve; say so where there is no exo."""
    if evaluation.config.exo.controller == "none":
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no exoskeleton torque", ha="center", va="center", color="0.5", transform=axes.transAxes)
        return
    style_axes(axes, "Exoskeleton torque", "torque [N·m]   plantarflexion +", "% of stance")
    axes.set_xlim(0.0, 100.0)
    curve, limit = evaluation.curve, evaluation.config.exo.max_torque
    if curve is not None:
        fine = np.linspace(0.0, 100.0, 501)
        axes.plot(fine, np.clip(curve(fine), 0.0, limit), color="black", ls="-.", lw=1.3, label="programmed")
    for cycles in both:
        stances = find_stances(evaluation.log, cycles)
        _draw_leg(axes, resample(evaluation.log.exo_torque[:, cycles.leg], stances), cycles.leg)
    # The torque is never negative; only the band would be.
    axes.set_ylim(bottom=-0.03 * max(axes.get_ylim()[1], 1e-6))
    if curve is not None:
        axes.legend(fontsize=8, frameon=False, loc="upper left")


def _legend_entries(both: list[LegCycles]) -> tuple[list, list[str]]:
    from matplotlib.lines import Line2D

    handles, labels = [], []
    for cycles in both:
        handles.append(Line2D([], [], color=LEG_COLORS[cycles.leg], lw=1.8))
        strides = f"{len(cycles)} stride" + ("" if len(cycles) == 1 else "s")
        labels.append(f"{LEG_NAMES[cycles.leg]}, mean ± SD of {strides}")
    handles.append(Line2D([], [], color=REFERENCE_COLOR, ls="--", lw=1.4))
    labels.append("reference gait (± SD where known)")
    handles.append(Line2D([], [], color="0.5", ls=":", lw=0.9))
    labels.append("toe-off")
    return handles, labels
