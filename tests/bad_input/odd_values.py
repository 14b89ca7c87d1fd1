"""Strategies for values that people type by mistake, and what may be done with them."""

import math
import operator
from typing import Any

from hypothesis import strategies as st

from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.run import RunConfig

KEYS = tuple(run_keys())
# They place the run or choose the trainer, which decides which other keys are looked at.
TASKS = ("search", "rl", "fake")
_HUGE = (10**400, -(10**400), 2**63, 1e308, -1e308, 5e-324)
_WORDS = (
    "",
    " ",
    "none",
    "True",
    "1,0",
    "1e",
    "nan",
    "../..",
    "/",
    "a b",
    "ä\u202eö",
    "\x00",
    "%s{}",
    "$HOME",
    "a" * 400,
)

TEXTS = st.one_of(st.sampled_from(_WORDS), st.text(max_size=20))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(_HUGE),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(TEXTS, st.integers()), inner, max_size=3)
    ),
    max_leaves=6,
)
# Typed on a command line, any quoting left to chance.
TYPED = st.one_of(
    st.sampled_from(("nan", "inf", "-inf", "1e999", "-1", "0", "null", "true", "[]", "{}", "[1,[2]]", "{a: {b: 1}}")),
    st.sampled_from(
        ("'", '"', "${", "${seed}", "${oc.env:HOME}", "${nothing}", "a=b", "a,b", "1,2", "[", "{a}", "\\", "???")
    ),
    st.sampled_from(("shipped:nothing", "newest:nothing", "newest:tutorial", "../x", "/dev/null", ".", "~", "a\x00b")),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(repr),
    st.text(max_size=12),
)


@st.composite
def typed_overrides(draw):
    """Return one override: a known key, a near miss of one, or nonsense, with any value."""
    key = draw(st.sampled_from(KEYS))
    kind = draw(st.integers(0, 9))
    if kind == 8:
        place = draw(st.integers(0, len(key) - 1))
        key = key[:place] + draw(st.sampled_from(("", "x", "_", "."))) + key[place + 1 :]
    if kind == 9:
        key = draw(st.text(max_size=12))
    return f"{draw(st.sampled_from(('', '', '', '', '+', '++', '~')))}{key}={draw(TYPED)}"


def place(config: RunConfig, key: str, value: Any) -> None:
    """Set a key by its dotted name, whatever the type of the value."""
    group, _, name = key.rpartition(".")
    setattr(operator.attrgetter(group)(config) if group else config, name, value)


def near_limits(key: str) -> list[Any]:
    """Return values at, just inside and just outside of the range of a key, and of other types."""
    meta = run_keys()[key].metadata
    values: list[Any] = [None, True, False, 0, -1, 1, 2.5, "", "x", [], [None], ["a", 1], {}, {"a": None}, {1: 2}]
    values += [math.nan, math.inf, -math.inf, 10**400, b"bytes", (1, 2), {"a": math.nan}, [math.inf], object]
    for limit in ("ge", "gt", "le", "lt"):
        if meta[limit] is not None:
            values += [meta[limit], math.nextafter(meta[limit], -math.inf), math.nextafter(meta[limit], math.inf)]
    values += list(meta["choices"] or ()) + [f"{choice}x" for choice in meta["choices"] or ()]
    return values
