"""Write and read reference motions: `.npz` (ours and the published form), `.json`, OpenSim `.mot` and `.sto`."""

import io
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from myoassist.config.schema.keys import is_number
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.config.sources.shipped import SHIPPED_REFERENCE_KEY, find_reference
from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.content import ARCHIVE_ERRORS, is_file, is_folder, open_archive, parse_json
from myoassist.files.errors import UnsafeFileError
from myoassist.rl.motion.mot import read_motion_table
from myoassist.rl.motion.motion import FORWARD, ReferenceMotion, ReferenceMotionError
from myoassist.rl.motion.segmented import describe_stride, is_segmented, stride_channels

_SERIES, _METADATA = "series_data", "metadata"
_FORMATS = (
    "a reference motion: .npz or .json with series_data (q_<joint>, dq_<joint>) and metadata (sample_rate), "
    "or an OpenSim .mot or .sto"
)
_HELP = "`myoassist reference record run=<run> out=motion.npz` makes one"
# What the published archives, two pickled mappings of arrays, consist of.
_ALLOWED = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}
_RENAMED = {"numpy.core.multiarray": "numpy._core.multiarray", "numpy.core.numeric": "numpy._core.numeric"}
_PREFIXES = ("dq_", "q_", "act_")


def load_reference(path: str, joint_map: str | None = None) -> ReferenceMotion:
    """Load the reference motion that `env.reference_data_path` names.

    Args:
        path: .npz, .json, .mot or .sto file, or `shipped:NAME`.
        joint_map: For a .mot or .sto: JSON or YAML file that maps its coordinates to joints, see `reference_mot`; where
            not given, a file of its name with the ending .map.yaml, .map.yml or .map.json beside it, else none.

    Raises:
        ReferenceMotionError: if it cannot be read, is of another kind, has no sample rate, channels of different
            lengths, channels without their partner, or values that are not finite.
        UnsafeFileError: if an archive holds pickled objects other than arrays and plain values.
        ConfigError: if nothing of that name is shipped.
    """
    file = find_reference(path.removeprefix(SHIPPED_PREFIX)) if path.startswith(SHIPPED_PREFIX) else Path(path)
    file = file.expanduser()
    readers = {".npz": _read_npz, ".json": _read_json}
    ending = file.suffix.lower()
    if not is_file(file):
        found = "is a folder" if is_folder(file) else "does not exist"
        raise ReferenceMotionError(f"{SHIPPED_REFERENCE_KEY}={path} {found}", _FORMATS, _HELP)
    if ending not in (*readers, ".mot", ".sto"):
        raise ReferenceMotionError(f"{SHIPPED_REFERENCE_KEY}={path} is of an unknown kind", _FORMATS, _HELP)
    try:
        if ending in (".mot", ".sto"):
            series, metadata = read_motion_table(file, path, joint_map)
        else:
            series, metadata = readers[ending](file, path)
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceMotionError(f"{path} cannot be read: {error}", _FORMATS, _HELP) from error
    return build_motion(series, metadata, path)


def build_motion(series: Mapping[str, Any], metadata: Mapping[str, Any], source: str) -> ReferenceMotion:
    """Check channels and make a motion of them.

    Args:
        series: Arrays by channel: q_<joint>, dq_<joint>, act_<muscle>; others are left out.
        metadata: At least `sample_rate` in Hz; `periodic` and `advance` (m) where known.
        source: Name of the file, for messages.

    Raises:
        ReferenceMotionError: see `load_reference`.
    """
    rate = metadata.get("resampled_sample_rate", metadata.get("sample_rate"))
    if not is_number(rate) or rate <= 0.0:
        raise ReferenceMotionError(
            f"{source}: metadata has " + ("no sample_rate" if rate is None else f"sample_rate={rate!r}"),
            "the number of frames per second, e.g. sample_rate: 100",
            _HELP,
        )
    parts: dict[str, dict[str, np.ndarray]] = {prefix: {} for prefix in _PREFIXES}
    for name, values in series.items():
        prefix = next((item for item in _PREFIXES if str(name).startswith(item)), None)
        if prefix is not None:
            parts[prefix][str(name).removeprefix(prefix)] = _check_channel(str(name), values, source)
    q, dq, act = parts["q_"], parts["dq_"], parts["act_"]
    if not q:
        shown = ", ".join(map(str, list(series)[:12])) or "nothing"
        raise ReferenceMotionError(f"{source} has no channel q_<joint>; it has {shown}", _FORMATS, _HELP)
    lonely = [f"dq_{name}" for name in q if name not in dq] + [f"q_{name}" for name in dq if name not in q]
    if lonely:
        raise ReferenceMotionError(
            f"{source} lacks {', '.join(lonely)}", "position q_<joint> and velocity dq_<joint> of every joint", _HELP
        )
    lengths = {prefix + name: len(values) for prefix, group in parts.items() for name, values in group.items()}
    if len(set(lengths.values())) > 1:
        usual = max(set(lengths.values()), key=list(lengths.values()).count)
        other = {name: length for name, length in lengths.items() if length != usual}
        raise ReferenceMotionError(
            f"{source}: {', '.join(f'{name} has {length} frames' for name, length in other.items())}, others {usual}",
            "the same number of frames in every channel",
            _HELP,
        )
    if next(iter(lengths.values())) < 2:
        raise ReferenceMotionError(f"{source} has {next(iter(lengths.values()))} frames", "at least two", _HELP)
    periodic = bool(metadata.get("periodic", False))
    advance = metadata.get("advance")
    if advance is None or not is_number(advance):
        advance = q[FORWARD][-1] - q[FORWARD][0] + dq[FORWARD][-1] / rate if FORWARD in q else 0.0
    return ReferenceMotion(q, dq, act, float(rate), source, periodic, float(advance), dict(metadata))


