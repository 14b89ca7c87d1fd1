"""A person out of OpenSim's example subject: body, gait, page, and what is refused."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from myoassist.files.errors import ConfigError
from myoassist.gait.reference.person import read_person
from myoassist.model.plant.segment_names import segment_of
from myoassist.subject.body import check_person, check_weight
from myoassist.subject.forces import assign_forces
from myoassist.subject.make import Wishes, make_person, write_person
from myoassist.subject.orient import find_axes
from myoassist.subject.page import write_subject_page
from myoassist.subject.recording import read_markers, read_storage
from myoassist.subject.trials import from_angles

DATA = Path(__file__).parents[1] / "data" / "opensim" / "subject01"
HEIGHT = 1.803  # m, as the example says


@pytest.fixture(scope="module")
def person():
    return make_person([DATA], Wishes(name="anna", height=HEIGHT))


def test_factors_are_those_that_opensim_scaled_with(person):
    # scale_factors of the pictures in the file; lengths of limbs are measured between joints.
    scale = person.body.scale
    assert scale["pelvis"] == pytest.approx(1.02458)
    assert scale["trunk"] == pytest.approx(1.07972)
    assert scale["thigh"] == pytest.approx(1.14724, rel=0.005)
    # The library's shank is 0.40 m, that of gait10dof18musc 0.43 m.
    assert scale["shank"] == pytest.approx(0.988523 * 0.43 / 0.40, rel=0.002)
    assert scale["foot"] == pytest.approx(1.02708, rel=0.002)


def test_the_standing_trial_tells_about_the_same_lengths(person):
    for name in ("thigh", "shank"):
        assert person.standing.scale[name] == pytest.approx(person.body.scale[name], rel=0.03)


def test_the_body_weighs_what_the_person_weighs(person):
    model = person.walker.model
    assert person.walker.mass == pytest.approx(72.6, abs=0.1)
    names = [model.body(i).name for i in range(model.nbody)]
    segments = np.array(segment_of(names, list(model.body_parentid)))
    # de Leva 1996, mean of men and women.
    assert model.body_mass[segments == "thigh"].sum() == pytest.approx(2 * 0.1447 * 72.6, rel=0.002)
    assert model.body_mass[segments == "shank"].sum() == pytest.approx(2 * 0.0457 * 72.6, rel=0.002)
    assert person.leg_length == pytest.approx(0.945, abs=0.01)


def test_strides_are_those_of_the_forces(person):
    times = {stride.side: stride.stop - stride.start for stride in person.gait.strides}
    # Rises of the vertical force in the file.
    assert times["r"] == pytest.approx(1.852 - 0.617, abs=0.01)
    assert times["l"] == pytest.approx(2.458 - 1.245, abs=0.02)
    gait = person.gait.person
    # The belt, as a marker at the toes of the resting foot shows it.
    walk = person.sources.walks[0]
    rests = (walk.time > 0.9) & (walk.time < 1.15)
    belt = -np.polyfit(walk.time[rests], walk.places["R.Toe.Tip"][rests, 0], 1)[0]
    assert gait.speed == pytest.approx(belt, rel=0.02)
    assert gait.figures["stance_percent"][0] == pytest.approx(62.0, abs=1.0)
    assert gait.curves["grf"][0].max() == pytest.approx(1.11, abs=0.03)
    assert any("too few for a spread" in note for note in person.notes)


def test_angles_are_those_of_a_walk(person):
    curves = {name: mean for name, (mean, _) in person.gait.person.curves.items()}
    assert 60 < curves["knee"].max() < 72 and np.argmax(curves["knee"]) in range(34, 39)
    assert 38 < np.ptp(curves["hip"]) < 50
    assert 8 < curves["ankle"].max() < 15 and np.argmax(curves["ankle"]) in range(21, 28)
    residual = person.trials[0].poses.by_marker
    assert np.sqrt(np.mean([residual[name] ** 2 for name in residual if "Acromium" not in name])) < 0.015


@pytest.mark.long
def test_what_is_written_is_read_back(person, tmp_path):
    option, gait = write_person(person, Wishes(name="anna", out=tmp_path))
    page = write_subject_page(person, tmp_path)
    text = page.read_text(encoding="utf-8")
    for word in ("Inverse kinematics", "Moment arms", "Fast physics", "could not be used", "subject01_walk.trc"):
        assert word in text
    assert str(tmp_path) not in text and 'href="gait.csv"' in text
    again = read_person(str(gait))
    np.testing.assert_allclose(again.curves["knee"][0], person.gait.person.curves["knee"][0], atol=0.01)
    assert "segment_scale" in option.read_text(encoding="utf-8")


def test_a_standing_trial_alone_is_enough(tmp_path):
    for name in ("subject01_static.trc", "subject01_walk.trc", "subject01_walk_grf.mot"):
        shutil.copy(DATA / name, tmp_path / name)
    person = make_person([tmp_path], Wishes(name="anna", height=HEIGHT))
    # Without a model the mean vertical force weighs: 72.6 kg.
    assert person.body.mass == pytest.approx(72.6, rel=0.05)
    knee = person.gait.person.curves["knee"][0]
    assert 55 < knee.max() < 70


def change(tmp_path, name, edit):
    """Return a copy of a file of the example with its lines changed."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    (tmp_path / name).write_text("\n".join(edit(lines)), encoding="utf-8")
    return tmp_path / name


