"""The notebooks run from top to bottom, with a small budget; stored without what they showed."""

import ast
import json
import os
import re
from pathlib import Path

import pytest

import myoassist as ma

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALL = {"GENERATIONS": "1", "SECONDS": "12", "SEEDS": "0,1"}
# Seconds that a single cell may take on a busy machine, compilation included.
LIMIT = 900


def cells(path, kind):
    content = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == kind]


def test_there_is_one_for_each_purpose():
    names = {path.stem for path in NOTEBOOKS}
    assert names >= {"first_walk", "own_controller", "own_patient", "two_conditions"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_is_stored_but_words_and_code(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 20_000
    for cell in content["cells"]:
        assert cell.get("outputs", []) == [] and cell.get("execution_count") is None
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])
    for text in cells(path, "code"):
        if not text.startswith("%%"):
            tree = ast.parse(text)
            used = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
            for node in used:
                if isinstance(node.value, ast.Name) and node.value.id == "ma":
                    assert node.attr in ma.__all__, node.attr
    for text in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert (path.parent / target).exists(), target


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    for name, value in SMALL.items():
        monkeypatch.setenv(f"MYOASSIST_NOTEBOOK_{name}", value)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(notebook, timeout=LIMIT, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    # Figures are seen although pyplot does not know them, tables and score cards too.
    assert {"image/png", "text/html"} <= kinds
    said = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stderr")
    assert "Traceback" not in said and "Warning" not in said, said
    assert list((tmp_path / "logs").glob("*/*/status.json"))
