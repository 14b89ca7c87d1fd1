"""Two commands on one folder, locks of the dead, and signals, with the real commands."""

import signal
import sys

import pytest
from disturbed_runs import EVOLUTION, FOLDER, REFLEX, RL, count_lines, finish, launch, wait_until

from myoassist.config.run_record import read_status

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]
LONG = {
    "reflex": (
        (*REFLEX[:1], "env.sim_time=0.3", "optimizer.popsize=4", "optimizer.maxiter=5000"),
        "history_generations.csv",
    ),
    "rl": ((*RL, "rl.total_timesteps=1000000"), "history.csv"),
    "evolution": ((*EVOLUTION, "fake.sleep=0.5"), "evolution.jsonl"),
}


def start(place, trainer):
    arguments, grows = LONG[trainer]
    process = launch(place, arguments, strict=trainer != "evolution")
    assert wait_until(process, lambda: count_lines(place / FOLDER / grows) > 2), process.communicate()[0]
    return process


def test_the_second_command_is_refused_and_the_lock_of_a_killed_one_is_stale(tmp_path):
    first = start(tmp_path, "reflex")
    try:
        before = (tmp_path / FOLDER / "config.yaml").read_bytes()
        output = finish(launch(tmp_path, LONG["reflex"][0]), 2)
        assert f"is in use by process {first.pid} on " in output and "logdir=" in output
        assert (tmp_path / FOLDER / "config.yaml").read_bytes() == before
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    assert (tmp_path / FOLDER / "run.lock").exists()
    again = launch(tmp_path, LONG["reflex"][0])
    lines = count_lines(tmp_path / FOLDER / "history_generations.csv")
    assert wait_until(again, lambda: count_lines(tmp_path / FOLDER / "history_generations.csv") > lines + 2)
    again.send_signal(signal.SIGTERM)
    assert "Continuing the run" in finish(again, 143)
    assert not (tmp_path / FOLDER / "run.lock").exists()


@pytest.mark.parametrize("trainer", LONG)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_with_their_codes_and_say_how_to_go_on(tmp_path, trainer, number, code):
    process = start(tmp_path, trainer)
    process.send_signal(number)
    output = finish(process, code)
    if number == signal.SIGTERM or trainer != "evolution":
        assert "the same command continues" in output
    if trainer != "evolution":
        assert read_status(tmp_path / FOLDER)["status"] == "interrupted"
    assert not list((tmp_path / FOLDER).glob("*.lock"))
