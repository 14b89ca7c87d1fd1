import pytest

from myoassist.files.errors import ResumeError
from myoassist.optimize.tables import GrowingFile, PartTable

ROWS = [
    ({"a": 1.5}, "x"),
    ({"a": 2.0, "b": -0.1}, "text, with\na comma"),
    ({"c": 3.0}, "z"),
    ({"d": 4.0, "b": 1e-300, "a": 0.0}, ""),
    ({}, "end"),
]
EXPECTED = (
    "n,word,part_a,part_b,part_c,part_d\n"
    "0,x,1.5,,,\n"
    '1,"text, with a comma",2.0,-0.1,,\n'
    "2,z,,,3.0,\n"
    "3,,0.0,1e-300,,4.0\n"
    "4,end,,,,\n"
)


def add(table, rows, first=0):
    for i, (parts, word) in enumerate(rows, first):
        table.append_row([i, word], parts)


@pytest.mark.parametrize("commits", [(5,), (1, 2, 3, 4, 5), (2, 5), (3, 4, 5), (0, 5)])
def test_content_does_not_depend_on_commits(tmp_path, commits):
    path = tmp_path / "t.csv"
    table = PartTable(path, ("n", "word"), "part_")
    done = 0
    for upto in commits:
        add(table, ROWS[done:upto], done)
        table.commit()
        done = upto
    assert path.read_text() == EXPECTED


@pytest.mark.parametrize("checkpoint", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("reached", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("torn", ["", "9,half a r"])
def test_every_interruption_is_undone(tmp_path, checkpoint, reached, torn):
    path = tmp_path / "t.csv"
    table = PartTable(path, ("n", "word"), "part_")
    add(table, ROWS[:checkpoint])
    table.commit()
    state = table.state()
    for i in range(checkpoint, reached):
        add(table, ROWS[i : i + 1], i)
        table.commit()
    path.write_text(path.read_text() + torn)
    resumed = PartTable(path, ("n", "word"), "part_")
    resumed.restore(state)
    add(resumed, ROWS[checkpoint:], checkpoint)
    resumed.commit()
    assert path.read_text() == EXPECTED


def test_growing_file_is_cut_back(tmp_path):
    file = GrowingFile(tmp_path / "f.dat", "% head")
    file.append("1")
    file.commit()
    state = file.state()
    file.append("2")
    file.commit()
    resumed = GrowingFile(tmp_path / "f.dat", "% head")
    resumed.restore(state)
    resumed.append("3")
    resumed.commit()
    assert (tmp_path / "f.dat").read_text() == "% head\n1\n3\n"


def test_short_durable_file_is_refused(tmp_path):
    with pytest.raises(ResumeError, match="has 0 bytes"):
        GrowingFile(tmp_path / "f.dat", "% head").restore({"size": 20})


def test_short_log_goes_on_with_what_is_left(tmp_path):
    path = tmp_path / "f.dat"
    path.write_text("% head\n1 2 3\n2 3")
    file = GrowingFile(path, "% head", durable=False)
    with pytest.warns(UserWarning, match="lost its last rows"):
        file.restore({"size": 50})
    file.append("3 4 5")
    file.commit()
    assert path.read_text() == "% head\n1 2 3\n3 4 5\n"
