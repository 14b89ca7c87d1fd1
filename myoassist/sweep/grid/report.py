"""The report of many runs: tables, figures, what failed, and one page about many runs."""

from pathlib import Path

from myoassist.files.atomic import write_text_atomic
from myoassist.report.builder import write_page
from myoassist.report.pages import GridPage
from myoassist.report.parts import Picture
from myoassist.sweep.grid.figures import draw_sweep
from myoassist.sweep.grid.tables import SweepTables, read_sweep
from myoassist.sweep.page import draw_table, write_figure, write_table

REPORT_FOLDER = "sweeps"
PAGE_NAME = "index.html"
_SHOWN_BEST = 10


def report_sweep(folder: Path) -> tuple[Path, SweepTables]:
    """Write tables, figures and the page of the runs below a folder into `<folder>/sweeps`.

    Returns:
        The page, and what it was made of.

    Raises:
        ConfigError: if there are no runs.
    """
    tables = read_sweep(folder)
    target = folder / REPORT_FOLDER
    target.mkdir(exist_ok=True)
    write_table(tables.runs, target / "runs", parquet=True)
    write_table(tables.groups, target / "groups")
    write_table(tables.failures, target / "failures")
    again = "".join(f"{command}\n" for command in tables.failures["command"])
    write_text_atomic(target / "rerun.sh", f"#!/bin/sh\n# Runs that are not finished, one after the other.\n{again}")
    figures = [write_figure(figure, target / name, caption) for name, caption, figure in draw_sweep(tables)]
    write_page(target / PAGE_NAME, _make_page(tables, figures))
    return target / PAGE_NAME, tables


def _make_page(tables: SweepTables, figures: list[Picture]) -> GridPage:
    runs, failures = tables.runs, tables.failures
    done = runs[(runs["status"] == "finished") & runs["best"].notna()].sort_values("best")
    best = done.head(_SHOWN_BEST)[["best", *tables.varied, "seed", "folder"]]
    return GridPage(
        name=tables.folder.resolve().name,
        varied=tables.varied,
        count=len(runs),
        states={str(name): int(count) for name, count in runs["status"].value_counts().items()},
        best_total=float(done["best"].iloc[0]) if len(done) else None,
        best=draw_table(best) if len(done) else None,
        figures=figures,
        groups=draw_table(tables.groups),
        failures=draw_table(failures) if len(failures) else None,
        runs=draw_table(runs.drop(columns=["reason", "command"]).sort_values("best")),
    )
