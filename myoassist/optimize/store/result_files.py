"""The files that hold what a search has found: vectors, terms, named parameters, the optimizer itself."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from myoassist.cost.report import format_terms
from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.json_values import to_json
from myoassist.optimize.names import PICKLE_SUFFIX
from myoassist.optimize.problem import Candidate
from myoassist.optimize.store.search_state import Search
from myoassist.runs.catalogue import PARAMETERS_NAME
from myoassist.space.table import ParameterTable


class ResultFiles:
    """Writer of the result files of a run folder.

    Each is replaced as a whole, and only if its content has changed.

    Args:
        folder: Run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, bytes] = {}

    def write(self, search: Search) -> None:
        """Bring all result files to the state of the last complete generation."""
        name = search.run_name
        if search.best is not None and search.best_last is not None:
            for label, candidate in (("Best", search.best), ("BestLast", search.best_last)):
                self._replace(f"{name}_{label}.txt", format_vector(candidate.vector))
                self._replace(f"{name}_{label}_Cost.txt", format_terms(candidate.result).encode())
            self._replace(PARAMETERS_NAME, _format_json(describe_candidate(search.best, search.table, name)))
        pickled = search.optimizer.published_pickle(search.snapshot)
        if pickled is not None:
            self._replace(name + PICKLE_SUFFIX, pickled)

    def _replace(self, name: str, data: bytes) -> None:
        if self._written.get(name) != data:
            write_bytes_atomic(self._folder / name, data)
            self._written[name] = data


def format_vector(vector: np.ndarray) -> bytes:
    """Return the text of a parameter file: one number per line, 18 decimals, no header."""
    stream = io.BytesIO()
    np.savetxt(stream, vector)
    return stream.getvalue()


def describe_candidate(candidate: Candidate, table: ParameterTable, run_name: str) -> dict[str, Any]:
    """Return a candidate with named parameters as JSON values.

    `value` is the decoded parameter in `unit`; bounds are those of `raw`, null where there is none.
    """
    values = table.show(candidate.vector)
    parameters = []
    for i, parameter in enumerate(table.parameters):
        parameters.append(
            {
                "name": parameter.name,
                "raw": float(candidate.vector[i]),
                "value": float(values[i]),
                "unit": parameter.unit,
                "lower": parameter.lower,
                "upper": parameter.upper,
                "group": parameter.group,
                "fixed": parameter.fixed,
            }
        )
    result = candidate.result
    return {
        "run": run_name,
        "layout": table.layout,
        "generation": candidate.generation,
        "index": candidate.index,
        "total": result.total,
        "stage": result.stage,
        "outcome": result.outcome.name,
        "parts": result.parts,
        "terms": result.terms,
        "parameters": parameters,
    }


def _format_json(content: dict[str, Any]) -> bytes:
    return (json.dumps(to_json(content), indent=2, allow_nan=False) + "\n").encode()
