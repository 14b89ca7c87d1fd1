"""Files that only grow, and what a kill leaves of them."""

import json
import math
import os

import pytest

from myoassist.files.append_log import AppendLog, JsonLog, read_lines, read_objects
from myoassist.files.errors import ResumeError


def test_growing_file_is_cut_back(tmp_path):
    file = AppendLog(tmp_path / "f.dat", "% head")
    file.append("1")
    file.commit()
    state = file.state()
    file.append("2")
    file.commit()
    resumed = AppendLog(tmp_path / "f.dat", "% head")
    resumed.restore(state)
    resumed.append("3")
    resumed.commit()
    assert (tmp_path / "f.dat").read_text() == "% head\n1\n3\n"


def test_short_durable_file_is_refused(tmp_path):
    with pytest.raises(ResumeError, match="has 0 bytes"):
        AppendLog(tmp_path / "f.dat", "% head").restore({"size": 20})


def test_short_log_goes_on_with_what_is_left(tmp_path):
    path = tmp_path / "f.dat"
    path.write_text("% head\n1 2 3\n2 3")
    file = AppendLog(path, "% head", durable=False)
    with pytest.warns(UserWarning, match="lost its last rows"):
        file.restore({"size": 50})
    file.append("3 4 5")
    file.commit()
    assert path.read_text() == "% head\n1 2 3\n3 4 5\n"


def test_json_log_goes_on_behind_what_is_there(tmp_path):
    path = tmp_path / "events.jsonl"
    JsonLog(path).write({"a": 1}, {"b": math.nan, "name": "Gänge"})
    JsonLog(path).write({"c": [math.inf, 2.5]})
    assert path.read_text(encoding="utf-8") == '{"a": 1}\n{"b": null, "name": "Gänge"}\n{"c": [null, 2.5]}\n'
    assert read_objects(path) == ([{"a": 1}, {"b": None, "name": "Gänge"}, {"c": [None, 2.5]}], 0)


@pytest.mark.parametrize("rest", [b'{"b": 2', b'{"b": 2}', b"\x00\x00\n", b"[1]\n"])
def test_what_a_kill_left_of_a_last_line_is_cut_off(tmp_path, rest):
    path = tmp_path / "events.jsonl"
    log = JsonLog(path)
    log.write({"a": 1})
    with path.open("ab") as stream:
        stream.write(rest)
    assert read_objects(path) == ([{"a": 1}], len(rest))
    again = JsonLog(path)
    assert again.repair() == len(rest)
    assert again.repair() == 0
    again.write({"b": 2})
    assert [json.loads(line) for line in read_lines(path).lines] == [{"a": 1}, {"b": 2}]


def test_a_damaged_line_in_the_middle_is_refused_and_stays(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"a": 1}\nrubbish\n{"b": 2}\n{"c"')
    before = path.read_bytes()
    with pytest.raises(ResumeError, match="line 2 is damaged"):
        JsonLog(path).repair()
    assert path.read_bytes() == before
    path.write_bytes(b'{"a": 1}\nrubbish\n{"c"')
    with pytest.raises(ResumeError, match="line 2 is damaged"):
        read_objects(path)


@pytest.mark.parametrize("kind", ["table", "objects"])
def test_a_full_disk_leaves_whole_lines_and_the_next_commit_goes_on(tmp_path, monkeypatch, kind):
    path = tmp_path / "log"
    log = JsonLog(path) if kind == "objects" else AppendLog(path, "head")

    def write(value):
        if isinstance(log, JsonLog):
            log.write({"n": value})
        else:
            log.append(str(value))
            log.commit()

    write(1)
    before = path.read_bytes()

    def refuse(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        # The bytes are in the file when the disk says no.
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            write(2)
    assert path.read_bytes() == before
    write(3)
    lines = read_lines(path).lines
    # A table keeps its rows for the next commit; an object that was not written is the business of who wrote it.
    assert lines == ([b'{"n": 1}', b'{"n": 3}'] if kind == "objects" else [b"head", b"1", b"2", b"3"])


def test_what_another_process_wrote_meanwhile_stays_when_the_disk_is_full(tmp_path, monkeypatch):
    path = tmp_path / "events.jsonl"
    first = JsonLog(path)
    first.write({"n": 1})
    JsonLog(path).write({"n": 2})

    def refuse(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            first.write({"n": 3})
    assert read_objects(path) == ([{"n": 1}, {"n": 2}], 0)


def test_a_missing_file_holds_nothing(tmp_path):
    assert read_lines(tmp_path / "no").lines == []
    assert read_objects(tmp_path / "no") == ([], 0)
    log = AppendLog(tmp_path / "no", None)
    log.commit()
    assert not (tmp_path / "no").exists()
