"""The report of many runs: tables, figures, what failed, and one page about many runs."""

from pathlib import Path

from myoassist.config.atomic import write_text_atomic
from myoassist.sweep.page import Page, write_figure, write_table
from myoassist.sweep.sweep_figures import draw_sweep
from myoassist.sweep.sweep_tables import SweepTables, read_sweep

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
    page = _start_page(tables)
    for name, caption, figure in draw_sweep(tables):
        page.figure(write_figure(figure, target / name), caption)
    page.heading("Settings")
    page.text("Lower totals are better; low and high bound the mean with 95 % (bootstrap) where there are repeats.")
    page.table(tables.groups)
    page.heading("Failed or missing")
    if len(tables.failures):
        page.text("Each command runs or continues one of them; rerun.sh holds them all.")
        page.table(tables.failures)
    else:
        page.text("None.")
    page.heading("Runs")
    page.table(tables.runs.drop(columns=["reason", "command"]).sort_values("best"))
    page.write(target / PAGE_NAME)
    return target / PAGE_NAME, tables


def _start_page(tables: SweepTables) -> Page:
    varied = ", ".join(tables.varied) if tables.varied else "nothing but the seed"
    page = Page(f"Sweep {tables.folder.resolve().name}", f"Runs that differ in {varied}")
    states = tables.runs["status"].value_counts()
    cards = [(str(len(tables.runs)), "runs"), *((str(count), str(name)) for name, count in states.items())]
    done = tables.runs[(tables.runs["status"] == "finished") & tables.runs["best"].notna()].sort_values("best")
    if len(done):
        cards.append((f"{done['best'].iloc[0]:.6g}", "best total"))
    page.cards(cards)
    if len(done):
        page.heading("Best")
        page.table(done.head(_SHOWN_BEST)[["best", *tables.varied, "seed", "folder"]])
    page.heading("Comparison")
    return page
