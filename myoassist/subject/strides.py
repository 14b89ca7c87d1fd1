"""Strides of a recording, their mean and spread, and the speed."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.gait.foot_contact import find_stances
from myoassist.gait.reference.human import (
    FIRST_PEAK,
    GRAVITY,
    LOADING,
    PERCENT,
    SECOND_PEAK,
    HumanSpeedError,
    match_reference,
    within,
)
from myoassist.gait.reference.person import SPEED, PersonGait
from myoassist.subject.chain import SIDES
from myoassist.subject.forces import Forces

ANGLES = ("hip", "knee", "ankle")
# Time from a heel strike to the next of the same foot, s: from running to the slowest patients.
_STRIDE = (0.5, 3.0)
# Strides of both legs from which their own spread is taken; below it that of people.
LEAST_STRIDES = 6
# The spread is never below what repeated measurements of one person differ by: 2 deg count as good (McGinley et al.,
# Gait Posture 29:360, 2009); of forces ours.
_FLOORS = {"grf": 0.03, "grf_fore_aft": 0.01}
_FLOOR_DEG = 2.0
# Part of a stride in which the ball of the foot rests on the ground.
_REST = (0.15, 0.45)
_WALKING = (0.2, 2.5)  # m/s


@dataclass(frozen=True)
class Trial:
    """A recorded walk.

    Attributes:
        name: Its file.
        time: s, shape (n,).
        angles: deg: hip, knee, ankle with _r and _l, trunk, pelvis; each (n,).
        pelvis: Way of the pelvis forward, m, (n,); None where it is not known.
        ankles, balls: Forward way of ankle and ball by side, m; None where not known.
        forces: Forces of the ground; None without.
    """

    name: str
    time: np.ndarray
    angles: Mapping[str, np.ndarray]
    pelvis: np.ndarray | None
    ankles: Mapping[str, np.ndarray] | None
    balls: Mapping[str, np.ndarray] | None
    forces: Forces | None


@dataclass(frozen=True)
class Stride:
    """One stride of one leg: its trial, side, begin and end, s, toe-off, s, and curves at `PERCENT`."""

    trial: str
    side: str
    start: float
    stop: float
    off: float
    curves: Mapping[str, np.ndarray]
    speed: float


@dataclass(frozen=True)
class FoundGait:
    """What was found in all trials.

    Attributes:
        person: Mean and spread.
        strides: The strides.
        own_sd: Spread between the strides by channel, (51,); NaN of a single stride.
        notes: What a reader has to know.
    """

    person: PersonGait
    strides: Sequence[Stride]
    own_sd: Mapping[str, np.ndarray]
    notes: tuple[str, ...]


def find_strides(trial: Trial, mass: float) -> tuple[list[Stride], list[str]]:
    """Return the whole strides of a trial, and what could not be used.

    Heel strikes are those of the force on the foot; where it shows no two in a row, those of the foot farthest ahead
    of the pelvis (Zeni et al., Gait Posture 27:710, 2008).
    """
    strides: list[Stride] = []
    notes: list[str] = []
    for side in SIDES:
        strikes, offs, kind = _events(trial, side, mass)
        if len(strikes) < 2:
            notes.append(f"{trial.name}: fewer than two heel strikes of the {_word(side)} foot.")
            continue
        if kind != "force":
            notes.append(
                f"{trial.name}: heel strikes of the {_word(side)} foot are those of the motion, not of forces."
            )
        for start, stop in itertools.pairwise(strikes):
            if not _STRIDE[0] <= stop - start <= _STRIDE[1]:
                notes.append(f"{trial.name}: {stop - start:.2f} s between heel strikes at {start:.2f} s is no stride.")
                continue
            if start < trial.time[0] - 1e-6 or stop > trial.time[-1] + 1e-6:
                notes.append(f"{trial.name}: the stride at {start:.2f} s is longer than the recorded motion.")
                continue
            inside = [off for off in offs if start < off < stop]
            strides.append(_cut(trial, side, start, stop, inside[-1] if inside else np.nan, mass))
    return strides, notes


def summarize(
    strides: Sequence[Stride], leg_length: float, speed: float | None, notes: Sequence[str] = ()
) -> FoundGait:
    """Return mean and spread of the strides of both legs.

    Args:
        strides: All strides.
        leg_length: Hip joint to floor, standing, m.
        speed: Speed that was told, m/s; None takes that of the strides.
        notes: What is known already.

    Raises:
        ConfigError: without a stride of both legs, or a speed.
    """
    notes = list(notes)
    count = {side: sum(stride.side == side for stride in strides) for side in SIDES}
    if not all(count.values()):
        raise ConfigError(
            f"{count['r']} whole strides of the right leg and {count['l']} of the left one were found",
            "at least one of each, from heel strike to heel strike, within one recording",
            "give longer recordings; " + " ".join(notes[:3]),
        )
    own = np.array([stride.speed for stride in strides])
    if speed is None and not np.isfinite(own).any():
        raise ConfigError(
            "the recordings do not tell the speed: no pelvis_tx, and no markers",
            "the speed of the walk or the treadmill in m/s",
            "--speed 1.25",
        )
    mean_speed = float(np.nanmean(own)) if speed is None else speed
    if not _WALKING[0] <= mean_speed <= _WALKING[1]:
        raise ConfigError(
            f"the person moves at {mean_speed:.2f} m/s",
            f"walking, {_WALKING[0]:g} to {_WALKING[1]:g} m/s",
            "--speed <m/s> if the recording is of a treadmill and its markers do not tell the belt",
        )
    try:
        people = match_reference(mean_speed, leg_length)
    except HumanSpeedError as error:
        raise ConfigError(
            f"nobody was measured at the {mean_speed:.2f} m/s of this person: what the recording lacks is not known",
            error.expected,
            "use recordings at such a speed",
        ) from None
    few = len(strides) < LEAST_STRIDES
    if few:
        notes.append(
            f"{len(strides)} strides are too few for a spread of their own ({LEAST_STRIDES} are needed): the standard "
            "deviation is that between people at this speed."
        )
    curves, spread = {}, {}
    for name in strides[0].curves:
        whole = [stride.curves[name] for stride in strides if np.isfinite(stride.curves[name]).all()]
        if not whole:
            notes.append(f"No stride has a whole curve of {name}.")
            continue
        values = np.stack(whole)
        spread[name] = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(len(PERCENT), np.nan)
        floor = _FLOORS.get(name, _FLOOR_DEG)
        sd = people.curves[name][1] if few or len(values) < LEAST_STRIDES else np.maximum(spread[name], floor)
        curves[name] = values.mean(axis=0), sd
    figures = _figures(strides, curves, mean_speed, own, few, people.figures)
    return FoundGait(PersonGait(curves, figures), strides, spread, tuple(notes))


def _figures(
    strides: Sequence[Stride],
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    speed: float,
    own: np.ndarray,
    few: bool,
    people: Mapping[str, tuple[float, float]],
) -> dict[str, tuple[float, float]]:
    """Return single figures of the strides; the spread of few is that of people."""

    def figure(name: str, values: Sequence[float], least: float) -> tuple[float, float]:
        known = np.array([value for value in values if np.isfinite(value)])
        sd = people[name][1] if few or len(known) < 2 else max(float(known.std(ddof=1)), least)
        return float(known.mean()), float(sd)

    times = [stride.stop - stride.start for stride in strides]
    offs = [100.0 * (stride.off - stride.start) / (stride.stop - stride.start) for stride in strides]
    knees = [float(stride.curves["knee"][within(LOADING)].max()) for stride in strides]
    found = {SPEED: (speed, float(np.nanstd(own)) if np.isfinite(own).any() else 0.0)}
    found["stride_time_s"] = figure("stride_time_s", times, 0.01)
    found["stride_length_m"] = figure("stride_length_m", [speed * time for time in times], 0.02)
    if np.isfinite(offs).any():
        found["stance_percent"] = figure("stance_percent", offs, 0.5)
    found["stance_knee_flexion_deg"] = figure("stance_knee_flexion_deg", knees, _FLOOR_DEG)
    if "grf" in curves:
        for name, part in (("grf_peak1_bw", FIRST_PEAK), ("grf_peak2_bw", SECOND_PEAK)):
            peaks = [float(np.max(stride.curves["grf"][within(part)])) for stride in strides]
            found[name] = figure(name, peaks, _FLOORS["grf"])
    return found


def _events(trial: Trial, side: str, mass: float) -> tuple[list[float], list[float], str]:
    """Return heel strikes and toe-offs of a foot, s, and what they are from."""
    if trial.forces is not None:
        load = trial.forces.up[side] / (mass * GRAVITY)
        found = find_stances(load, 1.0 / trial.forces.rate)
        strikes = [float(trial.forces.time[i]) for i in found.strikes]
        if len(strikes) >= 2:
            return strikes, [float(trial.forces.time[i]) for i in found.offs], "force"
    if trial.pelvis is None or trial.ankles is None or trial.balls is None:
        return [], [], "none"
    from scipy.signal import find_peaks

    apart = max(int(_STRIDE[0] / np.diff(trial.time).mean()), 1)
    ahead = trial.ankles[side] - trial.pelvis
    behind = trial.pelvis - trial.balls[side]
    rise = 0.3 * np.ptp(ahead)
    strikes = trial.time[find_peaks(ahead, distance=apart, prominence=rise)[0]]
    offs = trial.time[find_peaks(behind, distance=apart, prominence=rise)[0]]
    return strikes.tolist(), offs.tolist(), "motion"


def _cut(trial: Trial, side: str, start: float, stop: float, off: float, mass: float) -> Stride:
    times = start + PERCENT / 100.0 * (stop - start)
    channels = {name: trial.angles[f"{name}_{side}"] for name in ANGLES}
    channels |= {name: trial.angles[name] for name in ("trunk", "pelvis") if name in trial.angles}
    curves = {name: np.interp(times, trial.time, values) for name, values in channels.items()}
    if trial.forces is not None:
        weight = mass * GRAVITY
        for name, values in (("grf", trial.forces.up[side]), ("grf_fore_aft", trial.forces.forward[side])):
            curve = np.interp(times, trial.forces.time, values / weight)
            # Where no plate was under the foot there is no force to tell.
            loaded = curves["grf"].max() if name != "grf" else curve.max()
            covered = trial.forces.time[0] <= start and trial.forces.time[-1] >= stop
            curves[name] = curve if covered and loaded > 0.5 else np.full(len(PERCENT), np.nan)
    return Stride(trial.name, side, start, stop, off, curves, _speed(trial, side, start, stop))


def _speed(trial: Trial, side: str, start: float, stop: float) -> float:
    """Return the speed of the pelvis over the ground or the belt that a resting foot is on, m/s; NaN if not known."""
    if trial.pelvis is None or trial.balls is None:
        return np.nan
    time = trial.time
    pelvis = np.interp([start, stop], time, trial.pelvis)
    rest = (time >= start + _REST[0] * (stop - start)) & (time <= start + _REST[1] * (stop - start))
    if rest.sum() < 3:
        return np.nan
    belt = np.polyfit(time[rest], trial.balls[side][rest], 1)[0]
    return float((pelvis[1] - pelvis[0]) / (stop - start) - belt)


def _word(side: str) -> str:
    return {"r": "right", "l": "left"}[side]
