"""Which known name a mistyped one most likely means; none where no name is near."""

import difflib
from collections.abc import Iterable

# Similarity of two names, 0 to 1, from which on one is near the other: `tutoral` and `tutorial` are (0.93), `sigma0`
# and `tolupsigma` (0.63) are not.
NEAR = 0.75
# Beginnings of names that say enough, in characters.
_SHORTEST_BEGINNING = 4


def fold_name(name: str) -> str:
    """Return a name without what people spell differently: case, and - or blanks for _."""
    return name.strip().casefold().replace("-", "_").replace(" ", "_")


def nearest_name(wanted: str, known: Iterable[str]) -> str | None:
    """Return the known name that a mistyped one most likely means.

    The same name in other case comes first, then the same name with other separators, then the most similar one; where
    none is similar, the only one that begins with what was typed, then the only one that has more words in between
    (`knee_r`: `knee_angle_r`). Where two are equally near, none is offered: which of them was meant (`target_velocity`:
    the lowest or the highest?) nobody knows.

    Args:
        wanted: What was typed.
        known: Names that exist.
    """
    known = list(dict.fromkeys(known))
    for fold in (str.casefold, fold_name, lambda name: fold_name(name).replace("_", "")):
        same = [name for name in known if fold(name) == fold(wanted)]
        if same:
            return wanted if wanted in same else same[0] if len(same) == 1 else None
    ranked = _rank(wanted, known)
    if ranked and (len(ranked) == 1 or ranked[0][0] > ranked[1][0]):
        return ranked[0][1]
    if ranked:
        # Several that are equally near.
        return None
    begun = [name for name in known if _begins(fold_name(name), fold_name(wanted))]
    if len(begun) == 1 and len(wanted) >= _SHORTEST_BEGINNING:
        return begun[0]
    longer = [name for name in known if _has_words_between(fold_name(name), fold_name(wanted))]
    return longer[0] if len(longer) == 1 else None


def nearest_names(wanted: str, known: Iterable[str], count: int, least: float = NEAR) -> list[str]:
    """Return up to `count` known names near a mistyped one, the most likely first; empty where none is near.

    Args:
        wanted: What was typed.
        known: Names that exist.
        count: Most names to return.
        least: Least similarity; below `NEAR` the names are a choice to look through, none of them an offer.
    """
    known = list(dict.fromkeys(known))
    first = nearest_name(wanted, known)
    others = [name for _, name in _rank(wanted, known, least) if name != first]
    return ([first, *others] if first is not None else others)[:count]


def _begins(name: str, wanted: str) -> bool:
    """Whether a name begins with what was typed and has no further words: kinematics with kine, but not kine_x."""
    return name.startswith(wanted) and name.count("_") == wanted.count("_")


def _has_words_between(name: str, wanted: str) -> bool:
    """Whether a name is what was typed with words more in between: knee_angle_r for knee_r, but not for knee."""
    words, others = name.split("_"), wanted.split("_")
    if len(others) < 2 or len(words) <= len(others) or (words[0], words[-1]) != (others[0], others[-1]):
        return False
    left = iter(words)
    return all(word in left for word in others)


def _rank(wanted: str, known: list[str], least: float = NEAR) -> list[tuple[float, str]]:
    """Return the near names with their similarity, the most similar first."""
    compare = _compare if least >= NEAR else _compare_whole
    ranked = [(compare(fold_name(wanted), fold_name(name)), name) for name in known]
    return sorted((pair for pair in ranked if pair[0] >= least), key=lambda pair: -pair[0])


def _compare(wanted: str, name: str) -> float:
    """Return the similarity of two names, of their least similar words where they have equally many."""
    words, others = wanted.split("_"), name.split("_")
    whole = _compare_whole(wanted, name)
    if whole < NEAR or len(words) != len(others):
        return whole
    # Whole words apart, names mean something else: target_velocity and start_velocity, walk_22 and walk_26.
    pairs = zip(words, others, strict=True)
    return whole if all(_compare_whole(*pair) >= NEAR for pair in pairs) else 0.0


def _compare_whole(wanted: str, name: str) -> float:
    return difflib.SequenceMatcher(None, wanted, name).ratio()
