"""The live page of a search as a process beside it, which ends with it however it ends."""

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from myoassist.files.console import say

# Of the line that holds the address, see `commands.watch`.
ADDRESS_MARK = " is at http"
_PATIENCE_S = 5.0


@contextmanager
def page_beside(folder: Path, host: str) -> Iterator[None]:
    """Show a run folder in a browser for as long as the context lasts; a page that fails is said and no more.

    The process has a lower priority than this one. It ends when its standard input does, so that it does not outlive a
    run that is killed.

    Args:
        folder: Run folder.
        host: Address to listen on; anything but a loopback address gets a token.
    """
    words = ["watch", folder.as_posix(), f"host={host}", "with_parent=true"]
    ending = threading.Event()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "myoassist", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C in the terminal is meant for the search, which ends the page.
            start_new_session=os.name != "nt",
        )
    except OSError as error:
        say(f"The page could not be started ({error}); the search goes on.")
        yield
        return
    reader = threading.Thread(target=_pass_on, args=(process, ending), daemon=True, name="page")
    reader.start()
    try:
        yield
    finally:
        ending.set()
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(_PATIENCE_S)


def _pass_on(process: "subprocess.Popen[str]", ending: threading.Event) -> None:
    """Say where the page is, or why there is none."""
    last: deque[str] = deque(maxlen=4)
    shown = False
    assert process.stdout is not None
    for line in process.stdout:
        if ADDRESS_MARK in line and not shown:
            shown = True
            say(line.rstrip())
        elif line.strip():
            last.append(line.rstrip())
    if not ending.is_set():
        what = "The page has ended" if shown else "The page could not be started"
        said = "\n  ".join(last)
        say(f"{what}; the search goes on{f':{chr(10)}  {said}' if said else '.'}")
