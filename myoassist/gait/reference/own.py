"""A user's own reference gait in place of the built-in one, and a template to fill in."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from myoassist.files.atomic import write_text_atomic
from myoassist.gait.angles import to_clinical
from myoassist.gait.reference.columns import (
    EMG,
    FORCES,
    JOINTS,
    QUANTITIES,
    TRUNK,
    Column,
    Quantity,
    ReferenceFileError,
    check_unit,
    check_values,
    find_columns,
    is_possible,
)
from myoassist.gait.reference.edits import ReferenceEdits
from myoassist.gait.reference.file import read_table
from myoassist.gait.reference.gait import EMG_MUSCLES, ReferenceGait, ReferenceSignal, load_reference_gait
from myoassist.gait.reference.judgement import (
    check_offsets,
    check_order,
    check_strides,
    cutting,
    find_better,
    find_offsets,
    refuse_order,
)
from myoassist.gait.strides import STRIDE_POINTS

UNCHANGED = ReferenceEdits()
SMALLEST_ROWS = 20
# Largest step of an angle from the end of the stride to its beginning, rad.
LARGEST_GAP = np.deg2rad(20.0)
# Shortest share of the cycle that a phase column has to cover.
SHORTEST_SPAN = 0.9


def load_reference(path: str | None, edits: ReferenceEdits = UNCHANGED) -> ReferenceGait:
    """Return the reference gait that `cost.reference` names: the built-in one for None, else that of a file.

    Muscle activity and ground reaction forces that the file lacks are the built-in ones (see
    `ReferenceGait.emg_known`). A leg without columns is the other one half a cycle later.

    Args:
        path: .csv, .mot, .sto or .npz with one stride, from left heel strike to left heel strike.
        edits: What is changed in it, see `edits_of`.

    Raises:
        ReferenceFileError: if it cannot be read; for unknown, missing or repeated columns, NaN, too few rows, values
            outside what a person can do in that unit, several strides, a stride whose end does not lead to its
            beginning, or, where `edits` leave that open, for another first foot, other signs and other zeros.
    """
    if path is None:
        return load_reference_gait()
    table = read_table(path)
    columns = find_columns(list(table), path)
    _check_rows(table, path)
    phase = find_phase(table, path)
    for column in columns:
        check_unit(column, table[column.name], path)
    angles = [column for column in columns if column.quantity in (TRUNK, *JOINTS)]
    hips = [_evenly(phase, table[column.name]) for column in angles if column.quantity is JOINTS[0]]
    if edits.judged:
        check_strides(hips, path)
    for column in angles:
        _check_closed(column, table[column.name] * column.factor, path)
    curves: dict[tuple[str, str], np.ndarray] = {}
    for column in columns:
        name = column.quantity.name
        values = edits.apply_to_values(name, table[column.name] * column.factor)
        curves[name, column.side or "l"] = edits.apply_to_cycle(_resample(phase, values))
    _check_values(table, columns, curves, edits, path)
    if edits.judged:
        check_order(curves, edits, path)
        check_offsets(curves, edits, path)
    return _assemble(curves)


def _check_values(
    table: dict[str, np.ndarray],
    columns: list[Column],
    curves: dict[tuple[str, str], np.ndarray],
    edits: ReferenceEdits,
    source: str,
) -> None:
    """Refuse values that no person has; where another sign, order or zero makes them good, say which."""
    try:
        for column in columns:
            values = edits.apply_to_values(column.quantity.name, table[column.name] * column.factor) / column.factor
            check_values(column, values, source)
    except ReferenceFileError as refusal:
        better, now, best = find_better(curves, edits) if edits.judged else (edits, 1.0, 1.0)
        turned = {name: sign * edits.signs.get(name, 1.0) for name, sign in better.signs.items()}
        mended = {(name, side): turned.get(name, 1.0) * curve for (name, side), curve in curves.items()}
        offsets = find_offsets(mended, edits) if edits.judged else {}
        mended = {(name, side): curve + np.deg2rad(offsets.get(name, 0.0)) for (name, side), curve in mended.items()}
        better = replace(better, offsets=dict(edits.offsets) | offsets)
        fits = all(is_possible(column.quantity, mended[column.quantity.name, column.side or "l"]) for column in columns)
        if better == edits or not fits:
            raise
        raise refuse_order(edits, better, now, best, source) from refusal


def _check_rows(table: dict[str, np.ndarray], source: str) -> None:
    lengths = {name: len(values) for name, values in table.items()}
    if len(set(lengths.values())) > 1:
        raise ReferenceFileError(f"cost.reference={source} has columns of different lengths: {lengths}", "one length")
    n_rows = next(iter(lengths.values()))
    if n_rows < SMALLEST_ROWS:
        raise ReferenceFileError(
            f"cost.reference={source} has {n_rows} rows", f"{SMALLEST_ROWS} or more over one stride, best 100"
        )
    for name, values in table.items():
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise ReferenceFileError(
                f"cost.reference={source}, column {name}, data row {bad[0] + 1}: {values[bad[0]]}",
                "a finite number in every row",
                "fill the gap, or leave the column out if it is not an angle",
            )


def find_phase(table: dict[str, np.ndarray], source: str) -> np.ndarray:
    """Return the phase of each row in the gait cycle, 0 to 1."""
    n_rows = len(next(iter(table.values())))
    if "phase_percent" in table and "time_s" in table:
        raise ReferenceFileError(f"cost.reference={source} has phase_percent and time_s", "one of them")
    if "phase_percent" in table:
        name, phase = "phase_percent", table["phase_percent"] / 100.0
    elif "time_s" in table:
        name, time = "time_s", table["time_s"]
        # One stride: the last row is the next left heel strike.
        phase = (time - time[0]) / (time[-1] - time[0]) if time[-1] > time[0] else np.zeros(n_rows)
    elif n_rows in (STRIDE_POINTS, STRIDE_POINTS + 1):
        return np.arange(n_rows) / STRIDE_POINTS
    else:
        raise ReferenceFileError(
            f"cost.reference={source} has {n_rows} rows and does not say where in the stride they are",
            "a column phase_percent (0 to 100) or time_s (one stride), or 100 rows (0 to 99 %), or 101 (0 to 100 %)",
        )
    if (np.diff(phase) <= 0.0).any():
        row = int(np.flatnonzero(np.diff(phase) <= 0.0)[0]) + 2
        raise ReferenceFileError(f"cost.reference={source}: {name} does not grow in data row {row}", "growing values")
    if phase[0] < 0.0 or phase[-1] > 1.0 or phase[-1] - phase[0] < SHORTEST_SPAN:
        raise ReferenceFileError(
            f"cost.reference={source}: {name} runs from {table[name][0]:g} to {table[name][-1]:g}",
            "0 to 100, the whole gait cycle" if name == "phase_percent" else "one stride",
        )
    return phase


def _check_closed(column: Column, values: np.ndarray, source: str) -> None:
    gap = abs(float(values[-1] - values[0]))
    if column.quantity in (TRUNK, *JOINTS) and gap > LARGEST_GAP:
        raise ReferenceFileError(
            f"cost.reference={source}, column {column.name}: the last row is {np.rad2deg(gap):.1f} deg away from the "
            "first",
            f"one stride, from left heel strike to left heel strike, whose ends are within "
            f"{np.rad2deg(LARGEST_GAP):.0f} deg",
            f"cut the file at two successive left heel strikes: {cutting(source)}",
        )


def _evenly(phase: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values at evenly spaced phases from the first to the last, same shape."""
    return np.interp(np.linspace(phase[0], phase[-1], len(phase)), phase, values)


