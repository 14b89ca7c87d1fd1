"""Read the files by which MyoAssist evaluates result folders in one go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoassist.compat.paths import locate
from myoassist.compat.result.folder import LABELS
from myoassist.config.nearest import nearest_name
from myoassist.files.content import parse_json
from myoassist.files.errors import ConfigError, UserError

# Length of the walks, s.
MODES = {"short": 5.0, "long": 10.0, "full": 20.0}
_KEYS = ("results_dir", "results_dirs", "evaluation_mode", "output_dir", "include_best", "include_bestlast")
_EXPECTED = "an object with results_dirs, evaluation_mode, output_dir, include_best and include_bestlast"


@dataclass(frozen=True)
class Batch:
    """Result folders to evaluate together.

    Attributes:
        folders: The folders as the file names them, with where they are; None where they are not.
        labels: Labels of the vectors to evaluate in each.
        sim_time: Length of the walks, s; None leaves it to the presets.
        root: Folder for the results; None where the file names none.
    """

    folders: dict[str, Path | None]
    labels: tuple[str, ...]
    sim_time: float | None
    root: Path | None


def is_batch_file(text: str | None) -> bool:
    """Say whether `run=` names a file that lists result folders."""
    return text is not None and text.lower().endswith(".json") and not Path(text).expanduser().is_dir()


def read_batch(path: Path) -> Batch:
    """Read a batch file; relative folders are looked for from the current one, the file's, and a checkout around it.

    Raises:
        UserError: if it cannot be read, or for an unknown key, a value of another kind, or nothing to evaluate.
    """
    try:
        content = parse_json(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist", f"a JSON file: {_EXPECTED}", "run=<file.json or folder>") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read ({error})", f"a JSON file: {_EXPECTED}") from error
    except ValueError as error:
        raise UserError(f"{path} is no JSON ({error})", _EXPECTED, "a backslash in a path is written twice") from error
    if not isinstance(content, dict) or not any(key in content for key in _KEYS[:2]):
        raise UserError(f"{path} names no results_dir or results_dirs", _EXPECTED, '"results_dirs": ["<folder>"]')
    for key in content:
        if key not in _KEYS and not key.startswith("_"):
            near = nearest_name(key, _KEYS)
            raise ConfigError(f"{path}: there is no key {key}", ", ".join(_KEYS), f'"{near}"' if near else "remove it")
    folders = _folders(content, path)
    flags = {label: _flag(content, f"include_{word}", path) for word, label in LABELS.items()}
    labels = tuple(label for label in LABELS.values() if flags[label])
    if not labels:
        raise ConfigError(
            f"{path}: include_best and include_bestlast are both false", "one of them", '"include_best": true'
        )
    return Batch(folders, labels, _sim_time(content, path), _root(content, path))


def _folders(content: dict[str, Any], path: Path) -> dict[str, Path | None]:
    names = content.get("results_dirs", [])
    names = [*names] if isinstance(names, list) else [names]
    if content.get("results_dir") is not None:
        names.insert(0, content["results_dir"])
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise ConfigError(f"{path}: {name!r} names no folder", "results_dirs as a list of texts", '["<folder>"]')
    if not names:
        raise ConfigError(f"{path}: results_dirs is empty", "one folder at least", '"results_dirs": ["<folder>"]')
    found = {name: Path(locate(name, path) or name) for name in names}
    return {name: place if place.is_dir() else None for name, place in found.items()}


def _flag(content: dict[str, Any], key: str, path: Path) -> bool:
    value = content.get(key, True)
    if not isinstance(value, bool):
        raise ConfigError(f"{path}: {key} is {value!r}", "true or false, without quotes", f'"{key}": true')
    return value


def _sim_time(content: dict[str, Any], path: Path) -> float | None:
    mode = content.get("evaluation_mode")
    if mode is None:
        return None
    if not isinstance(mode, str) or mode not in MODES:
        shown = ", ".join(f"{name} ({seconds:g} s)" for name, seconds in MODES.items())
        raise ConfigError(f"{path}: evaluation_mode is {mode!r}", f"one of {shown}", '"evaluation_mode": "short"')
    return MODES[mode]


def _root(content: dict[str, Any], path: Path) -> Path | None:
    text = content.get("output_dir")
    if text is None:
        return None
    expected = "a folder below the current one, where the results go"
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f"{path}: output_dir is {text!r}", expected, '"output_dir": "evaluation_outputs"')
    root = Path(text.replace("\\", "/"))
    if root.is_absolute() or ".." in root.parts or ":" in text:
        # The file may be that of somebody else.
        name = root.name if root.name not in ("", "..") else "evaluation_outputs"
        raise ConfigError(f"{path}: output_dir is {text}", expected, f'"output_dir": "{name}"')
    return root
