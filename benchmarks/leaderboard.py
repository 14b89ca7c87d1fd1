"""The table of the best walks, made from packed files that are walked again.

    python benchmarks/leaderboard.py --out benchmarks/leaderboard.md --shipped theirs.walk

Each is verified first; what walks as another gait is left out and named. `--shipped` adds the walks that come with the
package, one may also be named: shipped:human_125.
"""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from myoassist.analysis.proof.record import prove_walk
from myoassist.analysis.proof.verdict import OTHER, compare_proofs
from myoassist.analysis.proof.walked import Result, find_shipped, read_proof, unpack, walk_result
from myoassist.check.run import check
from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.config.sources.shipped import list_controllers, list_policies
from myoassist.files.atomic import write_text_atomic
from myoassist.runs.pack import read_pack

RULES = """# Leaderboard

Walks of people on level ground, made by `python benchmarks/leaderboard.py --out benchmarks/leaderboard.md --shipped`
from shipped controllers and from packed files (`myoassist pack`, [commands](../docs/commands.md)), which follow it.

* A row is a file that `myoassist verify` walks again here: bit for bit, or as the same gait. Nothing is taken from what
  it says about itself, except how much it withstands, which is said to be told.
* Sorted by the number of [bounds](../docs/score.md) missed, then by the distance from people at the same speed.
* The cost says whether people's curves were in what the search was paid for: a prediction is worth more than an
  imitation.
* The body is named, and what it wears: walks on different bodies are not the same task, and with a device
  fewer bounds hold. 60 s, noise and pushes are the trials of `robustness=true`, whose draws no search uses.
* Of the shipped walks, those on slopes and uneven ground, at changing speeds, and with a prosthesis, whose bounds leave
  the curves out, are not in it.
* To enter: open a request with the file, at most 2 MB, and the commands that made it. No own code, no own model file.

"""
HEAD = (
    "| walk | body | controller | m/s | bounds missed | SD from people | J/kg/m | curves in the cost "
    "| told: noise 3 %, 60 s, push 30 N·s | verified |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


def list_level() -> list[str]:
    """Return the names of the shipped walks that can be compared with people walking on level ground."""
    names = [*(item.name for item in list_controllers()), *list_policies()]
    return [name for name in names if is_level(find_shipped(name).config)]


def is_level(config: RunConfig) -> bool:
    """Return whether a walk is on level ground, at one speed and on two whole legs."""
    env = config.env
    steady = env.min_target_velocity == env.max_target_velocity
    return env.slope_deg == 0.0 and env.terrain == "flat" and steady and config.exo.controller != "impedance"


def describe_body(config: RunConfig) -> str:
    """Return the plant of a walk, its muscles where they are not 22, and its device."""
    muscles = "" if config.model.musculature == 22 else f", {config.model.musculature} muscles"
    return f"{config.model.plant}{muscles}{f' with {config.model.device}' if config.model.device else ''}"


def row_of(result: Result) -> tuple[tuple[Any, ...], str] | None:
    """Walk a result again; return what it is sorted by and its row, None where it walks as another gait."""
    check(result.config, starts=False)
    evaluation = walk_result(result)
    verdict = compare_proofs(read_proof(result), prove_walk(evaluation.log))
    if verdict.kind == OTHER or evaluation.score is None:
        return None
    score = evaluation.score.content
    missed = [gate["name"] for gate in score["gate"]["failed"]]
    survived = (result.robustness or {}).get("survived", {})
    told = ", ".join(
        f"{survived[name]}/{n}" if survived.get(name) is not None else "-"
        for name, n in (("noise_3_percent", 10), ("start_60_s", 10), ("push_30_ns", 8))
    )
    imitates = any(field.startswith("channels.") for field in score["in_cost"])
    cost = (score["cot_j_kg_m"] or {}).get("umberger2010_0.60MPa")
    cells = (
        f"`{result.name}`",
        describe_body(result.config),
        "policy" if evaluation.learned else result.config.control.controller,
        f"{score['speed_m_s']:.2f}",
        ", ".join(missed) or "none",
        "-" if score["overall_sd"] is None else f"{score['overall_sd']:.2f}",
        "-" if cost is None else f"{cost:.2f}",
        "yes" if imitates else "no",
        told,
        verdict.kind,
    )
    distance = float("inf") if score["overall_sd"] is None else score["overall_sd"]
    return (len(missed), distance), f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    """Walk all and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shipped", action="store_true", help="add the shipped walks on level ground")
    parser.add_argument("results", nargs="*", metavar="FILE")
    arguments = parser.parse_args()
    shipped_walks = [f"{SHIPPED_PREFIX}{name}" for name in list_level()] if arguments.shipped else []
    rows = []
    for text in [*shipped_walks, *arguments.results]:
        shipped = text.startswith(SHIPPED_PREFIX)
        opened = (
            nullcontext(find_shipped(text.removeprefix(SHIPPED_PREFIX))) if shipped else unpack(read_pack(Path(text)))
        )
        with opened as result:
            row = row_of(result)
        if row is None:
            print(f"{text}: left out, it is another gait here", file=sys.stderr)
        else:
            rows.append(row)
    lines = [*HEAD, *(row for _, row in sorted(rows))]
    write_text_atomic(arguments.out, RULES + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
