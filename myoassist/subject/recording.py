"""Read recordings: OpenSim tables (.mot, .sto), markers (.trc, .c3d)."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.gait.reference.names import opensim_coordinate

_LARGEST = 512 * 2**20
_UNITS = {"mm": 0.001, "cm": 0.01, "m": 1.0, "meters": 1.0, "metres": 1.0}
_TABLE = "an OpenSim table: a header that ends with endheader, a line of names with time first, rows of numbers"
_TRC = "markers in the form .trc: five lines of header, then frame, time, and three places per marker"


@dataclass(frozen=True)
class Storage:
    """A table over time.

    Attributes:
        path: Its file.
        header: What its header says, by key in small letters.
        time: s, shape (n,).
        columns: By name, each of shape (n,), as they are in the file.
    """

    path: Path
    header: dict[str, str]
    time: np.ndarray
    columns: dict[str, np.ndarray]

    @property
    def rate(self) -> float:
        """Samples per second."""
        return (len(self.time) - 1) / float(self.time[-1] - self.time[0])


@dataclass(frozen=True)
class Markers:
    """Places of markers over time.

    Attributes:
        path: Their file.
        time: s, shape (n,).
        places: By marker, m, each of shape (n, 3), in the axes of the file; NaN where a marker was not seen.
        forces: Of force plates in the same file (C3D), by the names of OpenSim tables; None without.
    """

    path: Path
    time: np.ndarray
    places: dict[str, np.ndarray]
    forces: Storage | None = None

    @property
    def rate(self) -> float:
        """Frames per second."""
        return (len(self.time) - 1) / float(self.time[-1] - self.time[0])


def read_storage(path: Path) -> Storage:
    """Read an OpenSim table.

    Raises:
        ConfigError: naming the file and line.
    """
    lines = _lines(path, _TABLE)
    ends = [i for i, line in enumerate(lines[:200]) if line.strip().lower() == "endheader"]
    if not ends:
        raise ConfigError(f"{path} has no line endheader", _TABLE)
    pairs = (line.partition("=") for line in lines[: ends[0]])
    header = {key.strip().lower(): value.strip() for key, _, value in pairs}
    rows = [(number, line.split()) for number, line in enumerate(lines[ends[0] + 1 :], ends[0] + 2) if line.strip()]
    if len(rows) < 3:
        raise ConfigError(f"{path} has {max(len(rows) - 1, 0)} rows of numbers", _TABLE)
    names = rows[0][1]
    values = _numbers(path, rows[1:], len(names))
    if names[0].lower() != "time":
        raise ConfigError(f"{path}: the first column is {names[0]}", _TABLE)
    # OpenSim writes states as paths; speeds and activations among them are not wanted here.
    columns = {known: values[:, i] for i, name in enumerate(names) if i and (known := opensim_coordinate(name))}
    return Storage(path, header, _growing(path, values[:, 0]), columns)


def read_markers(path: Path) -> Markers:
    """Read markers.

    Raises:
        ConfigError: naming the file, and the package that C3D needs.
    """
    return _read_c3d(path) if path.suffix.lower() == ".c3d" else _read_trc(path)


def _read_trc(path: Path) -> Markers:
    lines = _lines(path, _TRC)
    if len(lines) < 8 or not lines[0].startswith("PathFileType"):
        raise ConfigError(f"{path} begins with {lines[0][:30]!r}" if lines else f"{path} is empty", _TRC)
    header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    unit = header.get("Units", "").strip()
    if unit not in _UNITS:
        raise ConfigError(
            f"{path}: Units is {unit!r}", f"one of {', '.join(_UNITS)}", "write the unit into its third line"
        )
    names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    rows = [(number, line.rstrip("\r\n").split("\t")) for number, line in enumerate(lines[5:], 6) if line.strip()]
    width = 2 + 3 * len(names)
    cells = [(number, (row + [""] * width)[:width]) for number, row in rows]
    if len(cells) < 2 or not names:
        raise ConfigError(f"{path} has {len(names)} markers in {len(cells)} frames", _TRC)
    values = _numbers(path, cells, width)
    places = {name: values[:, 2 + 3 * i : 5 + 3 * i] * _UNITS[unit] for i, name in enumerate(names)}
    return Markers(path, _growing(path, values[:, 1]), {name: _seen(place) for name, place in places.items()})


def _read_c3d(path: Path) -> Markers:
    if importlib.util.find_spec("ezc3d") is None:
        raise ConfigError(
            f"{path} is a C3D file, and the package that reads these is not installed",
            "ezc3d, or the markers as .trc and the forces as .mot",
            "python -m pip install ezc3d",
        )
    import ezc3d

    try:
        content = ezc3d.c3d(str(path), extract_forceplat_data=True)
    except (OSError, RuntimeError, ValueError, IndexError) as error:
        raise ConfigError(f"{path} cannot be read: {' '.join(str(error).split())[:300]}", "a C3D file") from None
    points = content["parameters"]["POINT"]
    unit = (points["UNITS"]["value"] or ["mm"])[0]
    if unit not in _UNITS:
        raise ConfigError(f"{path}: POINT:UNITS is {unit!r}", f"one of {', '.join(_UNITS)}")
    names = list(points["LABELS"]["value"])
    data = content["data"]["points"][:3] * _UNITS[unit]
    rate = float(content["header"]["points"]["frame_rate"])
    time = np.arange(data.shape[2]) / rate
    # A system that tracks a person writes name:marker.
    places = {name.rpartition(":")[2]: _seen(data[:, i].T.copy()) for i, name in enumerate(names)}
    return Markers(path, time, places, _plates(path, content))


def _plates(path: Path, content: dict) -> Storage | None:
    """Return the force plates of a C3D file as an OpenSim table; None where it has none."""
    plates = content["data"].get("platform") or []
    columns: dict[str, np.ndarray] = {}
    for number, plate in enumerate(plates, 1):
        length = _UNITS.get(plate.get("unit_position", "mm"), 0.001)
        for kind, values, factor in (("v", plate["force"], 1.0), ("p", plate["center_of_pressure"], length)):
            for axis, row in zip("xyz", values, strict=True):
                columns[f"ground_force_{number}_{kind}{axis}"] = np.nan_to_num(np.asarray(row, dtype=float)) * factor
    if not columns:
        return None
    rate = float(content["header"]["analogs"]["frame_rate"])
    return Storage(path, {}, np.arange(len(next(iter(columns.values())))) / rate, columns)


def _lines(path: Path, expected: str) -> list[str]:
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError(f"{path} has more than {_LARGEST} bytes", expected)
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror or error})", expected) from None


def _numbers(path: Path, rows: list[tuple[int, list[str]]], width: int) -> np.ndarray:
    """Return rows of text as numbers; an empty cell is NaN."""
    values = np.empty((len(rows), width))
    for place, (number, row) in enumerate(rows):
        if len(row) != width:
            raise ConfigError(f"{path}, line {number} has {len(row)} cells", f"{width}, as many as its head names")
        try:
            values[place] = [float(cell) if cell.strip() else np.nan for cell in row]
        except ValueError as error:
            raise ConfigError(f"{path}, line {number}: {error}", "numbers") from None
    return values


def _growing(path: Path, time: np.ndarray) -> np.ndarray:
    bad = np.flatnonzero(~(np.diff(time) > 0.0))
    if len(bad):
        raise ConfigError(f"{path}: time does not grow in row {bad[0] + 2} ({time[bad[0] + 1]:g} s)", "growing times")
    return time


def _seen(places: np.ndarray) -> np.ndarray:
    """Return places with NaN where all three are 0, as some systems write a marker that was not seen."""
    places[(places == 0.0).all(axis=1)] = np.nan
    return places
