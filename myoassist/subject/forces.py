"""Forces of the ground on each foot out of an OpenSim table or force plates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.subject.chain import SIDES
from myoassist.subject.recording import Storage

# A foot is on a plate from here on, N.
_LOADED = 20.0
# Vertical peak of walking people of 20 to 250 kg lies between, N.
_PEAK = (100.0, 6000.0)
_COMPONENT = re.compile(r"^(.*?)v([xyz])$")
_SIDE = re.compile(r"(?:^|_)(r|l|right|left)(?:_|$)")
_EXPECTED = "columns such as ground_force_vx, _vy, _vz (N) with the centre of pressure _px, _py, _pz (m)"


@dataclass(frozen=True)
class Forces:
    """Forces of the ground on both feet.

    Attributes:
        time: s, shape (n,).
        up, forward: By side, N, each (n,).
        notes: How they were assigned.
    """

    time: np.ndarray
    up: Mapping[str, np.ndarray]
    forward: Mapping[str, np.ndarray]
    notes: tuple[str, ...]

    @property
    def rate(self) -> float:
        """Samples per second."""
        return (len(self.time) - 1) / float(self.time[-1] - self.time[0])


def has_forces(table: Storage) -> bool:
    """Say whether a table holds forces of the ground."""
    return bool(_plates(table))


def assign_forces(
    table: Storage, turned: np.ndarray, feet_time: np.ndarray, feet: Mapping[str, np.ndarray] | None
) -> Forces:
    """Give every contact on every plate to the foot that is nearest to it.

    Args:
        table: Table with forces.
        turned: Rotation of its axes into x forward, y up, z right.
        feet_time: Times of `feet`, s.
        feet: Level place of each foot over time, forward and right, m, (n, 2); None takes sides from names.

    Raises:
        ConfigError: for other units, axes or missing columns.
    """
    plates = _plates(table)
    if not plates:
        raise ConfigError(f"{table.path} has no forces: it has {', '.join(list(table.columns)[:20])}", _EXPECTED)
    vectors = {name: np.nan_to_num(force) @ turned.T for name, (force, _) in plates.items()}
    total = sum(vectors.values())
    peak = float(np.abs(total[:, 1]).max())
    sideways = float(np.abs(total[:, [0, 2]]).max())
    if sideways > peak:
        raise ConfigError(
            f"{table.path}: the largest force is level ({sideways:.0f}, vertical {peak:.0f})",
            "the same axes as those of markers and motion, with the largest force along the vertical",
            "turn the columns of the forces into the axes of the markers",
        )
    if not _PEAK[0] <= peak <= _PEAK[1]:
        raise ConfigError(
            f"{table.path}: the vertical force reaches {peak:.3g}",
            f"{_PEAK[0]:g} to {_PEAK[1]:g} N of a walking person",
            "multiply the forces by body weight (N): they are in body weights" if peak < 5.0 else "write them in N",
        )
    notes = []
    sign = 1.0
    if total[:, 1].mean() < 0.0:
        sign = -1.0
        notes.append("Forces point down: they are those on the plates, and were turned round.")
    up = {side: np.zeros(len(table.time)) for side in SIDES}
    forward = {side: np.zeros(len(table.time)) for side in SIDES}
    for name, (_, centre) in plates.items():
        force = sign * vectors[name]
        for first, last in _contacts(force[:, 1]):
            part = slice(first, last)
            side = _side_of(name)
            if centre is not None and feet is not None:
                side = _nearest(table.time[part], centre[part] @ turned.T, force[part, 1], feet_time, feet) or side
            if side is None:
                notes.append(f"A contact on {name or 'the plate'} at {table.time[first]:.2f} s belongs to no foot.")
                continue
            up[side][part] += force[part, 1]
            forward[side][part] += force[part, 0]
    return Forces(table.time, up, forward, tuple(notes))


def _plates(table: Storage) -> dict[str, tuple[np.ndarray, np.ndarray | None]]:
    """Return force (n, 3) and centre of pressure (n, 3) by the common part of their names."""
    found = {}
    for name in table.columns:
        match = _COMPONENT.match(name)
        if match and match[2] == "x" and all(f"{match[1]}v{axis}" in table.columns for axis in "yz"):
            stem = match[1]
            force = np.stack([table.columns[f"{stem}v{axis}"] for axis in "xyz"], axis=1)
            centre = None
            if all(f"{stem}p{axis}" in table.columns for axis in "xyz"):
                centre = np.stack([table.columns[f"{stem}p{axis}"] for axis in "xyz"], axis=1)
            found[stem.strip("_")] = force, centre
    return found


def _side_of(name: str) -> str | None:
    match = _SIDE.search(name.lower())
    return match[1][0] if match else None


def _contacts(up: np.ndarray) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate([[False], up > _LOADED, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist(), strict=True))


def _nearest(
    time: np.ndarray, centre: np.ndarray, up: np.ndarray, feet_time: np.ndarray, feet: Mapping[str, np.ndarray]
) -> str | None:
    """Return the foot that is nearest to the centre of pressure, weighted by force; None outside of the recording."""
    inside = (time >= feet_time[0]) & (time <= feet_time[-1])
    if not inside.any():
        return None
    apart = {}
    for side, place in feet.items():
        at = np.stack([np.interp(time[inside], feet_time, place[:, i]) for i in range(2)], axis=1)
        way = np.linalg.norm(at - centre[inside][:, [0, 2]], axis=1)
        apart[side] = float(np.average(way, weights=np.maximum(up[inside], 1.0)))
    return min(apart, key=lambda side: apart[side])
