"""The log of a walk as named columns with units: angles, loads, muscles, and what controllers tell of themselves."""

import numpy as np

from myoassist.analysis.walk.gait_curves import MUSCLE_PREFIX, SIGNALS, walk_signals
from myoassist.control.channel import Channel
from myoassist.rollout.log import JOINTS, SIDES, WalkLog

_AXES = ("x", "y", "z")
_TURNS = ("trunk_roll", "trunk_yaw", "pelvis_pitch", "pelvis_list", "pelvis_rotation")
_MUSCLES = {
    "activation": "0-1",
    "excitation": "0-1",
    "muscle_force": "N",
    "fiber_length": "optimal lengths",
    "fiber_velocity": "optimal lengths/s",
}


def log_columns(log: WalkLog) -> dict[str, np.ndarray]:
    """Return every quantity of a walk by `<name>_<side or axis> [unit]`, each of shape (T,).

    Signs are those of the figures: flexion, dorsiflexion and forward lean positive, moments positive in extension and
    plantarflexion. World axes: x forward, y left, z up. `time [s]` comes first.
    """
    columns = {"time [s]": log.time}
    columns |= {f"pelvis_{axis} [m]": log.pelvis_pos_w[:, i] for i, axis in enumerate(_AXES)}
    columns["speed_forward [m/s]"], columns["speed_left [m/s]"] = log.pelvis_vel_heading.T
    signals = walk_signals(log)
    columns["trunk_lean [deg]"] = signals.pop("trunk_lean")[:, 0]
    columns |= {f"{name} [deg]": np.rad2deg(getattr(log, name)) for name in _TURNS}
    for name, values in signals.items():
        # Every single muscle follows below.
        if not name.startswith(MUSCLE_PREFIX):
            columns |= _legs(name, SIGNALS[name].unit, values)
    for name in ("hip_adduction", "hip_rotation"):
        columns |= _legs(name, "deg", np.rad2deg(getattr(log, name)))
    for i, joint in enumerate(JOINTS):
        columns |= _legs(f"{joint}_limit_torque", "N·m", log.limit_torque[:, :, i])
    for i, axis in enumerate(_AXES):
        columns |= _legs(f"ground_force_{axis}", "N", log.ground_force_w[:, :, i])
    for i, axis in enumerate(_AXES):
        columns |= _legs(f"pressure_center_{axis}", "m", log.pressure_center_w[:, :, i])
    columns |= _legs("toe_extension", "deg", np.rad2deg(log.toe_angle))
    for name, unit in _MUSCLES.items():
        columns |= {f"{name}_{muscle} [{unit}]": getattr(log, name)[:, i] for i, muscle in enumerate(log.muscle_names)}
    return columns | channel_columns(log)


def channel_columns(log: WalkLog) -> dict[str, np.ndarray]:
    """Return what the controllers have logged about themselves, each of shape (T,).

    Names are `<channel>_<side> [unit]`, or `<channel>_<place> [unit]` where a value is of no leg.
    """
    columns = {}
    for channel in log.own_channels:
        values = getattr(log, channel.name).reshape(log.n_steps, -1)
        for i, column in enumerate(values.T):
            columns[f"{channel.name}{_ending(channel, i, log.muscle_names)} [{channel.unit}]"] = column
    return columns


def _legs(name: str, unit: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return a column per leg of values of shape (T, 2)."""
    return {f"{name}_{side} [{unit}]": values[:, leg] for leg, side in enumerate(SIDES)}


def _ending(channel: Channel, i: int, muscles: tuple[str, ...]) -> str:
    if channel.shape == ():
        return ""
    if channel.shape == (len(SIDES),):
        return f"_{SIDES[i]}"
    return f"_{muscles[i]}" if channel.by_muscle else f"_{i + 1}"
