import pytest

from myoassist.optimize.store.tables import PartTable

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
