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


def test_imports_go_one_way():
    order = ["config", "model", "reflex exo", "rollout", "gait", "cost", "optimize rl", "sweep analysis compat"]
    rank = {name: place for place, names in enumerate(order) for name in names.split()}
    wrong = []
    for file in (ROOT / "myoassist").rglob("*.py"):
        package = file.relative_to(ROOT / "myoassist").parts[0]
        if package not in rank:
            continue
        for line in file.read_text().splitlines():
            words = line.split()
            if len(words) < 2 or words[0] not in ("from", "import") or not words[1].startswith("myoassist."):
                continue
            target = words[1].split(".")[1]
            # train, evaluate and cli import everything, and nothing imports them.
            if target in ("train", "evaluate", "cli") or rank.get(target, -1) > rank[package]:
                wrong.append(f"{file.relative_to(ROOT)}: {line.strip()}")
    assert wrong == []
