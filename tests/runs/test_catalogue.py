"""Where runs lie, and how a folder is claimed and set aside, whoever it belongs to."""

import datetime
import json
import os

import pytest

from myoassist.files.errors import ConfigError, ResumeError
from myoassist.files.lock import LOCK_NAME
from myoassist.runs.catalogue import find_newest_finished, list_older, log_root
from myoassist.runs.storage import claim_folder, set_aside

TODAY = datetime.date(2026, 3, 3)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    return tmp_path


def make(date, name, **status):
    folder = log_root() / date / name
    folder.mkdir(parents=True)
    (folder / "status.json").write_text(json.dumps(status))
    return folder


def test_older_folders_come_newest_first_and_neither_today_nor_junk_counts():
    for date in ("2026-03-01", "2026-02-27", "2026-03-03", "2026-03-04", "2026-3-2", "notes"):
        make(date, "walk/seed_2")
    (log_root() / "2026-03-02").mkdir()
    (log_root() / "2026-03-02" / "walk").write_text("a file")
    found = list(list_older("walk/seed_2", TODAY))
    assert [(date.isoformat(), folder.as_posix()) for date, folder in found] == [
        ("2026-03-01", "logs/2026-03-01/walk/seed_2"),
        ("2026-02-27", "logs/2026-02-27/walk/seed_2"),
    ]
    assert list(list_older("other", TODAY)) == []


def test_the_newest_finished_run_is_neither_set_aside_nor_unfinished():
    make("2026-03-01", "walk", exp="baseline", status="finished", updated="1")
    wanted = make("2026-03-02", "late", exp="baseline", status="finished", updated="2")
    make("2026-03-02", "early", exp="baseline", status="finished", updated="1")
    make("2026-03-03", "walk.old-1", exp="baseline", status="finished", updated="3")
    make("2026-03-03", "walk", exp="baseline", status="running", updated="4")
    assert find_newest_finished(log_root(), "baseline") == wanted
    assert find_newest_finished(log_root(), "effort") is None


def test_a_folder_is_set_aside_under_the_next_free_name():
    folder = log_root() / "walk"
    for number in (1, 2):
        lock = claim_folder(folder, "or another name")
        (folder / "kept").write_text(str(number))
        with pytest.raises(ResumeError, match=f"in use by process {os.getpid()} ") as caught:
            set_aside(folder, "or another name")
        assert caught.value.remedy.endswith("or another name")
        lock.release()
        assert set_aside(folder, "") == f"The old folder is now logs/walk.old-{number}."
        assert (log_root() / f"walk.old-{number}" / "kept").read_text() == str(number)
        assert not (log_root() / f"walk.old-{number}" / LOCK_NAME).exists()
    assert not folder.exists()


def test_the_current_folder_is_not_set_aside(here, monkeypatch):
    folder = here / "logs" / "walk"
    (folder / "inner").mkdir(parents=True)
    monkeypatch.chdir(folder / "inner")
    with pytest.raises(ResumeError, match="is the current directory"):
        set_aside(folder, "")
    assert folder.is_dir()


def test_a_folder_that_cannot_be_made_names_what_it_is_for(here):
    (here / "logs").write_text("a file")
    with pytest.raises(
        ConfigError, match="the folder of the evolution logs/walk cannot be used: logs is a file"
    ) as caught:
        claim_folder(log_root() / "walk", "", "the folder of the evolution")
    assert "MYOASSIST_LOGS" in caught.value.remedy
