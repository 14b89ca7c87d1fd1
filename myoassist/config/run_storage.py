"""Say in words that a run folder cannot be written any more: full disk, read-only, gone."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myoassist.config.errors import ConfigError, FolderError, StorageError

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


def refuse_folder(folder: Path, error: OSError, variable: str) -> ConfigError:
    """Return the refusal of a run folder that cannot be opened; `variable` names the log root in the environment."""
    kind = FolderError if error.errno in _FULL | _SHUT | _LOST else ConfigError
    return kind(
        f"the run folder {folder} cannot be used: {error.strerror or error}",
        "a folder that can be created and written",
        f"free space there, choose another place with logdir=..., or another log root with {variable}=...",
    )


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
