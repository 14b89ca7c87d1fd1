"""Small plots in a corner of a video: values over the whole walk, or over the current stride of the right leg."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mujoco
import numpy as np
from PIL import Image, ImageDraw
from scipy.signal import butter, sosfiltfilt

from myoassist.analysis.picture.overlay import INK, load_font
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.entries.video_plots import LowPass, VideoPlot
from myoassist.config.nearest import nearest_name
from myoassist.files.errors import ConfigError
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.metrics import CONTACT_LOAD
from myoassist.rollout.log import WalkLog

if TYPE_CHECKING:
    from myoassist.analysis.policy.rollout import ControlSteps

_PALE = (178, 184, 194)
_FRAME = (190, 195, 203)
_WORDS = (120, 126, 136)
_STANCE = (226, 230, 236)
_PAPER = (250, 251, 252)
# Layout: the plots take a quarter of the width, below the words in the upper left corner.
_WIDTH, _TOP, _BOTTOM = 0.25, 0.12, 0.12
_HEIGHT = 0.17
# A stride before the first heel strike and after the last one is drawn over this long, s.
_USUAL_STRIDE = 1.2
_OVERSAMPLING = 3


@dataclass(frozen=True)
class Trace:
    """A plot with its values.

    Attributes:
        title: Line above it.
        time: s, shape (S,).
        values: Scaled values at these times, shape (S,).
        y_lim: Lower and upper end of the vertical axis.
        whole: Over the whole walk instead of over the current stride.
    """

    title: str
    time: np.ndarray
    values: np.ndarray
    y_lim: tuple[float, float]
    whole: bool


def check_video_plots(entries: Sequence[EvaluationEntry], model: mujoco.MjModel) -> None:
    """Check that what the scenarios plot is in the model.

    Raises:
        ConfigError: for a joint, actuator or sensor that is not, or a value that it does not have.
    """
    for number, entry in enumerate(entries):
        for place, plot in enumerate(entry.realtime_plotting_info):
            find_column(plot, model, f"rl.evaluate_param_list[{number}].realtime_plotting_info[{place}]")


def find_column(plot: VideoPlot, model: mujoco.MjModel, where: str = "realtime_plotting_info") -> tuple[str, int]:
    """Return the field of `ControlSteps` and the column in it that a plot shows.

    Raises:
        ConfigError: where the model has no such value.
    """
    kind = plot.category.removesuffix("_data")
    count, look_up = _tables(model)[kind]
    names = [look_up(i).name for i in range(count)]
    if plot.name not in names:
        near = nearest_name(plot.name, names)
        raise ConfigError(
            f"{where}.name={plot.name}: the model has no such {kind}",
            f"one of {', '.join(names[:40])}{', ...' if len(names) > 40 else ''}",
            f"name: {near}" if near else "leave the plot out",
        )
    i = names.index(plot.name)
    if kind == "joint":
        address = {"qpos": model.jnt_qposadr, "qvel": model.jnt_dofadr}[plot.property_type]
        return plot.property_type, int(address[i])
    if kind == "sensor":
        return "sensors", int(model.sensor_adr[i])
    if plot.property_type == "activation":
        if model.actuator_actadr[i] < 0:
            raise ConfigError(
                f"{where}.property_type=activation: {plot.name} is no muscle", "force, velocity or ctrl", "ctrl"
            )
        return "act", int(model.actuator_actadr[i])
    return plot.property_type, i


def make_traces(plots: Sequence[VideoPlot], steps: "ControlSteps", model: mujoco.MjModel) -> tuple[Trace, ...]:
    """Return the plots with their values at the S control steps of a walk."""
    time = steps.interval * np.arange(1, len(steps) + 1)
    traces = []
    for plot in plots:
        field, column = find_column(plot, model)
        values = plot.y_scale * getattr(steps, field)[:, column]
        if plot.low_pass:
            values = smooth_low_pass(values, plot.low_pass)
        title = plot.name if plot.category == "sensor_data" else f"{plot.name} {plot.property_type}"
        traces.append(Trace(title, time, values, plot.y_lim, plot.whole))
    return tuple(traces)


def smooth_low_pass(values: np.ndarray, low_pass: LowPass) -> np.ndarray:
    """Return values, shape (S,), after a Butterworth low-pass forward and backward; too few come back as they are."""
    sections = butter(low_pass.order, low_pass.cutoff, fs=low_pass.fs, output="sos")
    # Longer than what the filter pads at either end.
    if len(values) <= 3 * (2 * len(sections) + 1):
        return values
    return sosfiltfilt(sections, values)


class PlotColumn:
    """Draws plots below each other on frames of one size.

    Args:
        traces: What is drawn.
        log: The walk, whose right strides and stances are marked.
        width: Width of the frames, pixels.
        height: Height of the frames, pixels.
    """

    def __init__(self, traces: Sequence[Trace], log: WalkLog, width: int, height: int) -> None:
        self._traces = traces
        self._strikes = log.time[find_heel_strikes(log).right] if log.n_steps else np.zeros(0)
        self._stance = log.load[:, 0] > CONTACT_LOAD
        self._time = log.time
        self._left, self._top = round(0.022 * width), round(_TOP * height)
        self._width = round(_WIDTH * width)
        room = (1.0 - _TOP - _BOTTOM) * height / max(len(traces), 1)
        self._height = int(min(_HEIGHT * height, room))
        self._font = load_font(max(min(11.0 * height / 480.0, 0.3 * self._height), 6.0))

    def apply(self, frame: np.ndarray, now: float) -> np.ndarray:
        """Return a copy of a frame, shape (height, width, 3), uint8, with the plots at a time in s."""
        image = Image.fromarray(frame)
        draw = ImageDraw.Draw(image)
        title_height = round(1.35 * self._font.size)
        for number, trace in enumerate(self._traces):
            top = self._top + number * self._height
            draw.text((self._left, top), trace.title, font=self._font, fill=INK)
            height = max(self._height - title_height - 3, 8)
            corner, beside = top + title_height, self._left + self._width + 4
            image.paste(self._draw(trace, now, height), (self._left, corner))
            draw.text((beside, corner), f"{trace.y_lim[1]:g}", font=self._font, fill=_WORDS, anchor="lt")
            draw.text((beside, corner + height), f"{trace.y_lim[0]:g}", font=self._font, fill=_WORDS, anchor="ls")
        return np.asarray(image)

    def _draw(self, trace: Trace, now: float, height: int) -> Image.Image:
        begin, end = (0.0, float(self._time[-1])) if trace.whole else self._find_stride(now)
        factor = _OVERSAMPLING
        width = self._width
        image = Image.new("RGB", (width * factor, height * factor), _PAPER)
        draw = ImageDraw.Draw(image)
        if not trace.whole:
            for first, last in self._find_stances(begin, end):
                left, right = (round(image.width * (t - begin) / (end - begin)) for t in (first, last))
                draw.rectangle((left, 0, max(left, right), image.height - 1), fill=_STANCE)
        low, high = trace.y_lim
        x = (trace.time - begin) / (end - begin) * (image.width - 1)
        y = (1.0 - np.clip((trace.values - low) / (high - low), 0.0, 1.0)) * (image.height - 1)
        points = np.stack([x, y], axis=1)
        # The whole stride pale, what has passed of it dark on top.
        for last, color in ((begin if trace.whole else end, _PALE), (now, INK)):
            line = [tuple(point) for point in points[(trace.time >= begin) & (trace.time <= min(last, end))].tolist()]
            if len(line) > 1:
                draw.line(line, fill=color, width=max(factor * height // 30, factor))
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=_FRAME, width=factor)
        return image.resize((width, height), Image.Resampling.LANCZOS)

    def _find_stride(self, now: float) -> tuple[float, float]:
        """Return the times of the right heel strikes before and after a time; guessed where there is none."""
        before, after = self._strikes[self._strikes <= now], self._strikes[self._strikes > now]
        if len(before) and len(after):
            return float(before[-1]), float(after[0])
        if len(after):
            return min(0.0, float(after[0]) - _USUAL_STRIDE), float(after[0])
        begin = float(before[-1]) if len(before) else 0.0
        return begin, max(begin + _USUAL_STRIDE, now)

    def _find_stances(self, begin: float, end: float) -> list[tuple[float, float]]:
        inside = (self._time >= begin) & (self._time <= end)
        time, change = self._time[inside], np.diff(np.concatenate([[0], self._stance[inside].astype(np.int8), [0]]))
        starts, stops = np.flatnonzero(change > 0), np.flatnonzero(change < 0) - 1
        return [(float(time[a]), float(time[b])) for a, b in zip(starts, stops, strict=True)]


def _tables(model: mujoco.MjModel) -> dict[str, tuple[int, Callable]]:
    return {
        "joint": (model.njnt, model.joint),
        "actuator": (model.nu, model.actuator),
        "sensor": (model.nsensor, model.sensor),
    }
