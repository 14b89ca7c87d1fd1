"""The scenarios of `rl.evaluate_param_list`, checked and completed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from myoassist.config.entries.video_plots import read_video_plots
from myoassist.config.schema.described import read_described
from myoassist.config.schema.keys import format_value
from myoassist.config.schema.option import option
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError

KEY = "rl.evaluate_param_list"
VELOCITY_MODES = ("UNIFORM", "SINUSOIDAL", "STEP")
CAMERAS = ("follow", "average_speed")
_EXAMPLE = f"for example '{KEY}=[{{num_timesteps: 600, min_target_velocity: 1.25, max_target_velocity: 1.25}}]'"


@dataclass(frozen=True)
class EvaluationEntry:
    """One scenario, as `rl.evaluate_param_list` has it."""

    num_timesteps: int = option(600, "Most control steps of the walk.", ge=1, le=10**6)
    min_target_velocity: float = option(
        1.25, "Lowest target speed; that of the environment where not given.", ge=-5.0, le=5.0, unit="m/s"
    )
    max_target_velocity: float = option(
        1.25, "Highest target speed; that of the environment where not given.", ge=-5.0, le=5.0, unit="m/s"
    )
    target_velocity_period: float = option(5.0, "Period of the schedule.", gt=0.0, le=1000.0, unit="s")
    velocity_mode: str = option(
        "UNIFORM",
        "UNIFORM: the middle of the range; SINUSOIDAL: from the middle, rising; STEP: a new speed every period.",
        choices=VELOCITY_MODES,
    )
    cam_type: str = option("follow", "What the camera does: follow, or average_speed to move evenly.", choices=CAMERAS)
    cam_distance: float = option(2.5, "Distance of the camera.", gt=0.0, le=1000.0, unit="m")
    visualize_activation: bool = option(True, "Colour muscles by activation.")
    realtime_plotting_info: Any = option((), "Plots inside the video, see below.")


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
    values = {name: value for name, value in content.items() if name != "comment"}
    entry = read_described(EvaluationEntry, values, where, _EXAMPLE)
    plots = read_video_plots(entry.realtime_plotting_info, f"{where}.realtime_plotting_info")
    if entry.min_target_velocity > entry.max_target_velocity:
        raise ConfigError(
            f"{where}: min_target_velocity={entry.min_target_velocity:g} is above "
            f"max_target_velocity={entry.max_target_velocity:g}",
            "the lower end first",
            _EXAMPLE,
        )
    return replace(entry, realtime_plotting_info=plots)
