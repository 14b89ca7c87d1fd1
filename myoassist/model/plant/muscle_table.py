"""Tables of fibres and tendons: those of the package, and files of a user."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from myoassist.files.errors import ModelError

# Column -> allowed range; the unit is part of the name.
COLUMNS = {
    "optimal_m": (0.005, 0.6),
    "slack_m": (0.005, 0.8),
    "f_max_n": (0.0, 30000.0),
    "pennation_rad": (0.0, 1.2),
    "offset_m": (-0.8, 0.8),
    "fastest_per_s": (1.0, 30.0),
    "strain_at_peak": (0.01, 0.3),
}
# Columns that a table may lack, and what then holds.
OPTIONAL = {"passive_share": (0.0, 5.0, 1.0)}
_LARGEST = 2**20
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class MuscleRow:
    """Fibre and tendon of one muscle.

    Attributes:
        optimal_m: Optimal fibre length, m.
        slack_m: Slack length of the tendon, m.
        f_max_n: Peak isometric force, N.
        pennation_rad: Angle between fibre and tendon at the optimal length, rad.
        offset_m: What is added to the length of the model's path, counted from where MuJoCo's own muscle has its
            tendon slack, to have the length of fibre and tendon, m.
        fastest_per_s: Greatest speed of shortening, optimal lengths/s.
        strain_at_peak: Strain of the tendon under the peak force.
        passive_share: Passive force of the fibre over that of the curve; read from human_3 on.
        source: Where the numbers are from.
    """

    optimal_m: float
    slack_m: float
    f_max_n: float
    pennation_rad: float
    offset_m: float
    fastest_per_s: float
    strain_at_peak: float
    passive_share: float = 1.0
    source: str = ""


def package_table(musculature: int) -> Path:
    """Return the file of a model of the library."""
    return _FOLDER / f"muscles_{musculature}.csv"


def read_table(path: Path) -> dict[str, MuscleRow]:
    """Read a table; names are actuators, with or without their side.

    Raises:
        ModelError: if a column, a number or a name is missing, doubled or out of range.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ModelError(f"{path} has {path.stat().st_size} bytes", "a table of muscles, below 1 MB")
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(line for line in file if not line.startswith("#")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ModelError(f"{path} cannot be read: {error}", "a CSV file of muscles") from error
    needed = ("name", *COLUMNS)
    missing = [column for column in needed if not lines or column not in lines[0]]
    if missing:
        raise ModelError(
            f"{path} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}",
            f"a first line {','.join(needed)} (m, N, rad, optimal lengths per second), then a line per muscle",
            "docs/body.md shows such a table",
        )
    rows: dict[str, MuscleRow] = {}
    for number, line in enumerate(lines, 2):
        name = (line["name"] or "").strip()
        if not name or name in rows:
            raise ModelError(f"{path}, line {number}: the name {name!r} is empty or given twice", "one line per muscle")
        values = {
            column: _number(path, number, name, column, line[column], *limits) for column, limits in COLUMNS.items()
        }
        for column, (low, high, usual) in OPTIONAL.items():
            text = line.get(column)
            values[column] = usual if not text else _number(path, number, name, column, text, low, high)
        rows[name] = MuscleRow(**values, source=(line.get("source") or "").strip())
    return rows


def _number(path: Path, line: int, name: str, column: str, text: str | None, low: float, high: float) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise ModelError(f"{path}, line {line}: {column} of {name} is {text!r}", f"a number from {low:g} to {high:g}")
    return value


def match_rows(rows: dict[str, MuscleRow], muscles: Iterable[str], path: Path) -> list[MuscleRow]:
    """Return the rows of actuators; a name without its side stands for both.

    Raises:
        ModelError: naming the muscles without a row.
    """
    found = [rows.get(name) or rows.get(name.rpartition("_")[0]) for name in muscles]
    missing = [name for name, row in zip(muscles, found, strict=True) if row is None]
    if missing:
        raise ModelError(
            f"{path.name} has no line for {', '.join(missing)}; it has {', '.join(rows)}",
            "a line for every muscle actuator of the model",
            "model.plant=published model.muscle_model=null    (or model.muscle_table=<muscles.csv> with these lines)",
        )
    return [row for row in found if row is not None]
