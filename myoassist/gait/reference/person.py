"""One person's own gait in the place of people's: mean and spread over strides at the speed of that person.

The file is a table of channel, percent, mean and sd like that of people; rows without percent hold single figures. What
it lacks, moments, powers and muscle activity as a rule, is that of people at the same dimensionless speed.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.gait.reference.human import PERCENT, HumanReference, match_reference

KEY = "cost.people"
COLUMNS = ("channel", "percent", "mean", "sd")
SPEED = "speed_m_s"
# How far from its own speed a person's gait may be asked for, m/s.
NEAR = 0.1
_LARGEST = 2**20
_EXPECTED = "a gait that `myoassist subject` wrote: CSV with channel,percent,mean,sd"


@dataclass(frozen=True)
class PersonGait:
    """How one person walks at one speed.

    Attributes:
        curves: Mean and standard deviation at `PERCENT` by channel, as `HumanReference.curves`.
        figures: Mean and standard deviation of single figures, as `HumanReference.figures`; besides speed_m_s.
    """

    curves: Mapping[str, tuple[np.ndarray, np.ndarray]]
    figures: Mapping[str, tuple[float, float]]

    @property
    def speed(self) -> float:
        """Mean speed, m/s."""
        return self.figures[SPEED][0]


def find_people(people: str | None, speed: float, leg_length: float) -> HumanReference:
    """Return what walks are compared with: people at a speed, or for a file the person of it.

    Args:
        people: Value of `cost.people`.
        speed: m/s.
        leg_length: Hip joint to floor of the walker, standing, m.

    Raises:
        HumanSpeedError: if nobody was measured at that speed.
        ConfigError: if the file is refused, or the person walks at another speed.
    """
    everybody = match_reference(speed, leg_length)
    if people is None:
        return everybody
    person = read_person(people)
    check_speed(people, person, speed)
    return replace(
        everybody,
        curves={**everybody.curves, **person.curves},
        figures={name: person.figures.get(name, figure) for name, figure in everybody.figures.items()},
    )


def check_speed(people: str, person: PersonGait, speed: float) -> None:
    """Refuse a speed at which the person of a file does not walk.

    Raises:
        ConfigError: with the speed of the person.
    """
    if abs(person.speed - speed) > NEAR:
        raise ConfigError(
            f"cost.tgt_vel={speed:g}, but {KEY}={people} is a gait at {person.speed:.2f} m/s",
            f"a speed within {NEAR:g} m/s of it, or people at any speed: {KEY}=null",
            f"cost.tgt_vel={person.speed:.2f}",
        )


def read_person(path: str) -> PersonGait:
    """Read the gait of a person.

    Raises:
        ConfigError: naming the file and what is wrong in it.
    """
    file = Path(path).expanduser()
    try:
        if file.stat().st_size > _LARGEST:
            raise ConfigError(f"{KEY}={path} has more than {_LARGEST} bytes", _EXPECTED)
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{KEY}={path} cannot be read ({error})", _EXPECTED, f"{KEY}=null") from None
    if not rows or any(column not in rows[0] for column in COLUMNS):
        raise ConfigError(f"{KEY}={path} has not the columns {', '.join(COLUMNS)}", _EXPECTED, f"{KEY}=null")
    curves: dict[str, list[tuple[float, float, float]]] = {}
    figures: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows, 1):
        mean, sd = (_number(path, number, row, name) for name in ("mean", "sd"))
        if row["percent"]:
            curves.setdefault(row["channel"], []).append((_number(path, number, row, "percent"), mean, sd))
        else:
            figures[row["channel"]] = mean, sd
    if SPEED not in figures:
        raise ConfigError(f"{KEY}={path} does not tell the speed", f"a row {SPEED},,<m/s>,<sd>", f"{KEY}=null")
    return PersonGait({name: _curve(path, name, points) for name, points in curves.items()}, figures)


def format_person(person: PersonGait, notes: tuple[str, ...] = ()) -> str:
    """Return the gait of a person as the text of a file that `read_person` reads."""
    lines = [*(f"# {note}" for note in notes), ",".join(COLUMNS)]
    for name, (mean, sd) in person.figures.items():
        lines.append(f"{name},,{mean:.5g},{sd:.4g}")
    for name, curve in person.curves.items():
        lines += [f"{name},{p:g},{m + 0.0:.5g},{s:.4g}" for p, m, s in zip(PERCENT, *curve, strict=True)]
    return "\n".join(lines) + "\n"


def _number(path: str, number: int, row: dict[str, str], column: str) -> float:
    try:
        value = float(row[column] or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (column == "sd" and value < 0.0):
        raise ConfigError(f"{KEY}={path}, data row {number}: {column} is {row[column]!r}", "a finite number")
    return value


def _curve(path: str, name: str, points: list[tuple[float, float, float]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(points)
    if table.shape[0] != len(PERCENT) or not np.allclose(table[:, 0], PERCENT):
        raise ConfigError(
            f"{KEY}={path}: {name} has {len(points)} points", f"one at each of 0, 2, ... 100 % ({len(PERCENT)})"
        )
    if not table[:, 2].any():
        raise ConfigError(f"{KEY}={path}: {name} has no spread at all", "a standard deviation above 0 somewhere")
    return table[:, 1], table[:, 2]
