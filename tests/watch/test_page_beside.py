"""The live page beside a search: its address is said, it ends with the search, its failure ends nothing."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from myoassist.files.process import read_process
from myoassist.watch.beside import page_beside

OLD_RUN = Path(__file__).resolve().parents[1] / "data" / "old_runs" / "finished"
# A search that does nothing but go on.
_SEARCH = """
import sys, time
from pathlib import Path
from myoassist.watch.beside import page_beside
with page_beside(Path(sys.argv[1]), sys.argv[2]):
    print("begun", flush=True)
    time.sleep(float(sys.argv[3]))
"""


def test_a_page_that_cannot_be_started_is_said(tmp_path, capfd):
    (tmp_path / "empty").mkdir()
    with page_beside(tmp_path / "empty", "127.0.0.1"):
        text, limit = "", time.monotonic() + 60.0
        while "goes on" not in text and time.monotonic() < limit:
            time.sleep(0.05)
            text += capfd.readouterr().out
    assert "The page could not be started; the search goes on:" in text and "empty" in text


def start(host, seconds):
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _SEARCH, OLD_RUN.as_posix(), host, str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )


def children(pid):
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,ni="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines() if line.split()[2] != "-"]
    return {child: nice for child, parent, nice in rows if parent == pid}


def wait_until_gone(pids, seconds=20.0):
    limit = time.monotonic() + seconds
    while any(read_process(pid)[0] for pid in pids) and time.monotonic() < limit:
        time.sleep(0.1)
    return not any(read_process(pid)[0] for pid in pids)


def read_status(url):
    try:
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
        with urllib.request.build_opener(*handlers).open(url, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="signals and priorities of POSIX")
def test_it_has_a_token_where_needed_a_lower_priority_and_ends_with_a_killed_search():
    pytest.importorskip("mjviser", reason="the extra viewer is not installed")
    search = start("0.0.0.0", 300)
    try:
        assert search.stdout.readline() == "begun\n"
        pages = children(search.pid)
        line = search.stdout.readline()
        found = re.search(r"is at http://[^:]+:(\d+)/\?token=(\S+) for everybody .*ends with the search", line)
        assert found, line
        port, token = found.groups()
        assert read_status(f"http://127.0.0.1:{port}/") == 403
        assert read_status(f"http://127.0.0.1:{port}/?token={token}") == 200
        assert len(pages) == 1
        assert list(children(search.pid).values()) == [min(os.nice(0) + 10, 19)]
    finally:
        os.kill(search.pid, signal.SIGKILL)
        search.wait()
    assert wait_until_gone(pages)


@pytest.mark.skipif(sys.platform == "win32", reason="lists processes as POSIX does")
def test_it_ends_with_a_search_that_is_over():
    search = start("127.0.0.1", 1)
    assert search.stdout.readline() == "begun\n"
    pages = children(search.pid)
    search.communicate(timeout=60)
    assert search.returncode == 0 and len(pages) == 1 and wait_until_gone(pages)
