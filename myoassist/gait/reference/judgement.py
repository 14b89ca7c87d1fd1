"""Judge the curves of an own reference gait: how many strides they are, where they begin, which signs they have.

They are compared with the built-in gait, by the correlation of hip, knee and ankle over the cycle: 1 is the same shape
whatever its size and offset, 0 is no likeness. Healthy gait from very slow to very fast (0.4 to 1.6 of the usual speed)
has 0.83 to 0.99 as it is and at most 0.09 more in the best order; a file that begins with the other foot has -0.4.
"""

import itertools
import shlex
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from myoassist.gait.reference.columns import JOINTS, TRUNK, ReferenceFileError
from myoassist.gait.reference.edits import FILE_KEY, ReferenceEdits
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.gait.strides import STRIDE_POINTS

NAMES = tuple(item.name for item in JOINTS)
# Another order or sign has to agree better by this, and has to agree this well, for a file to be refused.
LARGEST_GAIN = 0.25
GOOD_AGREEMENT = 0.6
# Less than this in every order is no walk that begins anywhere.
SMALLEST_AGREEMENT = 0.3
# Turning the sign of an angle, or another order, has to be worth this much; very slow walks fit 0.09 better if they
# begin 4 % of the cycle earlier.
_FLIP_PRICE, _SHIFT_PRICE = 0.05, 0.12
# Both legs begin with their own heel strike where their best orders are this far apart, % of the cycle.
_LEG_LAG = 25
# Orders this near to none, or to half a cycle, are meant to be that; % of the cycle.
_ROUND = 4
# A harmonic of the hip that is this much larger than the first counts the strides.
_STRIDE_RATIO = 1.5
# A joint that moves less, rad, is held, and has no order.
_HELD = np.deg2rad(0.5)
_MOST_STRIDES = 40
# Mean distance of an angle from the built-in gait's, deg, that a definition of its zero explains better than a gait.
LARGEST_OFFSET_DEG = {"trunk_pitch": 20.0, "hip_flexion": 30.0, "knee_flexion": 40.0, "ankle_dorsiflexion": 20.0}

Curves = Mapping[tuple[str, str], np.ndarray]


def count_strides(hip: np.ndarray) -> int:
    """Return how often the hip swings over the rows of a file, shape (n,), by its largest harmonic; at least 1."""
    size = np.abs(np.fft.rfft(hip - hip.mean()))[1 : _MOST_STRIDES + 1]
    largest = int(np.argmax(size))
    return largest + 1 if size[largest] > _STRIDE_RATIO * size[0] else 1


def check_strides(hips: list[np.ndarray], source: str) -> None:
    """Refuse several strides.

    Args:
        hips: Hip flexion of each leg in the file, evenly spaced, each of shape (n,).
        source: Name of the file.

    Raises:
        ReferenceFileError: with the command that cuts one of them out.
    """
    n_strides = max(map(count_strides, hips))
    if n_strides > 1:
        raise ReferenceFileError(
            f"{FILE_KEY}={source} holds about {n_strides} strides: the hip swings {n_strides} times",
            "one stride, from left heel strike to left heel strike",
            cutting(source),
        )


def cutting(source: str) -> str:
    """Return the command that cuts the first stride out of a file, and the key for what it writes."""
    out = str(Path(source).with_name(f"{Path(source).stem}_stride1.csv"))
    words = ["myoassist", "reference", "gait", f"in={source}", f"out={out}", "stride=1"]
    return f"{shlex.join(words)} , then {shlex.quote(f'{FILE_KEY}={out}')}"