def test_markers_in_another_unit_are_refused(tmp_path):
    file = change(tmp_path, "subject01_walk.trc", lambda lines: [line.replace("\tmm\t", "\tm\t") for line in lines])
    with pytest.raises(ConfigError, match=r"m above the feet[\s\S]*Units: mm or m"):
        find_axes(read_markers(file), walking=True)


def test_exchanged_sides_are_refused(tmp_path):
    def exchange(lines):
        lines[3] = lines[3].replace("R.", "X.").replace("L.", "R.").replace("X.", "L.")
        return lines

    with pytest.raises(ConfigError, match="at the left of left ones"):
        find_axes(read_markers(change(tmp_path, "subject01_walk.trc", exchange)), walking=True)


def test_any_axes_of_the_laboratory_are_turned():
    markers = read_markers(DATA / "subject01_static.trc")
    turned = find_axes(markers, walking=False)
    # A laboratory with z up in which the person looks along -y.
    lab = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    lab = lab if np.linalg.det(lab) > 0 else lab[[0, 1, 2]] * [[-1], [1], [1]]
    moved = replace(markers, places={name: place @ lab.T for name, place in markers.places.items()})
    np.testing.assert_allclose(find_axes(moved, walking=False), turned @ lab.T, atol=1e-9)


def test_forces_in_body_weights_are_refused():
    table = read_storage(DATA / "subject01_walk_grf.mot")
    light = replace(table, columns={name: values / 712.0 for name, values in table.columns.items()})
    with pytest.raises(ConfigError, match="body weights"):
        assign_forces(light, np.eye(3), table.time, None)


def test_forces_along_another_axis_are_refused():
    table = read_storage(DATA / "subject01_walk_grf.mot")
    with pytest.raises(ConfigError, match="largest force is level"):
        assign_forces(table, np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), table.time, None)


def motion_of(person, tmp_path, factor=1.0, said="yes", along=1.0):
    """Write the angles that were found as inverse kinematics of OpenSim's model would be."""
    trial = person.trials[0].trial
    columns = {"time": trial.time, "pelvis_tilt": -trial.angles["pelvis"] * factor}
    columns["lumbar_extension"] = (trial.angles["pelvis"] - trial.angles["trunk"]) * factor
    columns["pelvis_tx"] = along * (trial.pelvis + 1.2 * (trial.time - trial.time[0]))
    columns["pelvis_ty"] = np.full(len(trial.time), 0.95)
    for side in "rl":
        columns[f"hip_flexion_{side}"] = trial.angles[f"hip_{side}"] * factor
        columns[f"knee_angle_{side}"] = -trial.angles[f"knee_{side}"] * factor
        columns[f"ankle_angle_{side}"] = trial.angles[f"ankle_{side}"] * factor
    rows = ["\t".join(f"{value:.6g}" for value in row) for row in zip(*columns.values(), strict=True)]
    file = tmp_path / "walk_ik.mot"
    file.write_text("\n".join(["Coordinates", f"inDegrees={said}", "endheader", "\t".join(columns), *rows]), "utf-8")
    return read_storage(file)


def test_angles_of_a_motion_are_taken_as_they_are(person, tmp_path):
    made = from_angles(motion_of(person, tmp_path), person.geometry.chain, None)
    for name in ("hip_r", "knee_l", "ankle_r", "trunk", "pelvis"):
        np.testing.assert_allclose(made.trial.angles[name], person.trials[0].trial.angles[name], atol=1e-3)


def test_a_motion_along_minus_x_is_turned_round(person, tmp_path):
    made = from_angles(motion_of(person, tmp_path, along=-1.0), person.geometry.chain, None)
    assert made.trial.pelvis[-1] > made.trial.pelvis[0] + 1.0


@pytest.mark.parametrize(("factor", "said"), [(np.pi / 180.0, "yes"), (1.0, "no"), (1.0, "perhaps")])
def test_a_unit_of_angles_that_cannot_be_is_refused(person, tmp_path, factor, said):
    with pytest.raises(ConfigError, match="inDegrees"):
        from_angles(motion_of(person, tmp_path, factor, said), person.geometry.chain, None)


def test_forces_of_another_person_are_refused():
    with pytest.raises(ConfigError, match="carries"):
        check_weight(72.6, 40.0, "walk")
    assert check_weight(72.6, 72.0, "walk") == []


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"mass": 7000.0}, "a mass of 7000 kg"),
        ({"height": 180.0}, "--height 1.80"),
        ({"name": "tutorial"}, "is a model of the package"),
        ({"name": "my person"}, "cannot be the name"),
        ({"strength": {"soles": 0.5}}, "no such muscle"),
    ],
)
def test_wrong_figures_are_refused_before_any_file_is_read(tmp_path, wishes, words):
    with pytest.raises(ConfigError) as refusal:
        make_person([tmp_path / "nothing.osim"], Wishes(**{"name": "anna", "height": HEIGHT} | wishes))
    assert words in str(refusal.value)


def test_a_person_of_impossible_proportions_is_refused(person):
    lengths = dict(person.geometry.lengths) | {"shank": (0.70, 0.70)}
    with pytest.raises(ConfigError, match="times as long as the thigh"):
        check_person(person.body.scale, lengths, 72.6, HEIGHT)
    with pytest.raises(ConfigError, match="check the unit of the markers"):
        check_person(person.body.scale | {"thigh": 2.0}, person.geometry.lengths, 72.6, HEIGHT)
    uneven = check_person(person.body.scale, dict(person.geometry.lengths) | {"foot": (0.20, 0.18)}, 72.6, HEIGHT)
    assert any("right foot" in note for note in uneven)
