"""The plots inside the video of an evaluation (`realtime_plotting_info`), checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.described import read_described
from myoassist.config.schema.keys import format_value, schema_keys
from myoassist.config.schema.option import REQUIRED, option
from myoassist.files.errors import ConfigError

PROPERTIES = {
    "joint_data": ("qpos", "qvel"),
    "actuator_data": ("force", "velocity", "ctrl", "activation"),
    "sensor_data": ("data",),
}
_PLOTS = "[{category: joint_data, name: knee_angle_r, property_type: qpos, y_scale: 57.2958, y_lim: [-80, 10]}]"
_EXAMPLE = f"for example {_PLOTS}"
_EXAMPLE_FILTER = "for example filter: {type: butter, order: 2, cutoff: 6, fs: 30}, or null"


@dataclass(frozen=True)
class PlotOptions:
    """One plot, as `realtime_plotting_info` has it."""

    category: str = option(REQUIRED, "Where its values come from.", choices=tuple(PROPERTIES))
    name: str = option(REQUIRED, "Its source.", words="the name of a joint, actuator or sensor")
    property_type: str = option(
        REQUIRED,
        "What of it: " + "; ".join(f"of {name} {', '.join(known)}" for name, known in PROPERTIES.items()) + ".",
    )
    y_lim: list[float] = option(
        REQUIRED, "Ends of the vertical axis, after scaling.", words="two numbers, the lower one first"
    )
    y_scale: float = option(1.0, "Factor of the values, e.g. 57.2958 for degrees.", words="a number")
    plot_duration_type: Any = option(
        None, "`total`: the whole walk so far; else the current stride of the right leg, its stance shaded."
    )
    filter: Any = option(None, "Low-pass without delay: `{type: butter, order: 2, cutoff: 6, fs: 30}`; null for none.")


@dataclass(frozen=True)
class FilterOptions:
    """Smoothing of a plot, as its `filter` has it."""

    type: str = option(REQUIRED, "Kind of the filter.", choices=("butter",))
    order: int = option(REQUIRED, "Order of one pass.", ge=1, le=8)
    cutoff: float = option(REQUIRED, "Cut-off frequency.", gt=0.0, unit="Hz")
    fs: float = option(REQUIRED, "Samples per second that the cut-off refers to.", gt=0.0, unit="Hz")


# What a plot may have.
PLOT_KEYS = tuple(schema_keys(PlotOptions))


@dataclass(frozen=True)
class LowPass:
    """A Butterworth low-pass, run forward and backward so that nothing is delayed.

    Attributes:
        order: Order of one pass.
        cutoff: Cut-off frequency, Hz.
        fs: Samples per second that the cut-off refers to.
    """

    order: int
    cutoff: float
    fs: float


@dataclass(frozen=True)
class VideoPlot:
    """One plot.

    Attributes:
        category: joint_data, actuator_data or sensor_data.
        name: Name of the joint, actuator or sensor.
        property_type: What of it, one of `PROPERTIES`.
        y_lim: Lower and upper end of the vertical axis, after scaling.
        y_scale: Factor of the values, e.g. 57.2958 for degrees.
        whole: Over the whole walk instead of over the current stride of the right leg.
        low_pass: Smoothing of the walk before it is drawn.
    """

    category: str
    name: str
    property_type: str
    y_lim: tuple[float, float]
    y_scale: float = 1.0
    whole: bool = False
    low_pass: LowPass | None = None


def read_video_plots(content: Any, where: str) -> tuple[VideoPlot, ...]:
    """Return the plots of a scenario.

    Args:
        content: List of mappings with category, name, property_type and y_lim, and y_scale, plot_duration_type (total
            is the whole walk, anything else the current stride) and filter if wanted.
        where: Key of the list in messages.

    Raises:
        ConfigError: for anything else.
    """
    if not isinstance(content, list | tuple):
        raise ConfigError(f"{where}={format_value(content)}", "a list of plots", _EXAMPLE)
    return tuple(_read_plot(item, f"{where}[{number}]") for number, item in enumerate(content))


def _read_plot(content: Any, where: str) -> VideoPlot:
    options = read_described(PlotOptions, content, where, _EXAMPLE)
    if not options.name:
        raise _misfit(where, "name", options.name, "the name of a joint, actuator or sensor")
    known, kind, limits = PROPERTIES[options.category], options.property_type, options.y_lim
    if kind not in known:
        raise _misfit(where, "property_type", kind, f"with {options.category} one of {', '.join(known)}", known)
    if len(limits) != 2 or limits[0] >= limits[1]:
        raise _misfit(where, "y_lim", limits, "two numbers, the lower one first")
    whole = options.plot_duration_type == "total"
    low_pass = None if options.filter is None else _read_filter(options.filter, f"{where}.filter")
    ends = (float(limits[0]), float(limits[1]))
    return VideoPlot(options.category, options.name, kind, ends, float(options.y_scale), whole, low_pass)


def _read_filter(content: Any, where: str) -> LowPass:
    options = read_described(FilterOptions, content, where, _EXAMPLE_FILTER)
    if options.cutoff >= options.fs / 2.0:
        raise _misfit(where, "cutoff", options.cutoff, f"a frequency above 0 and below fs/2={options.fs / 2.0:g} Hz")
    return LowPass(options.order, float(options.cutoff), float(options.fs))


def _misfit(where: str, key: str, value: Any, expected: str, choices: Sequence[str] = ()) -> ConfigError:
    near = nearest_name(str(value), choices)
    return ConfigError(f"{where}.{key}={format_value(value)}", expected, f"{key}: {near}" if near else _EXAMPLE)
