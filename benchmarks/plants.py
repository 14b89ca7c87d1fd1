"""Measure which plant walks most like people: the same search from the same made-up gains on each of them.

    python benchmarks/plants.py --out bench/plants --evaluations 8000 --seeds 3 --docs docs/body.md

Each plant gets, from every seed, the search from nothing (`optimizer=from_nothing`, one walk per candidate), each with
the same number of evaluations on one core. The best is walked for 20 s and scored against people, and walked with 3 %
noise on its parameters, drawn by no search. A run is a folder `PLANT_SEED` below `--out` with the
ordinary run folder `search/` and `result.json`; what is there is continued or left, so the same command goes on after a
kill, and several with `--only` may work side by side. The table is of all results.
"""

import argparse
import csv
import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from myoassist.analysis.walk.score import score_evaluation
from myoassist.analysis.walk.trials import noisy_copy
from myoassist.files.atomic import write_text_atomic
from myoassist.gait.score.gate import ENERGY_MODEL
from myoassist.gait.score.robustness import COPIES, COPY_TIME
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.rollout.log import Outcome
from myoassist.runs.catalogue import PARAMETERS_NAME, read_json, read_status
from myoassist.runs.record import read_run_config

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "dev"))

from markdown_pages import replace_section  # noqa: E402

# Plant -> name of the body, its muscles, neural delays.
PLANTS: dict[str, tuple[str, str, bool]] = {
    f"{name}{'_delayed' if delayed else ''}": (body, muscles, delayed)
    for delayed in (False, True)
    for name, body, muscles in (
        ("published", "published", "mujoco"),
        ("human_rigid", "human", "rigid"),
        ("human_elastic", "human", "elastic"),
    )
}
UNDELAYED = tuple(name for name, (_, _, delayed) in PLANTS.items() if not delayed)
NOISE_PERCENT = 3.0
RESULT_NAME, RESULTS_NAME, SECTION = "result.json", "plants.json", "plants"
TITLE = "## Which plant walks most like people"


def overrides_of(plant: str) -> list[str]:
    """Return what makes a plant out of `exp=human_level`; neural delays are counted in steps of 1 ms."""
    body, muscles, delayed = PLANTS[plant]
    return [
        *(f"model.plant={body}", f"model.muscle_model={muscles}", f"control.delayed={str(delayed).lower()}"),
        f"env.timestep={0.001 if delayed else 0.002}",
    ]


def search(run: Path, plant: str, seed: int, arguments: argparse.Namespace) -> None:
    """Search from made-up gains, or go on with it; a larger number of evaluations extends the run."""
    overrides = [
        # The cost that the table was made with.
        *(
            "exp=human_level",
            "cost=human_gait",
            "optimizer=from_nothing",
            "optimizer.members=1",
            "optimizer.milestones=[]",
            "cost.draws=1",
        ),
        *("optimizer.threads=1", *overrides_of(plant)),
        *(f"optimizer.max_evaluations={arguments.evaluations}", "optimizer.param_path=shipped:made_up"),
        *(f"seed={seed}", f"logdir={run.as_posix()}", *arguments.overrides),
    ]
    subprocess.run([sys.executable, "-m", "myoassist.train", *overrides], check=True)


def judge(run: Path) -> dict[str, Any]:
    """Walk the best of a run for 20 s, plain and with noise on its parameters, and time an evaluation of it.

    Returns:
        Cost, distance from people, bounds missed, energy and time; None for what a walk that falls does not have.
    """
    config = read_run_config(run)
    config = dataclasses.replace(config, env=dataclasses.replace(config.env, sim_time=COPY_TIME))
    problem = WalkProblem(config, 1)
    simulator = problem.simulator
    stored = read_json(run / PARAMETERS_NAME)
    vector = read_vector(run / PARAMETERS_NAME).vector
    # The first walk of a process may compile or load the loop.
    simulator.simulate(vector)
    began = time.process_time()
    log = simulator.simulate(vector)
    spent = time.process_time() - began
    found: dict[str, Any] = {
        "cost": stored["total"],
        "walked_s": log.n_steps * log.dt,
        "seconds_per_walked_second": spent / max(log.n_steps * log.dt, log.dt),
        **dict.fromkeys(("overall_sd", "missed", "gates", "cot_j_kg_m", "speed_m_s")),
    }
    if log.outcome is Outcome.SURVIVED:
        found["speed_m_s"] = float((log.pelvis_pos_w[-1, 0] - log.pelvis_pos_w[0, 0]) / found["walked_s"])
        scored = score_evaluation(config, simulator.walker, log)
        content = scored.content
        found["overall_sd"] = content["overall_sd"]
        found["missed"] = [gate.name for gate in scored.gates if gate.passed is False]
        found["gates"] = len(scored.gates)
        found["cot_j_kg_m"] = content["cot_j_kg_m"]
    copies = [noisy_copy(vector, simulator.table, NOISE_PERCENT, i) for i in range(COPIES)]
    found["noise_survived"] = sum(simulator.simulate(copy).outcome is Outcome.SURVIVED for copy in copies)
    found["noise_copies"] = COPIES
    return {**found, **_time_of(run)}


