"""Import the Python files that a run names, and no others."""

import importlib.util
import shlex
import sys
import traceback
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from myoassist.config.schema.own_code import check_plugins, read_plugin
from myoassist.files.errors import ConfigError, UnsafeFileError

# Files that this process has imported, by their place.
_IMPORTED: dict[Path, ModuleType] = {}


def import_plugins(paths: list[str]) -> list[ModuleType]:
    """Import plugin files in the given order; each runs once per process.

    Only for files that the user has named; those that a run folder names are for `plugin_trust.check_stored_plugins`
    first.

    Raises:
        ConfigError: if a file is missing or raises while it is imported, naming the file, the line and the error.
    """
    check_plugins(paths)
    modules = []
    for text in paths:
        path = Path(text).resolve()
        name = f"myoassist_plugin_{path.stem}"
        if path not in _IMPORTED or sys.modules.get(name) is not _IMPORTED[path]:
            _IMPORTED[path] = _import_file(name, path, text)
        modules.append(_IMPORTED[path])
    return modules


def imported_plugin(path: str) -> ModuleType:
    """Return a file that has been imported before, by whoever decides about trust.

    Raises:
        UnsafeFileError: if it has not.
    """
    module = _IMPORTED.get(Path(path).resolve())
    if module is None:
        raise UnsafeFileError(
            f"{path} is code that has not been imported", "a file named by who runs it", "name it on the command line"
        )
    return module


def _import_file(name: str, path: Path, shown: str) -> ModuleType:
    spec = ModuleSpec(name, None, origin=str(path))
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    source = read_plugin(path, shown)
    # Known by name while it runs, so that dataclasses and pickles inside the plugin resolve.
    sys.modules[name] = module
    try:
        # From the source itself: the usual loader prefers a __pycache__, which whoever sent a file can send along.
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    except Exception as error:
        del sys.modules[name]
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        place = f"line {line}" if line else "its import"
        raise ConfigError(
            f"plugin {shown} failed at {place}: {type(error).__name__}: {error}",
            "a file that imports without an error",
            f"correct it, or leave it out; `python {shlex.quote(shown)}` shows the whole error",
        ) from error
    return module
