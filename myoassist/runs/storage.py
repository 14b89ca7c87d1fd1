"""The folder of a run, a grid or an evolution on the disk: made, locked, set aside, and in words where that fails."""

import errno
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myoassist.files.errors import ConfigError, FolderError, ResumeError, StorageError
from myoassist.files.lock import RunLock
from myoassist.runs.catalogue import ASIDE, LOG_ROOT_VARIABLE

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_SHUT = {errno.EROFS, errno.EACCES, errno.EPERM}
_TEMPORARY = re.compile(r"\..+\.tmp")
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


def make_folder(folder: Path, what: str) -> None:
    """Make a folder with its parents.

    Args:
        folder: The folder.
        what: What it is for, e.g. "the folder of the grid".

    Raises:
        ConfigError: if it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse_folder(folder, error, what) from None


def claim_folder(folder: Path, remedy: str, what: str = "the run folder") -> RunLock:
    """Make a folder and lock it for this process.

    Args:
        folder: The folder, there or not.
        remedy: What to do instead of waiting for its owner, for the message.
        what: What it is for.

    Raises:
        ResumeError: if a living process has it.
        ConfigError: if it cannot be made or written.
    """
    make_folder(folder, what)
    lock = RunLock(folder)
    try:
        lock.acquire(remedy)
    except OSError as error:
        raise refuse_folder(folder, error, what) from None
    return lock


def set_aside(folder: Path, remedy: str) -> str:
    """Rename a folder to a name that is free, keeping everything in it; return what was done, for people.

    Args:
        folder: The folder.
        remedy: What to do instead of waiting for its owner, for the message.

    Raises:
        ResumeError: if a living process has it, or the command was given inside of it.
        OSError: if it cannot be renamed.
    """
    if Path.cwd().is_relative_to(folder.resolve()):
        raise ResumeError(f"{folder} is the current directory", "a directory above it", "cd out of it first")
    lock = RunLock(folder)
    lock.acquire(remedy)
    try:
        number = 1
        while (aside := folder.with_name(f"{folder.name}{ASIDE}{number}")).exists():
            number += 1
        folder.rename(aside)
    except BaseException:
        lock.release()
        raise
    lock.move(aside)
    lock.release()
    return f"The old folder is now {aside.as_posix()}."


def remove_temporaries(path: Path) -> None:
    """Remove what a killed process left half-written; only for the owner of the lock."""
    for entry in path.iterdir():
        if _TEMPORARY.fullmatch(entry.name) and entry.is_file():
            entry.unlink(missing_ok=True)


def refuse_folder(folder: Path, error: OSError, what: str = "the run folder") -> ConfigError:
    """Return the refusal of a folder that cannot be opened; arguments as in `make_folder`."""
    kind = FolderError if error.errno in _FULL | _SHUT | _LOST else ConfigError
    elsewhere = f"choose another place with logdir=..., or another log root with {LOG_ROOT_VARIABLE}=..."
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
