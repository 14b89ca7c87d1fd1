"""Bring pycma states that an older release has pickled to the attributes that the installed one expects."""

from typing import TYPE_CHECKING, Any

from myoassist.config.entries.load_cma import load_cma
from myoassist.files.errors import UnsafeFileError

if TYPE_CHECKING:
    from cma import CMAEvolutionStrategy

# Caches of the last population; they hold nothing that a complete generation still needs.
_CACHES = ("sent_solutions", "archive", "_injected_solutions_archive")


def complete_older_state(strategy: "CMAEvolutionStrategy", source: str) -> None:
    """Add what newer releases of pycma keep and older ones did not, with the values that a new search has.

    The published MyoAssist states are of 4.0.0; they load in 4.5 and then stop at the first draw without this.

    Args:
        strategy: Loaded optimizer, changed in place.
        source: Name of the file for error messages.

    Raises:
        UnsafeFileError: if the state is not even complete enough to be compared.
    """
    cma = load_cma()
    try:
        options = {
            "popsize": int(strategy.popsize),
            "bounds": list(strategy.opts["bounds"]),
            "verbose": -9,
            "seed": float("nan"),
        }
        fresh = cma.CMAEvolutionStrategy(strategy.x0, float(strategy.sigma0), options)
        _add_missing(strategy, fresh, set())
        for name in _CACHES:
            setattr(strategy, name, getattr(fresh, name))
        for name, value in fresh.opts.items():
            strategy.opts.setdefault(name, value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnsafeFileError(
            f"{source} holds an incomplete optimizer ({type(error).__name__}: {error})",
            "a CMAEvolutionStrategy pickled by pycma 4",
            "start from its best vector with optimizer.param_path instead",
        ) from error


def _add_missing(old: Any, fresh: Any, seen: set[int]) -> None:
    """Copy attributes that `fresh` has and `old` lacks, down through objects of pycma classes."""
    if id(old) in seen or type(old) is not type(fresh) or not type(fresh).__module__.startswith("cma."):
        return
    seen.add(id(old))
    for name, value in getattr(fresh, "__dict__", {}).items():
        if name in old.__dict__:
            _add_missing(old.__dict__[name], value, seen)
        else:
            old.__dict__[name] = value
