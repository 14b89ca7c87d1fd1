"""Words and small diagrams on top of a video frame: time, speed, legs, activation scale, torque over its clock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from myoassist.analysis.picture.figures import LEG_COLORS, LEG_NAMES
from myoassist.analysis.picture.scene import ACTIVE, RELAXED
from myoassist.control.device.splines import TorqueCurve

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

INK = (40, 44, 52)
_GREY = (120, 126, 136)
_LINE = (190, 195, 203)
# Lines are drawn this many times larger and reduced, which smooths their edges.
_OVERSAMPLING = 4
# Layout in pixels of a picture 480 pixels high.
_MARGIN = 14
_INSET_WIDTH, _INSET_HEIGHT = 190, 104
_SCALE_WIDTH, _SCALE_HEIGHT = 90, 8
# Where the words about the legs begin, from the left, beside the time and beside time and speed of the frames, and
# their lines, from the top.
_LEGS_LEFT, _LEGS_TOP = (118, 150), (13, 33)


@dataclass(frozen=True)
class Reading:
    """What is shown of one instant.

    Attributes:
        time: s.
        speed: Forward speed, m/s.
        torque: Exo torque of the right and the left leg, N·m.
        percent: Percent of stance, or of the stride, of both legs.
        stance: Whether the clock of the leg runs: it stands, or is timed by the stride.
        legs: What is written about the right and the left leg; empty for nothing.
        loaded: Whether each leg is on the ground.
    """

    time: float
    speed: float
    torque: tuple[float, float] = (0.0, 0.0)
    percent: tuple[float, float] = (0.0, 0.0)
    stance: tuple[bool, bool] = (False, False)
    legs: tuple[str, str] = ("", "")
    loaded: tuple[bool, bool] = (False, False)


class Overlay:
    """Draws on frames of one size; what does not move is drawn once.

    Args:
        width: Width of the frames, pixels.
        height: Height of the frames, pixels.
        curve: Programmed exo torque; None leaves the diagram out.
        max_torque: Limit of the torque, N·m.
        caption: Line at the lower right, e.g. the name of the run.
        activation: Explain the colours of muscles.
        clock: What the curve is over: stance or stride.
        playback: Speed at which the frames are shown; 1 is real time.
    """

    def __init__(
        self,
        width: int,
        height: int,
        curve: TorqueCurve | None = None,
        max_torque: float = 0.0,
        caption: str = "",
        activation: bool = True,
        clock: str = "stance",
        playback: float = 1.0,
    ) -> None:
        self._scale = height / 480.0
        self._size = (width, height)
        self._font = load_font(15 * self._scale)
        self._small = load_font(11 * self._scale)
        self._curve = curve
        self._clock = clock
        self._playback = "" if playback == 1.0 else f"  {playback:g}×"
        self._peak = 1.0
        if curve is not None:
            torque = np.clip(curve(np.linspace(0.0, 100.0, 401)), 0.0, max_torque)
            self._peak = max(float(torque.max()), 1e-3)
            self._inset = self._draw_inset(torque)
        self._static = self._draw_static(caption, activation)

    def apply(self, frame: np.ndarray, reading: Reading) -> np.ndarray:
        """Return a copy of a frame, shape (height, width, 3), uint8, with everything on it."""
        image = Image.fromarray(frame)
        image.paste(self._static, (0, 0), self._static)
        draw = ImageDraw.Draw(image)
        left = self._px(_MARGIN)
        draw.text((left, self._px(10)), f"{reading.time:.2f} s{self._playback}", font=self._font, fill=INK)
        draw.text((left, self._px(30)), f"{reading.speed:.2f} m/s", font=self._font, fill=INK)
        for words, top, color, loaded in zip(reading.legs, _LEGS_TOP, LEG_COLORS, reading.loaded, strict=True):
            place = (self._px(_LEGS_LEFT[self._playback != ""]), self._px(top))
            draw.text(place, words, font=self._small, fill=color if loaded else _GREY)
        if self._curve is not None:
            self._draw_torque(image, draw, reading)
        return np.asarray(image)

    def _px(self, length: float) -> int:
        return round(length * self._scale)

    def _inset_corner(self) -> tuple[int, int]:
        return self._size[0] - self._px(_MARGIN + _INSET_WIDTH), self._px(30)

    def _draw_static(self, caption: str, activation: bool) -> Image.Image:
        """Return the layer of everything that does not move."""
        layer = Image.new("RGBA", self._size, (0, 0, 0, 0))
        draw = ImageDraw.Draw(layer)
        left, bottom = self._px(_MARGIN), self._size[1] - self._px(_MARGIN)
        if activation:
            bar_width, bar_height = self._px(_SCALE_WIDTH), self._px(_SCALE_HEIGHT)
            for i in range(bar_width):
                color = RELAXED + i / (bar_width - 1) * (ACTIVE - RELAXED)
                fill = tuple(round(255 * float(part)) for part in color)
                draw.line([(left + i, bottom - bar_height), (left + i, bottom)], fill=fill)
            draw.text(
                (left, bottom - bar_height - self._px(4)), "muscle activation", font=self._small, fill=INK, anchor="ld"
            )
            draw.text((left + bar_width + self._px(5), bottom + 1), "0 to 1", font=self._small, fill=INK, anchor="ld")
        if caption:
            legend = self._px(_SCALE_WIDTH + 5) + self._small.getlength("0 to 1") + self._px(_MARGIN)
            caption = shorten(caption, self._small, self._size[0] - 2 * left - (legend if activation else 0.0))
            draw.text((self._size[0] - left, bottom + 1), caption, font=self._small, fill=_GREY, anchor="rd")
        if self._curve is not None:
            x, y = self._inset_corner()
            layer.paste(self._inset, (x, y))
            words = f"exo torque over {self._clock} [N·m]"
            draw.text((x, y - self._px(5)), words, font=self._small, fill=INK, anchor="ld")
            draw.text((x - self._px(4), y), f"{self._peak:.3g}", font=self._small, fill=_GREY, anchor="rt")
            base = y + self._px(_INSET_HEIGHT)
            draw.text((x - self._px(4), base), "0", font=self._small, fill=_GREY, anchor="rd")
        return layer

    def _draw_inset(self, torque: np.ndarray) -> Image.Image:
        factor = _OVERSAMPLING
        width, height = self._px(_INSET_WIDTH), self._px(_INSET_HEIGHT)
        image = Image.new("RGB", (width * factor, height * factor), (250, 251, 252))
        draw = ImageDraw.Draw(image)
        x, y = np.linspace(0.0, 100.0, len(torque)), torque
        points = [(px * factor, py * factor) for px, py in map(self._place, x, y)]
        draw.line(points, fill=_GREY, width=self._px(2) * factor)
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=_LINE, width=factor)
        return image.resize((width, height), Image.Resampling.LANCZOS)

    def _place(self, percent: float, torque: float) -> tuple[float, float]:
        """Return a point of the diagram in pixels from its upper left corner."""
        pad = self._px(8)
        width, height = self._px(_INSET_WIDTH) - 1, self._px(_INSET_HEIGHT) - 2 * pad
        return percent / 100.0 * width, pad + (1.0 - torque / self._peak) * height

    def _draw_torque(self, image: Image.Image, draw: ImageDraw.ImageDraw, reading: Reading) -> None:
        """Draw a dot per leg whose clock runs, and both torques in words."""
        corner_x, corner_y = self._inset_corner()
        base = corner_y + self._px(_INSET_HEIGHT)
        for leg, (name, color) in enumerate(zip(LEG_NAMES, LEG_COLORS, strict=True)):
            # An actuator that pulls gives minus zero when it rests.
            words = f"{name.partition(' ')[0]} {reading.torque[leg] + 0.0:.1f}"
            place = (corner_x + leg * self._px(_INSET_WIDTH / 2), base + self._px(4))
            draw.text(place, words, font=self._small, fill=color if reading.stance[leg] else _GREY)
            if reading.stance[leg]:
                x, y = self._place(reading.percent[leg], min(reading.torque[leg], self._peak))
                dot = _make_dot(self._px(5), color)
                image.paste(dot, (round(corner_x + x - dot.width / 2), round(corner_y + y - dot.height / 2)), dot)


def shorten(text: str, font: "FreeTypeFont", width: float) -> str:
    """Return a text that is at most so many pixels wide, its middle left out where it is longer."""
    kept = len(text)
    shown = text
    while font.getlength(shown) > width and kept > 0:
        kept -= 1
        shown = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    return shown


def load_font(size: float) -> "FreeTypeFont":
    """Return the font of all pictures in a size in pixels."""
    from matplotlib import get_data_path

    # Matplotlib ships a font; the system may have none.
    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", round(size))


def _make_dot(radius: int, color: str) -> Image.Image:
    size = (2 * radius + 1) * _OVERSAMPLING
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((0, 0, size - 1, size - 1), fill=color)
    return image.resize((2 * radius + 1,) * 2, Image.Resampling.LANCZOS)
