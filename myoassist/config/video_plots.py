"""The plots inside the video of an evaluation (`realtime_plotting_info`), checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from myoassist.config.errors import ConfigError
from myoassist.config.key_values import check_entry
from myoassist.config.keys import format_value, is_number, refuse_unknown_keys, schema_keys
from myoassist.config.nearest import nearest_name
from myoassist.config.option import option

PROPERTIES = {
    "joint_data": ("qpos", "qvel"),
    "actuator_data": ("force", "velocity", "ctrl", "activation"),
    "sensor_data": ("data",),
}
_PLOTS = "[{category: joint_data, name: knee_angle_r, property_type: qpos, y_scale: 57.2958, y_lim: [-80, 10]}]"
_EXAMPLE = f"for example {_PLOTS}"


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


@dataclass(frozen=True)
class PlotEntry:
    """A plot as it is written in the configuration; the first four have to be given."""

    category: str = option("", "What is drawn.", choices=tuple(PROPERTIES))
    name: str = option("", "Name of the joint, actuator or sensor.")
    property_type: str = option(
        "", "What of it: " + "; ".join(f"of {name} {', '.join(known)}" for name, known in PROPERTIES.items()) + "."
    )
    y_lim: list[float] = option([], "Lower and upper end of the vertical axis, after scaling.")
    y_scale: float = option(1.0, "Factor of the values, e.g. 57.2958 for degrees.")
    plot_duration_type: Any = option(
        None, "`total`: the whole walk so far; else the current stride of the right leg, its stance shaded."
    )
    filter: Any = option(None, "Low-pass without delay: `{type: butter, order: 2, cutoff: 6, fs: 30}`.")


PLOT_KEYS = tuple(schema_keys(PlotEntry))


@dataclass(frozen=True)
class FilterEntry:
    """A filter as it is written in the configuration; all of it has to be given."""

    type: str = option("butter", "Kind of filter.", choices=("butter",))
    order: int = option(2, "Order of one pass.", ge=1, le=8)
    cutoff: float = option(6.0, "Cut-off frequency.", gt=0.0, unit="Hz")
    fs: float = option(30.0, "Samples per second that the cut-off refers to.", gt=0.0)


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
    _check_mapping(PlotEntry, content, PLOT_KEYS[:4], where, _EXAMPLE)
    entry = PlotEntry(**content)
    if not entry.name:
        raise _misfit(where, "name", entry.name, "the name of a joint, actuator or sensor")
    if entry.property_type not in (known := PROPERTIES[entry.category]):
        expected = f"with {entry.category} one of {', '.join(known)}"
        raise _misfit(where, "property_type", entry.property_type, expected, known)
    limits = entry.y_lim
    if not (
        isinstance(limits, Sequence) and len(limits) == 2 and all(map(is_number, limits)) and limits[0] < limits[1]
    ):
        raise _misfit(where, "y_lim", limits, "two numbers, the lower one first")
    low_pass = _read_filter(entry.filter, f"{where}.filter")
    ends = (float(limits[0]), float(limits[1]))
    whole = entry.plot_duration_type == "total"
    return VideoPlot(entry.category, entry.name, entry.property_type, ends, float(entry.y_scale), whole, low_pass)


def _read_filter(content: Any, where: str) -> LowPass | None:
    if content is None:
        return None
    _check_mapping(FilterEntry, content, tuple(schema_keys(FilterEntry)), where, "null")
    entry = FilterEntry(**content)
    if entry.cutoff >= entry.fs / 2.0:
        raise _misfit(where, "cutoff", entry.cutoff, f"a frequency above 0 and below fs/2={entry.fs / 2.0:g} Hz")
    return LowPass(entry.order, float(entry.cutoff), float(entry.fs))


def _check_mapping(schema: type, content: Any, needed: Sequence[str], where: str, instead: str) -> None:
    """Refuse what is no mapping, misses a key that has to be there, or holds a value that does not fit."""
    if not isinstance(content, Mapping):
        raise ConfigError(f"{where}={format_value(content)}", f"a mapping with {', '.join(needed)}", instead)
    refuse_unknown_keys(content, tuple(schema_keys(schema)), where)
    missing = [key for key in needed if key not in content]
    if missing:
        raise ConfigError(f"{where} has no {', '.join(missing)}", f"all of {', '.join(needed)}", _EXAMPLE)
    check_entry(schema, content, where, _EXAMPLE)


def _misfit(where: str, key: str, value: Any, expected: str, choices: Sequence[str] = ()) -> ConfigError:
    near = nearest_name(str(value), choices)
    return ConfigError(f"{where}.{key}={format_value(value)}", expected, f"{key}: {near}" if near else _EXAMPLE)
