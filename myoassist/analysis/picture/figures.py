"""What all figures share: Matplotlib without a screen, colours of the legs, writing a file as a whole."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.figure_bytes import figure_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

# Okabe and Ito's palette, told apart with any colour vision; legs in the order r, l.
LEG_COLORS = ("#0072B2", "#D55E00")
LEG_NAMES = ("right leg", "left leg")
REFERENCE_COLOR = "0.35"
_DPI = 130


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of a size in inches."""
    # Not through pyplot: no global state and no window, whatever the user's back end is.
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a figure as its name ends (png, svg, pdf), replacing the file as a whole; the same figure, same bytes."""
    kind = path.suffix.removeprefix(".")
    if kind == "svg":
        write_text_atomic(path, render_svg(figure))
        return
    write_bytes_atomic(path, figure_bytes(figure, kind, _DPI))
    _keep_layout(figure)


def render_svg(figure: "Figure", *, titled: bool = True) -> str:
    """Return a figure as SVG that carries its letters as shapes; the same figure gives the same text.

    Args:
        figure: The figure; without its title afterwards if it was to be drawn without.
        titled: Whether its title is drawn.
    """
    import matplotlib as mpl

    frame = None if titled or not figure.get_suptitle() else _cut_title(figure)
    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "myoassist"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches=frame)
    _keep_layout(figure)
    return stream.getvalue()


def _cut_title(figure: "Figure") -> "Bbox":
    """Take the title off a figure that has been arranged; return what is below it, in inches."""
    from matplotlib import rcParams
    from matplotlib.transforms import Bbox

    width, height = figure.get_size_inches()
    title = next(text for text in figure.texts if text.get_text() == figure.get_suptitle())
    # A constrained layout leaves its height and a padding above and below; one stays above what is left.
    above = title.get_window_extent().height / figure.dpi + rcParams["figure.constrained_layout.h_pad"]
    figure.suptitle("")
    return Bbox([[0.0, 0.0], [width, height - above]])


def _keep_layout(figure: "Figure") -> None:
    """Leave everything where it is in a figure that was written once: arranging takes as long as drawing."""
    figure.set_layout_engine("none")


def style_axes(axes: "Axes", title: str, ylabel: str, xlabel: str = "") -> None:
    """Label axes, with a light grid and without the upper and right frame."""
    axes.set_title(title, fontsize=10, loc="left", fontweight="bold")
    axes.set_ylabel(ylabel, fontsize=9)
    if xlabel:
        axes.set_xlabel(xlabel, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(True, color="0.9", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
