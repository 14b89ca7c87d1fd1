"""Files of an evolution that are rewritten after every generation: table of outcomes, best individual."""

import csv
import io
import json
from pathlib import Path

import yaml

from myoassist.files.atomic import write_text_atomic
from myoassist.runs.overrides import format_command
from myoassist.sweep.evolution.individual import OUTCOME_COLUMNS, Individual
from myoassist.sweep.evolution.plan import format_individual
from myoassist.sweep.evolution.state import EvolutionState

TABLE_NAME = "individuals.csv"
RESULTS_NAME = "optimization_results.yaml"


def write_exports(state: EvolutionState, folder: Path) -> None:
    """Replace `individuals.csv` and `optimization_results.yaml`.

    They hold what happened but not when or how often it was tried, so that a killed and continued evolution ends with
    the same bytes as an undisturbed one.
    """
    write_text_atomic(folder / TABLE_NAME, format_table(state))
    best = state.best()
    content = {
        "name": state.library,
        "best_evaluated_params": best.params if best else None,
        "best_evaluated_result": best.fitness if best else None,
        "best_folder": best.folder if best else None,
        "evaluations": sum(item.status != "pending" for item in state.individuals),
    }
    write_text_atomic(folder / RESULTS_NAME, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def format_table(state: EvolutionState) -> str:
    """Return the outcomes as CSV: one row per individual, `OUTCOME_COLUMNS` and one column per searched key."""
    keys = list(state.signature["parameters"])
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow([*OUTCOME_COLUMNS, *keys])
    for item in state.individuals:
        row = item.row() | {"parents": json.dumps(item.parents, separators=(",", ":"))}
        table.writerow(["" if row[name] is None else row[name] for name in (*OUTCOME_COLUMNS, *keys)])
    return stream.getvalue()


def describe_failures(items: list[Individual], folder: Path, fixed: list[str]) -> str:
    """Return three lines per failed individual: what happened, where its files lie, the command that runs it alone."""
    lines = []
    for item in items:
        lines.append(f"  generation {item.generation}, rank {item.rank}: {item.status}: {item.error}")
        lines.append(f"    files: {(folder / item.folder).as_posix()}, output of its job: {_job_files(item, folder)}")
        lines.append(f"    alone: {format_command(format_individual(fixed, item, folder))}")
    return "\n".join(lines)


def _job_files(item: Individual, folder: Path) -> str:
    return f"{folder.as_posix()}/.submitit/{item.job_id}/" if item.job_id else "that of this process"
