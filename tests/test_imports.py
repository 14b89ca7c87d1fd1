"""Who may import whom, as pyproject.toml says; and that a wrong import would be found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_RUN = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder):
    return subprocess.run(
        [sys.executable, "-c", _RUN, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_are_kept():
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 broken" in answer.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("config/labels.py", "import myoassist.model.build", "Imports go one way"),
        ("files/lock.py", "import myoassist.config.schema.keys", "Imports go one way"),
        ("files/append_log.py", "import hydra", "What touches the disk knows neither configuration nor physics"),
        ("runs/catalogue.py", "import myoassist.runs.folder", "What touches the disk knows neither configuration"),
        ("config/schema/keys.py", "import myoassist.runs.folder", "Imports go one way"),
        ("gait/events.py", "from myoassist import train", "Imports go one way"),
        ("analysis/picture/figures.py", "import myoassist.commands.export", "Imports go one way"),
        ("commands/sim.py", "import myoassist.evaluate", "Imports go one way"),
        ("cost/terms.py", "import torch", "Only reinforcement learning knows networks"),
        ("config/schema/keys.py", "import mujoco", "A configuration is checked without loading"),
        ("model/build.py", "from matplotlib import pyplot", "Simulation and cost draw nothing"),
        ("sweep/grid/plan.py", "import myoassist.model.build", "A sweep plans and watches runs without loading"),
        ("optimize/chain.py", "import nevergrad", "Only sweeps know Nevergrad, Optuna and Slurm"),
        ("analysis/picture/figures.py", "import hydra", "Only configuration, runs and sweeps know Hydra"),
        ("rl/env/state.py", "import cma", "Only the optimizer knows CMA-ES"),
        ("report/parts.py", "import pandas", "Pages are built from data"),
        ("sweep/page.py", "import jinja2", "Only the builder of pages knows templates"),
        ("sweep/page.py", "import myoassist.analysis.picture.figures", "Imports go one way"),
        (
            "rl/kernels/draws.py",
            "import myoassist.rl.env.walk_env",
            "Compiled environments know no files and no trainer",
        ),
    ],
)
def test_a_wrong_import_is_found(file, line, contract, tmp_path):
    copy = tmp_path / "myoassist"
    shutil.copytree(ROOT / "myoassist", copy, ignore=shutil.ignore_patterns("__pycache__", "data"))
    # Late, inside a function, where a search at the top of files would not see it.
    with (copy / file).open("a", encoding="utf-8") as source:
        source.write(f"\n\ndef _late():\n    {line}\n")
    answer = lint(tmp_path)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert [text for text in answer.stdout.splitlines() if text.startswith(contract) and " BROKEN" in text]
