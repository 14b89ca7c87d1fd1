"""Keep a run folder in step with its search: growing files first, then the checkpoint, then the result files."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from myoassist.cost.result import CostResult
from myoassist.files.checkpoint import load_newest, write_checkpoint
from myoassist.optimize.store.history import History
from myoassist.optimize.store.optimizer_log import OptimizerLog
from myoassist.optimize.store.result_files import ResultFiles
from myoassist.optimize.store.search_state import Search, search_from_checkpoint
from myoassist.space.table import ParameterTable

# Shortest time between two updates of the result files, s.
_RESULTS_INTERVAL = 1.0


class RunSaver:
    """Writer of everything that a search leaves in its run folder.

    The order makes every instant safe: rows that no checkpoint knows are cut off on resume, and result files that are
    older than the checkpoint are written again.

    Args:
        folder: Run folder.
        search: Search whose run name the files carry.
        files: State of the growing files at the checkpoint that is continued; None for a new run.
    """

    def __init__(self, folder: Path, search: Search, files: Mapping[str, Any] | None = None) -> None:
        self._folder = folder
        self._history = History(folder, tuple(search.optimizer.metric_labels))
        self._log = OptimizerLog(folder, search.run_name, search.optimizer)
        self._files = {**self._history.files, **self._log.files}
        self._results = ResultFiles(folder)
        self._saved_generation: int | None = None
        self._results_due = 0.0
        if files is not None:
            for name, file in self._files.items():
                file.restore(files[name])

    def add(self, search: Search, results: Sequence[CostResult], wall_time: float, workers: int) -> None:
        """Add the generation that was told last to the histories; it reaches the disk with the next `save`.

        Args:
            search: State after the generation.
            results: Its results.
            wall_time: What it took, s.
            workers: Number of evaluations at once.
        """
        self._history.add(search, results, wall_time, workers)
        self._log.add(search)

    def save(self, search: Search, final: bool = False) -> bool:
        """Write the last complete generation.

        The result files follow from the checkpoint. Where generations last only milliseconds they are not written with
        each of them.

        Args:
            search: State to save.
            final: Bring the result files up to date in any case.

        Returns:
            Whether the result files are up to date.

        Raises:
            OSError: if the folder cannot be written; the checkpoint before is then still good.
        """
        if search.generation != self._saved_generation:
            if search.generation > search.first_generation:
                for file in self._files.values():
                    file.commit()
            files = {name: file.state() for name, file in self._files.items()}
            write_checkpoint(self._folder, search.to_checkpoint(files))
            self._saved_generation = search.generation
        now = time.monotonic()
        if not final and now < self._results_due:
            return False
        self._results.write(search)
        self._results_due = now + _RESULTS_INTERVAL
        return True


def resume_search(folder: Path, table: ParameterTable) -> tuple[Search, dict[str, Any]] | None:
    """Return the search of a run folder's newest sound checkpoint and the state of its growing files then.

    Args:
        folder: Run folder.
        table: Parameters of this run.

    Returns:
        None where there is no checkpoint yet.

    Raises:
        ResumeError: if all checkpoints are damaged.
        LayoutError: if they belong to another layout.
    """
    checkpoint = load_newest(folder)
    if checkpoint is None:
        return None
    search = search_from_checkpoint(checkpoint, table, f"the checkpoint in {folder}")
    return search, checkpoint.header["files"]
