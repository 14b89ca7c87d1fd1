"""Write evaluated candidates as JSON and read them back, digit for digit."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from myoassist.cost.result import CostResult
from myoassist.optimize.problem import Candidate
from myoassist.rollout.log import Outcome


def encode_candidate(candidate: Candidate | None) -> dict[str, Any] | None:
    """Return a candidate as plain JSON values."""
    if candidate is None:
        return None
    result = candidate.result
    return {
        "vector": [float(value) for value in candidate.vector],
        "generation": candidate.generation,
        "index": candidate.index,
        "result": {
            "total": float(result.total),
            "stage": result.stage,
            "parts": {name: float(value) for name, value in result.parts.items()},
            "outcome": int(result.outcome),
            "terms": {name: _encode_term(value) for name, value in result.terms.items()},
            "reason": result.reason,
            "walked_time": float(result.walked_time),
            "distance": float(result.distance),
        },
    }


def decode_candidate(data: Mapping[str, Any] | None) -> Candidate | None:
    """Return the candidate that `encode_candidate` wrote.

    Raises:
        KeyError, TypeError, ValueError: if the data are something else.
    """
    if data is None:
        return None
    fields = dict(data["result"])
    fields["outcome"] = Outcome(fields["outcome"])
    fields["terms"] = {name: _decode_term(value) for name, value in fields["terms"].items()}
    vector = np.array(data["vector"], dtype=np.float64)
    return Candidate(vector, CostResult(**fields), int(data["generation"]), int(data["index"]))


def _encode_term(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def _decode_term(value: Any) -> Any:
    return np.array(value) if isinstance(value, list) else value
