"""Cut one stride out of the file of a recording, and bring its legs to one beginning."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from myoassist.gait.reference.columns import JOINTS, ReferenceFileError, find_columns
from myoassist.gait.reference.file import read_table
from myoassist.gait.reference.stride_finder import find_strides
from myoassist.gait.strides import STRIDE_POINTS


@dataclass(frozen=True)
class Cut:
    """One stride.

    Attributes:
        columns: Values at 0, 1, ..., 99 % of the cycle by column, phase_percent first, each of shape (100,).
        note: What was cut out of what.
    """

    columns: dict[str, np.ndarray]
    note: str


def cut_stride(path: str, number: int | None, shift_right: float) -> Cut:
    """Read a recording and return one stride of it.

    Args:
        path: File, see `own_reference.load_reference`.
        number: Which stride, from 1; None takes the whole file for one.
        shift_right: Where in the cycle the right leg's columns have to begin, %; 50 where either leg begins with its
            own heel strike.

    Raises:
        ReferenceFileError: for a file that cannot be read, without strides, or with fewer of them.
    """
    table = read_table(path)
    columns = {column.name: column for column in find_columns(list(table), path)}
    place, values = _evenly(table, path)
    n = len(place)
    first, last, note = 0.0, float(n - 1), f"the whole file, {n} rows, as one stride"
    if number is not None:
        curves = {
            (column.quantity.name, column.side or "l"): values[name]
            for name, column in columns.items()
            if column.quantity in JOINTS
        }
        strides = find_strides(curves)
        if not strides:
            raise ReferenceFileError(
                f"in={path}: nothing in its {n} rows looks like a stride",
                "angles of hip, knee and ankle over at least one whole stride of walking",
                "leave stride= out to take the whole file for one stride",
            )
        if not 1 <= number <= len(strides):
            raise ReferenceFileError(
                f"stride={number}: {path} holds {len(strides)} whole stride{'s' if len(strides) > 1 else ''}",
                f"a number from 1 to {len(strides)}",
                f"stride={len(strides)}",
            )
        first, last = strides[number - 1]
        note = f"stride {number} of {len(strides)}, rows {first + 1:.0f} to {last + 1:.0f} of {n}"
        if "time_s" in table:
            time = np.interp([first, last], np.arange(n), place)
            note += f" ({time[0]:.2f} to {time[1]:.2f} s)"
    elif "phase_percent" in table:
        rows_per_percent = (n - 1) / (place[-1] - place[0])
        first, last = -place[0] * rows_per_percent, (100.0 - place[0]) * rows_per_percent
    elif "time_s" not in table and n in (STRIDE_POINTS, STRIDE_POINTS + 1):
        last = first + STRIDE_POINTS
    grid = first + (last - first) * np.arange(STRIDE_POINTS) / STRIDE_POINTS
    cut = {"phase_percent": np.arange(STRIDE_POINTS, dtype=np.float64)}
    for name, column in columns.items():
        cut[name] = np.interp(grid, np.arange(n), values[name])
        if column.side == "r" and shift_right:
            phase = np.arange(STRIDE_POINTS)
            cut[name] = np.interp(phase + shift_right, phase, cut[name], period=STRIDE_POINTS)
    return Cut(cut, note)


def format_cut(columns: Mapping[str, np.ndarray]) -> str:
    """Return a CSV of columns of one length."""
    lines = [",".join(columns)]
    # Adding 0 turns -0 into 0.
    lines += [
        ",".join(f"{round(float(value), 6) + 0.0!r}" for value in row) for row in zip(*columns.values(), strict=True)
    ]
    return "\n".join(lines) + "\n"


def _evenly(table: dict[str, np.ndarray], source: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the time or phase of evenly spaced rows, shape (n,), and the columns at them."""
    lengths = {len(values) for values in table.values()}
    n = min(lengths)
    if len(lengths) > 1 or n < 2 or not all(np.isfinite(values).all() for values in table.values()):
        raise ReferenceFileError(
            f"in={source} has columns of {' and '.join(map(str, sorted(lengths)))} rows, or gaps in them",
            "as many finite numbers in every column",
            "fill the gaps",
        )
    name = next((name for name in ("time_s", "phase_percent") if name in table), "")
    place = table[name] if name else np.arange(n, dtype=np.float64)
    if (np.diff(place) <= 0.0).any():
        row = int(np.flatnonzero(np.diff(place) <= 0.0)[0]) + 2
        raise ReferenceFileError(f"in={source}: {name} does not grow in data row {row}", "growing values")
    even = np.linspace(place[0], place[-1], n)
    return even, {key: np.interp(even, place, values) for key, values in table.items() if key != name}
