"""Generations that a search cannot learn from: everything failed, or everything costs the same."""

from collections import Counter
from collections.abc import Sequence

from myoassist.cost.result import CostResult
from myoassist.files.errors import RunError
from myoassist.optimize.store.search_state import Search
from myoassist.rollout.log import Outcome

FAILED_STAGE = "0"
# So many failures in a row are no chance where a few percent of the candidates fail.
ENOUGH = 8


class FailedGenerationError(RunError):
    """End a search in which nothing can be evaluated."""


def check_generation(search: Search, results: Sequence[CostResult]) -> None:
    """Refuse a generation in which everything failed, before the optimizer sees it.

    A small one is let through once, because all of it may have failed by chance; not if the one before failed as well,
    and not where evaluations raise errors, which have nothing to do with chance. Random vectors of a scan may all fail.

    Args:
        search: State before the generation, which stays as it is.
        results: Results of the generation.

    Raises:
        FailedGenerationError: naming the reasons.
    """
    if any(result.stage != FAILED_STAGE for result in results):
        return
    errors = all(result.outcome is Outcome.ERROR for result in results)
    if search.scans and not errors:
        return
    again = search.best_last is not None and search.best_last.result.stage == FAILED_STAGE
    if len(results) < ENOUGH and not errors and not again:
        return
    reasons = Counter(result.reason or result.outcome.name for result in results)
    shown = "".join(f"\n    {count} x {reason}" for reason, count in reasons.most_common(5))
    raise FailedGenerationError(
        f"every candidate of generation {search.generation + 1} failed:{shown}",
        "candidates that can be simulated and judged",
        f"remove the cause, e.g. in plugins, and give the same command, which goes on after generation "
        f"{search.generation}; or start another run with another start, a smaller optimizer.sigma_gain or another seed",
    )


def explain_stop(search: Search) -> str:
    """Return what the stop criteria that are met mean, one line each; empty for those that speak for themselves."""
    meanings = search.optimizer.stop_meanings
    return "\n".join(f"{name}: {meanings[name]}" for name in search.reasons if name in meanings)
