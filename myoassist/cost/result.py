"""What one evaluation returns."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from myoassist.rollout.log import Outcome

# How good a walk was, from not at all to judged by its quality; see `CostResult.stage`.
STAGES = ("0", "1a", "1b", "1c", "2", "3")
# Total of a candidate that could not be simulated or judged.
FAILURE_COST = 1_200_000.0


@dataclass(frozen=True)
class CostResult:
    """Cost of one candidate.

    Attributes:
        total: The value that is minimized; always finite.
        stage: 0 (invalid start or failed simulation), 1a (fell), 1b (too few steps), 1c (symmetry not computable),
            2 (gates not met) or 3 (gates met).
        parts: Summands of `total` by name (stage offset, penalties, weighted terms, regularizer); they sum to it.
        terms: Reported values under their published keys and ours, in order; empty in stages 0 and 1.
        outcome: How the walk ended.
        reason: One sentence when the candidate failed.
        walked_time: Simulated time, s.
        distance: Pelvis x at the last sample, m.
    """

    total: float
    stage: str
    parts: dict[str, float]
    outcome: Outcome
    terms: dict[str, float | str | np.ndarray | None] = field(default_factory=dict)
    reason: str = ""
    walked_time: float = 0.0
    distance: float = 0.0


def make_result(stage: str, parts: dict[str, float], common: Mapping[str, Any], reason: str = "") -> CostResult:
    """Return a result whose total is the sum of its parts; `common` holds outcome, walked_time and distance."""
    return CostResult(total=sum_parts(parts), stage=stage, parts=parts, reason=reason, **common)


def make_failure(reason: str, common: Mapping[str, Any]) -> CostResult:
    """Return the result of a candidate that could not be simulated or judged."""
    return make_result("0", {"stage": FAILURE_COST}, common, reason)


def sum_parts(parts: Mapping[str, float]) -> float:
    """Return the total of a cost.

    Raises:
        ArithmeticError: if it is not what whoever adds up the reported parts in order gets.
    """
    total = math.fsum(parts.values())
    if not math.isclose(total, sum(parts.values()), rel_tol=1e-12, abs_tol=1e-9):
        raise ArithmeticError(f"cost {total} is not the sum of its parts {dict(parts)}")
    return total
