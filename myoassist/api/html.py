"""What a notebook shows of our objects: tables with lights, pictures and videos that carry themselves."""

import base64
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from myoassist.report.parts import Row, Table

_BANDS = {"near": "#009E73", "enough": "#C79A00", "far": "#C0392B"}
_DPI = 90


def format_table(table: "Table") -> str:
    """Return a table of the report as HTML that needs no style sheet; lights are coloured and stay words."""
    rows = [*(_format_row(row, "th") for row in table.head), *(_format_row(row, "td") for row in table.body)]
    return f"<table>{''.join(rows)}</table>"


def _format_row(row: "Row", tag: str) -> str:
    cells = []
    for cell in row.cells:
        side = "right" if cell.kind == "number" else "left"
        text = escape(cell.text)
        if cell.band:
            text = f'<span style="color:{_BANDS[cell.band]}">&#9679;</span> {text}'
        name = "th" if row.group else tag
        span = f' colspan="{cell.span}"' if cell.span > 1 else ""
        cells.append(f'<{name}{span} style="text-align:{side}">{text}</{name}>')
    return f"<tr>{''.join(cells)}</tr>"


def show_figure(figure: "Figure") -> "Figure":
    """Return a figure that a notebook shows although pyplot does not know it."""
    from matplotlib.figure import Figure

    class ShownFigure(Figure):
        """A figure that tells notebooks what it looks like."""

        def _repr_png_(self) -> bytes:
            import io

            stream = io.BytesIO()
            self.savefig(stream, format="png", dpi=_DPI)
            return stream.getvalue()

    figure.__class__ = ShownFigure
    return figure


def format_video(content: bytes, width: int) -> str:
    """Return an MP4 as HTML that plays it and carries it in itself."""
    data = base64.b64encode(content).decode("ascii")
    return f'<video controls loop width="{width}" src="data:video/mp4;base64,{data}"></video>'
