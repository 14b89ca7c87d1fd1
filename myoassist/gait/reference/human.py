"""How people walk at the speed of a walk: mean and spread over the gait cycle, between five measured speeds.

Source: Schwartz, Rozumalski and Trost, "The effect of walking speed on the gait of typically developing children",
J Biomech 41 (2008), supplement; tables made by `scripts/dev/human_gait.py`. Children and adults walk alike at the same
dimensionless speed v / sqrt(g L), with the leg length L from hip joint to floor.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from myoassist.files.errors import ConfigError

GRAVITY = 9.81
SPEEDS = ("very_slow", "slow", "free", "fast", "very_fast")
PERCENT = np.arange(0.0, 101.0, 2.0)
ANGLES = ("hip", "knee", "ankle")
EMG = ("rectus_femoris", "medial_hamstrings", "lateral_hamstrings", "tibialis_anterior", "gastrocnemius")
# Walks that are slower than the slowest people by at most this share are compared with these.
SLOWER = 0.05
LOADED_BW = 0.05
# Parts of the cycle, percent: where the knee gives way under load, both peaks of the vertical force, push-off.
LOADING = (4, 30)
FIRST_PEAK, SECOND_PEAK = (0, 30), (32, 64)
PUSH_OFF = (36, 74)


class HumanSpeedError(ConfigError):
    """Refuse a speed at which nobody was measured."""


@dataclass(frozen=True)
class HumanReference:
    """People at one speed.

    Attributes:
        speed: Speed that was asked for, m/s.
        dimensionless_speed: Speed that the curves belong to, v / sqrt(g L).
        leg_length: L, m.
        curves: Mean and standard deviation at `PERCENT` of the cycle by channel, each of shape (51,): hip, knee, ankle,
            trunk, pelvis (deg; flexion, dorsiflexion, forward lean positive), grf, grf_fore_aft (body weights; up,
            forward), `<joint>_moment` (N·m/kg; internal, extension positive), `<joint>_power` (W/kg; generated),
            `emg_<muscle>` (share of the muscle's own maximum).
        figures: Mean and standard deviation of single figures: stance_percent, stance_knee_flexion_deg (deg),
            pushoff_w_kg, grf_peak1_bw, grf_peak2_bw, stride_length_m, stride_time_s.
    """

    speed: float
    dimensionless_speed: float
    leg_length: float
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]]
    figures: Mapping[str, tuple[float, float]]


def match_reference(speed: float, leg_length: float) -> HumanReference:
    """Return how people of a leg length walk at a speed, linearly between the two nearest measured speeds.

    Args:
        speed: m/s.
        leg_length: Hip joint to floor, standing, m.

    Raises:
        HumanSpeedError: for a speed above the fastest mean, or below the slowest by more than 5 %.
    """
    table = _load()
    unit = float(np.sqrt(GRAVITY * leg_length))
    wanted, measured = speed / unit, table.figures["speed"][0]
    if not (1.0 - SLOWER) * measured[0] <= wanted <= measured[-1]:
        slowest, fastest = (1.0 - SLOWER) * measured[0] * unit, measured[-1] * unit
        raise HumanSpeedError(
            f"nobody was measured at {speed:g} m/s with legs of {leg_length:.2f} m",
            f"{slowest:.2f} to {fastest:.2f} m/s for such legs",
            f"cost.tgt_vel={min(max(speed, np.ceil(100.0 * slowest) / 100.0), np.floor(100.0 * fastest) / 100.0):.2f}",
        )
    place = max(float(wanted), float(measured[0]))

    def at(values: np.ndarray) -> np.ndarray:
        """Return values of the five speeds, shape (5, ...), at this one."""
        upper = min(max(int(np.searchsorted(measured, place)), 1), len(measured) - 1)
        part = (place - measured[upper - 1]) / (measured[upper] - measured[upper - 1])
        return (1.0 - part) * values[upper - 1] + part * values[upper]

    curves = {name: (at(mean), at(sd)) for name, (mean, sd) in table.curves.items()}
    figures = {name: (float(at(mean)), float(at(sd))) for name, (mean, sd) in table.figures.items()}
    period, period_sd = figures["cadence"]
    time = float(np.sqrt(leg_length / GRAVITY))
    length, length_sd = figures["step_length"]
    knee = int(np.argmax(np.where(within(LOADING), curves["knee"][0], -np.inf)))
    push = int(np.argmax(np.where(within(PUSH_OFF), curves["ankle_power"][0], -np.inf)))
    return HumanReference(
        speed,
        place,
        leg_length,
        curves,
        {
            "stance_percent": (stance_end(curves["grf"][0]), 100.0 * figures["stance"][1]),
            "stance_knee_flexion_deg": _pair(curves["knee"], knee),
            "pushoff_w_kg": _pair(curves["ankle_power"], push),
            "grf_peak1_bw": figures["grf_peak1"],
            "grf_peak2_bw": figures["grf_peak2"],
            "stride_length_m": (2.0 * length * leg_length, 2.0 * length_sd * leg_length),
            # Cadence counts steps.
            "stride_time_s": (2.0 * time / period, 2.0 * time * period_sd / period**2),
        },
    )


def within(part: tuple[int, int]) -> np.ndarray:
    """Return which points of the cycle lie in a part of it, ends included, shape (51,)."""
    return (part[0] <= PERCENT) & (part[1] >= PERCENT)


def stance_end(grf: np.ndarray) -> float:
    """Return where a mean vertical force falls to 0.05 body weights for good, percent of the cycle.

    Args:
        grf: Body weights at `PERCENT`, shape (51,), with a swing at its end.
    """
    last = int(np.flatnonzero(grf > LOADED_BW)[-1])
    if last == len(grf) - 1:
        return float(PERCENT[-1])
    part = (grf[last] - LOADED_BW) / (grf[last] - grf[last + 1])
    return float(PERCENT[last] + part * (PERCENT[last + 1] - PERCENT[last]))


def _pair(curve: tuple[np.ndarray, np.ndarray], place: int) -> tuple[float, float]:
    return float(curve[0][place]), float(curve[1][place])


@dataclass(frozen=True)
class _Table:
    """Mean and standard deviation at the five speeds: of curves, each (5, 51), and of figures, each (5,)."""

    curves: dict[str, tuple[np.ndarray, np.ndarray]]
    figures: dict[str, tuple[np.ndarray, np.ndarray]]


@lru_cache(maxsize=1)
def _load() -> _Table:
    curves: dict[str, list[dict[str, str]]] = {}
    for row in _rows("human_gait.csv"):
        curves.setdefault(row["channel"], []).append(row)
    means = {name: (_columns(rows, "mean"), _columns(rows, "sd")) for name, rows in curves.items()}
    figures = {
        row["quantity"]: (_columns([row], "mean")[:, 0], _columns([row], "sd")[:, 0])
        for row in _rows("human_strides.csv")
    }
    return _Table(means, figures)


def _columns(rows: list[dict[str, str]], kind: str) -> np.ndarray:
    """Return one kind of value at the five speeds, shape (5, rows)."""
    return np.array([[float(row[f"{speed}_{kind}"]) for row in rows] for speed in SPEEDS])


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("myoassist").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
