"""Reference motions of others: degrees for radians and signs of another model are refused with a command that mends."""

import json
import re
import shlex

import numpy as np
import pytest

from myoassist.commands.reference.group import COMMAND as REFERENCE
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import UserError
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.motion.changes import change_motion
from myoassist.rl.motion.check import check_units
from myoassist.rl.motion.file import load_reference, save_reference
from myoassist.rl.motion.motion import ReferenceMotion, ReferenceMotionError
from myoassist.rl.motion.ranges import check_ranges
from tests.walkers import make_walker

SIGNALS = load_reference_gait().signals
JOINTS = {"hip_flexion": ("hip_flexion", 1.0), "knee_angle": ("knee_flexion", -1.0)}
JOINTS["ankle_angle"] = ("ankle_dorsiflexion", 1.0)


def make_walk(strides=3.5, start=0.2, knee=-1.0, factor=1.0):
    """A motion at 100 Hz with the normative angles, not looped."""
    time = np.arange(round(110 * strides)) / 100.0
    phase = start + time / 1.1
    q = {}
    for joint, (name, sign) in JOINTS.items():
        for side, lag in (("r", 0.0), ("l", 0.5)):
            turned = knee if joint == "knee_angle" else sign
            q[f"{joint}_{side}"] = factor * turned * SIGNALS[name].evaluate(phase + lag)
    q["pelvis_tx"] = 1.2 * time
    return ReferenceMotion(q, {name: np.gradient(values, 0.01) for name, values in q.items()}, {}, 100.0, "walk.npz")


def converted(error):
    """Run the command of a remedy; return the motion that it names."""
    command = re.search(r"myoassist reference (convert .*?) , then (.*)", error.remedy)
    assert REFERENCE.main(shlex.split(command[1])) == 0
    return load_reference(shlex.split(command[2])[0].removeprefix("env.reference_data_path="))


def test_sound_motions_pass():
    for motion in (make_walk(), load_reference("shipped:tutorial_fast")):
        check_units(motion)
        check_ranges(make_walker().model, motion)


def test_degrees(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_reference(tmp_path / "walk.npz", make_walk(factor=180.0 / np.pi))
    with pytest.raises(ReferenceMotionError, match=r"q_hip_flexion_r reaches .* rad") as caught:
        check_units(load_reference("walk.npz"))
    motion = converted(caught.value)
    check_units(motion)
    assert np.allclose(motion.q["knee_angle_l"], make_walk().q["knee_angle_l"], atol=1e-5)
    assert np.allclose(motion.q["pelvis_tx"], make_walk().q["pelvis_tx"], atol=1e-5)


def test_velocities_in_degrees():
    motion = make_walk()
    motion.dq["hip_flexion_r"] = np.rad2deg(motion.dq["hip_flexion_r"])
    with pytest.raises(ReferenceMotionError, match="dq_hip_flexion_r is more than 20 times"):
        check_units(motion)


def test_knees_of_the_other_sign(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_reference(tmp_path / "my walk.npz", make_walk(knee=1.0))
    with pytest.raises(ReferenceMotionError, match="flip=knee_angle_r,knee_angle_l") as caught:
        check_ranges(make_walker().model, load_reference("my walk.npz"))
    motion = converted(caught.value)
    check_ranges(make_walker().model, motion)
    assert motion.dq["knee_angle_r"] == pytest.approx(make_walk().dq["knee_angle_r"], abs=1e-5)


def test_training_refuses_it_before_the_first_step(tmp_path):
    save_reference(tmp_path / "walk.npz", make_walk(knee=1.0))
    config = compose_run(
        ["exp=rl_imitation_partial_obs", f"env.reference_data_path={tmp_path / 'walk.npz'}", "env.num_envs=2"]
    ).config
    with pytest.raises(ReferenceMotionError, match="knee_angle_r goes from"):
        WalkBatch(config, 2, 0)


def test_a_stride_is_cut_out():
    motion = change_motion(make_walk(), stride=2)
    assert motion.periodic and abs(motion.length - 110) <= 4
    assert motion.advance == pytest.approx(1.2 * motion.length / 100.0, abs=0.02)
    # It begins at a right heel strike: the phase there is a whole number.
    begin = 0.2 + motion.q["pelvis_tx"][0] / 1.2 / 1.1
    assert abs(begin - round(begin)) < 0.05
    for bad in (0, 9):
        with pytest.raises(ReferenceMotionError, match="whole strides"):
            change_motion(make_walk(), stride=bad)
    with pytest.raises(ReferenceMotionError, match="no joint knee"):
        change_motion(make_walk(), flip=["knee"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["stride=x"], "stride=x"),
        (["stride=0"], "stride=0"),
        (["degrees=maybe"], "degrees=maybe"),
        (["flip=elbow"], "no joint elbow"),
        (["out=walk.npz"], "is the file that is read"),
    ],
)
def test_options_of_convert_are_checked(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    save_reference(tmp_path / "walk.npz", make_walk())
    with pytest.raises(UserError, match=words):
        REFERENCE.main(["convert", "in=walk.npz", *([] if "out=" in arguments[0] else ["out=b.npz"]), *arguments])


@pytest.mark.parametrize("paths", [False, True])
def test_sto_states(tmp_path, capsys, paths):
    walk = make_walk()
    columns = {"time": np.arange(walk.length) / 100.0}
    columns |= {(f"/jointset/any/{name}/value" if paths else name): values for name, values in walk.q.items()}
    if paths:
        columns["/jointset/any/hip_flexion_r/speed"] = np.full(walk.length, 7.0)
        columns["/forceset/soleus_r/activation"] = np.full(walk.length, 0.5)
    lines = ["states", "inDegrees=no", "endheader", "\t".join(columns)]
    lines += ["\t".join(f"{value:.9f}" for value in row) for row in zip(*columns.values(), strict=True)]
    (tmp_path / "walk.sto").write_text("\n".join(lines))
    motion = load_reference(str(tmp_path / "walk.sto"))
    assert list(motion.q) == list(walk.q) and list(motion.act) == []
    assert np.allclose(motion.q["ankle_angle_l"], walk.q["ankle_angle_l"], atol=1e-8)
    (tmp_path / "walk.map.yaml").write_text("/jointset/any/hip_flexion_r/value: hip_flexion_r\n" if paths else "")
    if paths:
        assert list(load_reference(str(tmp_path / "walk.sto")).q) == ["hip_flexion_r"]
        REFERENCE.main(["show", str(tmp_path / "walk.sto")])
        shown = capsys.readouterr().out
        assert "no pelvis_tx, so no speed" in shown and "nan" not in shown


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400", "-1", "0", "true", "null"])
def test_rates_and_factors_that_are_no_use(tmp_path, number):
    series = {"q_a": [0.0, 1.0], "dq_a": [1.0, 1.0]}
    text = json.dumps({"series_data": series, "metadata": {"sample_rate": "RATE"}}).replace('"RATE"', number)
    (tmp_path / "walk.json").write_text(text)
    with pytest.raises(ReferenceMotionError, match="sample_rate"):
        load_reference(str(tmp_path / "walk.json"))
    rows = ["inDegrees=no", "endheader", "time a", *(f"{0.01 * i} {i}" for i in range(5))]
    (tmp_path / "walk.mot").write_text("\n".join(rows))
    (tmp_path / "walk.map.yaml").write_text(f"a: {{joint: b, sign: {number}, offset: {number}}}")
    if number != "-1":
        with pytest.raises(ReferenceMotionError, match=r"walk\.map\.yaml, a"):
            load_reference(str(tmp_path / "walk.mot"))
