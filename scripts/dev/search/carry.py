"""Carry what one walk has and another lacks over to a third: walks of one controller can be added.

    python scripts/dev/search/carry.py OUT.txt human_100 --from human_125 --to human_robust --share 0.75 exp=EXP

Writes `human_100 + 0.75 (human_robust - human_125)`, parameter by parameter of the same name, as a raw vector for
optimizer.param_path, and says how long it walks. Between related walks this keeps a gait and brings what was meant:
`human_robust` differs from `human_125` by what makes it firm, and with that a walk found for 1.0 m/s stands more pushes
and noise without any search (docs/shipped-walks.md). Walks that are no near relatives fall. `--times lead_SOL=0.85`
multiplies a raw parameter afterwards. Names are of shipped walks, or paths of vectors. The overrides name experiment
and speed (`exp=human_level cost.tgt_vel=1.0`), as those of `train`.
"""

import argparse
from pathlib import Path

import numpy as np

from myoassist.config.compose.run import compose_run
from myoassist.config.nearest import nearest_name
from myoassist.files.atomic import write_bytes_atomic
from myoassist.optimize.start.vector_file import read_vector
from myoassist.optimize.store.result_files import format_vector
from myoassist.optimize.walk.problem import WalkProblem
from myoassist.runs.named_files import resolve_param_path
from myoassist.space.table import ParameterTable


def add_difference(walks: dict[str, np.ndarray], share: float, table: ParameterTable) -> np.ndarray:
    """Return `at + share (to - from)` within the bounds of a table; all three have its layout."""
    return table.clamp(walks["at"] + share * (walks["to"] - walks["from"]))


def multiply(vector: np.ndarray, table: ParameterTable, factors: dict[str, float]) -> np.ndarray:
    """Return a vector some of whose parameters are multiplied, within bounds.

    Raises:
        SystemExit: for a name that no parameter has.
    """
    names = [parameter.name for parameter in table.parameters]
    unknown = sorted(set(factors) - set(names))
    if unknown:
        near = nearest_name(unknown[0], names)
        raise SystemExit(f"no parameter is called {unknown[0]}" + (f"; {near} is" if near else ""))
    return table.clamp(vector * np.array([factors.get(name, 1.0) for name in names]))


def find_walk(text: str) -> np.ndarray:
    """Return the raw vector of a shipped walk or of a file."""
    path = Path(text)
    return read_vector(path if path.exists() else resolve_param_path(f"shipped:{text}")).vector


def main() -> None:
    """Read the command line, add and walk."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("at")
    parser.add_argument("--from", dest="lacks", required=True)
    parser.add_argument("--to", dest="has", required=True)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--times", nargs="*", default=[], metavar="NAME=FACTOR")
    parser.add_argument("overrides", nargs="*")
    arguments = parser.parse_intermixed_args()
    config = compose_run(arguments.overrides).config
    config.cost.draws, config.optimizer.stages = 1, None
    problem = WalkProblem(config, 1)
    walks = {"at": find_walk(arguments.at), "from": find_walk(arguments.lacks), "to": find_walk(arguments.has)}
    vector = add_difference(walks, arguments.share, problem.table)
    pairs = (text.split("=") for text in arguments.times)
    vector = multiply(vector, problem.table, {name: float(factor) for name, factor in pairs})
    log = problem.simulator.simulate(vector)
    write_bytes_atomic(arguments.out, format_vector(vector))
    print(f"walks {log.n_steps * log.dt:.1f} s of {config.env.sim_time:g} s: {arguments.out}")


if __name__ == "__main__":
    main()
