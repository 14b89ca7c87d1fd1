"""The scenarios of `rl.evaluate_param_list`, checked and completed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from myoassist.config.keys import format_value, is_number, refuse_unknown_keys
from myoassist.config.nearest import nearest_name
from myoassist.config.schemas import RunConfig
from myoassist.config.video_plots import VideoPlot, read_video_plots
from myoassist.files.errors import ConfigError

KEY = "rl.evaluate_param_list"
VELOCITY_MODES = ("UNIFORM", "SINUSOIDAL", "STEP")
CAMERAS = ("follow", "average_speed")
_EXAMPLE = f"for example '{KEY}=[{{num_timesteps: 600, min_target_velocity: 1.25, max_target_velocity: 1.25}}]'"
_CHOICES = {"velocity_mode": VELOCITY_MODES, "cam_type": CAMERAS}


@dataclass(frozen=True)
class EvaluationEntry:
    """One scenario.

    Attributes:
        num_timesteps: Most control steps of the walk.
        min_target_velocity: Lowest target speed, m/s.
        max_target_velocity: Highest target speed, m/s.
        target_velocity_period: Period of the schedule, s.
        velocity_mode: UNIFORM, SINUSOIDAL or STEP.
        cam_type: follow, or average_speed for a camera that moves evenly.
        cam_distance: Distance of the camera, m.
        visualize_activation: Colour muscles by activation.
        realtime_plotting_info: Plots inside the video.
    """

    num_timesteps: int = 600
    min_target_velocity: float = 1.25
    max_target_velocity: float = 1.25
    target_velocity_period: float = 5.0
    velocity_mode: str = "UNIFORM"
    cam_type: str = "follow"
    cam_distance: float = 2.5
    visualize_activation: bool = True
    realtime_plotting_info: tuple[VideoPlot, ...] = ()


def read_evaluation_entries(config: RunConfig) -> list[EvaluationEntry]:
    """Return the scenarios of a run; without any, one of 600 steps over the target speeds of the environment.

    What an entry leaves out has the default of `EvaluationEntry`; target speeds have those of the environment.

    Raises:
        ConfigError: for something else than a list of mappings, an unknown key, or a value that does not fit.
    """
    listed = config.rl.evaluate_param_list
    speeds = {
        "min_target_velocity": float(config.env.min_target_velocity),
        "max_target_velocity": float(config.env.max_target_velocity),
    }
    if listed is None:
        listed = [{}]
    if not isinstance(listed, list | tuple) or not all(isinstance(item, Mapping) for item in listed):
        raise ConfigError(f"{KEY}={format_value(listed)}", "a list of mappings, or null", _EXAMPLE)
    return [_read_entry({**speeds, **item}, f"{KEY}[{number}]") for number, item in enumerate(listed)]


def _read_entry(content: Mapping[str, Any], where: str) -> EvaluationEntry:
    known = [item.name for item in fields(EvaluationEntry)]
    values = {name: value for name, value in content.items() if name != "comment"}
    refuse_unknown_keys(values, known, where)
    for name, value in values.items():
        expected = _expected(name, value)
        if expected:
            near = nearest_name(str(value), _CHOICES.get(name, ()))
            remedy = f"{name}: {near}" if near else _EXAMPLE
            raise ConfigError(f"{where}.{name}={format_value(value)}", expected, remedy)
    if "realtime_plotting_info" in values:
        plots = values["realtime_plotting_info"]
        values["realtime_plotting_info"] = read_video_plots(plots, f"{where}.realtime_plotting_info")
    entry = EvaluationEntry(**values)
    if entry.min_target_velocity > entry.max_target_velocity:
        raise ConfigError(
            f"{where}: min_target_velocity={entry.min_target_velocity:g} is above "
            f"max_target_velocity={entry.max_target_velocity:g}",
            "the lower end first",
            _EXAMPLE,
        )
    return entry


def _expected(name: str, value: Any) -> str:
    """Return what a value should have been, or an empty text if it fits."""
    number = is_number(value)
    if name == "num_timesteps":
        return "" if type(value) is int and 1 <= value <= 10**6 else "a whole number from 1 to 1000000"
    if name in ("min_target_velocity", "max_target_velocity"):
        return "" if number and abs(value) <= 5.0 else "a speed from -5 to 5 m/s"
    if name in ("target_velocity_period", "cam_distance"):
        return "" if number and 0.0 < value <= 1000.0 else "a number above 0"
    if name == "velocity_mode":
        return "" if value in VELOCITY_MODES else f"one of {', '.join(VELOCITY_MODES)}"
    if name == "cam_type":
        return "" if value in CAMERAS else f"one of {', '.join(CAMERAS)}"
    if name == "visualize_activation":
        return "" if isinstance(value, bool) else "true or false"
    return ""
