import py_compile
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from myoassist.config.cache import cache_folder
from myoassist.files.errors import ConfigError, UnsafeFileError
from myoassist.runs.plugin_trust import check_stored_plugins, parse_truth, remember_plugins
from myoassist.runs.plugins import import_plugins


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOASSIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name, text="VALUE = 1\n"):
    Path(name).write_text(text)


def test_unknown_content_is_refused_and_known_content_accepted_under_any_name():
    write("a.py")
    write("copy.py")
    with pytest.raises(UnsafeFileError) as refused:
        check_stored_plugins(["a.py"], "logs/run")
    message = str(refused.value)
    assert [
        word for word in ("plugins=[a.py]", "logs/run", "expected", "trust_plugins=true") if word not in message
    ] == []
    remember_plugins(["a.py"])
    check_stored_plugins(["a.py", "copy.py"], "logs/run")
    write("a.py", "VALUE = 2\n")
    with pytest.raises(UnsafeFileError, match=r"a\.py \(SHA-256"):
        check_stored_plugins(["a.py", "copy.py"], "logs/run")


@pytest.mark.parametrize(
    "consent", [{"trust": True}, {"overrides": ["plugins=[a.py]"]}, {"overrides": ["++plugins=[a.py]"]}]
)
def test_consent_is_remembered(consent):
    write("a.py")
    check_stored_plugins(["a.py"], "logs/run", **consent)
    check_stored_plugins(["a.py"], "logs/run")


def test_other_overrides_are_no_consent():
    write("a.py")
    with pytest.raises(UnsafeFileError):
        check_stored_plugins(["a.py"], "logs/run", ["env.sim_time=2", "cost.plugins_of=3"])


def test_nothing_named_needs_nothing(place):
    check_stored_plugins([], "logs/run")
    assert not (place / "cache").exists()


def test_missing_files_are_named_before_anything_else():
    with pytest.raises(ConfigError, match=r"none\.py"):
        check_stored_plugins(["none.py"], "logs/run", trust=True)


def test_a_cache_that_cannot_be_written_ends_nothing(place):
    write("a.py")
    (place / "cache").write_text("a file in place of the folder")
    remember_plugins(["a.py"])
    check_stored_plugins(["a.py"], "logs/run", trust=True)
    with pytest.raises(UnsafeFileError):
        check_stored_plugins(["a.py"], "logs/run")
    assert cache_folder().is_file()


@pytest.mark.parametrize("value", ["yes", "1", ""])
def test_only_true_and_false_are_values(value):
    assert parse_truth("k", "true") and parse_truth("k", "True") and not parse_truth("k", "false")
    with pytest.raises(ConfigError, match="true or false"):
        parse_truth("trust_plugins", value)


def test_compiled_code_beside_a_plugin_is_not_run(place):
    write("evil.py", "raise RuntimeError('compiled code was run')\n")
    write("plain_plugin.py", "VALUE = 5\n")
    # Valid whatever the source says.
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile("evil.py", cache_from_source("plain_plugin.py"), invalidation_mode=unchecked)
    assert list((place / "__pycache__").glob("plain_plugin.*.pyc"))
    assert import_plugins(["plain_plugin.py"])[0].VALUE == 5
