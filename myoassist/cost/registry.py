"""The cost terms: registered by a decorator, those of the package and those of plugin files alike."""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from myoassist.config.schema.run import CostConfig
from myoassist.files.errors import ConfigError, UserError

if TYPE_CHECKING:
    from myoassist.cost.judged_walk import JudgedWalk

# Of a JudgedWalk, or of log, window and configuration.
TermFunction = Callable[..., float]

# Summands of a total that are no terms; a term of the same name would hide one of them.
PART_NAMES = ("stage", "distance", "steps", "pelvis", "l1", "not_walked", "gait", "ceiling", "draws_lost", "risk")
# Keys of *_Cost.txt that no plugin may take: a reader would take the one for the other.
_OWN_KEYS = (
    "Effort_Cost", "Symmetry_Cost", "Velocity_Cost", "GRF_Cost", "JointPain_Cost", "HipPain_Cost", "KneePain_Cost",
    "AnklePain_Cost", "Kinematic_Cost", "Pelvis_Cost", "Trunk_Cost", "EMG_Cost", "Metabolic_Cost", "Param_L1", "Stage",
    "Total_Cost", "Comb_Eff_Vel_Pain_Scruff", "Comb_Kine_Vel_Pain_Scruff", "Actual_velocity", "Actual_dist",
    "Actual_time", "Mean", "Draws", "Draws_Walked", "Draw_Costs",
)  # fmt: skip
# Summands of the k-th of several walking conditions begin with c<k>_.
_CONDITION_PREFIX = re.compile(r"c[1-9]\d*_")
_NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEY_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_PACKAGE = "myoassist.cost."


class OwnTermError(UserError):
    """Report an own cost term that has no finite value for a walk."""


@dataclass(frozen=True)
class Term:
    """One registered term.

    Attributes:
        name: Its name in the configuration, in summands and in histories.
        unit: Unit of its value.
        key: Its key in `*_Cost.txt`; empty where the published files have none.
        doc: What it is, in one sentence.
        function: Called with a `JudgedWalk`; returns the unweighted value.
        source: File and qualified name of the function.
        built_in: Whether it comes with the package.
        graded: Whether it needs the strides of both legs that graded targets cut, a `GradedWalk`.
        people: Whether it compares with people at the target speed.
        moments: Whether it judges single moments, of a `MomentWalk`.
    """

    name: str
    unit: str
    key: str
    doc: str
    function: Callable[["JudgedWalk"], float]
    source: str
    built_in: bool
    graded: bool = False
    people: bool = False
    moments: bool = False


_REGISTERED: dict[str, Term] = {}


def cost_term(name: str, unit: str = "", key: str | None = None) -> Callable[[TermFunction], TermFunction]:
    """Register the decorated function as a cost term.

    The function gets one `cost.judged_walk.JudgedWalk`, or, with three parameters, `(log: WalkLog, window: GaitWindow,
    config: CostConfig)`, and returns one finite number; smaller is better. The first line of its docstring says what it
    is. It is called from several threads at once, so it must not keep or change anything outside itself, and the
    samples of the log are valid during the call only.

    Args:
        name: Lower-case letters, digits and underscores, at most 40; no name of a built-in term or summand.
        unit: Unit of the value.
        key: Key in `*_Cost.txt`; the name where not given.

    Raises:
        ConfigError: if name or key are not allowed, or another function has them.
    """
    if not isinstance(name, str) or not _NAME_PATTERN.fullmatch(name):
        raise ConfigError(
            f"cost_term({name!r}) is no name of a cost term",
            "a lower-case letter, then lower-case letters, digits or underscores, at most 40",
            'for example @cost_term("knee_power")',
        )

    def register(function: TermFunction) -> TermFunction:
        code = getattr(function, "__code__", None)
        source = f"{code.co_filename if code else ''}:{getattr(function, '__qualname__', repr(function))}"
        built_in = getattr(function, "__module__", "").startswith(_PACKAGE)
        if not built_in:
            _check_own(name, key)
        known = _REGISTERED.get(name)
        # A plugin that failed half-way may be imported again.
        if known is not None and known.source != source:
            raise ConfigError(
                f'cost_term("{name}") is used twice: by {known.source.rpartition(":")[2]} and '
                f"{source.rpartition(':')[2]}",
                "another name for each term, in all plugins together",
                "rename one of the two",
            )
        doc = (inspect.getdoc(function) or "").split("\n")[0]
        shown = key if key is not None else "" if built_in else name
        _REGISTERED[name] = Term(name, unit, shown, doc, _of_walk(function), source, built_in)
        return function

    if name in PART_NAMES or _CONDITION_PREFIX.match(name) or name in built_in_terms():
        raise _taken(name)
    return register


def graded_term(name: str, unit: str, people: bool = False) -> Callable[[TermFunction], TermFunction]:
    """Register the decorated function of a `GradedWalk` as a term of graded targets; its key is its name.

    Args:
        name: See `cost_term`.
        unit: Unit of the value.
        people: Whether it compares with people at the target speed.
    """
    return _flagged(name, unit, graded=True, people=people)


