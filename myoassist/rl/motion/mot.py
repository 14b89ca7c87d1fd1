"""Read OpenSim motions as reference motions, with a map from its coordinates to the joints of the model.

The map is a JSON or YAML file: coordinate -> joint, or coordinate -> {joint: ..., sign: -1, scale: 1.0, offset: 0.0}.
A value becomes sign * scale * value + offset in rad or m. Beside coordinates it may hold `degrees: true` or `false`,
which wins over the header of the motion, and `periodic: true`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from myoassist.config.schema.keys import is_number
from myoassist.files.content import parse_json, parse_yaml
from myoassist.gait.reference.names import opensim_coordinate
from myoassist.rl.motion.motion import FORWARD, TRANSLATIONS, ReferenceMotionError

MAP_ENDINGS = (".map.yaml", ".map.yml", ".map.json")
_SETTINGS = ("degrees", "periodic")
_ENTRY_KEYS = ("joint", "sign", "scale", "offset")
_EXPECTED = "an OpenSim motion: a header that ends with endheader, a line of names with time first, and rows of numbers"
_MAP_EXPECTED = "coordinate: joint, or coordinate: {joint: name, sign: 1 or -1, scale: number, offset: number}"


@dataclass(frozen=True)
class _Column:
    """What becomes of a coordinate: value = factor * column + offset."""

    joint: str
    factor: float
    offset: float


def read_motion_table(file: Path, source: str, joint_map: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a .mot or .sto file as channels q_<joint>, dq_<joint> and metadata with its sample rate.

    Velocities are central differences of the positions. Rows have to be equally spaced in time.

    Args:
        file: Motion.
        source: How messages call it.
        joint_map: Map of coordinates to joints; where not given, a file beside the motion with its name and one of
            MAP_ENDINGS; without one, coordinates are joints of the same name.

    Raises:
        ReferenceMotionError: for another kind of file, unequal times, names in the map that the motion lacks, a joint
            that two coordinates become, or a cell that is no number.
    """
    names, values, header = _read_rows(file, source)
    time = values[:, 0]
    steps = np.diff(time)
    if len(time) < 3 or (steps <= 0.0).any() or np.ptp(steps) > 0.02 * steps.mean():
        raise ReferenceMotionError(
            f"{source} has {len(time)} rows, {steps.min():g} to {steps.max():g} s apart"
            if len(time) > 1
            else f"{source} has {len(time)} rows",
            "three or more rows, equally spaced in time",
            "resample the motion, e.g. with OpenSim's analyze tool",
        )
    step = float(steps.mean())
    content, map_source = _load_map(file, joint_map)
    settings = {name: content.pop(name) for name in _SETTINGS if isinstance(content.get(name), bool)}
    degrees = settings.get("degrees", header.get("indegrees", "no") == "yes")
    columns = _match_columns(content, names[1:], map_source, source)
    series: dict[str, Any] = {}
    for coordinate, column in columns.items():
        q = values[:, names.index(coordinate)]
        if degrees and column.joint not in TRANSLATIONS:
            q = np.deg2rad(q)
        q = column.factor * q + column.offset
        series[f"q_{column.joint}"] = q
        series[f"dq_{column.joint}"] = np.gradient(q, step)
    periodic = settings.get("periodic", False)
    metadata = {"sample_rate": 1.0 / step, "periodic": periodic, "made_by": "OpenSim motion"}
    if periodic and f"q_{FORWARD}" in series:
        metadata["advance"] = float(series[f"q_{FORWARD}"][-1] - series[f"q_{FORWARD}"][0])
    if periodic:
        # The last row is the first one of the next period.
        series = {name: channel[:-1] for name, channel in series.items()}
    return series, metadata


