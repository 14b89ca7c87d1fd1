"""The searches of a pool on the page of its best: who went how far, and their way there."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.analysis.page.walk_page import draw_picture
from myoassist.analysis.picture.pool import MemberCurve, plot_pool, read_member
from myoassist.analysis.walk.files import REPORT
from myoassist.config.entries.search_stages import plan_stages
from myoassist.files.command_words import EVALUATE_COMMAND, localize_command, quote_path
from myoassist.optimize.pool.state import RECORD_NAME, TABLE_NAME
from myoassist.report.parts import Cell, Row, Section, Table, name_columns
from myoassist.runs.catalogue import read_json, read_status
from myoassist.runs.record import read_run_config

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CAPTION = (
    "Best total so far of every search over its own evaluations; totals of different stages are not compared, so a "
    "line begins anew with each. Dotted: milestones. Circles: a stage begins. Crosses: searches that a milestone ended."
)


def pool_sections(folder: Path) -> list[Section]:
    """Return what the page of a pool says about its searches; nothing of another run, or before the first milestone.

    Args:
        folder: Run folder.
    """
    rows = _read_rows(folder / TABLE_NAME)
    if not rows:
        return []
    # A member is listed once in every rung that it took part in.
    last = {row["folder"]: row for row in rows}
    ended = {name: int(row["rung"]) for name, row in last.items() if row["kept"] == "0"}
    best = str(read_status(folder).get("best_member"))
    milestones = [int(value) for value in read_json(folder / RECORD_NAME).get("milestones", [])]
    figure = _draw(folder, last, set(ended), milestones)
    return [
        Section(
            "Searches of the pool",
            [
                f"{len(last)} searches from seeds of their own shared the budget; "
                f"{sum(int(row['evaluations']) for row in last.values())} evaluations together.",
                f"The walk on this page is that of {best}. A page of every search: "
                + localize_command(f"{EVALUATE_COMMAND} run={quote_path(folder / 'member_*')}"),
            ],
            _table(folder, last, ended, best),
            [draw_picture(figure, _CAPTION)] if figure is not None else [],
        )
    ]


def _read_rows(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _table(folder: Path, last: dict[str, dict[str, str]], ended: dict[str, int], best: str) -> Table:
    head = (
        Cell("search"),
        Cell("seed", "number"),
        Cell("evaluations", "number"),
        Cell("best total", "number"),
        Cell("stages of search and cost"),
        Cell("how far"),
    )
    # As the pool ranks them: searches of a later stage lead.
    ranked = sorted(last.values(), key=lambda row: (-int(row["rung"]), row["kept"] == "0", float(row["best"])))
    rows = []
    for row in ranked:
        name = row["folder"]
        page = f"{name}/{REPORT}"
        link = page if (folder / page).is_file() else f"{name}/"
        fate = f"ended at milestone {ended[name]}" if name in ended else _how_far(folder / name)
        stage = f"{row['search_stage']}, {row['stage']}" if row["search_stage"] else row["stage"]
        cells = (
            Cell(f"{name} (shown here)" if name == best else name, link=link),
            Cell(row["seed"], "number"),
            Cell(row["evaluations"], "number"),
            Cell(f"{float(row['best']):.4f}", "number"),
            Cell(stage),
            Cell(fate),
        )
        rows.append(Row(cells))
    return Table(name_columns(*head), rows)


def _how_far(member: Path) -> str:
    status = read_status(member)
    return "to its end" if status.get("status") == "finished" else f"goes on ({status.get('status')})"


def _draw(folder: Path, last: dict[str, dict[str, str]], ended: set[str], milestones: Sequence[int]) -> "Figure | None":
    names = [stage.name for stage in plan_stages(read_run_config(folder).optimizer)]
    curves: list[MemberCurve] = []
    for name in sorted(last):
        curve = read_member(folder / name, name, stopped=name in ended)
        if curve is not None:
            curves.append(curve)
    return plot_pool(curves, milestones, names)
