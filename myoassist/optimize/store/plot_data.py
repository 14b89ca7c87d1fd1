"""Read what the convergence plot shows back from a run folder."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoassist.files.errors import UserError
from myoassist.optimize.store.history import CANDIDATES_NAME, GENERATIONS_NAME, metric_columns
from myoassist.optimize.store.optimizer_log import find_table, read_table


@dataclass(frozen=True)
class ConvergenceData:
    """Convergence of a run; G generations, P candidates each, N free parameters.

    Attributes:
        run_name: Beginning of the names of the result files.
        generations: Numbers of the generations, shape (G,).
        totals: Costs of each generation in ascending order, NaN where one had fewer candidates, shape (G, P).
        evaluations: Number of evaluations up to each generation, shape (G,).
        metrics: What the algorithm reports of each generation by name, shape (G,) each.
        best_vectors: Free parameters of the best of each generation, shape (G, N).
        axes: Principal axis lengths, ascending, shape (G, N); None for algorithms that have none.
        deviations: Standard deviation of each free parameter, shape (G, N).
    """

    run_name: str
    generations: np.ndarray
    totals: np.ndarray
    evaluations: np.ndarray
    metrics: dict[str, np.ndarray]
    best_vectors: np.ndarray
    axes: np.ndarray | None
    deviations: np.ndarray


def read_convergence(folder: Path, run_name: str) -> ConvergenceData | None:
    """Return the convergence of a run, or None where no generation is complete.

    Args:
        folder: Run folder.
        run_name: Beginning of the names of the result files.

    Raises:
        UserError: if a file is missing or damaged.
    """
    try:
        totals_by_generation: dict[int, list[float]] = {}
        with (folder / CANDIDATES_NAME).open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                totals_by_generation.setdefault(int(row["generation"]), []).append(float(row["total"]))
        columns = _read_generations(folder / GENERATIONS_NAME)
        tables = {name: read_table(find_table(folder, run_name, name)) for name in ("xrecentbest", "stddev")}
        axes = find_table(folder, run_name, "axlen")
        if axes.is_file():
            tables["axlen"] = read_table(axes)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"the history of {run_name} in {folder} cannot be read ({error})",
            f"{CANDIDATES_NAME}, {GENERATIONS_NAME} and the *.dat tables as the run wrote them",
        ) from error
    numbers = columns.pop("generation").astype(int)
    shared = set(totals_by_generation).intersection(
        set(numbers), *(set(table[:, 0].astype(int)) for table in tables.values())
    )
    if not shared:
        return None
    generations = np.array(sorted(shared))
    widest = max(len(totals) for totals in totals_by_generation.values())
    totals = np.full((generations.size, widest), np.nan)
    for i, generation in enumerate(generations):
        ordered = sorted(totals_by_generation[int(generation)])
        totals[i, : len(ordered)] = ordered
    picked = {name: table[np.isin(table[:, 0], generations)] for name, table in tables.items()}
    return ConvergenceData(
        run_name=run_name,
        generations=generations,
        totals=totals,
        evaluations=picked["xrecentbest"][:, 1],
        metrics={name: column[np.isin(numbers, generations)] for name, column in columns.items()},
        best_vectors=picked["xrecentbest"][:, 5:],
        axes=picked["axlen"][:, 5:] if "axlen" in picked else None,
        deviations=picked["stddev"][:, 5:],
    )


def _read_generations(path: Path) -> dict[str, np.ndarray]:
    """Return the numbers of the generations and what the algorithm reports of them, by column."""
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        names = ["generation", *metric_columns(list(reader.fieldnames or []))]
        rows = list(reader)
    return {name: np.array([float(row[name]) for row in rows]) for name in names}
