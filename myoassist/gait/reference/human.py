"""How people walk at the speed of a walk: mean and spread over the gait cycle, between five measured speeds.

Source: Schwartz, Rozumalski and Trost, "The effect of walking speed on the gait of typically developing children",
J Biomech 41 (2008), supplement; tables of `myoassist.people.tables`. Children and adults walk alike at the same
dimensionless speed v / sqrt(g L), with the leg length L from hip joint to floor.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from myoassist.people.tables import GRAVITY, PERCENT, SPEEDS, HumanSpeedError, interpolate, load_gait, place_speed

__all__ = ["GRAVITY", "PERCENT", "SPEEDS", "HumanReference", "HumanSpeedError", "match_reference"]

ANGLES = ("hip", "knee", "ankle")
EMG = ("rectus_femoris", "medial_hamstrings", "lateral_hamstrings", "tibialis_anterior", "gastrocnemius")
LOADED_BW = 0.05
# Parts of the cycle, percent: where the knee gives way under load, both peaks of the vertical force, push-off.
LOADING = (4, 30)
FIRST_PEAK, SECOND_PEAK = (0, 30), (32, 64)
PUSH_OFF = (36, 74)


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
    table, place = load_gait(), place_speed(speed, leg_length)

    def at(values: np.ndarray) -> np.ndarray:
        """Return values of the five speeds, shape (5, ...), at this one."""
        return interpolate(values, place)

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
