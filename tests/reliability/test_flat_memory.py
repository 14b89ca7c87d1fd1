"""Memory does not grow with the number of generations."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fault_table import compare_rows

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
GENERATIONS = 2000

PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from analytic_problem import StagedSphere, open_folder, small_config, small_table
from myoassist.optimize.loop.minimize import minimize
from myoassist.optimize.loop.progress import PlainProgress

class Watched(PlainProgress):
    def update(self, search, results, limit):
        super().update(search, results, limit)
        if search.generation % 20 == 0:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            print("memory", search.generation, 4 * pages, flush=True)

config = small_config(int(sys.argv[3]), popsize=8)
# The stop criteria of pycma would end so small a search long before.
never = 10**9
still = {"tolfun": 0, "tolx": 0, "tolfunhist": 0}
config.optimizer.cma_options = {**still, "tolstagnation": never, "tolflatfitness": never}
minimize(StagedSphere(small_table(40)), config, open_folder(Path(sys.argv[1])), progress=Watched(), plot=False)
"""


def test_memory_is_flat_over_two_thousand_generations(tmp_path, faults):
    helpers = Path(__file__).parents[1] / "optimize"
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path / "run"), str(helpers), str(GENERATIONS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    rows = [line.split()[1:] for line in answer.stdout.splitlines() if line.startswith("memory")]
    generations, kilobytes = np.array(rows, dtype=float).T
    assert generations[-1] == GENERATIONS
    settled = generations >= 500
    slope = np.polyfit(generations[settled], kilobytes[settled], 1)[0]
    said = f"{kilobytes[0]:.0f} kB at generation 20, {kilobytes[-1]:.0f} kB at the end, {slope:.3f} kB per generation"
    # Half a megabyte per thousand generations; a kept population would be ten times that.
    assert slope < 0.5
    with (tmp_path / "run" / "history_generations.csv").open() as stream:
        there = [row["generation"] for row in csv.DictReader(stream)]
    compared = compare_rows([str(i + 1) for i in range(GENERATIONS)], there)
    assert faults.add("reflex", f"{GENERATIONS:,} generations of a made-up cost", compared, 0, said, "kB") == 0
