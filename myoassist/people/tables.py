"""Tables of how people walk at five speeds, and what lies between them.

Sources: joint angles, moments, ground forces, electromyograms and strides of Schwartz, Rozumalski and Trost, "The
effect of walking speed on the gait of typically developing children", J Biomech 41 (2008), supplement; tables made by
`scripts/dev/human_gait.py`. Muscle activity is computed from these by `scripts/dev/body/human_activity.py`. Children
and adults walk alike at the same dimensionless speed v / sqrt(g L), with the leg length L from hip joint to floor.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from myoassist.files.errors import ConfigError

GRAVITY = 9.81
SPEEDS = ("very_slow", "slow", "free", "fast", "very_fast")
PERCENT = np.arange(0.0, 101.0, 2.0)
# Walks that are slower than the slowest people by at most this share are compared with these.
SLOWER = 0.05


class HumanSpeedError(ConfigError):
    """Refuse a speed at which nobody was measured."""


@dataclass(frozen=True)
class GaitTable:
    """Mean and standard deviation at the five speeds: of curves, each (5, 51), and of figures, each (5,)."""

    curves: dict[str, tuple[np.ndarray, np.ndarray]]
    figures: dict[str, tuple[np.ndarray, np.ndarray]]


@lru_cache(maxsize=1)
def load_gait() -> GaitTable:
    """Return the measured gait, read once per process."""
    curves: dict[str, list[dict[str, str]]] = {}
    for row in _rows("human_gait.csv"):
        curves.setdefault(row["channel"], []).append(row)
    means = {name: (_columns(rows, "_mean"), _columns(rows, "_sd")) for name, rows in curves.items()}
    figures = {
        row["quantity"]: (_columns([row], "_mean")[:, 0], _columns([row], "_sd")[:, 0])
        for row in _rows("human_strides.csv")
    }
    return GaitTable(means, figures)


@lru_cache(maxsize=1)
def load_activity() -> dict[str, np.ndarray]:
    """Return the activity of every muscle at the five speeds, 0 to 1 at `PERCENT` of the cycle, each (5, 51)."""
    muscles: dict[str, list[dict[str, str]]] = {}
    for row in _rows("human_activity.csv"):
        muscles.setdefault(row["muscle"], []).append(row)
    return {name: _columns(rows, "") for name, rows in muscles.items()}


def place_speed(speed: float, leg_length: float, key: str = "cost.tgt_vel") -> float:
    """Return the dimensionless speed at which the tables are read.

    Args:
        speed: m/s.
        leg_length: Hip joint to floor, standing, m.
        key: Key that a refusal tells to change.

    Raises:
        HumanSpeedError: for a speed above the fastest mean, or below the slowest by more than 5 %.
    """
    measured = load_gait().figures["speed"][0]
    unit = float(np.sqrt(GRAVITY * leg_length))
    wanted = speed / unit
    if not (1.0 - SLOWER) * measured[0] <= wanted <= measured[-1]:
        slowest, fastest = (1.0 - SLOWER) * measured[0] * unit, measured[-1] * unit
        raise HumanSpeedError(
            f"nobody was measured at {speed:g} m/s with legs of {leg_length:.2f} m",
            f"{slowest:.2f} to {fastest:.2f} m/s for such legs",
            f"{key}={min(max(speed, np.ceil(100.0 * slowest) / 100.0), np.floor(100.0 * fastest) / 100.0):.2f}",
        )
    return max(float(wanted), float(measured[0]))


def interpolate(values: np.ndarray, place: float) -> np.ndarray:
    """Return values of the five speeds, shape (5, ...), at a dimensionless speed, linearly between the nearest two."""
    measured = load_gait().figures["speed"][0]
    upper = min(max(int(np.searchsorted(measured, place)), 1), len(measured) - 1)
    part = (place - measured[upper - 1]) / (measured[upper] - measured[upper - 1])
    return (1.0 - part) * values[upper - 1] + part * values[upper]


def _columns(rows: list[dict[str, str]], kind: str) -> np.ndarray:
    """Return one kind of value at the five speeds, shape (5, rows)."""
    return np.array([[float(row[f"{speed}{kind}"]) for row in rows] for speed in SPEEDS])


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("myoassist").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
