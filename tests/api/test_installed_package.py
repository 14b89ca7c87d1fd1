"""An installed copy of the package finds its files, from any folder, in a program and in a notebook."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WALK = """
import myoassist as ma
from pathlib import Path

print("PLACE", Path(ma.__file__).parent)
config = ma.compose("exp=debug", "overlays=published", "env.sim_time=0.5", "optimizer.popsize=3", "optimizer.maxiter=1")
run = ma.optimize(config)
walk = ma.evaluate("shipped:walk_22", "env.sim_time=5", "cost.num_strides=2")
print("FOUND", len(ma.list_experiments()), len(ma.list_controllers()), run.status["status"], walk.survived)
print("PAGE", walk.report(pictures=False).is_file())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the package as a wheel installs it; what it needs comes from the environment of the tests."""
    place = tmp_path_factory.mktemp("installed")
    # From a copy, because a build may leave files; without what git does not know.
    source = place / "source"
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    for name in names.stdout.splitlines() if names.returncode == 0 else []:
        if name.startswith(("myoassist/", "configs/", "models/")) or "/" not in name:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    assert (source / "pyproject.toml").is_file(), names.stderr
    words = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--target", place / "site", source]
    done = subprocess.run([sys.executable, "-m", "pip", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(source)
    return place / "site"


def environment(site):
    # Before the checkout, which an installation in place puts among the packages.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MYOASSIST_LOGS")}
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and Path(path) != ROOT]
    return kept | {"PYTHONPATH": os.pathsep.join([str(site), *others])}


@pytest.mark.long
def test_it_works_from_another_folder(installed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WALK], cwd=tmp_path, env=environment(installed), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    check(done.stdout, installed, tmp_path)


@pytest.mark.long
def test_it_works_from_a_notebook(installed, tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    for name, value in environment(installed).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(WALK)])
    place = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, timeout=900, kernel_name="python3", resources=place).execute()
    said = "".join(output.text for output in notebook.cells[0].outputs if output.output_type == "stream")
    check(said, installed, tmp_path)


def check(said, installed, place):
    assert f"PLACE {installed / 'myoassist'}" in said
    controllers = len(list((ROOT / "models" / "controllers").glob("*/controller.json")))
    experiments = len(list((ROOT / "configs" / "exp").glob("*.yaml")))
    assert f"FOUND {experiments} {controllers} finished True" in said
    assert "PAGE True" in said
    (status,) = (place / "logs").glob("*/debug*/status.json")
    assert json.loads(status.read_text())["status"] == "finished"
    # Nothing is written into the installed package.
    assert not (installed / "myoassist" / "logs").exists()
