"""The figure of the whole walk over time: speed, trunk, joints, foot loads, exo torque and muscle activation."""

from typing import TYPE_CHECKING

import numpy as np

from myoassist.analysis.picture.figures import LEG_COLORS, LEG_NAMES, new_figure, style_axes
from myoassist.analysis.walk.evaluation import Evaluation, torque_direction
from myoassist.analysis.walk.gait_curves import SIGNALS, motor_torques
from myoassist.gait.angles import to_clinical

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_time_series(evaluation: Evaluation, title: str) -> "Figure | None":
    """Draw the whole walk over time.

    Args:
        evaluation: The walk.
        title: First line of the figure.

    Returns:
        The figure, or None if the walk has no sample.
    """
    log = evaluation.log
    if log.n_steps == 0:
        return None
    clinical = np.rad2deg(to_clinical(log.joint_angle))
    rows = [
        ("Forward speed", "[m/s]", log.pelvis_vel_heading[:, :1]),
        ("Trunk lean, forward +", "[deg]", np.rad2deg(log.trunk_pitch)[:, None]),
        ("Hip flexion +", "[deg]", clinical[:, :, 0]),
        ("Knee flexion +", "[deg]", clinical[:, :, 1]),
        ("Ankle dorsiflexion +", "[deg]", clinical[:, :, 2]),
        ("Foot load", "[body weights]", log.load),
    ]
    if evaluation.has_exo:
        rows.append((f"Exoskeleton torque, {torque_direction(evaluation)} +", "[N·m]", log.exo_torque))
    for name, torque in motor_torques(log).items():
        rows.append((f"{SIGNALS[name].title}, {SIGNALS[name].positive} +", "[N·m]", torque))
    for channel in log.own_channels:
        if channel.by_muscle or channel.internal:
            continue
        values = getattr(log, channel.name).reshape(log.n_steps, -1)
        rows.append((channel.name.replace("_", " "), f"[{channel.unit}]", values))
    figure = new_figure(12.0, 1.25 * len(rows) + 3.6)
    panels = figure.subplots(len(rows) + 1, 1, sharex=True, height_ratios=[1.0] * len(rows) + [2.6])
    for axes, (name, unit, values) in zip(panels, rows, strict=False):
        style_axes(axes, name, unit)
        colors = LEG_COLORS if values.shape[1] == 2 else ("0.2",) * values.shape[1]
        for column, color in zip(values.T, colors, strict=True):
            axes.plot(log.time, column, color=color, lw=1.0)
    time, target = evaluation.target_speed
    panels[0].plot(time, target, color="0.5", ls="--", lw=1.0)
    panels[0].text(1.0, 1.04, "dashed: target", color="0.4", fontsize=9, ha="right", transform=panels[0].transAxes)
    for name, color, x in zip(LEG_NAMES, LEG_COLORS, (0.92, 1.0), strict=True):
        panels[2].text(x, 1.04, name, color=color, fontsize=9, ha="right", transform=panels[2].transAxes)
    _draw_activation(panels[-1], evaluation)
    figure.suptitle(title, fontsize=11)
    return figure


def _draw_activation(axes: "Axes", evaluation: Evaluation) -> None:
    log = evaluation.log
    order = sorted(range(len(log.muscle_names)), key=lambda i: (log.muscle_names[i][-2:] != "_r", i))
    image = axes.imshow(
        log.activation[:, order].T,
        aspect="auto",
        interpolation="nearest",
        cmap="cividis",
        vmin=0.0,
        vmax=1.0,
        extent=(log.time[0] - log.dt, log.time[-1], len(order) - 0.5, -0.5),
    )
    style_axes(axes, "Muscle activation", "", "time [s]")
    axes.grid(False)
    axes.set_yticks(range(len(order)), [log.muscle_names[i] for i in order], fontsize=5.5)
    axes.figure.colorbar(image, ax=axes, pad=0.01, fraction=0.03).ax.tick_params(labelsize=8)