def _time_of(run: Path) -> dict[str, float]:
    """Return the evaluations of a run and the core time of one, s."""
    with (run / "history_generations.csv").open(newline="", encoding="utf-8") as stream:
        evaluations = int(list(csv.DictReader(stream))[-1]["evaluations"])
    with (run / "timing.csv").open(newline="", encoding="utf-8") as stream:
        spent = sum(float(row["wall_time"]) * int(row["workers"]) for row in csv.DictReader(stream))
    return {"evaluations": evaluations, "core_seconds_per_evaluation": spent / evaluations}


def measure(folder: Path, plant: str, seed: int, arguments: argparse.Namespace) -> None:
    """Do what is missing of one plant and seed."""
    folder.mkdir(parents=True, exist_ok=True)
    run = folder / "search"
    search(run, plant, seed, arguments)
    before = read_json(folder / RESULT_NAME)
    if before and before["evaluations"] == _time_of(run)["evaluations"]:
        return
    assert read_status(run)["status"] == "finished"
    result = {"plant": plant, "seed": seed, **judge(run)}
    write_text_atomic(folder / RESULT_NAME, json.dumps(result, indent=1) + "\n")
    print(json.dumps(result), flush=True)


def collect(out: Path) -> list[dict[str, Any]]:
    """Return all results below a folder, by plant and seed, and keep them in one file."""
    results = [read_json(file) for file in out.glob(f"*/{RESULT_NAME}")]
    order = list(PLANTS)
    results.sort(key=lambda result: (order.index(result["plant"]), result["seed"]))
    write_text_atomic(out / RESULTS_NAME, json.dumps(results, indent=1) + "\n")
    return results


def format_table(results: list[dict[str, Any]]) -> str:
    """Return a Markdown table: a row per plant, median and range over seeds, of walks that last where they must."""
    head = ["plant", "evaluations", "seeds that walk 20 s", "cost", "overall SD", "bounds missed", "3 % noise, of 10"]
    head += ["gross CoT, J/kg/m", "ms per evaluation", "CPU ms per walked second"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for plant in dict.fromkeys(result["plant"] for result in results):
        runs = [result for result in results if result["plant"] == plant]
        walking = [run for run in runs if run["overall_sd"] is not None]
        gates = max((run["gates"] for run in walking), default=0)
        energy = [value for run in walking for value in (_energy(run["cot_j_kg_m"]),) if value is not None]
        missed = _spread([len(run["missed"]) for run in walking], ".0f")
        cells = [
            plant.replace("_", ", "),
            _spread([run["evaluations"] for run in runs], ".0f"),
            f"{len(walking)} of {len(runs)}",
            _spread([run["cost"] for run in runs], ".2f"),
            _spread([run["overall_sd"] for run in walking], ".2f"),
            f"{missed} of {gates}" if walking else missed,
            _spread([run["noise_survived"] for run in runs], ".0f"),
            _spread(energy, ".2f"),
            _spread([1000.0 * run["core_seconds_per_evaluation"] for run in runs], ".0f"),
            _spread([1000.0 * run["seconds_per_walked_second"] for run in runs], ".1f"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _energy(models: dict[str, float | None] | None) -> float | None:
    """Return the cost of transport of the model that the bounds are judged by."""
    return None if models is None else models.get(ENERGY_MODEL)


def _spread(values: list[float], form: str) -> str:
    if not values:
        return "-"
    middle = f"{median(values):{form}}"
    low, high = f"{min(values):{form}}", f"{max(values):{form}}"
    return middle if low == high else f"{middle} ({low} to {high})"


def write_docs(page: Path, table: str) -> None:
    """Put the table into a page, in a section of its own at the end if it has none."""
    text = page.read_text(encoding="utf-8")
    if f"<!-- begin {SECTION} -->" not in text:
        note = "Measured by `benchmarks/plants.py`: median (range) over seeds, walks of 20 s, no noise in the search."
        text = f"{text.rstrip()}\n\n{TITLE}\n\n{note}\n\n<!-- begin {SECTION} -->\n<!-- end {SECTION} -->\n"
    write_text_atomic(page, replace_section(text, SECTION, table))


def main(argv: list[str] | None = None) -> None:
    """Search on every plant from every seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", nargs="*", help="of every search, such as optimizer.sigma_gain=30")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs and of plants.json")
    parser.add_argument("--only", nargs="+", choices=tuple(PLANTS), default=UNDELAYED, help="plants to search on")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--evaluations", type=int, default=8000, help="of every search")
    parser.add_argument("--table", action="store_true", help="search nothing: the table of what is there")
    parser.add_argument("--docs", type=Path, help="page that gets the table")
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        for plant in () if arguments.table else arguments.only:
            measure(arguments.out / f"{plant}_{seed}", plant, seed, arguments)
            collect(arguments.out)
    table = format_table(collect(arguments.out))
    print(table)
    if arguments.docs is not None:
        write_docs(arguments.docs, table)


if __name__ == "__main__":
    main()
