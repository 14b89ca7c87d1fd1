"""Read parameter vectors from the files of a run: plain text as published, or JSON with names."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myoassist.files.content import is_file, is_folder, parse_json
from myoassist.files.errors import UserError
from myoassist.runs.catalogue import CHOSEN_NAME, PARAMETERS_NAME, is_choice_current

_EXPECTED = "a text file with one number per line, or a best_parameters.json"


@dataclass(frozen=True)
class StoredVector:
    """A raw vector as it lies on disk.

    Attributes:
        vector: Raw parameters, shape (n,).
        source: Path, for messages.
        layout: Name of its layout; None for text files that lie beside no description.
        names: Parameter names, where the file has them.
    """

    vector: np.ndarray
    source: str
    layout: str | None = None
    names: tuple[str, ...] | None = None


def find_vector_file(path: Path) -> Path:
    """Return the parameter file that a path means: the file itself, or a run folder's chosen, BestLast, else its Best.

    Raises:
        UserError: if there is none.
    """
    if is_file(path):
        return path
    if not is_folder(path):
        raise UserError(f"{path} does not exist", "a parameter file or a run folder")
    if is_choice_current(path):
        return path / CHOSEN_NAME
    for pattern in ("*_BestLast.txt", "*_Best.txt", PARAMETERS_NAME):
        found = sorted(path.glob(pattern))
        if found:
            return found[0]
    raise UserError(
        f"{path} holds no parameter file",
        "a run folder with a *_BestLast.txt or *_Best.txt",
        "give the folder of a run that has finished a generation, or a file",
    )


def read_vector(path: Path) -> StoredVector:
    """Read a parameter file.

    Args:
        path: `.json` with names, anything else as text.

    Raises:
        UserError: if it cannot be read, is empty, or holds anything but finite numbers.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as text ({error})", _EXPECTED) from error
    if path.suffix.lower() == ".json":
        return _checked(_read_json(text, path))
    try:
        with warnings.catch_warnings():
            # An empty file is refused below with a better message.
            warnings.simplefilter("ignore")
            vector = np.loadtxt(text.splitlines(), ndmin=1, dtype=np.float64)
    except ValueError as error:
        raise UserError(f"{path} is no list of numbers ({error})", _EXPECTED) from error
    if vector.ndim != 1:
        raise UserError(f"{path} holds a table of shape {vector.shape}", _EXPECTED)
    return _checked(StoredVector(vector, str(path), _layout_beside(path, vector.shape[0])))


def _read_json(text: str, path: Path) -> StoredVector:
    try:
        content = parse_json(text)
        parameters = content["parameters"]
        vector = np.array([parameter["raw"] for parameter in parameters], dtype=np.float64)
        names = tuple(str(parameter["name"]) for parameter in parameters)
        return StoredVector(vector, str(path), str(content["layout"]), names)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"{path} is no parameter file ({type(error).__name__}: {error})",
            "a JSON object with layout and a list of parameters, each with name and raw",
        ) from error


def _layout_beside(path: Path, n_entries: int) -> str | None:
    """Return the layout that the JSON in the same run folder names, if it describes vectors of this length."""
    description = path.parent / PARAMETERS_NAME
    if not path.name.startswith("myorfl_") or not is_file(description):
        return None
    try:
        stored = _read_json(description.read_text(encoding="utf-8"), description)
    except (OSError, UnicodeDecodeError, UserError):
        return None
    return stored.layout if stored.vector.shape[0] == n_entries else None


def _checked(stored: StoredVector) -> StoredVector:
    if stored.vector.size == 0:
        raise UserError(f"{stored.source} is empty", _EXPECTED)
    if not np.isfinite(stored.vector).all():
        lines = ", ".join(str(i + 1) for i in np.flatnonzero(~np.isfinite(stored.vector))[:5])
        raise UserError(f"{stored.source} holds NaN or infinity at entry {lines}", "finite numbers")
    return stored
