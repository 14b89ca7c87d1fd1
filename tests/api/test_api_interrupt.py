"""The stop button of a notebook: the search saves, the cell returns the run so far and goes on when it is run again."""

import asyncio
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEARCH = """
import myoassist as ma

def tell(generation):
    open(f"told_{generation.number}", "w").close()

words = ["exp=debug", "overlays=published", "env.sim_time=0.5", "optimizer.popsize=3", "optimizer.threads=1"]
config = ma.compose(*words, f"optimizer.maxiter={limit}", "logdir=run")
run = ma.optimize(config, tell)
print("STATUS", run.status["status"], run.status["generation"], len(run.history))
"""


@pytest.mark.long
def test_the_stop_button_returns_the_run_so_far(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"limit = 100000\n{SEARCH}")])
    client = NotebookClient(notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": tmp_path}})

    async def press_stop():
        while not (tmp_path / "told_2").exists():
            await asyncio.sleep(0.1)
        await client.km.interrupt_kernel()

    async def work():
        async with client.async_setup_kernel():
            stop = asyncio.create_task(press_stop())
            await client.async_execute_cell(notebook.cells[0], 0)
            await stop
            done = int(re.search(r"STATUS interrupted (\d+) (\d+)", text(notebook.cells[0]))[1])
            again = nbformat.v4.new_code_cell(f"limit = {done + 1}\n{SEARCH}")
            notebook.cells.append(again)
            await client.async_execute_cell(again, 1)
            return done

    done = asyncio.run(work())
    assert done >= 2 and "the same command continues" in text(notebook.cells[0])
    assert f"STATUS finished {done + 1} {done + 1}" in text(notebook.cells[1])


def text(cell):
    assert all(output.output_type != "error" for output in cell.outputs), cell.outputs
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")
