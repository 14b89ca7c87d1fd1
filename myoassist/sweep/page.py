"""What the pages of sweeps and evolutions are made of: figures and tables, written as files and drawn on a page."""

import io
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from myoassist.files.atomic import write_bytes_atomic, write_text_atomic
from myoassist.files.figure_bytes import figure_bytes
from myoassist.report.parts import Cell, Kind, Picture, Row, Table, name_columns

_DPI = 160
_SHOWN_DPI = 105
_LONGEST_TABLE = 200
# Columns whose text may break lines.
_KINDS: dict[str, Kind] = {"command": "command", "error": "long", "reason": "long"}


def write_figure(figure: Figure, stem: Path, caption: str) -> Picture:
    """Write a figure as PNG and PDF beside each other; return it for a page."""
    images = {}
    for kind in ("png", "pdf"):
        images[kind] = figure_bytes(figure, kind, _DPI)
        write_bytes_atomic(stem.with_suffix(f".{kind}"), images[kind])
    # Bytes 16 to 20 of a PNG are its width in pixels.
    width = round(int.from_bytes(images["png"][16:20], "big") * _SHOWN_DPI / _DPI)
    return Picture(images["png"], "image/png", caption, width)


def write_table(table: pd.DataFrame, stem: Path, *, parquet: bool = False) -> None:
    """Write a table as CSV, and as parquet where wanted."""
    write_text_atomic(stem.with_suffix(".csv"), table.to_csv(index=False))
    if parquet and len(table.columns):
        stream = io.BytesIO()
        # Searched values of one key may be numbers in one row and words in another.
        mixed = {name: str for name in table if table[name].map(type).nunique() > 1 and table[name].dtype == object}
        table.astype(mixed).to_parquet(stream, index=False)
        write_bytes_atomic(stem.with_suffix(".parquet"), stream.getvalue())


def draw_table(table: pd.DataFrame) -> Table:
    """Return a table for a page: its first 200 rows, numbers at the right."""
    kinds: list[Kind] = [
        "number" if pd.api.types.is_numeric_dtype(table[name]) else _KINDS.get(str(name), "text") for name in table
    ]
    head = name_columns(*(Cell(str(name), kind) for name, kind in zip(table.columns, kinds, strict=True)))
    body = [
        Row([Cell(_show(value), kind) for value, kind in zip(row, kinds, strict=True)])
        for row in table.head(_LONGEST_TABLE).itertuples(index=False)
    ]
    return Table(head, body, wide=True, left_out=len(table) - len(body))


def _show(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return "" if value is None else str(value)
