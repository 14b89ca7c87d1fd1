"""Reading and writing reference motions: what is taken, what is refused, and that no file runs code."""

import json
import pickle

import numpy as np
import pytest

from myoassist.files.errors import ConfigError, UnsafeFileError
from myoassist.rl.motion.file import load_reference, save_reference
from myoassist.rl.motion.motion import ReferenceMotionError
from tests.rl.motion.test_reference_motion import make_motion


def series(length=5):
    return {
        "q_knee_angle_r": np.linspace(0.0, -1.0, length),
        "dq_knee_angle_r": np.full(length, -0.5),
        "q_pelvis_tx": np.linspace(0.0, 1.0, length),
        "dq_pelvis_tx": np.full(length, 1.25),
    }


def published(path, content=None, metadata=None):
    """Write an archive in the published form: two pickled mappings."""
    np.savez(
        path,
        series_data=np.array(series() if content is None else content, dtype=object),
        metadata=np.array({"sample_rate": 100} if metadata is None else metadata, dtype=object),
    )
    return str(path)


def test_written_motions_come_back_without_a_pickle(tmp_path):
    motion = make_motion(120, 100.0, periodic=True)
    save_reference(tmp_path / "a.npz", motion)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert "series_data/q_knee_angle_r" in archive.files
        assert json.loads(str(archive["metadata"]))["sample_rate"] == 100.0
    back = load_reference(str(tmp_path / "a.npz"))
    assert (back.sample_rate, back.periodic, back.advance) == (100.0, True, motion.advance)
    for kind, accuracy in (("q", 1e-6), ("dq", 1e-5), ("act", 1e-3)):
        for name, values in getattr(motion, kind).items():
            assert np.allclose(getattr(back, kind)[name], values, atol=accuracy)


def test_the_published_form_is_read(tmp_path):
    motion = load_reference(published(tmp_path / "short_reference_gait.npz"))
    assert (list(motion.q), motion.length, motion.periodic) == (["knee_angle_r", "pelvis_tx"], 5, False)
    assert motion.mean_speed == 1.25


