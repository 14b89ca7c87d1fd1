"""Measure what a search needs from nothing: evaluations and minutes to a walk, speed and symmetry, the human gate.

    python benchmarks/search.py --out bench exp=baseline model.physics=fast cost=kinematics optimizer=pool

runs the search of these overrides and plain CMA-ES with the same budget from the same seeds, each in a run folder below
`--out`. A run that is there is continued or left as it is, so the same command goes on after a kill, and folders that
a cluster has filled are judged alike. Afterwards the best of every generation that improved is walked for 20 s,
whatever the search itself was judged by, and scored against people; the walk has no noise, so no seed of a search is
used. Counted are the evaluations of all members of a pool in the order in which one process runs them, scans among
them; the vectors of a scan are not kept, so what they reach counts from the first generation after it.
"""

import argparse
import csv
import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from myoassist.analysis.walk.score import score_evaluation
from myoassist.config.schema.run import RunConfig
from myoassist.optimize.pool.state import RECORD_NAME
from myoassist.optimize.store.optimizer_log import find_table, read_table
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome
from myoassist.runs.catalogue import read_json, read_status
from myoassist.runs.record import read_run_config

WALK_TIME = 20.0  # s
GOALS = ("walk", "speed and symmetry", "human gate")
_SYMMETRIC = ("speed_error", "knee_left_right")
PLAIN = (
    *("optimizer.algorithm=cma", "optimizer.members=1", "optimizer.milestones=[]", "optimizer.scan=0"),
    *("optimizer.stages=null", "optimizer.diagonal_generations=0"),
)
_QUICK = ("env.sim_time=1", "optimizer.popsize=4", "optimizer.maxiter=12", "optimizer.milestones=[]")


@dataclass(frozen=True)
class Moment:
    """The end of one generation in a run, pools included.

    Attributes:
        folder: Run folder that holds it.
        generation: Its number there.
        evaluations: Evaluations of the whole run up to then.
        seconds: Wall time of all evaluations up to then, s.
        core_seconds: The same times the workers, s.
        total: Cost of its best.
        stage: Stage of the search; costs of different ones are not compared.
    """

    folder: Path
    generation: int
    evaluations: int
    seconds: float
    core_seconds: float
    total: float
    stage: str


def list_moments(run: Path) -> Iterator[Moment]:
    """Yield the generations of a run in the order in which one process runs them: rung by rung, member by member."""
    used, seconds, core_seconds = 0, 0.0, 0.0
    for folder, first, last in _pieces(run):
        before = first
        for row, time in zip(_rows(folder / "history_generations.csv"), _rows(folder / "timing.csv"), strict=False):
            count = int(row["evaluations"])
            if count <= first or count > last:
                continue
            used, before = used + count - before, count
            seconds += float(time["wall_time"])
            core_seconds += float(time["wall_time"]) * int(time["workers"])
            stage = row.get("search_stage", "")
            yield Moment(folder, int(row["generation"]), used, seconds, core_seconds, float(row["best"]), stage)


def _pieces(run: Path) -> Iterator[tuple[Path, int, int]]:
    """Yield folder and range of evaluations of each piece of work of a run."""
    record = read_json(run / RECORD_NAME)
    if not record:
        yield run, 0, sys.maxsize
        return
    reached: dict[int, int] = {}
    for rung in record["rungs"]:
        for item in rung["members"]:
            yield run / f"member_{item['member']:02d}", reached.get(item["member"], 0), item["evaluations"]
            reached[item["member"]] = item["evaluations"]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


class Judge:
    """Walks vectors of one run for 20 s and says which goals they reach.

    Args:
        config: Configuration of the run.
    """

    def __init__(self, config: RunConfig) -> None:
        own = dataclasses.replace(config, env=dataclasses.replace(config.env, sim_time=WALK_TIME))
        own.optimizer.stages, own.optimizer.scan = None, 0
        self._config = own
        self._problem = WalkProblem(own, 1)
        self._start = self._problem.load_start(own)

    def judge(self, free: np.ndarray) -> set[str]:
        """Return the goals that a vector of free parameters, shape (N,), reaches."""
        vector = self._start.copy()
        vector[self._problem.table.free] = free
        log = self._problem.simulator.simulate(vector, 0, seed=0)
        if log.outcome is not Outcome.SURVIVED:
            return set()
        scored = score_evaluation(self._config, self._problem.simulator.walker, log)
        passed = {gate.name for gate in scored.gates if gate.passed}
        found = {GOALS[0]}
        if passed.issuperset(_SYMMETRIC):
            found.add(GOALS[1])
        if scored.content["gate"]["passed"]:
            found.add(GOALS[2])
        return found


