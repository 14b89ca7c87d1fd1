"""Keep two commands out of one run folder, without leaving it shut after a kill."""

import contextlib
import errno
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from myoassist.files.errors import ResumeError
from myoassist.files.process import read_machine, read_process

LOCK_NAME = "run.lock"

# A lock of another machine cannot be asked whether its process lives, so its owner touches it now and then.
HEARTBEAT_S = 10.0
STALE_AFTER_S = 60.0
# A local worker ends itself soon after its daemon; a worker on another machine is judged by its last sign of life.
LOCK_PATIENCE_S = STALE_AFTER_S + 30.0
_POLL_S = 0.5

_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EINVAL, errno.EACCES}


class RunLock:
    """The lock file of a run folder: process id, start of the process, machine and a token.

    Args:
        folder: An existing run folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / LOCK_NAME
        self._token = uuid.uuid4().hex
        self._stop = threading.Event()
        self._held = False

    def acquire(self, remedy: str = "") -> None:
        """Take the lock, also from a process that no longer lives.

        Args:
            remedy: What the user can do instead of waiting, for the error message.

        Raises:
            ResumeError: if a living process holds it; the message names the process.
            OSError: if the folder cannot be written.
        """
        text = json.dumps(
            {"pid": os.getpid(), "start": read_process(os.getpid())[1], "token": self._token} | read_machine()
        )
        draft = self.folder / f".{LOCK_NAME}.{self._token}.tmp"
        try:
            draft.write_text(text, encoding="utf-8")
            # Of two commands that find the same stale lock, the second must not remove the new lock of the first.
            with _one_at_a_time(self.folder):
                while not _publish(draft, self.path, text):
                    self._remove_stale(draft.stat().st_mtime, remedy)
        finally:
            draft.unlink(missing_ok=True)
        self._held = True
        self._stop.clear()
        threading.Thread(target=self._beat, name="run-lock", daemon=True).start()

    def check(self) -> None:
        """Make sure that nobody else has taken the folder, e.g. while this process was suspended for long.

        Raises:
            ResumeError: if the lock names another owner.
        """
        owner = _read_owner(self.path)
        if self._held and owner is not None and owner.get("token") != self._token:
            raise ResumeError(
                f"{self.folder} was taken over by {_name(owner)} while this process did not answer",
                "one process per run folder",
                "let the other process go on; this one has stopped",
            )

    def move(self, folder: Path) -> None:
        """Follow the folder to its new name."""
        self.folder, self.path = folder, folder / LOCK_NAME

    def release(self) -> None:
        """Remove the lock file if it is still ours; safe to call twice."""
        self._stop.set()
        if not self._held:
            return
        self._held = False
        owner = _read_owner(self.path)
        if owner is not None and owner.get("token") == self._token:
            # On storage that has become read-only it stays; this process ends, which makes it stale.
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            owner = _read_owner(self.path)
            if owner is not None and owner.get("token") == self._token:
                with contextlib.suppress(OSError):
                    os.utime(self.path)

    def _remove_stale(self, now: float, remedy: str) -> None:
        """Remove the lock of a dead process or raise; `now` is the clock of the file system, s."""
        try:
            age = now - self.path.stat().st_mtime
            owner = _read_owner(self.path)
        except FileNotFoundError:
            return
        if _lives(owner, age):
            raise _refusal(self.folder, owner, age, remedy)
        aside = self.folder / f".{LOCK_NAME}.{self._token}.stale.tmp"
        try:
            self.path.replace(aside)
        except FileNotFoundError:
            return
        moved = _read_owner(aside)
        if moved != owner:
            with contextlib.suppress(OSError):
                os.link(aside, self.path)
            aside.unlink(missing_ok=True)
            raise _refusal(self.folder, moved, 0.0, remedy)
        aside.unlink(missing_ok=True)


def wait_until_free(path: Path, patience: float = LOCK_PATIENCE_S) -> None:
    """Wait until no living process holds the lock of a run folder.

    Args:
        path: Run folder.
        patience: Longest wait, s.

    Raises:
        ResumeError: if it is still held then, naming the process.
    """
    end = time.monotonic() + patience
    while True:
        lock = RunLock(path)
        try:
            lock.acquire("or end that process")
        except ResumeError:
            if time.monotonic() > end:
                raise
            time.sleep(_POLL_S)
        else:
            lock.release()
            return


def _lives(owner: dict | None, age: float) -> bool:
    """Judge a lock by its owner, or by its age in seconds where the owner cannot be seen from here."""
    here = read_machine()
    if owner is None or any(owner.get(key) != value for key, value in here.items()):
        return age < STALE_AFTER_S
    alive, start = read_process(int(owner["pid"]))
    return alive and (start is None or owner.get("start") is None or start == owner["start"])


def _refusal(folder: Path, owner: dict | None, age: float, remedy: str) -> ResumeError:
    waiting = "wait for it to end"
    if owner is None or owner.get("host") != read_machine()["host"]:
        waiting = (
            f"wait for it to end, or {STALE_AFTER_S:.0f} s after it was killed (last sign of life {age:.0f} s ago)"
        )
    return ResumeError(
        f"{folder} is in use by {_name(owner)}",
        "one process per run folder",
        f"{waiting}, {remedy}" if remedy else waiting,
    )


def _name(owner: dict | None) -> str:
    if owner is None:
        return "a process that is just starting"
    return f"process {owner['pid']} on {owner.get('host')}"


def _read_owner(path: Path) -> dict | None:
    """Return the content of a lock file, None if it is missing or half-written."""
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return owner if isinstance(owner, dict) and isinstance(owner.get("pid"), int) else None


def _publish(draft: Path, lock: Path, text: str) -> bool:
    """Create the lock file with its content in one step; false if there is one already."""
    try:
        os.link(draft, lock)
    except FileExistsError:
        return False
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_HARD_LINKS:
            raise
        try:
            with lock.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            return False
    return True


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold an advisory lock on the folder, which the system drops with the process; a no-op where unsupported."""
    descriptor = None
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except (ImportError, OSError):
        pass
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)
