"""One person's own gait in the place of people's."""

import numpy as np
import pytest

from myoassist.files.errors import ConfigError, ResumeError
from myoassist.gait.reference.human import PERCENT, match_reference
from myoassist.gait.reference.person import SPEED, PersonGait, find_people, format_person, read_person
from myoassist.optimize.store.reference_copy import PERSON_NAME, keep_person

LEG = 0.9


@pytest.fixture
def file(tmp_path):
    knee = 20.0 + 30.0 * np.sin(2.0 * np.pi * PERCENT / 100.0)
    person = PersonGait({"knee": (knee, np.full(51, 2.0))}, {SPEED: (1.2, 0.02), "stance_percent": (61.0, 1.5)})
    path = tmp_path / "gait.csv"
    path.write_text(format_person(person, ("a note",)), encoding="utf-8")
    return path


def test_what_was_measured_is_the_person_and_the_rest_people(file):
    own, people = find_people(str(file), 1.2, LEG), match_reference(1.2, LEG)
    assert own.curves["knee"][0][12] == pytest.approx(20.0 + 30.0 * np.sin(2.0 * np.pi * 0.24), abs=0.01)
    assert (own.curves["knee"][1] == 2.0).all()
    np.testing.assert_array_equal(own.curves["ankle"][0], people.curves["ankle"][0])
    assert own.figures["stance_percent"] == (61.0, 1.5)
    assert own.figures["stride_time_s"] == people.figures["stride_time_s"]
    assert find_people(None, 1.2, LEG).figures == people.figures


def test_another_speed_is_refused_with_that_of_the_person(file):
    with pytest.raises(ConfigError, match=r"cost\.tgt_vel=1\.20"):
        find_people(str(file), 1.5, LEG)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("channel,percent", "name,percent", "columns"),
        ("speed_m_s", "speed", "does not tell the speed"),
        ("knee,50,", "hip,50,", "51"),
        ("knee,0,20,2", "knee,0,nan,2", "data row"),
        ("stance_percent,,61,1.5", "stance_percent,,61,-1", "data row"),
    ],
)
def test_damaged_files_are_refused(file, old, new, words):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        read_person(str(file))


def test_a_run_keeps_the_gait_and_refuses_another(file, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    keep_person(None, run)
    assert not list(run.iterdir())
    keep_person(str(file), run)
    keep_person(str(file), run)
    np.testing.assert_allclose(
        read_person(str(run / PERSON_NAME)).curves["knee"], read_person(str(file)).curves["knee"]
    )
    file.write_text(file.read_text(encoding="utf-8").replace("stance_percent,,61", "stance_percent,,63"), "utf-8")
    with pytest.raises(ResumeError, match="person_gait"):
        keep_person(str(file), run)