def find_better(curves: Curves, edits: ReferenceEdits) -> tuple[ReferenceEdits, float, float]:
    """Return the edits in which curves agree best with the built-in gait, and how well they agree as they are.

    Args:
        curves: Angles (rad) of the joints by name and side, l or r, each of shape (100,), with `edits` in them. A
            column that stands for both legs is the left one's.
        edits: What is changed already; what it names is taken for right.

    Returns:
        Edits that are better by `LARGEST_GAIN`, else the same; agreement as it is; agreement at best.
    """
    agreement = _agreement(curves)
    counted = [name for name in NAMES if agreement[name].size]
    if not counted:
        return edits, 1.0, 1.0
    free = [name for name in counted if name not in edits.signs]
    shifts = np.arange(STRIDE_POINTS) if edits.shift is None else np.zeros(1, dtype=int)
    # Mean over the legs first: a joint counts the same however many columns it has.
    means = {name: agreement[name].mean(axis=0)[shifts] for name in counted}
    now = float(np.mean([means[name][0] for name in counted]))
    best, best_worth, chosen = now, now, edits
    for pattern in itertools.product((1.0, -1.0), repeat=len(free)):
        sign = dict(zip(free, pattern, strict=True))
        total = np.mean([sign.get(name, 1.0) * means[name] for name in counted], axis=0)
        place = int(np.argmax(total))
        if total[0] >= total[place] - _SHIFT_PRICE:
            place = 0
        worth = float(total[place]) - _FLIP_PRICE * pattern.count(-1.0)
        if worth > best_worth + 1e-9:
            best, best_worth = float(total[place]), worth
            signs = dict(edits.signs) | {name: -1.0 for name in free if sign[name] < 0.0}
            shift = _round_shift(int(shifts[place])) if edits.shift is None else edits.shift
            chosen = replace(edits, shift=shift or edits.shift, signs=signs)
    return (chosen if best >= GOOD_AGREEMENT and best - now > LARGEST_GAIN else edits), now, best


def check_order(curves: Curves, edits: ReferenceEdits, source: str) -> None:
    """Refuse curves that begin elsewhere, have other signs, or are no walk.

    Args:
        curves: See `find_better`.
        edits: What is changed already.
        source: Name of the file.

    Raises:
        ReferenceFileError: with the overrides that mend it, or that take the file as it is.
    """
    as_it_is = f"if it is right: {FILE_KEY}_shift={edits.shift or 0:g}"
    if edits.shift is None and _own_strikes(curves):
        out = str(Path(source).with_name(f"{Path(source).stem}_legs.csv"))
        words = ["myoassist", "reference", "gait", f"in={source}", f"out={out}", "shift_r=50"]
        raise ReferenceFileError(
            f"{FILE_KEY}={source}: the rows of either leg begin with its own heel strike",
            "all rows from left heel strike to left heel strike: the right foot strikes half a cycle later",
            f"leave the columns of one leg out, or {shlex.join(words)} , then {shlex.quote(f'{FILE_KEY}={out}')}; "
            + as_it_is,
        )
    better, now, best = find_better(curves, edits)
    if better is not edits:
        raise refuse_order(edits, better, now, best, source)
    if edits.shift is None and best < SMALLEST_AGREEMENT:
        raise ReferenceFileError(
            f"{FILE_KEY}={source}: hip, knee and ankle are unlike walking from any row on (agreement {now:.2f}, at "
            f"best {best:.2f}; the built-in gait has 1, a very slow one 0.8)",
            "angles of one stride of walking, flexion and dorsiflexion positive",
            f"see whether the columns are exchanged; {as_it_is}",
        )


def refuse_order(
    edits: ReferenceEdits, better: ReferenceEdits, now: float, best: float, source: str
) -> ReferenceFileError:
    """Return the refusal of curves that agree better with other edits."""
    what = []
    if better.shift != edits.shift and better.shift is not None:
        where = "the rows begin with the other foot" if better.shift == 50.0 else "the left foot strikes"
        what.append(f"{where} (best from {better.shift:g} % of the cycle on)")
    turned = [name for name in better.signs if better.signs[name] != edits.signs.get(name, 1.0)]
    if turned:
        what.append(f"{' and '.join(turned)} {'has' if len(turned) == 1 else 'have'} the opposite sign")
    if better.offsets != edits.offsets:
        what.append("zero is elsewhere")
    keep = replace(
        edits,
        shift=edits.shift if better.shift == edits.shift else edits.shift or 0.0,
        signs=dict(edits.signs) | dict.fromkeys(turned, 1.0),
    )
    return ReferenceFileError(
        f"{FILE_KEY}={source}: {', '.join(what)}; agreement with the built-in gait is {now:.2f} as it is and "
        f"{best:.2f} then (1 is the same shape)",
        "rows from the left heel strike on, flexion and dorsiflexion positive",
        f"{better.describe()}   (if the file is right: {keep.describe()})",
    )


def find_offsets(curves: Curves, edits: ReferenceEdits) -> dict[str, float]:
    """Return what would bring the means of angles with a foreign zero to the built-in gait's, whole deg by name.

    Args:
        curves: Angles (rad) by name and side, with `edits` in them; `trunk_pitch` under l.
        edits: What it names is taken for right.
    """
    found = {}
    for name, limit in LARGEST_OFFSET_DEG.items():
        given = [curve for (other, _), curve in curves.items() if other == name]
        # A trunk of zeros says that it is unknown.
        if name in edits.offsets or not given or not np.any(given):
            continue
        distance = np.rad2deg(builtin_means()[name] - np.mean(given))
        if abs(distance) > limit:
            found[name] = float(round(distance))
    return found


