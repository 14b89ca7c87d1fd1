"""The checkpoint of a run: one file that holds everything, and the one before it as a fallback.

A checkpoint is a magic line, the SHA-256 of the rest, one line of JSON and the state of what runs.
"""

import hashlib
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.errors import ResumeError, UnsafeFileError

CHECKPOINT_NAME = "checkpoint.bin"
PREVIOUS_NAME = "checkpoint.previous.bin"
_MAGIC = b"myoassist checkpoint 1\n"
_DIGEST_LENGTH = 64


class DamagedCheckpointError(Exception):
    """A checkpoint file that is not what was written."""


@dataclass(frozen=True)
class Checkpoint:
    """Content of a checkpoint.

    Attributes:
        header: Counters, best candidates, sizes of the growing files; plain JSON values.
        state: What the run needs to go on; nothing here reads it.
    """

    header: dict[str, Any]
    state: bytes


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Make a checkpoint the newest of a folder; a kill at any instant leaves this one or the one before.

    Raises:
        OSError: if the folder cannot be written; the stored checkpoints are then untouched or one older.
    """
    body = json.dumps(checkpoint.header, separators=(",", ":")).encode() + b"\n" + checkpoint.state
    data = _MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    newest = folder / CHECKPOINT_NAME
    if newest.exists():
        newest.replace(folder / PREVIOUS_NAME)
    write_bytes_atomic(newest, data)


def read_checkpoint(path: Path) -> Checkpoint:
    """Return the content of one checkpoint file; the state is not unpickled.

    Raises:
        DamagedCheckpointError: if the file is truncated, changed or something else.
        OSError: if it cannot be read.
    """
    data = path.read_bytes()
    start = len(_MAGIC) + _DIGEST_LENGTH + 1
    if not data.startswith(_MAGIC) or len(data) < start:
        raise DamagedCheckpointError("it does not begin like a checkpoint")
    body = data[start:]
    if data[len(_MAGIC) : start - 1] != hashlib.sha256(body).hexdigest().encode():
        raise DamagedCheckpointError("its checksum is wrong")
    line, _, state = body.partition(b"\n")
    try:
        header = json.loads(line)
    except ValueError as error:
        raise DamagedCheckpointError("its header is no JSON") from error
    return Checkpoint(header, state)


def has_checkpoint(folder: Path) -> bool:
    """Return whether a folder holds a checkpoint, sound or not."""
    return (folder / CHECKPOINT_NAME).is_file() or (folder / PREVIOUS_NAME).is_file()


def load_newest(folder: Path, set_aside: bool = True) -> Checkpoint | None:
    """Return the newest sound checkpoint of a folder, or None where there is none at all.

    A damaged newest file is named in a warning and the one before it is used.

    Args:
        folder: A run folder.
        set_aside: Rename a damaged file, so that the next checkpoint does not replace the sound one by it.

    Raises:
        ResumeError: if every checkpoint of the folder is damaged; nothing is changed then.
    """
    damaged: list[tuple[Path, str]] = []
    for name in (CHECKPOINT_NAME, PREVIOUS_NAME):
        path = folder / name
        if not path.is_file():
            continue
        try:
            checkpoint = read_checkpoint(path)
        except (DamagedCheckpointError, OSError) as error:
            damaged.append((path, str(error)))
            continue
        for bad, reason in damaged:
            warnings.warn(f"{bad} is damaged ({reason}); continuing from {path.name}", stacklevel=2)
            if set_aside:
                bad.replace(bad.with_name("checkpoint.damaged.bin"))
        return checkpoint
    if not damaged:
        return None
    raise ResumeError(
        "; ".join(f"{path} is damaged ({reason})" for path, reason in damaged),
        "a sound checkpoint",
        "restore one of the files from a backup, or start anew with fresh=true",
    )


def is_checkpoint_file(path: Path, expected: str) -> bool:
    """Return whether a file begins like a checkpoint of this project.

    Args:
        path: The file.
        expected: What it should be, for the message.

    Raises:
        UnsafeFileError: if it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise UnsafeFileError(f"{path} cannot be read ({error.strerror})", expected) from error