def _read_rows(file: Path, source: str) -> tuple[list[str], np.ndarray, dict[str, str]]:
    """Return names, values of shape (rows, names) and the lines of the header."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    end = next((i for i, line in enumerate(lines) if line.strip().lower() == "endheader"), None)
    if end is None:
        raise ReferenceMotionError(f"{source} has no line endheader", _EXPECTED)
    header = {
        key.strip().lower(): value.strip().lower() for key, _, value in (line.partition("=") for line in lines[:end])
    }
    rows = [line.split() for line in lines[end + 1 :] if line.strip()]
    # States come under paths; their speeds and activations are left out.
    plain = [opensim_coordinate(name) for name in (rows[0] if rows else [])]
    names = [name for name in plain if name is not None]
    if not names or names[0].lower() != "time" or len(set(names)) < len(names):
        raise ReferenceMotionError(
            f"{source} has the columns {', '.join(names) or 'none'}", _EXPECTED + ", each name once"
        )
    values = np.empty((len(rows) - 1, len(names)))
    for number, row in enumerate(rows[1:]):
        try:
            cells = zip(row, plain, strict=True)
            values[number] = [float(cell) for cell, name in cells if name is not None]
        except ValueError:
            raise ReferenceMotionError(
                f"{source}, data row {number + 1}: {' '.join(row)[:60]!r}", f"{len(plain)} numbers"
            ) from None
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise ReferenceMotionError(
            f"{source}, data row {row + 1}, column {names[column]}: {values[row, column]}",
            "finite numbers",
            "fill the gap",
        )
    return names, values, header


def _load_map(file: Path, joint_map: str | None) -> tuple[dict[str, Any], str]:
    """Return the content of the map and its name; empty where there is none."""
    if joint_map is not None:
        path: Path | None = Path(joint_map).expanduser()
        if path is None or not path.is_file():
            raise ReferenceMotionError(
                f"the joint map {joint_map} does not exist", "a .yaml or .json file", "map=<file>"
            )
    else:
        beside = [file.with_name(file.stem + ending) for ending in MAP_ENDINGS]
        path = next((item for item in beside if item.is_file()), None)
        if path is None:
            return {}, ""
    text = path.read_text(encoding="utf-8-sig")
    try:
        content = parse_json(text) if path.suffix.lower() == ".json" else parse_yaml(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ReferenceMotionError(f"the joint map {path} cannot be read: {error}", _MAP_EXPECTED) from error
    if not isinstance(content, dict) or not content:
        raise ReferenceMotionError(f"the joint map {path} holds no mapping", _MAP_EXPECTED)
    return content, str(path)


def _match_columns(content: dict[str, Any], names: list[str], map_source: str, source: str) -> dict[str, _Column]:
    if not content:
        return {name: _Column(name, 1.0, 0.0) for name in names}
    columns = {
        opensim_coordinate(str(name)) or str(name): _read_entry(str(name), entry, map_source)
        for name, entry in content.items()
    }
    missing = [name for name in columns if name not in names]
    if missing:
        raise ReferenceMotionError(
            f"{source} has no {', '.join(missing)}, which {map_source} names",
            f"coordinates of the motion: {', '.join(names)}",
            f"correct {map_source}",
        )
    joints = [column.joint for column in columns.values()]
    twice = sorted({joint for joint in joints if joints.count(joint) > 1})
    if twice:
        raise ReferenceMotionError(f"{map_source} maps two coordinates to {', '.join(twice)}", "one for each joint")
    return columns


def _read_entry(name: str, entry: Any, source: str) -> _Column:
    if isinstance(entry, str):
        return _Column(entry, 1.0, 0.0)
    if isinstance(entry, dict) and isinstance(entry.get("joint"), str) and set(entry) <= set(_ENTRY_KEYS):
        numbers = [entry.get("sign", 1.0), entry.get("scale", 1.0), entry.get("offset", 0.0)]
        if all(map(is_number, numbers)) and abs(numbers[0]) == 1:
            return _Column(entry["joint"], float(numbers[0] * numbers[1]), float(numbers[2]))
    raise ReferenceMotionError(f"{source}, {name}: {entry!r}", _MAP_EXPECTED)
