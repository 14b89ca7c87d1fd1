"""A disk of a few megabytes that can be filled and made read-only."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


class SmallDisk:
    """A file system in memory.

    Attributes:
        path: Where it is mounted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, free: int = 0) -> None:
        """Use all space up, but for `free` bytes."""
        with (self.path / "filler").open("wb") as stream:
            while True:
                try:
                    os.write(stream.fileno(), bytes(4096))
                except OSError:
                    break
            size = os.fstat(stream.fileno()).st_size
            os.truncate(stream.fileno(), max(0, size - free))

    def empty(self) -> None:
        """Free what `fill` has used."""
        (self.path / "filler").unlink()

    def remount(self, mode: str) -> None:
        """Make it `ro` or `rw`."""
        # Files that are open for writing make a remount fail, so that the moment has to be met in which none is.
        for left in reversed(range(400)):
            command = ["mount", "-o", f"remount,bind,{mode}", str(self.path)]
            answer = subprocess.run(command, capture_output=True, text=True)
            if "busy" not in answer.stderr or not left:
                break
            time.sleep(0.01)
        assert answer.returncode == 0, answer.stderr


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 16 MB; only where this process may mount one."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    answer = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)], capture_output=True)
    if answer.returncode:
        pytest.skip(f"this machine lets nobody mount: {answer.stderr.decode().strip()}")
    yield SmallDisk(place)
    subprocess.run(["umount", "-l", str(place)], check=True)
