"""The report of an evolution: tables, figures, the best, what failed, and one page about an evolution."""

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from myoassist.files.atomic import write_text_atomic
from myoassist.report.builder import write_page
from myoassist.report.pages import BestIndividual, EvolutionPage
from myoassist.report.parts import Picture
from myoassist.sweep.evolution.reading.figures import draw_evolution
from myoassist.sweep.evolution.reading.tables import EvolutionTables, read_evolution
from myoassist.sweep.page import draw_table, write_figure, write_table

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
    figures = [write_figure(figure, target / name, caption) for name, caption, figure in draw_evolution(tables)]
    write_page(target / PAGE_NAME, _make_page(tables, figures))
    return target / PAGE_NAME


def _make_page(tables: EvolutionTables, figures: list[Picture]) -> EvolutionPage:
    state, individuals, failures = tables.state, tables.individuals, tables.failures
    signature = state.signature
    counts = individuals["status"].value_counts() if len(individuals) else {}
    done = individuals[individuals["fitness"].notna()] if len(individuals) else individuals
    best = done.sort_values("loss").head(_SHOWN_BEST) if len(done) else None
    space = pd.DataFrame([{"parameter": key} | entry for key, entry in signature["parameters"].items()])
    return EvolutionPage(
        name=tables.folder.resolve().name,
        optimizer=str(signature["optimizer"]),
        searched=list(tables.parameters),
        best=_describe_best(tables.best) if tables.best else None,
        finished=int(counts.get("finished", 0)),
        budget=state.budget,
        lost=sum(int(counts.get(name, 0)) for name in ("failed", "killed", "timeout")),
        pending=int(counts.get("pending", 0)),
        generations=state.generations,
        clock=_duration(tables.hours),
        sessions=state.sessions,
        parent=state.parent,
        figures=figures,
        best_ten=None
        if best is None
        else draw_table(best[["generation", "rank", "fitness", *tables.parameters, "seed", "folder"]]),
        each_generation=draw_table(tables.generations),
        failures=draw_table(failures) if len(failures) else None,
        space=draw_table(space.astype(object).where(lambda frame: frame.notna(), None)),
    )


def _describe_best(best: dict[str, Any]) -> BestIndividual:
    values = {key: _round(value) for key, value in best["params"].items()}
    return BestIndividual(best["fitness"], best["generation"], best["rank"], values, best["command"])


def _duration(hours: float) -> str:
    if hours >= 1.0:
        return f"{hours:.1f} h"
    return f"{hours * 60:.1f} min" if hours * 60 >= 1.0 else f"{hours * 3600:.0f} s"


def _round(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
