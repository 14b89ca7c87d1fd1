"""The plots inside the video of an evaluation (`realtime_plotting_info`), checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from myoassist.config.keys import format_value, is_number, refuse_unknown_keys
from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError

PROPERTIES = {
    "joint_data": ("qpos", "qvel"),
    "actuator_data": ("force", "velocity", "ctrl", "activation"),
    "sensor_data": ("data",),
}
KEYS = ("category", "name", "property_type", "y_lim", "y_scale", "plot_duration_type", "filter")
_FILTER_KEYS = ("type", "order", "cutoff", "fs")
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
    if not isinstance(content, Mapping):
        raise ConfigError(f"{where}={format_value(content)}", f"a mapping with {', '.join(KEYS[:4])}", _EXAMPLE)
    _check_keys(content, KEYS, KEYS[:4], where)
    category, name, kind = (content[key] for key in KEYS[:3])
    if not isinstance(category, str) or category not in PROPERTIES:
        raise _misfit(where, "category", category, f"one of {', '.join(PROPERTIES)}", tuple(PROPERTIES))
    if not isinstance(name, str) or not name:
        raise _misfit(where, "name", name, "the name of a joint, actuator or sensor")
    if not isinstance(kind, str) or kind not in PROPERTIES[category]:
        known = PROPERTIES[category]
        raise _misfit(where, "property_type", kind, f"with {category} one of {', '.join(known)}", known)
    limits = content["y_lim"]
    if not (
        isinstance(limits, Sequence) and len(limits) == 2 and all(map(is_number, limits)) and limits[0] < limits[1]
    ):
        raise _misfit(where, "y_lim", limits, "two numbers, the lower one first")
    scale = content.get("y_scale", 1.0)
    if not is_number(scale):
        raise _misfit(where, "y_scale", scale, "a number")
    whole = content.get("plot_duration_type") == "total"
    low_pass = _read_filter(content.get("filter"), f"{where}.filter")
    return VideoPlot(category, name, kind, (float(limits[0]), float(limits[1])), float(scale), whole, low_pass)


def _read_filter(content: Any, where: str) -> LowPass | None:
    if content is None:
        return None
    if not isinstance(content, Mapping):
        raise ConfigError(f"{where}={format_value(content)}", f"a mapping with {', '.join(_FILTER_KEYS)}", "null")
    _check_keys(content, _FILTER_KEYS, _FILTER_KEYS, where)
    kind, order, cutoff, rate = (content[key] for key in _FILTER_KEYS)
    if kind != "butter":
        raise _misfit(where, "type", kind, "butter")
    if type(order) is not int or not 1 <= order <= 8:
        raise _misfit(where, "order", order, "a whole number from 1 to 8")
    if not is_number(rate) or rate <= 0.0:
        raise _misfit(where, "fs", rate, "samples per second, above 0")
    if not is_number(cutoff) or not 0.0 < cutoff < rate / 2.0:
        raise _misfit(where, "cutoff", cutoff, f"a frequency above 0 and below fs/2={rate / 2.0:g} Hz")
    return LowPass(order, float(cutoff), float(rate))


def _check_keys(content: Mapping[str, Any], known: Sequence[str], needed: Sequence[str], where: str) -> None:
    refuse_unknown_keys(content, known, where)
    missing = [key for key in needed if key not in content]
    if missing:
        raise ConfigError(f"{where} has no {', '.join(missing)}", f"all of {', '.join(needed)}", _EXAMPLE)


def _misfit(where: str, key: str, value: Any, expected: str, choices: Sequence[str] = ()) -> ConfigError:
    near = nearest_name(str(value), choices)
    return ConfigError(f"{where}.{key}={format_value(value)}", expected, f"{key}: {near}" if near else _EXAMPLE)
