"""Types of the package, as mypy sees them with the settings of pyproject.toml."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
UNCHECKED = [name for override in SETTINGS["overrides"] for name in override["module"]]


def check_types(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "mypy", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """What one test has learned of the libraries spares the other a minute."""
    return str(tmp_path_factory.mktemp("mypy"))


@pytest.mark.long
def test_types_fit(cache):
    answer = check_types("--cache-dir", cache)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.long
def test_a_wrong_type_is_found(cache, tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from myoassist.files.errors import ConfigError\n\nerror: ConfigError = ConfigError(1)\n")
    answer = check_types("--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", cache, str(wrong))
    assert answer.returncode == 1
    assert 'incompatible type "int"; expected "str"' in answer.stdout


def test_unchecked_modules_exist_once_and_configuration_is_none_of_them():
    assert sorted(set(UNCHECKED)) == sorted(UNCHECKED)
    files = [ROOT / f"{name.replace('.', '/')}.py" for name in UNCHECKED]
    assert [file.name for file in files if not file.is_file()] == []
    assert [name for name in UNCHECKED if name.startswith("myoassist.config.")] == []