def measure(run: Path) -> dict[str, dict[str, float]]:
    """Return evaluations, minutes and core-minutes to each goal that a run reaches, and of the whole run."""
    judge, missing = Judge(read_run_config(run)), set(GOALS)
    best: dict[tuple[Path, str], float] = {}
    found: dict[str, dict[str, float]] = {}
    tables: dict[Path, dict[int, np.ndarray]] = {}
    moment = None
    for moment in list_moments(run):
        place = moment.folder, moment.stage
        if moment.total >= best.get(place, np.inf):
            continue
        best[place] = moment.total
        if moment.folder not in tables:
            tables[moment.folder] = _best_vectors(moment.folder)
        # Vectors of a scan are not kept; the best of them is where the first generation after it lies.
        vector = tables[moment.folder].get(moment.generation)
        if vector is None or not missing:
            continue
        for goal in judge.judge(vector) & missing:
            missing.discard(goal)
            found[goal] = _cost(moment)
    if moment is not None:
        found["whole run"] = _cost(moment)
    return found


def _cost(moment: Moment) -> dict[str, float]:
    minutes, core = moment.seconds / 60.0, moment.core_seconds / 60.0
    return {"evaluations": moment.evaluations, "minutes": minutes, "core_minutes": core}


def _best_vectors(folder: Path) -> dict[int, np.ndarray]:
    table = read_table(find_table(folder, str(read_status(folder)["run_name"]), "xrecentbest"))
    return {int(row[0]): row[5:] for row in table}


def search(folder: Path, overrides: list[str], seed: int) -> None:
    """Run one search in a process of its own, unless it is there already."""
    if read_status(folder)["status"] == "finished":
        return
    command = [sys.executable, "-m", "myoassist.train", *overrides, f"seed={seed}", f"logdir={folder.as_posix()}"]
    subprocess.run(command, check=True)


def format_table(results: dict[str, list[dict[str, dict[str, float]]]]) -> str:
    """Return a Markdown table: median and range over seeds of what each search needed."""
    lines = ["| search | goal | seeds | evaluations | minutes | core-minutes |", "|---|---|---|---|---|---|"]
    for name, runs in results.items():
        for goal in (*GOALS, "whole run"):
            reached = [run[goal] for run in runs if goal in run]
            cells = [name, goal, f"{len(reached)} of {len(runs)}"]
            for key, form in (("evaluations", ".0f"), ("minutes", ".1f"), ("core_minutes", ".1f")):
                values = [item[key] for item in reached]
                text = f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})" if values else "-"
                cells.append(text)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    """Run both searches from every seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", nargs="+", help="exp=NAME and what makes the search, as for training")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs and of search.json")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", choices=("new", "plain"), help="one of the two searches")
    parser.add_argument("--plain", nargs="*", default=[], help="further overrides of plain CMA-ES")
    parser.add_argument("--quick", action="store_true", help="walks of a second and a few dozen evaluations")
    arguments = parser.parse_args(argv)
    quick = list(_QUICK) if arguments.quick else []
    variants = {
        "new": [*arguments.overrides, *quick],
        "plain": [*arguments.overrides, *quick, *PLAIN, *arguments.plain],
    }
    if arguments.only:
        variants = {arguments.only: variants[arguments.only]}
    results: dict[str, list[dict[str, dict[str, float]]]] = {}
    for name, overrides in variants.items():
        results[name] = []
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            folder = arguments.out / f"{name}_{seed}"
            search(folder, overrides, seed)
            results[name].append(measure(folder))
            (arguments.out / "search.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
            print(f"{name}, seed {seed}: {json.dumps(results[name][-1])}", flush=True)
    print(format_table(results))


if __name__ == "__main__":
    main()