def test_json_is_read(tmp_path):
    content = {
        "series_data": {name: list(values) for name, values in series().items()},
        "metadata": {"sample_rate": 50},
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert load_reference(str(tmp_path / "a.json")).sample_rate == 50.0


class _Harm:
    def __reduce__(self):
        import os

        return os.system, ("touch harmed",)


def test_an_archive_that_would_run_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = published(tmp_path / "a.npz", {"q_a": _Harm()})
    with pytest.raises(UnsafeFileError, match=r"refers to (posix|nt|os)\.system"):
        load_reference(path)
    assert not (tmp_path / "harmed").exists()


def test_a_damaged_pickle_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    published(path)
    data = path.read_bytes()
    (tmp_path / "cut.npz").write_bytes(data[: len(data) // 2])
    with pytest.raises(ReferenceMotionError, match="no complete"):
        load_reference(str(tmp_path / "cut.npz"))
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(ReferenceMotionError, match="no complete"):
        load_reference(str(tmp_path / "text.npz"))
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps({"series_data": 1}))
    with pytest.raises(ReferenceMotionError, match="no complete"):
        load_reference(str(tmp_path / "pickle.npz"))


def changed(**changes):
    content = series() | changes
    return {name: values for name, values in content.items() if values is not None}


@pytest.mark.parametrize(
    ("content", "metadata", "words"),
    [
        (changed(q_knee_angle_r=np.zeros(4)), None, ["q_knee_angle_r has 4 frames", "others 5"]),
        (changed(q_knee_angle_r=np.array([0, 1, np.nan, 0, 0])), None, ["q_knee_angle_r, frame 2: nan"]),
        (changed(dq_knee_angle_r=None), None, ["lacks dq_knee_angle_r"]),
        (changed(q_pelvis_tx=None), None, ["lacks q_pelvis_tx"]),
        (changed(q_pelvis_tx=np.zeros((5, 2))), None, ["q_pelvis_tx", "no list of numbers"]),
        (changed(q_pelvis_tx="abc"), None, ["q_pelvis_tx", "no list of numbers"]),
        ({"knee": np.zeros(5)}, None, ["no channel q_<joint>; it has knee"]),
        (None, {"rate": 100}, ["no sample_rate"]),
        (None, {"sample_rate": 0}, ["sample_rate=0"]),
        (None, {"sample_rate": "fast"}, ["sample_rate='fast'"]),
        (series(1), None, ["1 frames"]),
        ({}, None, ["no series_data; it holds series_data, metadata"]),
    ],
)
def test_unusable_content_is_refused(tmp_path, content, metadata, words):
    with pytest.raises(ReferenceMotionError) as caught:
        load_reference(published(tmp_path / "a.npz", content, metadata))
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert "expected:" in message


def test_other_archives_and_missing_files_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(ReferenceMotionError, match="it holds a"):
        load_reference(str(tmp_path / "other.npz"))
    for name, words in (("none.npz", "does not exist"), ("a.txt", "unknown kind"), ("", "is a folder")):
        (tmp_path / "a.txt").write_text("")
        with pytest.raises(ReferenceMotionError, match=words):
            load_reference(str(tmp_path / name))
    with pytest.raises(ConfigError, match="shipped:tutorial_fast"):
        load_reference("shipped:tutorial_fst")
    (tmp_path / "a.json").write_text("[1]")
    with pytest.raises(ReferenceMotionError, match="no JSON object"):
        load_reference(str(tmp_path / "a.json"))


def write_mot(path, rows=21, degrees="yes", columns=("time", "knee_flex_r", "pelvis_tx"), step=0.01):
    time = np.arange(rows) * step
    values = {"time": time, "knee_flex_r": 60.0 * np.sin(np.pi * time / 0.2), "pelvis_tx": 1.5 * time}
    lines = ["motion", f"inDegrees={degrees}", "endheader", "\t".join(columns)]
    lines += ["\t".join(f"{values[name][row]:.9f}" for name in columns) for row in range(rows)]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


MAP = "knee_flex_r: {joint: knee_angle_r, sign: -1}\npelvis_tx: pelvis_tx\n"


def test_mot_with_a_joint_map(tmp_path):
    path = write_mot(tmp_path / "walk.mot")
    (tmp_path / "walk.map.yaml").write_text(MAP)
    motion = load_reference(path)
    assert (motion.length, motion.sample_rate, motion.periodic) == (21, pytest.approx(100.0), False)
    time = np.arange(21) * 0.01
    amplitude = np.deg2rad(60.0)
    assert np.allclose(motion.q["knee_angle_r"], -amplitude * np.sin(np.pi * time / 0.2), atol=1e-8)
    # Central differences of the angle.
    inner = -amplitude * np.pi / 0.2 * np.cos(np.pi * time / 0.2)
    assert np.abs(motion.dq["knee_angle_r"] - inner)[1:-1].max() < 0.01 * amplitude * np.pi / 0.2
    # A length is no angle, whatever the header says.
    assert motion.q["pelvis_tx"][-1] == pytest.approx(0.3)


def test_mot_scale_offset_radians_and_periodic(tmp_path):
    path = write_mot(tmp_path / "walk.mot", columns=("time", "pelvis_tx", "knee_flex_r"))
    mapping = {
        "degrees": False,
        "periodic": True,
        "knee_flex_r": {"joint": "knee_angle_r", "scale": 0.01, "offset": 0.5},
        "pelvis_tx": "pelvis_tx",
    }
    (tmp_path / "own.json").write_text(json.dumps(mapping))
    motion = load_reference(path, str(tmp_path / "own.json"))
    assert (motion.length, motion.periodic, motion.advance) == (20, True, pytest.approx(0.3))
    assert motion.q["knee_angle_r"].max() == pytest.approx(0.5 + 0.6)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("hip: hip_flexion_r", "has no hip"),
        ("knee_flex_r: {joint: knee_angle_r, sign: 2}", "sign: 1 or -1"),
        ("knee_flex_r: {joint: knee_angle_r, factor: 2}", "scale: number"),
        ("knee_flex_r: 3", "coordinate: joint"),
        ("knee_flex_r: a\npelvis_tx: a", "two coordinates to a"),
        ("[1, 2]", "holds no mapping"),
        ("a: [", "cannot be read"),
    ],
)
def test_bad_joint_maps_are_refused(tmp_path, mapping, words):
    path = write_mot(tmp_path / "walk.mot")
    (tmp_path / "walk.map.yaml").write_text(mapping)
    with pytest.raises(ReferenceMotionError, match=words):
        load_reference(path)


def test_bad_motions_are_refused(tmp_path):
    path = tmp_path / "walk.mot"
    write_mot(path, rows=2)
    with pytest.raises(ReferenceMotionError, match="three or more rows"):
        load_reference(str(path))
    good = write_mot(path)
    text = path.read_text()
    path.write_text(text.replace("endheader", ""))
    with pytest.raises(ReferenceMotionError, match="no line endheader"):
        load_reference(good)
    path.write_text(text.replace("\n0.030000000", "\n0.035000000"))
    with pytest.raises(ReferenceMotionError, match="equally spaced"):
        load_reference(good)
    path.write_text(text.replace("\n0.030000000", "\nabc"))
    with pytest.raises(ReferenceMotionError, match="data row 4"):
        load_reference(good)
    path.write_text(text)
    with pytest.raises(ReferenceMotionError, match="does not exist"):
        load_reference(good, str(tmp_path / "none.yaml"))
