"""Score a learned walk from 0 to 1: is it steady at its speed, are both sides alike, is the assistance plausible."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from myoassist.analysis.walk.leg_cycles import LegCycles, find_leg_cycles, resample
from myoassist.gait.angles import to_clinical
from myoassist.gait.metrics import CONTACT_LOAD
from myoassist.rollout.log import SIDES, WalkLog

ANKLE = 2
# In percent of the gait cycle, from heel strike: where an ankle is to be assisted.
_WINDOW = (20.0, 65.0)
_CLOSED_GAP_S = 0.15
# Below this torque, N·m, nothing is said about its shape.
_LEAST_TORQUE = 0.5
_SHORTEST_STRIDE_S = 0.6
# Heel strike comes this part of a stride after the largest hip flexion.
_STRIKE_AFTER_FLEXION = 0.07


@dataclass(frozen=True)
class ScorePart:
    """One criterion.

    Attributes:
        label: What is measured.
        measured: Value; None where it cannot be measured.
        unit: Its unit.
        points: 0 to 1.
    """

    label: str
    measured: float | None
    unit: str
    points: float


@dataclass(frozen=True)
class Scores:
    """Scores of a walk by name (stability, symmetry, plausibility); those that do not apply are not there."""

    parts: dict[str, tuple[ScorePart, ...]]

    @property
    def values(self) -> dict[str, float]:
        """Mean points of the criteria of each score, 0 to 1."""
        return {name: float(np.mean([part.points for part in parts])) for name, parts in self.parts.items()}

    @property
    def total(self) -> float:
        """Mean of the scores."""
        return float(np.mean(list(self.values.values()))) if self.parts else 0.0


def ramp(value: float, full: float, none: float) -> float:
    """Return 1 at `full` and better, 0 at `none` and worse, and linear between."""
    return float(np.clip((value - none) / (full - none), 0.0, 1.0))


def band(value: float, low: float, high: float, margin: float) -> float:
    """Return 1 from low to high, falling to 0 at a margin outside."""
    return ramp(max(low - value, value - high, 0.0), 0.0, margin)


def score_walk(log: WalkLog, target: np.ndarray, num_strides: int, exo_joint: int | None, direct: bool) -> Scores:
    """Score a walk by the strides at its end.

    Points and limits are those of the published scoring; an assisted joint other than the ankle is not held against the
    window of the ankle. Without assistance, symmetry is that of the ground reaction, and plausibility is left out.

    Args:
        log: The walk.
        target: Target speed at every sample, m/s, shape (T,).
        num_strides: Strides per leg that are judged.
        exo_joint: Assisted joint (0 hip, 1 knee, 2 ankle); None without a device.
        direct: The device drives the joint itself, so that its force is a torque.
    """
    cycles = find_cycles(log, num_strides)
    parts = {"stability": _stability(log, target, cycles)}
    if all(len(leg) for leg in cycles):
        torque = [resample(log.exo_torque[:, leg.leg], leg) for leg in cycles]
        assisted = exo_joint is not None and max(np.abs(rows).max() for rows in torque) > _LEAST_TORQUE
        shown = torque if assisted else [resample(log.load[:, leg.leg], leg) for leg in cycles]
        what = "torque" if assisted else "ground reaction"
        parts["symmetry"] = _symmetry([rows.mean(axis=0) for rows in shown], what)
        if assisted:
            parts["plausibility"] = tuple(
                part
                for leg, rows in zip(cycles, torque, strict=True)
                for part in _plausibility(log, leg, rows, exo_joint == ANKLE, direct)
            )
    return Scores(parts)


def find_cycles(log: WalkLog, num_strides: int) -> list[LegCycles]:
    """Return the last cycles of both legs, by heel strikes, or by hip flexion where the sensors feel none."""
    cycles = find_leg_cycles(log, num_strides)
    if all(len(leg) for leg in cycles) or log.load.max(initial=0.0) > CONTACT_LOAD:
        return cycles
    found = []
    for leg in range(len(SIDES)):
        hip = to_clinical(log.joint_angle)[:, leg, 0]
        peaks, _ = find_peaks(hip, distance=max(1, round(_SHORTEST_STRIDE_S / log.dt)), prominence=0.1)
        strikes = peaks[:-1] + np.round(_STRIKE_AFTER_FLEXION * np.diff(peaks)).astype(int)
        last = strikes[-(num_strides + 1) :]
        found.append(LegCycles(leg, last[:-1], last[1:]))
    return found


def stance_share(log: WalkLog, cycles: LegCycles) -> float | None:
    """Return the part of its cycles in which a foot bears load, with gaps under 0.15 s closed; None without a cycle."""
    if len(cycles) == 0:
        return None
    first, last = int(cycles.starts[0]), int(cycles.stops[-1])
    loaded = log.load[first:last, cycles.leg] > CONTACT_LOAD
    change = np.diff(loaded.astype(np.int8))
    ends, begins = np.flatnonzero(change < 0) + 1, np.flatnonzero(change > 0) + 1
    for end in ends:
        following = begins[begins > end]
        if len(following) and (following[0] - end) * log.dt < _CLOSED_GAP_S:
            loaded[end : following[0]] = True
    return float(loaded.mean())


def _stability(log: WalkLog, target: np.ndarray, cycles: list[LegCycles]) -> tuple[ScorePart, ...]:
    whole = [leg for leg in cycles if len(leg)]
    if not whole:
        return (ScorePart("whole strides", 0.0, "", 0.0),)
    first, last = min(int(leg.starts[0]) for leg in whole), max(int(leg.stops[-1]) for leg in whole)
    error = abs(float(np.mean(log.pelvis_vel_heading[first:last, 0] - target[first:last])))
    height = 100.0 * float(np.std(log.pelvis_pos_w[first:last, 2]))
    times = np.concatenate([(leg.stops - leg.starts) * log.dt for leg in whole])
    scatter = 100.0 * float(np.std(times) / np.mean(times))
    shares = [share for leg in whole if (share := stance_share(log, leg)) is not None]
    stance = 100.0 * float(np.mean(shares))
    return (
        ScorePart("speed error", error, "m/s", ramp(error, 0.05, 0.40)),
        ScorePart("height of the pelvis, SD", height, "cm", ramp(height, 1.0, 6.0)),
        ScorePart("stride time, coefficient of variation", scatter, "%", ramp(scatter, 3.0, 25.0)),
        ScorePart("stance, share of the stride", stance, "%", band(stance, 55.0, 65.0, 15.0)),
    )


def _symmetry(means: list[np.ndarray], what: str) -> tuple[ScorePart, ...]:
    peaks = [float(np.abs(mean).max()) for mean in means]
    impulses = [float(np.abs(mean).sum()) for mean in means]
    gap = abs(int(np.argmax(np.abs(means[0]))) - int(np.argmax(np.abs(means[1]))))
    gap = min(gap, 100 - gap)
    varies = all(np.std(mean) > 0.0 for mean in means)
    correlation = float(np.corrcoef(means[0], means[1])[0, 1]) if varies else 0.0
    ratios = [min(pair) / max(pair) if max(pair) > 0.0 else 1.0 for pair in (peaks, impulses)]
    return (
        ScorePart(f"{what}: peak, smaller over larger side", ratios[0], "", ratios[0]),
        ScorePart(f"{what}: impulse, smaller over larger side", ratios[1], "", ratios[1]),
        ScorePart(f"{what}: distance of the peaks", float(gap), "% of cycle", ramp(gap, 3.0, 20.0)),
        ScorePart(f"{what}: correlation of both sides", correlation, "", max(correlation, 0.0)),
    )


def _plausibility(log: WalkLog, leg: LegCycles, rows: np.ndarray, ankle: bool, direct: bool) -> tuple[ScorePart, ...]:
    side = SIDES[leg.leg]
    mean = rows.mean(axis=0)
    size = np.abs(mean)
    peak, impulse = float(size.max()), float(size.sum())
    if peak < _LEAST_TORQUE:
        return (ScorePart(f"peak torque, {side}", peak, "N·m", 0.0),)
    percent = np.arange(len(mean))
    at = float(np.argmax(size))
    off = 100.0 * (stance_share(log, leg) or 0.6)
    swing = 100.0 * float(size[percent > off].sum()) / impulse
    prominent = len(find_peaks(np.concatenate([[0.0], size, [0.0]]), prominence=0.25 * peak)[0])
    scatter = 100.0 * float(rows.std(axis=0).mean()) / peak
    slew = float(np.abs(np.diff(mean)).sum()) / peak
    parts = []
    if ankle:
        inside = (percent >= _WINDOW[0]) & (percent <= _WINDOW[1])
        share = 100.0 * float(size[inside].sum()) / impulse
        parts += [
            ScorePart(f"peak at, {side}", at, "% of cycle", band(at, *_WINDOW, 15.0)),
            ScorePart(f"impulse from 20 to 65 % of the cycle, {side}", share, "%", share / 100.0),
            ScorePart(f"impulse in swing, {side}", swing, "%", ramp(swing, 5.0, 40.0)),
        ]
    if direct:
        by_mass = peak / log.mass
        parts.append(ScorePart(f"peak per mass, {side}", by_mass, "N·m/kg", band(by_mass, 0.15, 0.80, 0.25)))
    parts += [
        ScorePart(f"prominent peaks, {side}", float(prominent), "", ramp(prominent, 1.0, 3.0)),
        ScorePart(f"scatter from stride to stride, {side}", scatter, "% of peak", ramp(scatter, 10.0, 60.0)),
        ScorePart(f"way of the torque in a stride, {side}", slew, "peaks", ramp(slew, 2.5, 8.0)),
    ]
    return tuple(parts)