def check_offsets(curves: Curves, edits: ReferenceEdits, source: str) -> None:
    """Refuse angles whose zero is defined in another way.

    Raises:
        ReferenceFileError: with the offsets that mend it, or that take the file as it is.
    """
    offsets = find_offsets(curves, edits)
    if not offsets:
        return
    means = {
        name: np.rad2deg(np.mean([curve for (other, _), curve in curves.items() if other == name])) for name in offsets
    }
    shown = [
        f"{name} is {means[name]:.0f} deg in the mean ({np.rad2deg(builtin_means()[name]):.0f})" for name in offsets
    ]
    changed = ReferenceEdits(offsets=dict(edits.offsets) | offsets)
    kept = ReferenceEdits(offsets=dict(edits.offsets) | dict.fromkeys(offsets, 0.0))
    raise ReferenceFileError(
        f"{FILE_KEY}={source}: {', '.join(shown)}; in brackets the built-in gait",
        "angles that are 0 in upright standing: "
        + ", ".join(f"{name} within {LARGEST_OFFSET_DEG[name]:g} deg of it" for name in offsets),
        f"{changed.describe()}   (if the file is right: {kept.describe()})",
    )


@lru_cache(maxsize=1)
def builtin_means() -> dict[str, float]:
    """Return the means of the angles of the built-in gait, rad."""
    signals = load_reference_gait().signals
    return {item.name: signals[item.signal].a0 for item in (TRUNK, *JOINTS)}


@lru_cache(maxsize=1)
def templates() -> dict[str, np.ndarray]:
    """Return hip, knee and ankle of the built-in gait from the heel strike of their leg, rad, each of shape (100,)."""
    phase = np.arange(STRIDE_POINTS) / STRIDE_POINTS
    return {name: load_reference_gait().signals[name].evaluate(phase) for name in NAMES}


def _agreement(curves: Curves) -> dict[str, np.ndarray]:
    """Return correlations by joint, shape (legs, 100): entry i is that of the curve which begins i % later."""
    found = {}
    for name in NAMES:
        rows = []
        for side in ("l", "r"):
            curve = curves.get((name, side))
            if curve is not None and np.ptp(curve) > _HELD:
                own = templates()[name] if side == "l" else np.roll(templates()[name], STRIDE_POINTS // 2)
                rows.append(_correlations(curve, own))
        found[name] = np.array(rows).reshape(len(rows), STRIDE_POINTS)
    return found


def _correlations(curve: np.ndarray, template: np.ndarray) -> np.ndarray:
    """Return the correlation of a template with a curve from its points 0, 1, ..., 99 on, shape (100,)."""
    a, b = curve - curve.mean(), template - template.mean()
    product = np.fft.irfft(np.fft.rfft(a) * np.conj(np.fft.rfft(b)), STRIDE_POINTS)
    return product / np.sqrt((a @ a) * (b @ b))


def _own_strikes(curves: Curves) -> bool:
    """Whether both legs have the heel strike of their own leg in the first row."""
    agreement = _agreement(curves)
    pairs = [agreement[name] for name in NAMES if len(agreement[name]) == 2]
    if len(pairs) < 2:
        return False
    best, places = -1.0, np.zeros(2)
    for pattern in itertools.product((1.0, -1.0), repeat=len(pairs)):
        legs = np.mean([sign * pair for sign, pair in zip(pattern, pairs, strict=True)], axis=0)
        if (worth := float(legs.max(axis=1).min()) - _FLIP_PRICE * pattern.count(-1.0)) > best:
            best, places = worth, legs.argmax(axis=1)
    lag = abs(int(places[0] - places[1]) % STRIDE_POINTS)
    return best >= GOOD_AGREEMENT and min(lag, STRIDE_POINTS - lag) > _LEG_LAG


def _round_shift(shift: int) -> float:
    """Return a shift in % that is meant to be none or half a cycle as that, else as it is."""
    for whole in (0, STRIDE_POINTS // 2, STRIDE_POINTS):
        if abs(shift - whole) <= _ROUND:
            return float(whole % STRIDE_POINTS)
    return float(shift)
