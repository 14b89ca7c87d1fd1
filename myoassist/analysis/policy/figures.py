"""Figures of a policy's walk: speed and target, device torque and actions over the gait cycle, reward over time."""

from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import LEG_COLORS, LEG_NAMES, new_figure, style_axes
from myoassist.analysis.picture.series import CYCLE_LABEL, draw_rows
from myoassist.analysis.picture.smoothing import smooth
from myoassist.analysis.policy.evaluation import JUDGED_STRIDES, PolicyEvaluation
from myoassist.analysis.walk.leg_cycles import PERCENT, LegCycles, find_leg_cycles, resample, stance_percent
from myoassist.rollout.log import SIDES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SPEED_NAME = "speed_tracking.png"
TORQUE_NAME = "exo_mean_std_data.png"
ACTIONS_NAME = "actions.png"
REWARD_NAME = "reward.png"
_SMOOTH_S = 1.0


def plot_speed(evaluation: PolicyEvaluation) -> "Figure | None":
    """Draw target speed, speed and speed averaged over a second; None for a walk without a step."""
    if len(evaluation.steps) == 0:
        return None
    figure = new_figure(12.0, 3.2)
    axes = figure.subplots()
    style_axes(axes, "Forward speed of the pelvis", "speed [m/s]", "time [s]")
    log = evaluation.log
    speed = log.pelvis_vel_heading[:, 0]
    axes.plot(log.time, speed, color="0.75", lw=0.8, label="at every instant")
    axes.plot(log.time, smooth(speed, _SMOOTH_S / log.dt), color="#0072B2", lw=1.8, label="mean over 1 s")
    axes.plot(*evaluation.target_speed, color="#D55E00", ls="--", lw=1.5, label="target")
    axes.set_xlim(0.0, log.time[-1])
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="lower right")
    return figure


def plot_exo_cycle(evaluation: PolicyEvaluation) -> "Figure | None":
    """Draw the device's torque of every stride over the cycle of its leg, with mean and SD; None without one."""
    cycles = find_leg_cycles(evaluation.log, JUDGED_STRIDES)
    if not evaluation.has_exo or not any(len(leg) for leg in cycles):
        return None
    figure = new_figure(12.0, 3.6)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, leg in zip(panels, cycles, strict=True):
        rows = resample(evaluation.log.exo_torque[:, leg.leg], leg)
        style_axes(axes, f"Device, {LEG_NAMES[leg.leg]}", "torque [N·m]", CYCLE_LABEL)
        axes.set_xlim(0.0, 100.0)
        for row in rows:
            axes.plot(PERCENT, row, color=LEG_COLORS[leg.leg], lw=0.5, alpha=0.4)
        draw_rows(axes, rows, LEG_COLORS[leg.leg])
        _mark_toe_off(axes, evaluation, leg)
    return figure


def plot_actions(evaluation: PolicyEvaluation) -> "Figure | None":
    """Draw the action of every actuator over the cycle of its leg, mean and SD; None without a stride.

    Actuators of both sides share a panel; one that belongs to no side is cut by right heel strikes.
    """
    cycles = find_leg_cycles(evaluation.log, JUDGED_STRIDES)
    if not any(len(leg) for leg in cycles):
        return None
    groups: dict[str, dict[int, int]] = {}
    for column, name in enumerate(evaluation.action_names):
        stem, side = split_side(name)
        groups.setdefault(stem, {})[0 if side is None else side] = column
    # Late, as Matplotlib is everywhere here: most commands draw nothing.
    from matplotlib.lines import Line2D

    rows = -(-len(groups) // 4)
    figure = new_figure(12.0, 2.1 * rows + 0.8)
    panels = figure.subplots(rows, 4, sharex=True, sharey=True, squeeze=False).flat
    log, steps = evaluation.log, evaluation.steps
    # An action holds until the next one.
    held = np.minimum(((np.arange(log.n_steps) + 0.5) * log.dt / steps.interval).astype(int), len(steps) - 1)
    for axes, (stem, columns) in zip(panels, groups.items(), strict=False):
        style_axes(axes, stem, "")
        for side, column in columns.items():
            values = np.clip(steps.action[held, column], -1.0, 1.0)
            draw_rows(axes, resample(values, cycles[side]), LEG_COLORS[side])
        axes.set_xlim(0.0, 100.0)
        axes.set_ylim(-1.05, 1.05)
    for axes in panels[len(groups) :]:
        axes.set_axis_off()
    figure.supxlabel(CYCLE_LABEL, fontsize=9)
    figure.supylabel("action [-1 to 1 of the control range]", fontsize=9)
    handles = [Line2D([], [], color=color, lw=1.8) for color in LEG_COLORS]
    figure.legend(handles, LEG_NAMES, loc="outside upper right", ncols=2, fontsize=9, frameon=False)
    return figure


def plot_reward(evaluation: PolicyEvaluation) -> "Figure | None":
    """Draw the parts of the reward over the walk, averaged over a second; None for a walk without a step."""
    steps = evaluation.steps
    used = [i for i in range(len(evaluation.reward_names)) if steps.terms[:, i].any()] if len(steps) else []
    if not used:
        return None
    from matplotlib import color_sequences

    figure = new_figure(12.0, 3.6)
    axes = figure.subplots()
    style_axes(axes, "Reward and its parts, mean over 1 s", "reward [1/s]", "time [s]")
    time = steps.interval * np.arange(1, len(steps) + 1)
    window = _SMOOTH_S / steps.interval
    for color, i in zip(color_sequences["tab20"], used, strict=False):
        rate = smooth(steps.terms[:, i] / steps.interval, window)
        axes.plot(time, rate, color=color, lw=1.2, label=evaluation.reward_names[i])
    axes.plot(time, smooth(steps.terms.sum(axis=1) / steps.interval, window), color="black", lw=1.6, label="reward")
    axes.set_xlim(0.0, time[-1])
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    return figure


def split_side(name: str) -> tuple[str, int | None]:
    """Return the name of an actuator without its side, and the side (0 right, 1 left, None for neither)."""
    for side, letter in enumerate(SIDES):
        for ending in (f"_{letter}", f"_{letter.upper()}"):
            if name.endswith(ending):
                return name.removesuffix(ending), side
    return name, None


def _mark_toe_off(axes: "Axes", evaluation: PolicyEvaluation, leg: LegCycles) -> None:
    percent = stance_percent(evaluation.log, leg)
    if percent is not None:
        axes.axvline(percent, color="0.3", lw=0.9, ls=":")