def _resample(phase: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return a periodic curve at 0, 1, ..., 99 % of the cycle by linear interpolation, shape (100,)."""
    grid = np.arange(STRIDE_POINTS) / STRIDE_POINTS
    inside = phase < 1.0
    return np.interp(grid, phase[inside], values[inside], period=1.0)


def _both_legs(curves: dict[tuple[str, str], np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the curves of the left and the right leg from left heel strike; a missing one is the other one shifted."""
    pair = [curves.get((name, side)) for side in "lr"]
    known = next(curve for curve in pair if curve is not None)
    left, right = (np.roll(known, STRIDE_POINTS // 2) if curve is None else curve for curve in pair)
    return left, right


def _assemble(curves: dict[tuple[str, str], np.ndarray]) -> ReferenceGait:
    """Put the curves into the tables that the cost compares with, and into signals for plots."""
    builtin = load_reference_gait()
    signals = dict(builtin.signals)
    given = {name for name, _ in curves}
    legs = {item.name: _both_legs(curves, item.name) for item in QUANTITIES if item.name in given and item.sided}
    for item in QUANTITIES:
        if item is TRUNK:
            signals[item.signal] = _signal(item, curves[TRUNK.name, "l"])
        elif item.name in legs:
            left, right = legs[item.name]
            # Signals start at the heel strike of their own leg.
            signals[item.signal] = _signal(item, 0.5 * (left + np.roll(right, STRIDE_POINTS // 2)))
    angles = [to_clinical(np.stack([legs[item.name][leg] for item in JOINTS], axis=-1)) for leg in (0, 1)]
    kinematics = np.concatenate([curves[TRUNK.name, "l"][:, None], *angles], axis=1)
    muscles = tuple(item.signal for item in EMG if item.name in given)
    phase = np.arange(STRIDE_POINTS) / STRIDE_POINTS
    emg = builtin.emg.copy()
    for muscle in muscles:
        emg[:, EMG_MUSCLES.index(muscle)] = signals[muscle].evaluate(phase)
    for table in (kinematics, emg):
        table.setflags(write=False)
    return ReferenceGait(signals, kinematics, emg, emg, muscles or EMG_MUSCLES, emg_known=bool(muscles))


def _signal(quantity: Quantity, curve: np.ndarray) -> ReferenceSignal:
    """Return the Fourier series that meets all 100 points."""
    spectrum = np.fft.rfft(curve) / STRIDE_POINTS
    cosine, sine = 2.0 * spectrum.real[1:], -2.0 * spectrum.imag[1:]
    cosine[-1] *= 0.5
    for series in (cosine, sine):
        series.setflags(write=False)
    unit = "rad" if quantity in (TRUNK, *JOINTS) else "BW" if quantity in FORCES else "1"
    return ReferenceSignal(quantity.signal, unit, float(spectrum.real[0]), cosine, sine)


def format_template() -> str:
    """Return a CSV with every column, filled with the built-in gait: the form of an own reference, to be replaced."""
    return format_gait(load_reference_gait())


def format_gait(gait: ReferenceGait) -> str:
    """Return a reference gait as a CSV of 100 rows that `load_reference` reads; forces and activity from signals."""
    phase = np.arange(STRIDE_POINTS) / STRIDE_POINTS
    columns = {"phase_percent": 100.0 * phase, "trunk_pitch_deg": np.rad2deg(gait.kinematics[:, 0])}
    for leg, side in enumerate(("l", "r")):
        angles = np.rad2deg(to_clinical(gait.kinematics[:, 1 + 3 * leg : 4 + 3 * leg]))
        columns |= {f"{item.name}_{side}_deg": angles[:, joint] for joint, item in enumerate(JOINTS)}
    columns |= {f"{item.name}_bw": gait.signals[item.signal].evaluate(phase) for item in FORCES}
    muscles = gait.emg_muscles if gait.emg_known else ()
    columns |= {item.name: gait.emg[:, EMG_MUSCLES.index(item.signal)] for item in EMG if item.signal in muscles}
    lines = [",".join(columns)]
    # Adding 0 turns -0 into 0.
    lines += [
        ",".join(f"{round(float(values[row]), 5) + 0.0!r}" for values in columns.values())
        for row in range(STRIDE_POINTS)
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if any(argument.startswith("-") for argument in sys.argv[1:]):
        print("usage: python -m myoassist.gait.reference.own [FILE.csv]   (reference_gait.csv where not given)")
        sys.exit(sys.argv[1] not in ("-h", "--help"))
    write_text_atomic(Path(sys.argv[1] if len(sys.argv) > 1 else "reference_gait.csv"), format_template())
