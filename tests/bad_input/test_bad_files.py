"""Damaged files of every kind through the readers of the commands: read, or refused with an explanation."""

import random

import pytest

from tests.bad_input.damage import as_json, as_yaml, damaged_bytes, damaged_trees
from tests.bad_input.judging import outcome
from tests.bad_input.sound_files import make_kinds

pytestmark = pytest.mark.filterwarnings("ignore")
FEW, MANY = 2, 30


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    return make_kinds(tmp_path_factory.mktemp("sound"))


def damage(kind, n):
    """Return damaged versions of a file; the same ones in every session."""
    generator = random.Random(kind.name)
    made = damaged_bytes(kind.data, generator, n)
    if kind.tree is not None:
        write = as_yaml if kind.name.endswith(".yaml") else as_json
        made += [write(tree) for tree in damaged_trees(kind.tree, generator, n)]
    return made


def try_all(kinds, folder, n, tried):
    for kind in kinds:
        path = folder / kind.name
        refused = 0
        for data in damage(kind, n):
            path.write_bytes(data)
            answer = outcome(kind.read, path)
            tried[kind.name, answer] += 1
            refused += answer == "refused"
        # Readers that take a status or a log for what it is worth refuse nothing.
        assert refused >= 3 or kind.name == "status_copy.json", kind.name


def test_sound_files_are_read(kinds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in kinds:
        path = tmp_path / kind.name
        path.write_bytes(kind.data)
        kind.read(path)


def test_damaged_files(kinds, tmp_path, monkeypatch, tried):
    monkeypatch.chdir(tmp_path)
    try_all(kinds, tmp_path, FEW, tried)


@pytest.mark.long
def test_many_damaged_files(kinds, tmp_path, monkeypatch, tried):
    monkeypatch.chdir(tmp_path)
    try_all(kinds, tmp_path, MANY, tried)
