"""Say in words that a run folder cannot be written any more: full disk, read-only, gone."""

import errno
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myoassist.files.errors import ConfigError, FolderError, StorageError

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_SHUT = {errno.EROFS, errno.EACCES, errno.EPERM}
_LOST = {errno.EIO, errno.ENODEV, errno.ENXIO, getattr(errno, "ESTALE", errno.EIO)}


@contextmanager
def explain_storage(folder: Path) -> Iterator[None]:
    """Turn operating-system errors that come from the storage of a run folder into a message for people.

    Args:
        folder: Run folder.

    Raises:
        StorageError: for a full disk or quota, a folder that has become read-only, has vanished or does not answer.
        OSError: any other, unchanged.
    """
    try:
        yield
    except OSError as error:
        if (explained := _explain(folder, error)) is None:
            raise
        raise explained from error


def make_folder(folder: Path, variable: str, what: str) -> None:
    """Make a folder with its parents.

    Args:
        folder: The folder.
        variable: Environment variable that names the log root.
        what: What it is for, e.g. "the folder of the grid".

    Raises:
        ConfigError: if it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse_folder(folder, error, variable, what) from None


def refuse_folder(folder: Path, error: OSError, variable: str, what: str = "the run folder") -> ConfigError:
    """Return the refusal of a folder that cannot be opened; arguments as in `make_folder`."""
    kind = FolderError if error.errno in _FULL | _SHUT | _LOST else ConfigError
    elsewhere = f"choose another place with logdir=..., or another log root with {variable}=..."
    remedy = {**dict.fromkeys(_FULL, "free space there, or "), **dict.fromkeys(_SHUT, "make it writable, or ")}
    why, expected, first = _find_obstacle(folder) or (
        str(error.strerror or error),
        "a folder that can be created and written",
        remedy.get(error.errno or 0, ""),
    )
    return kind(f"{what} {folder} cannot be used: {why}", expected, first + elsewhere)


def _find_obstacle(folder: Path) -> tuple[str, str, str] | None:
    """Return what stands where a folder should be, what was expected and the begin of a remedy; None for nothing."""
    for place in (*reversed(folder.parents), folder):
        name = shlex.quote(place.as_posix())
        if place.is_symlink() and not place.exists():
            target = place.readlink()
            aim = shlex.quote(Path(os.path.normpath(place.parent / target)).as_posix())
            if _leads_back(place):
                why, make = f"{place} is a link that leads back to itself", ""
            else:
                why, make = f"{place} is a link to {target}, which does not exist", f"mkdir -p {aim}, or "
            return why, "a folder, or a link to one", f"{make}rm {name}   (removes the link alone), or "
        if place.exists() and not place.is_dir():
            return f"{place} is a file", "a folder", f"mv {name} {name}.old, or "
    return None


def _leads_back(link: Path) -> bool:
    try:
        link.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _explain(folder: Path, error: OSError) -> StorageError | None:
    number = error.errno
    said = os.strerror(number) if number else str(error)
    if number in _FULL:
        return StorageError(
            f"the run folder {folder} cannot be written: {said}",
            "free space for the next checkpoint",
            "free space; the same command then continues from the last checkpoint",
        )
    if number in _LOST or not folder.is_dir():
        return StorageError(
            f"the run folder {folder} has vanished while the run was going on: {said}",
            "a folder that stays where it is",
            "bring it back and give the same command, which continues it; without it the same command starts anew",
        )
    if number in _SHUT:
        return StorageError(
            f"the run folder {folder} cannot be written any more: {said}",
            "a folder that can be written",
            "make it writable again; the same command then continues from the last checkpoint",
        )
    return None
