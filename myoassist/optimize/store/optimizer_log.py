"""The tables of an algorithm: for CMA-ES those that pycma's own logger writes (`outcmaes/<run>_*.dat`).

pycma's logger stamps the time into each table and reopens all of them in every generation. These go with the other
growing files of the run, so a continued run has the same bytes as an uninterrupted one, and pycma's plots read them.
"""

import warnings
from pathlib import Path

import numpy as np

from myoassist.files.append_log import AppendLog
from myoassist.optimize.optimizers.base import TABLE_FOLDER, Optimizer
from myoassist.optimize.optimizers.cma import CmaOptimizer
from myoassist.optimize.store.search_state import Search


def find_table(folder: Path, run_name: str, table: str) -> Path:
    """Return the path of one table of a run folder, e.g. `fit` or `xmean`, whichever algorithm wrote it."""
    paths = [folder / place / f"{run_name}_{table}.dat" for place in (CmaOptimizer.table_folder, TABLE_FOLDER)]
    return next((path for path in paths if path.is_file()), paths[0])


def read_table(path: Path) -> np.ndarray:
    """Return the rows of a table: generation, evaluations, three more numbers, then one for each free parameter."""
    with warnings.catch_warnings():
        # A table without rows yet is no surprise.
        warnings.simplefilter("ignore")
        table = np.loadtxt(path, comments="%", ndmin=2)
    return table if table.size else np.empty((0, 6))


class OptimizerLog:
    """The tables of a run, one row per generation; vectors hold the free parameters only.

    Args:
        folder: Run folder.
        run_name: Beginning of the file names.
        optimizer: The algorithm, which names its tables.
    """

    def __init__(self, folder: Path, run_name: str, optimizer: Optimizer) -> None:
        place = optimizer.table_folder
        (folder / place).mkdir(exist_ok=True)
        self._tables = {
            name: AppendLog(folder / place / f"{run_name}_{name}.dat", f'% # columns="{columns}"', durable=False)
            for name, columns in optimizer.tables.items()
        }
        self.files: dict[str, AppendLog] = {f"{place}/{name}": file for name, file in self._tables.items()}

    def add(self, search: Search) -> None:
        """Add the generation that was told last."""
        assert search.best_last is not None
        for name, values in search.optimizer.rows(search.best_last.vector[search.table.free]).items():
            self._tables[name].append(" ".join(map(_format, values)))


def _format(value: float) -> str:
    return str(value) if isinstance(value, int) else repr(float(value))
