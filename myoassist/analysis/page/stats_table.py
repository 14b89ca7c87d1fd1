"""The table of the report that shows the main quantities stride by stride."""

from collections.abc import Sequence

from myoassist.analysis.walk.stride_stats import StrideStats
from myoassist.report.parts import Cell, Row, Table, name_columns
from myoassist.rollout.log import SIDES

_COLUMNS = ("strides", "mean", "sd", "min", "max")
_DIGITS = {"deg": 1, "%": 1, "BW": 2, "N·m": 1, "W": 1, "J": 2}


def stats_table(stats: Sequence[StrideStats]) -> Table | None:
    """Return the table of a walk, right and left leg side by side; None without a stride."""
    if not stats:
        return None
    legs = [Cell(name, "number", span=len(_COLUMNS)) for name in ("right", "left")]
    columns = [Cell(name, "number") for name in _COLUMNS] * len(SIDES)
    rows: dict[str, list[Cell]] = {}
    for item in stats:
        first = [Cell(item.quantity.replace("_", " ")), Cell(item.metric.unit)]
        rows.setdefault(item.quantity, first).extend(_cells(item))
    head = [Row([Cell("", span=2), *legs]), *name_columns(Cell("quantity"), Cell("unit"), *columns)]
    return Table(head, [Row(cells) for cells in rows.values()], wide=True)


def _cells(item: StrideStats) -> list[Cell]:
    digits = _DIGITS.get(item.metric.unit, 2)
    texts = ["–" if value is None else f"{value:.{digits}f}" for value in item.summary.values()]
    return [Cell(text, "number") for text in (str(len(item.values)), *texts[1:])]
