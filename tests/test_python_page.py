"""The code on the page of the Python API runs, in the order of the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import myoassist as ma

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
# What makes the searches of the page short: those that the tests have no time for.
SMALL = [('"optimizer.maxiter=20"', '"optimizer.maxiter=1", "optimizer.popsize=2", "cost.draws=1"')]


def test_every_name_of_the_page_exists_and_every_function_is_on_it():
    used = set(re.findall(r"\bma\.(\w+)", PAGE))
    assert used <= set(ma.__all__)
    missing = [name for name in ma.__all__ if not re.search(rf"\b{name}\b", PAGE)]
    assert missing == ["Comparison", "Config", "Generation", "Rollout", "Run", "Walk"]


@pytest.mark.long
def test_the_code_runs(tmp_path):
    code = "\n".join(BLOCKS)
    for before, after in SMALL:
        assert before in code
        code = code.replace(before, after)
    environ = {name: value for name, value in os.environ.items() if name != "MYOASSIST_LOGS"}
    environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stopped in generation 3" in done.stdout and "Continuing the run" in done.stdout
