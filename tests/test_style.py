"""The whole repository follows one style."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 320


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_finds_nothing(command):
    answer = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", str(ROOT)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_files_of_the_package_do_one_thing_each():
    files = list((ROOT / "myoassist").rglob("*.py"))
    assert files
    assert [file.name for file in files if file.name in ("utils.py", "helpers.py", "misc.py")] == []
    assert {file.name: count for file in files if (count := len(file.read_text().splitlines())) > LONGEST_FILE} == {}
