"""The real training command, killed, stopped, and with other numbers of threads, ends with the same bytes."""

import random
import signal
import sys
import time

import pytest

from tests.end_to_end.walk_runs import SMALL, absolute_paths, find_run, finish, launch, result_bytes

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The results of a run that nothing disturbs, on two threads."""
    place = tmp_path_factory.mktemp("undisturbed")
    finish(launch([*SMALL, "optimizer.threads=2"], place))
    folder = find_run(place / "logs")
    assert [path.name for path in place.iterdir()] == ["logs"]
    assert absolute_paths(folder) == []
    content = result_bytes(folder)
    assert len(content) == 12
    assert content["history_generations.csv"].count(b"\n") == 13
    return content


def wait_for_rows(place, process, rows):
    """Wait until the history holds a number of generations; return false if the run ends before."""
    while process.poll() is None:
        for history in place.glob("logs/*/*/history_generations.csv"):
            if history.read_bytes().count(b"\n") > rows:
                return True
        time.sleep(0.005)
    return False


def count_rows(place):
    return max((path.read_bytes().count(b"\n") for path in place.glob("logs/*/*/history_generations.csv")), default=1)


def test_kill_at_five_random_instants(tmp_path, undisturbed):
    rng = random.Random(1)
    kills = 0
    for _ in range(5):
        process = launch([*SMALL, "optimizer.threads=2"], tmp_path)
        # The first rows after a start come with compilation and saving, so the instants spread over all of it.
        before = count_rows(tmp_path)
        if wait_for_rows(tmp_path, process, min(before, 11)):
            time.sleep(rng.uniform(0.0, 0.4))
        process.kill()
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
    output = finish(launch([*SMALL, "optimizer.threads=2"], tmp_path))
    assert kills >= 3
    assert "finished" in output
    assert result_bytes(find_run(tmp_path / "logs")) == undisturbed
    assert absolute_paths(find_run(tmp_path / "logs")) == []


@pytest.mark.parametrize("threads", [1, 4])
def test_number_of_threads_changes_nothing(tmp_path, undisturbed, threads):
    finish(launch([*SMALL, f"optimizer.threads={threads}"], tmp_path))
    assert result_bytes(find_run(tmp_path / "logs")) == undisturbed


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stop_signals_save_and_the_same_command_continues(tmp_path, undisturbed, number, code):
    process = launch(SMALL, tmp_path)
    assert wait_for_rows(tmp_path, process, 2)
    process.send_signal(number)
    output = finish(process, code)
    assert "the same command continues" in output
    assert "Traceback" not in output
    folder = find_run(tmp_path / "logs")
    assert '"status": "interrupted"' in (folder / "status.json").read_text()
    assert "Continuing the run" in finish(launch(SMALL, tmp_path))
    assert result_bytes(folder) == undisturbed
