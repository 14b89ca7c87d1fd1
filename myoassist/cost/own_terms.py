"""Cost terms of users: registered by a decorator in a plugin file, then used by name like the built-in ones."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from myoassist.config.errors import ConfigError, UserError
from myoassist.config.schemas import TERM_NAMES, CostConfig
from myoassist.gait.strides import GaitWindow
from myoassist.rollout.log import WalkLog

TermFunction = Callable[[WalkLog, GaitWindow, CostConfig], float]

# Summands of a total that are no terms; a term of the same name would hide one of them.
PART_NAMES = ("stage", "distance", "steps", "pelvis", "l1")
# Summands of the k-th of several walking conditions begin with c<k>_.
_CONDITION_PREFIX = re.compile(r"c[1-9]\d*_")
_NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,39}")


class OwnTermError(UserError):
    """Report an own cost term that has no finite value for a walk."""


@dataclass(frozen=True)
class OwnTerm:
    """One registered term.

    Attributes:
        name: Its name in the configuration, in files and in histories.
        function: Called with the walk, its judged strides and the cost configuration; returns the unweighted value.
        source: File and qualified name of the function.
    """

    name: str
    function: TermFunction
    source: str


_REGISTERED: dict[str, OwnTerm] = {}


def cost_term(name: str) -> Callable[[TermFunction], TermFunction]:
    """Register the decorated function as a cost term.

    The function gets `(log: WalkLog, window: GaitWindow, config: CostConfig)` and returns one finite number; smaller is
    better. It is called from several threads at once, so it must not keep or change anything outside itself, and the
    samples of the log are valid during the call only.

    Args:
        name: Lower-case letters, digits and underscores, at most 40; no name of a built-in term or summand.

    Raises:
        ConfigError: if the name is not allowed, or another function has it.
    """
    if not isinstance(name, str) or not _NAME_PATTERN.fullmatch(name):
        raise ConfigError(
            f"cost_term({name!r}) is no name of a cost term",
            "a lower-case letter, then lower-case letters, digits or underscores, at most 40",
            'for example @cost_term("knee_power")',
        )
    if name in TERM_NAMES or name in PART_NAMES or _CONDITION_PREFIX.match(name):
        raise ConfigError(
            f'cost_term("{name}") has the name of a built-in term or summand',
            f"a name other than {', '.join((*TERM_NAMES, *PART_NAMES))}, and not beginning with c1_, c2_, ...",
            f'for example @cost_term("own_{name}")',
        )

    def register(function: TermFunction) -> TermFunction:
        code = getattr(function, "__code__", None)
        source = f"{code.co_filename if code else ''}:{getattr(function, '__qualname__', repr(function))}"
        known = _REGISTERED.get(name)
        # A plugin that failed half-way may be imported again.
        if known is not None and known.source != source:
            raise ConfigError(
                f'cost_term("{name}") is used twice: by {known.source.rpartition(":")[2]} and '
                f"{source.rpartition(':')[2]}",
                "another name for each term, in all plugins together",
                "rename one of the two",
            )
        _REGISTERED[name] = OwnTerm(name, function, source)
        return function

    return register


def registered_terms() -> tuple[str, ...]:
    """Return the names of the registered terms, sorted."""
    return tuple(sorted(_REGISTERED))


def active_own_terms(config: CostConfig) -> tuple[str, ...]:
    """Return the own terms that a configuration uses: named in `extra_terms`, or given a weight; in that order."""
    named = [*config.extra_terms, *config.weights]
    return tuple(dict.fromkeys(name for name in named if name not in TERM_NAMES))


def measure_own_terms(log: WalkLog, window: GaitWindow, config: CostConfig, names: Sequence[str]) -> dict[str, float]:
    """Compute own terms, unweighted.

    Args:
        log: The walk.
        window: The judged strides.
        config: Handed on to the functions.
        names: Terms to compute.

    Raises:
        OwnTermError: naming the term that is not registered, raises an exception, or returns no finite number.
    """
    values = {}
    for name in names:
        if name not in _REGISTERED:
            raise OwnTermError(f"own cost term {name} is not registered")
        try:
            value = float(_REGISTERED[name].function(log, window, config))
        except Exception as error:  # the candidate fails with a reason, the search goes on
            raise OwnTermError(f"own cost term {name} raised {type(error).__name__}: {error}") from error
        # NaN differs from itself, and infinities are no cost either.
        if value != value or abs(value) == float("inf"):
            raise OwnTermError(f"own cost term {name} is {value}")
        values[name] = value
    return values
