"""Two commands on one folder, locks of the dead, and signals, with the real commands."""

import signal
import sys

import pytest
from disturbed_runs import (
    COMMANDS,
    EVOLUTION,
    FOLDER,
    REFLEX,
    RL,
    assert_finished,
    count_lines,
    finish,
    launch,
    results,
    undisturbed_results,
    wait_until,
)
from fault_table import compare

from myoassist.runs.catalogue import read_status

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]
LONG = {
    "reflex": (REFLEX, "history_generations.csv"),
    "rl": ((*RL, "rl.total_timesteps=960"), "history.csv"),
    "evolution": ((*EVOLUTION, "fake.sleep=0.3"), "evolution.jsonl"),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Results of runs that nothing disturbs, made when they are asked for."""

    def make(trainer):
        arguments = COMMANDS[trainer] if trainer == "evolution" else LONG[trainer][0]
        return undisturbed_results(tmp_path_factory, trainer, arguments)

    return make


def start(place, trainer):
    arguments, grows = LONG[trainer]
    process = launch(place, arguments)
    assert wait_until(process, lambda: count_lines(place / FOLDER / grows) > 2), process.communicate()[0]
    return process


def continue_to_the_end(place, trainer, expected):
    """Give the command of a disturbed run again and compare what it leaves with an undisturbed run."""
    output = finish(launch(place, LONG[trainer][0], strict=False))
    if trainer != "evolution":
        assert "Continuing the run" in output
        assert_finished(place / FOLDER)
    assert not list((place / FOLDER).glob("*.lock"))
    return compare(expected, results(place / FOLDER, trainer))


@pytest.mark.parametrize("trainer", LONG)
def test_the_second_command_is_refused_and_the_lock_of_a_killed_one_is_stale(tmp_path, undisturbed, faults, trainer):
    first = start(tmp_path, trainer)
    try:
        # It must not come to its end meanwhile, however fast the machine.
        first.send_signal(signal.SIGSTOP)
        refusal = finish(launch(tmp_path, LONG[trainer][0]), 2)
    finally:
        first.kill()
        first.communicate()
    assert str(first.pid) in refusal and "logdir=" in refusal
    assert list((tmp_path / FOLDER).glob("*.lock"))
    compared = continue_to_the_end(tmp_path, trainer, undisturbed(trainer))
    fault = "a second command on the same folder, then kill -9 of the first, which leaves its lock"
    assert faults.add(trainer, fault, compared, 2, refusal, "is in use by") == 0


@pytest.mark.parametrize("trainer", LONG)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_with_their_codes_and_say_how_to_go_on(tmp_path, undisturbed, faults, trainer, number, code):
    process = start(tmp_path, trainer)
    process.send_signal(number)
    output = finish(process, code)
    if trainer != "evolution":
        assert read_status(tmp_path / FOLDER)["status"] == "interrupted"
    assert not list((tmp_path / FOLDER).glob("*.lock"))
    compared = continue_to_the_end(tmp_path, trainer, undisturbed(trainer))
    assert faults.add(trainer, number.name, compared, code, output, "the same command continues") == 0
