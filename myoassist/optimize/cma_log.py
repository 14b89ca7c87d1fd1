"""The tables that pycma's own logger writes (`outcmaes/<run>_*.dat`), in its columns, but without the clock in them.

pycma's logger stamps the time into each table and reopens all of them in every generation. These go with the other
growing files of the run, so a continued run has the same bytes as an uninterrupted one, and pycma's plots read them.
"""

from pathlib import Path

import numpy as np

from myoassist.optimize.search import LOG_FOLDER, Search
from myoassist.optimize.tables import GrowingFile

_HEADERS = {
    "axlen": "iteration, evaluation, sigma, max axis length, min axis length, all principal axes lengths "
    "(sorted square roots of eigenvalues of C)",
    "fit": "iteration, evaluation, sigma, axis ratio, bestever, best, median, worst objective function value, "
    "interquartile range, 25%tile, current best feasible f-value, void",
    "sigvec": "iteration, evaluation, sigma, beta, void, sigvec==sigma_vec.scaling factors from diagonal decoding",
    "stddev": "iteration, evaluation, sigma, void, void, stds==sigma*sigma_vec.scaling*sqrt(diag(C))",
    "xmean": "iteration, evaluation, void, void, void, xmean",
    "xrecentbest": "iter, evals, sigma, 0, fitness, xbest",
}


def log_path(folder: Path, run_name: str, table: str) -> Path:
    """Return the path of one table of a run folder, e.g. `fit` or `xmean`."""
    return folder / LOG_FOLDER / f"{run_name}_{table}.dat"


class CmaLog:
    """The six tables of a run, one row per generation; vectors hold the free parameters only.

    Args:
        folder: Run folder.
        run_name: Beginning of the file names.
    """

    def __init__(self, folder: Path, run_name: str) -> None:
        (folder / LOG_FOLDER).mkdir(exist_ok=True)
        self._tables = {
            name: GrowingFile(log_path(folder, run_name, name), f'% # columns="{columns}"', durable=False)
            for name, columns in _HEADERS.items()
        }
        self.files: dict[str, GrowingFile] = {f"{LOG_FOLDER}/{name}": file for name, file in self._tables.items()}

    def add(self, search: Search) -> None:
        """Add the generation that was told last."""
        strategy = search.strategy
        assert search.best_last is not None
        place = [int(strategy.countiter), int(strategy.countevals)]
        sigma = float(strategy.sigma)
        scaling = np.broadcast_to(strategy.sigma_vec.scaling, strategy.mean.shape)
        axes = np.sort(strategy.D)
        fitness = np.asarray(strategy.fit.fit, dtype=float)
        quartile, upper_quartile = np.percentile(fitness, [25, 75])
        spread = [fitness[0], fitness[len(fitness) // 2], fitness[-1], upper_quartile - quartile, quartile, np.nan, 0]
        rows = {
            "axlen": [sigma, axes[-1], axes[0], *axes],
            "fit": [sigma, axes[-1] / axes[0], strategy.best.f, *spread],
            "sigvec": [sigma, 1, 0, *scaling],
            "stddev": [sigma, 0, 0, *(sigma * scaling * np.sqrt(strategy.sm.variances))],
            "xmean": [0, 0, 0, *strategy.mean],
            "xrecentbest": [sigma, 0, fitness[0], *search.best_last.vector[search.table.free]],
        }
        for name, values in rows.items():
            self._tables[name].append(" ".join(map(_format, place + values)))


def _format(value: float) -> str:
    return str(value) if isinstance(value, int) else repr(float(value))
