"""Read the files in which people keep one stride of a gait: .csv, OpenSim .mot and .sto, .npz."""

import csv
import io
from pathlib import Path

import numpy as np

from myoassist.files.content import ARCHIVE_ERRORS, is_file, is_folder, open_archive
from myoassist.gait.reference.columns import COLUMNS, PHASE_COLUMNS, ReferenceFileError
from myoassist.gait.reference.names import opensim_coordinate
from myoassist.gait.reference.published_table import read_published_table

# OpenSim coordinate -> column and sign. Knee flexion is negative in some models and positive in others.
_MOT_COORDINATES = {
    "hip_flexion": ("hip_flexion", 1.0),
    "knee_angle": ("knee_flexion", 1.0),
    "ankle_angle": ("ankle_dorsiflexion", 1.0),
}
_FORMATS = "a .csv with one header line, an OpenSim .mot or .sto, or an .npz"
_SHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_BYTE_ORDERS = (b"\xff\xfe", b"\xfe\xff")


def read_table(path: str) -> dict[str, np.ndarray]:
    """Read the columns of a file by name; those of a .mot or .sto come under our names, with our signs.

    Args:
        path: File.

    Returns:
        Columns, each of shape (rows,), as they are in the file: units, gaps and lengths are not judged yet.

    Raises:
        ReferenceFileError: if the file cannot be read or is of another kind.
    """
    file = Path(path).expanduser()
    readers = {".csv": _read_csv, ".mot": _read_mot, ".sto": _read_mot, ".npz": _read_npz}
    if not is_file(file):
        found = "is a folder" if is_folder(file) else "does not exist"
        raise ReferenceFileError(
            f"cost.reference={path} {found}", f"{_FORMATS}, relative to the current folder", "cost.reference=<file>"
        )
    if file.suffix.lower() not in readers:
        save = "save the sheet as CSV" if file.suffix.lower() in _SHEETS else ""
        raise ReferenceFileError(f"cost.reference={path} is of an unknown kind", _FORMATS, save)
    try:
        return read_published_table(file) or readers[file.suffix.lower()](file, path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReferenceFileError(f"cost.reference={path} cannot be read: {error}", _FORMATS) from error


def _read_csv(file: Path, source: str) -> dict[str, np.ndarray]:
    text = _decode(file.read_bytes())
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    separator = next((mark for mark in ";\t" if lines and mark in lines[0]), ",")
    if lines and lines[0].lower().startswith("sep="):
        separator = lines.pop(0)[4:5] or separator
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    # Spreadsheets leave empty columns at the end.
    while rows and len(rows[0]) > 1 and all(len(row) >= len(rows[0]) and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    return _columns(rows[0] if rows else [], rows[1:], source)


def _decode(data: bytes) -> str:
    """Return the text of a file as spreadsheets write it: UTF-8, UTF-16, or the encoding of Western Windows."""
    if data.startswith(_BYTE_ORDERS):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _number(cell: str) -> float:
    """Return the number in a cell, which may have a decimal comma."""
    try:
        return float(cell)
    except ValueError:
        return float(cell.strip().replace(",", ".", 1))


def _columns(names: list[str], rows: list[list[str]], source: str) -> dict[str, np.ndarray]:
    """Turn rows of text into columns."""
    names = [_known(name.strip()) for name in names]
    if not rows:
        raise ReferenceFileError(f"cost.reference={source} has no data rows", "a header and 20 or more rows")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ReferenceFileError(f"cost.reference={source} has the column {', '.join(twice)} twice", "each column once")
    values = np.empty((len(rows), len(names)))
    for number, row in enumerate(rows):
        if len(row) != len(names):
            raise ReferenceFileError(
                f"cost.reference={source}, data row {number + 1} has {len(row)} cells",
                f"{len(names)}, as many as the header has",
            )
        for place, cell in enumerate(row):
            try:
                values[number, place] = _number(cell)
            except ValueError:
                raise ReferenceFileError(
                    f"cost.reference={source}, data row {number + 1}, column {names[place]}: {cell[:40]!r}",
                    "a number in every cell, without separators of thousands",
                    "the first line has to hold the names of the columns" if number == 0 else "fill or correct it",
                ) from None
    return {name: values[:, place] for place, name in enumerate(names)}


def _known(name: str) -> str:
    """Return a name of ours that is written with capitals as we write it, any other as it is."""
    return name.lower() if name.lower() in COLUMNS or name.lower() in PHASE_COLUMNS else name


def _read_npz(file: Path, source: str) -> dict[str, np.ndarray]:
    try:
        open_archive(file).close()
        with np.load(file, allow_pickle=False) as archive:
            columns = {name: np.asarray(archive[name]) for name in archive.files}
    except ARCHIVE_ERRORS as error:
        raise ReferenceFileError(
            f"cost.reference={source} is no archive of plain arrays: {error}", "numpy.savez(file, hip_flexion_deg=...)"
        ) from error
    for name, values in columns.items():
        if values.ndim != 1 or values.dtype.kind not in "fiu":
            raise ReferenceFileError(
                f"cost.reference={source}, key {name}: shape {values.shape} of {values.dtype}", "numbers, shape (rows,)"
            )
    return {_known(name): values.astype(np.float64) for name, values in columns.items()}


def _read_mot(file: Path, source: str) -> dict[str, np.ndarray]:
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    ends = [i for i, line in enumerate(lines) if line.strip().lower() == "endheader"]
    header = {
        key.strip().lower(): value.strip().lower()
        for key, _, value in (line.partition("=") for line in (lines[: ends[0]] if ends else []))
    }
    if not ends or header.get("indegrees") not in ("yes", "no"):
        raise ReferenceFileError(
            f"cost.reference={source} has no line " + ("inDegrees=yes or no" if ends else "endheader"),
            "an OpenSim motion file, whose header says inDegrees=yes or inDegrees=no and ends with endheader",
        )
    rows = [line.split() for line in lines[ends[0] + 1 :] if line.strip()]
    table = _columns(rows[0] if rows else [], rows[1:], source)
    coordinates: dict[str, np.ndarray] = {}
    for column, values in table.items():
        name = opensim_coordinate(column)
        if name in coordinates:
            raise ReferenceFileError(f"cost.reference={source} has the coordinate {name} twice", "each column once")
        if name is not None:
            coordinates["time" if name.lower() == "time" else name] = values
    unit = "deg" if header["indegrees"] == "yes" else "rad"
    columns = {"time_s": coordinates["time"]} if "time" in coordinates else {}
    if "pelvis_tilt" in coordinates:
        # Rotations about the axis that points right: leaning backwards is positive.
        lean = -coordinates["pelvis_tilt"]
        columns[f"trunk_pitch_{unit}"] = lean - coordinates.get("lumbar_extension", 0.0)
    for coordinate, (name, sign) in _MOT_COORDINATES.items():
        for side in ("l", "r"):
            if f"{coordinate}_{side}" in coordinates:
                columns[f"{name}_{side}_{unit}"] = sign * coordinates[f"{coordinate}_{side}"]
    for side in ("l", "r"):
        name = f"knee_flexion_{side}_{unit}"
        # Swing flexes the knee by about 60 deg; whatever it does the other way is small.
        if name in columns and abs(columns[name].min()) > abs(columns[name].max()):
            columns[name] = -columns[name]
    if len(columns) < 2:
        raise ReferenceFileError(
            f"cost.reference={source} has none of the coordinates that are compared; it has {', '.join(table)}",
            "time, pelvis_tilt, hip_flexion_l, knee_angle_l, ankle_angle_l, and the same with _r",
            "export inverse kinematics, or write a .csv",
        )
    return columns
