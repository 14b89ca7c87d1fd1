"""An evolution as tables: individuals, generations, lineage, best, failures."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from myoassist.files.append_log import read_objects
from myoassist.files.errors import ConfigError
from myoassist.runs.catalogue import STATUS_NAME, read_json
from myoassist.runs.overrides import format_command
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.plan import format_individual
from myoassist.sweep.evolution.state import JOURNAL_NAME, EvolutionState
from myoassist.sweep.evolution.store import read_state

_GENERATION_COLUMNS = [
    *("generation", "individuals", "finished", "failed", "pruned", "best", "median", "quartile_1", "quartile_3"),
    *("best_so_far", "evaluations", "attempts", "busy_hours"),
]
# Statuses that somebody may want to look into.
PROBLEMS = ("failed", "killed", "timeout", "pending")


@dataclass
class EvolutionTables:
    """What is known about an evolution, ready to be written and plotted.

    Attributes:
        folder: Folder of the evolution.
        state: As its journal tells it.
        parameters: Searched keys.
        individuals: One row per individual, with one column per searched key.
        generations: One row per generation.
        lineage: One row per known pair of child and parent.
        failures: Individuals without a result, with the command that runs each of them.
        best: Fitness, folder, overrides and command of the best individual; empty without one.
        hours: Time from the first start to the last result, h.
    """

    folder: Path
    state: EvolutionState
    parameters: list[str]
    individuals: pd.DataFrame
    generations: pd.DataFrame
    lineage: pd.DataFrame
    failures: pd.DataFrame
    best: dict[str, Any]
    hours: float


def read_evolution(folder: Path) -> EvolutionTables:
    """Read the folder of an evolution, finished or not.

    Raises:
        ConfigError: if the folder holds no evolution.
        ResumeError: if its journal is damaged.
    """
    state = read_state(folder) if folder.is_dir() else None
    if state is None:
        raise ConfigError(
            f"{folder} holds no evolution",
            f"a folder with {JOURNAL_NAME}, as evo.sh leaves it, e.g. logs/<date>/<name>_evolution",
            "myoassist evos <folder>; grids are read by myoassist sweeps <folder>",
        )
    parameters = list(state.signature["parameters"])
    individuals = _individuals(state, folder)
    return EvolutionTables(
        folder,
        state,
        parameters,
        individuals,
        _generations(individuals, bool(state.signature["maximize"])),
        _lineage(state),
        _failures(state, folder),
        _best(state, folder),
        _hours(folder),
    )


def ancestors(state: EvolutionState, item: Individual | None) -> list[Individual]:
    """Return an individual and its line of first parents, the youngest first."""
    line: list[Individual] = []
    places = {(other.generation, other.rank): other for other in state.individuals}
    while item is not None and item not in line:
        line.append(item)
        item = places.get((item.parents[0][0], item.parents[0][1])) if item.parents else None
    return line


def _individuals(state: EvolutionState, folder: Path) -> pd.DataFrame:
    rows = []
    for item in state.individuals:
        row = item.row() | {"parents": " ".join(f"{parent[0]}/{parent[1]}" for parent in item.parents)}
        progress = read_json(folder / item.folder / STATUS_NAME) if item.status == "pending" else {}
        row["progress"] = progress.get("status", "")
        rows.append(row | {"command": format_command(format_individual(state.fixed, item, folder))})
    names = [item.name for item in fields(Individual) if item.name != "params"]
    columns = [*names, *state.signature["parameters"], "progress", "command"]
    table = pd.DataFrame(rows, columns=columns)
    table["fitness"] = table["fitness"].astype(float)
    cumulative = table["fitness"].cummax() if state.signature["maximize"] else table["fitness"].cummin()
    table["best_so_far"] = cumulative.ffill()
    return table


def _generations(individuals: pd.DataFrame, maximize: bool) -> pd.DataFrame:
    rows = []
    for number, batch in individuals.groupby("generation"):
        fitness = batch["fitness"].dropna()
        rows.append(
            {
                "generation": number,
                "individuals": len(batch),
                "finished": len(fitness),
                "failed": int(batch["status"].isin(PROBLEMS[:3]).sum()),
                "pruned": int((batch["status"] == "pruned").sum()),
                "best": fitness.max() if maximize else fitness.min(),
                "median": fitness.median(),
                "quartile_1": fitness.quantile(0.25),
                "quartile_3": fitness.quantile(0.75),
                "best_so_far": batch["best_so_far"].iloc[-1],
                "evaluations": int(batch["job"].max()) + 1,
                "attempts": int(batch["attempts"].sum()),
                "busy_hours": batch["seconds"].astype(float).sum() / 3600.0,
            }
        )
    return pd.DataFrame(rows, columns=_GENERATION_COLUMNS)


def _lineage(state: EvolutionState) -> pd.DataFrame:
    places = {(item.generation, item.rank): item for item in state.individuals}
    rows = []
    for item in state.individuals:
        for generation, rank in item.parents:
            parent = places[generation, rank]
            gain = None if item.fitness is None or parent.fitness is None else item.fitness - parent.fitness
            rows.append(
                {
                    "generation": item.generation,
                    "rank": item.rank,
                    "parent_generation": generation,
                    "parent_rank": rank,
                    "fitness": item.fitness,
                    "parent_fitness": parent.fitness,
                    "gain": gain,
                }
            )
    columns = ["generation", "rank", "parent_generation", "parent_rank", "fitness", "parent_fitness", "gain"]
    return pd.DataFrame(rows, columns=columns)


def _failures(state: EvolutionState, folder: Path) -> pd.DataFrame:
    rows = [
        {
            "generation": item.generation,
            "rank": item.rank,
            "status": item.status,
            "attempts": item.attempts,
            "error": item.error,
            "folder": item.folder,
            "command": format_command(format_individual(state.fixed, item, folder)),
        }
        for item in state.individuals
        if item.status in PROBLEMS
    ]
    return pd.DataFrame(rows, columns=["generation", "rank", "status", "attempts", "error", "folder", "command"])


def _best(state: EvolutionState, folder: Path) -> dict[str, Any]:
    item = state.best()
    if item is None:
        return {}
    overrides = format_individual(state.fixed, item, folder)
    # Elsewhere than the stored run, which would only say that it is finished.
    again = [text for text in overrides if not text.startswith(("logdir=", "expsubdir=", "resume="))]
    again.append("expname=best_of_evolution")
    return {
        "fitness": item.fitness,
        "generation": item.generation,
        "rank": item.rank,
        "folder": item.folder,
        "params": item.params,
        "overrides": again,
        "command": format_command(again),
    }


def _hours(folder: Path) -> float:
    times = [event["time"] for event in read_objects(folder / JOURNAL_NAME)[0] if "time" in event]
    if len(times) < 2:
        return 0.0
    span = pd.to_datetime(times)
    # Pauses between two starts count as well: it is the time on the clock.
    return float((span.max() - span.min()).total_seconds() / 3600.0)
