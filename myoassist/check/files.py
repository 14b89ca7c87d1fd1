"""Files that a configuration names: whether they are there, and whether they have been found good before."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from myoassist.config.schema.values import means_nothing
from myoassist.files.content import is_file, is_folder
from myoassist.files.errors import ConfigError

# Files that have been found good, by what they were when they were read: jobs of a grid mostly name the same ones.
_GOOD: set[Hashable] = set()


def check_exists(key: str, text: str | None, kind: str, *, folder: bool) -> None:
    """Refuse a path where nothing is.

    Args:
        key: Key that holds it.
        text: The path; null is fine.
        kind: What it should be, in words.
        folder: Whether a folder will do.

    Raises:
        ConfigError: naming key and path.
    """
    if text is None:
        return
    path = Path(text).expanduser()
    if is_file(path) or (folder and is_folder(path)):
        return
    found = "is a folder" if is_folder(path) else "does not exist"
    better = "null" if means_nothing(text) else "<existing path>"
    raise ConfigError(f"{key}={text} {found}", f"{kind}, relative to the current folder", f"{key}={better}")


def check_once(path: str, how: str, check: Callable[[], Any]) -> None:
    """Check a file unless it has been found good as it is now.

    Args:
        path: The file.
        how: What it is checked for; the same file may be good for one thing and not for another.
        check: Raises if it is not good.
    """
    try:
        state = Path(path).expanduser().stat()
    except OSError:
        # Shipped files, and those whose absence the check has words for.
        check()
        return
    key = (path, how, state.st_mtime_ns, state.st_size, state.st_ino)
    if key not in _GOOD:
        check()
        _GOOD.add(key)
