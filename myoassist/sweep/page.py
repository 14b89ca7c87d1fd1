"""One HTML page that needs nothing but itself: figures inside, no script, no download."""

import base64
import html
import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from myoassist.files.atomic import write_bytes_atomic, write_text_atomic

_DPI = 160
_SHOWN_DPI = 105
# Fixed, so that the same data gives the same bytes.
_METADATA = {"png": {"Software": None}, "pdf": {"CreationDate": None, "Producer": None, "Creator": "myoassist"}}
_LONGEST_TABLE = 200
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:1180px;margin:2em auto;padding:0 1.2em}
h1{font-size:1.5em;margin-bottom:.1em;overflow-wrap:anywhere}
h2{font-size:1.15em;margin-top:2.2em;border-bottom:1px solid #ddd}
p.sub{color:#666;margin-top:0}figure{margin:1.2em 0}img{max-width:100%;height:auto}
figcaption{color:#555;font-size:.9em}
.cards{display:flex;flex-wrap:wrap;gap:.8em;margin:1em 0}
.card{border:1px solid #ddd;border-radius:6px;padding:.5em 1em;min-width:7em}
.card b{display:block;font-size:1.25em}.card span{color:#666;font-size:.85em}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85em}
th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #eee;white-space:nowrap}
th{background:#f6f6f6;position:sticky;top:0}td.text,th.text{text-align:left}
td.long{white-space:normal;min-width:16em;max-width:34em;overflow-wrap:anywhere}
pre{background:#f6f6f6;padding:.8em;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85em}
td code{font-size:.92em}
"""


class Page:
    """Collect the parts of a page and write them.

    Args:
        title: Title of the page.
        subtitle: Line below it.
    """

    def __init__(self, title: str, subtitle: str) -> None:
        self.title = title
        self._parts = [f"<h1>{html.escape(title)}</h1>", f'<p class="sub">{html.escape(subtitle)}</p>']

    def cards(self, values: Iterable[tuple[str, str]]) -> None:
        """Add a row of numbers: pairs of value and label."""
        cells = [
            f'<div class="card"><b>{html.escape(value)}</b><span>{html.escape(label)}</span></div>'
            for value, label in values
        ]
        self._parts.append(f'<div class="cards">{"".join(cells)}</div>')

    def heading(self, text: str) -> None:
        """Add a heading."""
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def text(self, text: str) -> None:
        """Add a paragraph."""
        self._parts.append(f"<p>{html.escape(text)}</p>")

    def code(self, text: str) -> None:
        """Add something to be copied into a shell."""
        self._parts.append(f"<pre>{html.escape(text)}</pre>")

    def figure(self, image: bytes, caption: str) -> None:
        """Add a PNG image with its caption."""
        data = base64.b64encode(image).decode()
        # Bytes 16 to 20 of a PNG are its width in pixels.
        width = round(int.from_bytes(image[16:20], "big") * _SHOWN_DPI / _DPI)
        self._parts.append(
            f'<figure><img width="{width}" alt="{html.escape(caption)}" src="data:image/png;base64,{data}">'
            f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        )

    def table(self, table: pd.DataFrame, long: tuple[str, ...] = ("command", "error", "reason")) -> None:
        """Add a table; columns named in `long` may break lines."""
        numeric = {name for name in table.columns if pd.api.types.is_numeric_dtype(table[name])}
        head = "".join(f"<th{'' if name in numeric else ' class=text'}>{html.escape(str(name))}</th>" for name in table)
        rows = []
        for row in table.head(_LONGEST_TABLE).itertuples(index=False):
            cells = []
            for name, value in zip(table.columns, row, strict=True):
                kind = "" if name in numeric else " class=text" if name not in long else ' class="text long"'
                text = html.escape(_show(value))
                cells.append(f"<td{kind}>{f'<code>{text}</code>' if name == 'command' else text}</td>")
            rows.append(f"<tr>{''.join(cells)}</tr>")
        self._parts.append(f'<div class="scroll"><table><tr>{head}</tr>{"".join(rows)}</table></div>')
        if len(table) > _LONGEST_TABLE:
            self.text(f"The first {_LONGEST_TABLE} of {len(table)} rows; all of them are in the CSV file.")

    def write(self, path: Path) -> None:
        """Write the page atomically."""
        title = html.escape(self.title)
        write_text_atomic(
            path,
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
            + "\n".join(self._parts)
            + "\n</body></html>\n",
        )


def write_figure(figure: Figure, stem: Path) -> bytes:
    """Write a figure as PNG and PDF beside each other; return the bytes of the PNG."""
    images = {}
    for kind, metadata in _METADATA.items():
        stream = io.BytesIO()
        figure.savefig(stream, format=kind, dpi=_DPI, metadata=metadata)
        images[kind] = stream.getvalue()
        write_bytes_atomic(stem.with_suffix(f".{kind}"), images[kind])
    return images["png"]


def write_table(table: pd.DataFrame, stem: Path, *, parquet: bool = False) -> None:
    """Write a table as CSV, and as parquet where wanted."""
    write_text_atomic(stem.with_suffix(".csv"), table.to_csv(index=False))
    if parquet and len(table.columns):
        stream = io.BytesIO()
        # Searched values of one key may be numbers in one row and words in another.
        mixed = {name: str for name in table if table[name].map(type).nunique() > 1 and table[name].dtype == object}
        table.astype(mixed).to_parquet(stream, index=False)
        write_bytes_atomic(stem.with_suffix(".parquet"), stream.getvalue())


def _show(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return "" if value is None else str(value)