def moment_term(name: str, unit: str) -> Callable[[TermFunction], TermFunction]:
    """Register the decorated function of a `MomentWalk` as a term of targets that judge moments; its key is its name.

    Args:
        name: See `cost_term`.
        unit: Unit of the value.
    """
    return _flagged(name, unit, moments=True, people=True)


def _flagged(
    name: str, unit: str, graded: bool = False, people: bool = False, moments: bool = False
) -> Callable[[TermFunction], TermFunction]:
    """Return the decorator of a term whose key is its name, with flags of `Term` that a plain one lacks."""
    register = cost_term(name, unit, name)

    def register_flagged(function: TermFunction) -> TermFunction:
        register(function)
        _REGISTERED[name] = replace(_REGISTERED[name], graded=graded, people=people, moments=moments)
        return function

    return register_flagged


def published_terms() -> tuple[str, ...]:
    """Return the names of the terms of the package that every judged walk has, whatever its target."""
    return tuple(name for name in built_in_terms() if not (_REGISTERED[name].graded or _REGISTERED[name].moments))


def built_in_terms() -> tuple[str, ...]:
    """Return the names of the terms of the package, in the order of their file."""
    return tuple(name for name, term in _REGISTERED.items() if term.built_in)


def registered_terms() -> tuple[str, ...]:
    """Return the names of all terms, those of the package first."""
    return (*built_in_terms(), *own_terms())


def own_terms() -> tuple[str, ...]:
    """Return the names of the terms of plugins, sorted."""
    return tuple(sorted(name for name, term in _REGISTERED.items() if not term.built_in))


def term_rows() -> list[tuple[str, ...]]:
    """Return name, unit, key and meaning of every registered term, below a row of headings."""
    rows: list[tuple[str, ...]] = [("term", "unit", "key in *_Cost.txt", "meaning")]
    terms = map(find_term, registered_terms())
    return rows + [(term.name, term.unit, term.key or "-", term.doc) for term in terms]


def find_term(name: str) -> Term:
    """Return a registered term.

    Raises:
        KeyError: if there is none of this name.
    """
    return _REGISTERED[name]


def active_own_terms(config: CostConfig, formula_terms: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the own terms of a run: of its formula, named in `extra_terms`, or given a weight; in that order."""
    named = [*formula_terms, *config.extra_terms, *config.weights]
    built_in = built_in_terms()
    return tuple(dict.fromkeys(name for name in named if name not in built_in))


def measure_own_terms(walk: "JudgedWalk", names: Sequence[str]) -> dict[str, float]:
    """Compute own terms, unweighted.

    Args:
        walk: The walk.
        names: Terms to compute.

    Raises:
        OwnTermError: naming the term that is not registered, raises an exception, or returns no finite number.
    """
    values = {}
    for name in names:
        if name not in _REGISTERED:
            raise OwnTermError(f"own cost term {name} is not registered")
        try:
            value = float(_REGISTERED[name].function(walk))
        except Exception as error:  # the candidate fails with a reason, the search goes on
            raise OwnTermError(f"own cost term {name} raised {type(error).__name__}: {error}") from error
        # NaN differs from itself, and infinities are no cost either.
        if value != value or abs(value) == float("inf"):
            raise OwnTermError(f"own cost term {name} is {value}")
        values[name] = value
    return values


def _of_walk(function: TermFunction) -> Callable[["JudgedWalk"], float]:
    """Return a function of the judged walk, whichever of the two forms is given."""
    if _count_parameters(function) == 1:
        return function

    def call(walk: "JudgedWalk") -> float:
        return function(walk.log, walk.window, walk.config)

    return call


def _count_parameters(function: Any) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 3
    if any(item.kind is item.VAR_POSITIONAL for item in parameters):
        return 3
    return sum(item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD) for item in parameters)


def _check_own(name: str, key: str | None) -> None:
    """Refuse a name or key of a plugin's term that would hide something of the package."""
    if name in built_in_terms():
        raise _taken(name)
    if key is None:
        return
    others = [term.key for term in _REGISTERED.values() if term.name != name]
    if not isinstance(key, str) or not _KEY_PATTERN.fullmatch(key) or key in (*_OWN_KEYS, *others):
        raise ConfigError(
            f'cost_term("{name}", key={key!r}): this key is not allowed or taken',
            "letters, digits and underscores, at most 60, and no key that *_Cost.txt has already",
            f'for example key="Own_{name}"',
        )


def _taken(name: str) -> ConfigError:
    return ConfigError(
        f'cost_term("{name}") has the name of a built-in term or summand',
        f"a name other than {', '.join((*built_in_terms(), *PART_NAMES))}, and not beginning with c1_, c2_, ...",
        f'for example @cost_term("own_{name}")',
    )
