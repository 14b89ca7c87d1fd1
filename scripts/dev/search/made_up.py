"""Write start values of the guided reflexes that nobody has searched for: one round number for all gains of a kind.

    python scripts/dev/search/made_up.py models/starts/made_up.json

Every stretch reflex gets 1/rad, every rate gain 0.1, every muscle the activity of people; what is added to the pattern
is 0. A walker falls with them at its first step. From them a search from nothing begins (`optimizer=from_nothing`).
"""

import argparse
import fnmatch
import json
from pathlib import Path

import numpy as np

from myoassist.api import compose
from myoassist.control.human.guided.parameters import SHARES
from myoassist.files.atomic import write_text_atomic
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.space.table import ParameterTable

# Patterns of names, each with the value of all of them.
MADE_UP = {
    "*_PG": 1.0,
    "*_DG": 0.1,
    "activity_*": 1.0,
    "theta_PG": 2.0,
    "theta_DG": 0.3,
    "theta_HAM": 0.5,
    "SOL_FG|GAS_FG|VAS_FG|GLU_FG|HAM_FG": 0.2,
    "clock_period": 1.0,
    "clock_cross": 0.3,
    "clock_reset": 0.8,
    "place_v|push_v": 0.1,
    "lead_*|hip_shift|knee_shift|ankle_shift|theta_tgt": 0.0,
}


def made_up_vector(table: ParameterTable) -> np.ndarray:
    """Return the vector of the made-up gains, within the bounds, shape (D,); the start pose is the table's own."""
    values = table.decode(table.initial)
    for patterns, value in MADE_UP.items():
        for pattern in patterns.split("|"):
            values[[fnmatch.fnmatchcase(name, pattern) for name in table.names]] = value
    for (muscle, joint, phase), share in SHARES.items():
        values[table.index(f"{muscle}_{joint}_{phase}_PG")] = share
    vector, part = table.initial.copy(), table.group_slice("control")
    vector[part] = np.clip((values - table.offset) / table.scale, table.lower, table.upper)[part]
    return vector


def main(argv: list[str] | None = None) -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="file of the vector")
    arguments = parser.parse_args(argv)
    table = WalkProblem(compose("exp=human_level").plain(), 1).simulator.table
    parameters = [
        {"name": name, "raw": raw} for name, raw in zip(table.names, made_up_vector(table).tolist(), strict=True)
    ]
    lines = ",\n".join(f"  {json.dumps(item)}" for item in parameters)
    layout = json.dumps(table.layout)
    write_text_atomic(arguments.out, f'{{"layout": {layout}, "parameters": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
