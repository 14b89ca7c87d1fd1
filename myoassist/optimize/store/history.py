"""The history tables of a run: one row per candidate, one per generation, and the clock apart from both."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from myoassist.cost.result import STAGES, CostResult
from myoassist.files.append_log import AppendLog
from myoassist.optimize.store.search_state import Search
from myoassist.optimize.store.tables import PartTable

CANDIDATES_NAME = "history_candidates.csv"
GENERATIONS_NAME = "history_generations.csv"
TIMING_NAME = "timing.csv"
_CANDIDATE_COLUMNS = ("generation", "index", "total", "stage", "outcome", "reason", "walked_time", "distance")
_GENERATION_COLUMNS = (
    "generation",
    "evaluations",
    "best",
    "median",
    "worst",
    *(f"stage_{stage}" for stage in STAGES),
)
_BEST_COLUMNS = ("best_so_far", "best_so_far_generation")


class History:
    """The tables of a run folder. Totals in the cost's own unit, times in s, distance in m.

    Nothing in the first two tables depends on the clock or on the number of workers, so that two runs of the same seed
    can be compared byte for byte.

    Args:
        folder: Run folder.
        metrics: Names of the numbers that the algorithm reports of each generation.
    """

    def __init__(self, folder: Path, metrics: tuple[str, ...]) -> None:
        self._candidates = PartTable(folder / CANDIDATES_NAME, _CANDIDATE_COLUMNS, prefix="part_")
        self._generations = PartTable(
            folder / GENERATIONS_NAME, (*_GENERATION_COLUMNS, *metrics, *_BEST_COLUMNS), prefix="best_part_"
        )
        self._timing = AppendLog(folder / TIMING_NAME, "generation,wall_time,workers", durable=False)
        self.files: dict[str, AppendLog] = {
            CANDIDATES_NAME: self._candidates,
            GENERATIONS_NAME: self._generations,
            TIMING_NAME: self._timing,
        }

    def add(self, search: Search, results: Sequence[CostResult], wall_time: float, workers: int) -> None:
        """Add the generation that was told last.

        Args:
            search: State after that generation.
            results: Its results, in the order of its candidates.
            wall_time: What it took, s.
            workers: Number of evaluations at once.
        """
        generation = search.generation
        for i, result in enumerate(results):
            row = (generation, i, float(result.total), result.stage, result.outcome.name, result.reason)
            self._candidates.append_row(
                (*row, float(result.walked_time), float(result.distance)), _floats(result.parts)
            )
        totals = np.sort([float(result.total) for result in results])
        stages = Counter(result.stage for result in results)
        best, best_last = search.best, search.best_last
        assert best is not None and best_last is not None
        self._generations.append_row(
            (
                generation,
                search.evaluations,
                float(totals[0]),
                float(np.median(totals)),
                float(totals[-1]),
                *(stages[stage] for stage in STAGES),
                *search.optimizer.metrics(),
                float(best.result.total),
                best.generation,
            ),
            _floats(best_last.result.parts),
        )
        self._timing.append(f"{generation},{wall_time:.4f},{workers}")


def _floats(parts: dict[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in parts.items()}


def metric_columns(columns: Sequence[str]) -> list[str]:
    """Return those columns of the table of generations that the algorithm has named itself."""
    return list(columns[len(_GENERATION_COLUMNS) : columns.index(_BEST_COLUMNS[0])])