def _check_channel(name: str, values: Any, source: str) -> np.ndarray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.zeros((0, 0))
    if array.ndim != 1:
        raise ReferenceMotionError(f"{source}, channel {name}: no list of numbers", "one number per frame", _HELP)
    bad = np.flatnonzero(~np.isfinite(array))
    if len(bad):
        raise ReferenceMotionError(
            f"{source}, channel {name}, frame {bad[0]}: {array[bad[0]]}",
            "a finite number in every frame",
            "fill the gap",
        )
    return array


def save_reference(path: Path, motion: ReferenceMotion) -> None:
    """Write a motion as an archive of plain arrays, which nothing has to be unpickled for.

    Keys are `series_data/q_<joint>`, `series_data/dq_<joint>`, `series_data/act_<muscle>` and `metadata`, a JSON text.
    Positions and velocities are stored with 32 bits, activations with 16.

    Raises:
        ReferenceMotionError: if the file cannot be written.
    """
    metadata = motion.metadata | {
        "sample_rate": motion.sample_rate,
        "periodic": motion.periodic,
        "advance": motion.advance,
    }
    arrays: dict[str, Any] = {_METADATA: np.array(json.dumps(metadata))}
    for prefix, group, kind in (("q_", motion.q, "f4"), ("dq_", motion.dq, "f4"), ("act_", motion.act, "f2")):
        arrays |= {f"{_SERIES}/{prefix}{name}": np.asarray(values, dtype=kind) for name, values in group.items()}
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_atomic(path, stream.getvalue())
    except OSError as error:
        raise ReferenceMotionError(
            f"{path} cannot be written: {error.strerror or error}",
            "a file in a folder that can be written",
            "out=<file>",
        ) from error


def _read_npz(file: Path, source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        with open_archive(file) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            segmented = is_segmented(list(members))
            wanted = stride_channels(list(members)) if segmented else list(members)
            data = {name: archive.read(members[name]) for name in wanted}
        content = {
            name: _read_array(part, source, plain=segmented)
            for name, part in data.items()
            if part.startswith(b"\x93NUMPY")
        }
    except ARCHIVE_ERRORS as error:
        raise ReferenceMotionError(f"{source} is no complete .npz archive: {error}", _FORMATS, _HELP) from error
    if segmented:
        return describe_stride(content, source)
    metadata = content.get(_METADATA)
    if isinstance(metadata, str):
        metadata = _parse_json(metadata, f"{source}, metadata")
    series = content.get(_SERIES)
    if series is None:
        series = {
            name.removeprefix(f"{_SERIES}/"): values
            for name, values in content.items()
            if name.startswith(f"{_SERIES}/")
        }
    return _check_parts(series, metadata, list(content), source)


def _read_json(file: Path, source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    content = _parse_json(file.read_text(encoding="utf-8-sig"), source)
    return _check_parts(content.get(_SERIES), content.get(_METADATA), list(content), source)


def _parse_json(text: str, source: str) -> dict[str, Any]:
    try:
        content = parse_json(text)
    except ValueError as error:
        raise ReferenceMotionError(f"{source} is no JSON: {error}", _FORMATS, _HELP) from error
    if not isinstance(content, dict):
        raise ReferenceMotionError(f"{source} holds no JSON object", _FORMATS, _HELP)
    return content


def _check_parts(series: Any, metadata: Any, keys: list, source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for name, part in ((_SERIES, series), (_METADATA, metadata)):
        if not isinstance(part, Mapping) or not part:
            shown = ", ".join(map(str, keys[:12])) or "nothing"
            raise ReferenceMotionError(f"{source} has no {name}; it holds {shown}", _FORMATS, _HELP)
    return dict(series), dict(metadata)


def _read_array(data: bytes, source: str, plain: bool = False) -> Any:
    """Return an array of an archive; a 0-dimensional one as the value in it; of a `plain` file no pickled objects."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if plain and dtype.hasobject:
        raise UnsafeFileError(f"{source} holds pickled objects", "a mean stride: plain numbers", "use another file")
    if not dtype.hasobject:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    else:
        array = _ArrayUnpickler(stream, source).load_checked()
        if not isinstance(array, np.ndarray) or array.shape != shape:
            raise UnsafeFileError(f"{source} holds no array where its header says so", "arrays", "use another file")
    return array.item() if array.ndim == 0 else array


class _ArrayUnpickler(pickle.Unpickler):
    """An unpickler that finds NumPy arrays and plain Python values, nothing else."""

    def __init__(self, stream: io.BytesIO, source: str) -> None:
        # Archives of Python 2 hold byte strings.
        super().__init__(stream, encoding="latin1")
        self._source = source

    def find_class(self, module: str, name: str) -> Any:
        """Return what arrays are rebuilt with.

        Raises:
            UnsafeFileError: for everything else, naming it.
        """
        module = _RENAMED.get(module, module)
        if (module, name) not in _ALLOWED:
            raise UnsafeFileError(
                f"{self._source} refers to {module}.{name}",
                "a reference motion, which consists of NumPy arrays and plain values only",
                "do not use this file; it could run code",
            )
        return super().find_class(module, name)

    def load_checked(self) -> Any:
        """Return the pickled object.

        Raises:
            UnsafeFileError: if anything but arrays is asked for or the data are damaged.
        """
        try:
            return self.load()
        except UnsafeFileError:
            raise
        except Exception as error:  # a damaged pickle can raise anything
            raise UnsafeFileError(
                f"{self._source} cannot be read as a pickle ({type(error).__name__}: {error})",
                "a complete .npz archive",
                "use another file",
            ) from error
