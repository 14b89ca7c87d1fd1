"""Choose among the last candidates of a search by walks that no search has drawn.

    python scripts/dev/search/choose.py logs/RUN --generations 10 --copies 10

The best of a search with draws is the best under the draws of its generation, which is luck in part. Here the best of
the last generations and the last means walk for 20 s, plain and with noise on their parameters; chosen is who misses
the fewest bounds, then who lasts most often, then who is nearest to people. `chosen.txt` in the run folder is a vector
for optimizer.param_path. Copies begin at number 100: those of `robustness=true`, which judge in the end, are others.
"""

import argparse
import dataclasses
from pathlib import Path

import numpy as np

from myoassist.analysis.walk.score import score_evaluation
from myoassist.analysis.walk.trials import noisy_copy
from myoassist.files.atomic import write_bytes_atomic
from myoassist.gait.score.robustness import COPY_TIME
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.store.optimizer_log import find_table, read_table
from myoassist.optimize.store.result_files import format_vector
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome
from myoassist.runs.catalogue import PARAMETERS_NAME, read_status
from myoassist.runs.record import read_run_config

FIRST_COPY, MEANS = 100, 3
CHOSEN_NAME = "chosen.txt"


def list_candidates(run: Path, problem: WalkProblem, generations: int) -> dict[str, np.ndarray]:
    """Return the best of a run, those of its last generations and its last means, as raw vectors by name."""
    best = read_vector(run / PARAMETERS_NAME).vector
    found = {"best": best}
    for kind, label, count in (("xrecentbest", "best of", generations), ("xmean", "mean of", MEANS)):
        table = read_table(find_table(run, str(read_status(run)["run_name"]), kind))
        for row in table[-count:]:
            vector = best.copy()
            vector[problem.table.free] = row[5:]
            found[f"{label} {int(row[0])}"] = vector
    return found


def main() -> None:
    """Read the command line, walk and write the choice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--generations", type=int, default=10)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--percent", type=float, default=3.0, help="of noise")
    arguments = parser.parse_args()
    config = read_run_config(arguments.run)
    config.optimizer.stages, config.optimizer.scan, config.optimizer.factors = None, 0, False
    config = dataclasses.replace(config, env=dataclasses.replace(config.env, sim_time=COPY_TIME))
    problem = WalkProblem(config, 1)
    simulator = problem.simulator
    judged = []
    for name, vector in list_candidates(arguments.run, problem, arguments.generations).items():
        log = simulator.simulate(vector)
        if log.outcome is not Outcome.SURVIVED:
            continue
        scored = score_evaluation(config, simulator.walker, log)
        missed = [gate.name for gate in scored.gates if gate.passed is False]
        copies = range(FIRST_COPY, FIRST_COPY + arguments.copies)
        noisy = [noisy_copy(vector, simulator.table, arguments.percent, number) for number in copies]
        lasts = sum(simulator.simulate(copy).outcome is Outcome.SURVIVED for copy in noisy)
        distance = scored.content["overall_sd"] or np.inf
        judged.append(((len(missed), -lasts, distance), name, vector))
        print(f"{name:16} lasts {lasts}/{arguments.copies}, SD {distance:.2f}, misses {', '.join(missed) or 'none'}")
    if not judged:
        parser.exit(1, "none of them walks 20 s\n")
    _, name, vector = min(judged, key=lambda item: item[0])
    write_bytes_atomic(arguments.run / CHOSEN_NAME, format_vector(vector))
    print(f"{name}: {arguments.run / CHOSEN_NAME}")


if __name__ == "__main__":
    main()
