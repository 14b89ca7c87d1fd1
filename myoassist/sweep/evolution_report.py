"""The report of an evolution: tables, figures, the best, what failed, and one page about an evolution."""

from pathlib import Path

import pandas as pd
import yaml

from myoassist.config.atomic import write_text_atomic
from myoassist.sweep.evolution_figures import draw_evolution
from myoassist.sweep.evolution_tables import EvolutionTables, read_evolution
from myoassist.sweep.page import Page, write_figure, write_table

REPORT_FOLDER = "evos"
PAGE_NAME = "index.html"
_SHOWN_BEST = 10


def report_evolution(folder: Path) -> Path:
    """Write tables, figures and the page of an evolution into `<folder>/evos`.

    Args:
        folder: Folder of the evolution, finished or not.

    Returns:
        The page.

    Raises:
        UserError: if the folder holds no evolution or cannot be read.
    """
    tables = read_evolution(folder)
    target = folder / REPORT_FOLDER
    target.mkdir(exist_ok=True)
    write_table(tables.individuals.drop(columns=["uid"], errors="ignore"), target / "individuals", parquet=True)
    write_table(tables.generations, target / "generations")
    write_table(tables.lineage, target / "lineage")
    write_table(tables.failures, target / "failures")
    if tables.best:
        head = f"# run: {tables.best['command']}\n"
        content = yaml.safe_dump(tables.best, sort_keys=False, allow_unicode=True, width=1000)
        write_text_atomic(target / "best.yaml", head + content)
    page = _start_page(tables)
    for name, caption, figure in draw_evolution(tables):
        page.figure(write_figure(figure, target / name), caption)
    _end_page(page, tables)
    page.write(target / PAGE_NAME)
    return target / PAGE_NAME


def _start_page(tables: EvolutionTables) -> Page:
    state = tables.state
    signature = state.signature
    searched = ", ".join(tables.parameters)
    page = Page(f"Evolution {tables.folder.resolve().name}", f"{signature['optimizer']} searching {searched}")
    counts = tables.individuals["status"].value_counts() if len(tables.individuals) else {}
    lost = sum(int(counts.get(name, 0)) for name in ("failed", "killed", "timeout"))
    page.cards(
        [
            (f"{tables.best['fitness']:.6g}" if tables.best else "none", "best fitness"),
            (f"{int(counts.get('finished', 0))} of {state.budget}", "individuals finished"),
            (str(lost), "failed, killed or timed out"),
            (str(int(counts.get("pending", 0))), "without a result yet"),
            (f"{state.generations}", "generations"),
            (_duration(tables.hours), "on the clock"),
            (str(state.sessions), "starts"),
        ]
    )
    if state.parent:
        page.text(f"It continues the evolution in {state.parent}; its individuals are included.")
    if tables.best:
        page.heading("Best individual")
        values = ", ".join(f"{key} = {_round(value)}" for key, value in tables.best["params"].items())
        page.text(f"Generation {tables.best['generation']}, rank {tables.best['rank']}: {values}")
        page.code(tables.best["command"])
    page.heading("Course")
    return page


def _end_page(page: Page, tables: EvolutionTables) -> None:
    page.heading("Best ten")
    done = tables.individuals[tables.individuals["fitness"].notna()] if len(tables.individuals) else tables.individuals
    if len(done):
        best = done.sort_values("loss").head(_SHOWN_BEST)
        page.table(best[["generation", "rank", "fitness", *tables.parameters, "seed", "folder"]])
    page.heading("Generations")
    page.table(tables.generations)
    page.heading("Failed or missing")
    if len(tables.failures):
        page.text("Each command runs one of them alone and continues what is there.")
        page.table(tables.failures)
    else:
        page.text("None.")
    page.heading("Search space")
    rows = [{"parameter": key} | entry for key, entry in tables.state.signature["parameters"].items()]
    page.table(pd.DataFrame(rows).astype(object).where(lambda frame: frame.notna(), None))


def _duration(hours: float) -> str:
    if hours >= 1.0:
        return f"{hours:.1f} h"
    return f"{hours * 60:.1f} min" if hours * 60 >= 1.0 else f"{hours * 3600:.0f} s"


def _round(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
