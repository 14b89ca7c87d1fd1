"""Recording a walk: the window that loops, and the command."""

import numpy as np
import pytest

from myoassist import cli
from myoassist.rl.motion.file import load_reference
from myoassist.rl.motion.motion import ReferenceMotionError
from myoassist.rl.motion.record import choose_window

EVERY = np.ones(2, dtype=bool)


def walk_with_one_good_loop():
    """Strides of 100 frames whose phase drifts, but for frames 300 and 700, which are alike."""
    phase = np.arange(1001) / 100.0
    drift = np.interp(np.arange(1001), [0, 300, 500, 700, 1000], [0.0, 0.4, 0.7, 0.4, 1.2])
    frames = np.stack([np.sin(2 * np.pi * phase) + drift, np.cos(2 * np.pi * phase)], axis=1)
    return frames, np.arange(0, 1001, 100)


def test_the_window_with_the_smallest_seam_is_taken():
    frames, strikes = walk_with_one_good_loop()
    start, end, seam = choose_window(frames, strikes, 400, EVERY)
    assert (start, end) == (300, 700)
    assert seam < 1e-6


def test_channels_that_are_left_out_do_not_count():
    frames, strikes = walk_with_one_good_loop()
    start, end, seam = choose_window(frames, strikes, 500, np.array([False, True]))
    # Without the drift every window closes; the first of the shortest allowed ones comes first.
    assert (end - start) >= 0.75 * 500
    assert seam < 1e-6


def test_windows_are_whole_strides_of_at_most_the_length():
    frames, strikes = walk_with_one_good_loop()
    start, end, _ = choose_window(frames, strikes, 250, EVERY)
    assert (end - start, start % 100) == (200, 0)
    with pytest.raises(ReferenceMotionError, match=r"a whole stride within 0\.5 s"):
        choose_window(frames, strikes, 50, EVERY)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "out=a.npz"], "lacks run="),
        (["record", "run=shipped:walk_22", "out=a.txt"], "ends with .npz"),
        (["record", "run=shipped:walk", "out=a.npz"], "walk_22"),
        (["record", "run=nowhere", "out=a.npz"], "nowhere"),
        (["record", "run=shipped:walk_22", "out=a.npz", "duration=0"], "duration=0"),
        (["record", "run=shipped:walk_22", "out=a.npz", "modl.physics=fast"], "model.physics"),
        (["record", "run=shipped:walk_22", "run=b", "out=a.npz"], "given twice"),
        (["synthesize", "out=a.npz", "speed=fast"], "speed=fast"),
        (["convert", "in=a.mot", "out=b.npz", "seed=1"], "'seed=1' is no argument"),
        (["show", "a.npz"], "does not exist"),
        (["mix"], "no such command"),
    ],
)
def test_refused_commands_leave_nothing(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["reference", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_synthesize_and_show(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command = ["reference", "synthesize", "out=new/walk.npz", "speed=1.1", "model=tutorial", "model.physics=fast"]
    assert cli.main(command) == 0
    assert cli.main(["reference", "show", "new/walk.npz"]) == 0
    shown = capsys.readouterr().out
    assert "mean speed 1.100 m/s" in shown
    assert "myoassist reference synthesize" in shown
    assert load_reference("new/walk.npz").metadata["device"] == "tutorial"


@pytest.mark.long
def test_a_recorded_run_is_periodic_and_reproducible(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = ["reference", "record", "run=shipped:tutorial_4param_fast", "duration=4"]
    assert cli.main([*command, "out=a.npz"]) == 0
    assert cli.main([*command, "out=b.npz"]) == 0
    motion, again = load_reference("a.npz"), load_reference("b.npz")
    assert np.array_equal(motion.q["knee_angle_l"], again.q["knee_angle_l"])
    assert 3.0 <= motion.duration <= 4.0
    assert motion.mean_speed == pytest.approx(1.25, abs=0.03)
    for name, q in motion.q.items():
        if name != "pelvis_tx":
            # The step over the seam is no larger than those around it.
            assert abs(q[0] - q[-1]) <= 1.5 * np.abs(np.diff(q)).max()
