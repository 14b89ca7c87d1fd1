"""The scenarios of `rl.evaluate_param_list`, checked and completed."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from myoassist.config.errors import ConfigError
from myoassist.config.key_values import check_entry
from myoassist.config.keys import format_value, refuse_unknown_keys
from myoassist.config.option import option
from myoassist.config.reference import format_schema_table, run_generator
from myoassist.config.schemas import RunConfig
from myoassist.config.video_plots import PlotEntry, VideoPlot, read_video_plots

KEY = "rl.evaluate_param_list"
VELOCITY_MODES = ("UNIFORM", "SINUSOIDAL", "STEP")
CAMERAS = ("follow", "average_speed")
_EXAMPLE = f"for example '{KEY}=[{{num_timesteps: 600, min_target_velocity: 1.25, max_target_velocity: 1.25}}]'"


@dataclass(frozen=True)
class EvaluationEntry:
    """One scenario."""

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
    cam_type: str = option(
        "follow", "Whether the camera follows the pelvis or moves at average_speed.", choices=CAMERAS
    )
    cam_distance: float = option(2.5, "Distance of the camera.", gt=0.0, le=1000.0, unit="m")
    visualize_activation: bool = option(True, "Colour muscles by activation.")
    realtime_plotting_info: tuple[VideoPlot, ...] = option((), "Plots inside the video, see below.")


def format_entry_table() -> str:
    """Return a Markdown table of the keys of a scenario."""
    return format_schema_table(EvaluationEntry)


def format_plot_table() -> str:
    """Return a Markdown table of the keys of a plot."""
    return format_schema_table(PlotEntry)


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
    check_entry(EvaluationEntry, values, where, _EXAMPLE)
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


if __name__ == "__main__":
    makers = {"entries": format_entry_table, "plots": format_plot_table}
    sys.exit(max(run_generator(name, make, sys.argv[1:]) for name, make in makers.items()))
