"""How far the curves of a walk are from those of people: RMSE, correlation and distance in standard deviations.

The distance of a channel is its RMSE over the cycle divided by the root mean square of people's standard deviation over
the cycle: sample by sample that deviation may be 0. Both legs are averaged. Of the hip the mean difference over the
cycle is left out, since people's hips are measured against a pelvis that leans.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from myoassist.files.errors import ModelError
from myoassist.gait.leg_strides import LegStrides
from myoassist.gait.muscles import find_muscle_columns
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.gait.reference.human import ANGLES, PERCENT, HumanReference
from myoassist.rollout.log import JOINTS, WalkLog

# Groups of channels that are scored by the mean distance of their channels.
GROUPS: dict[str, tuple[str, ...]] = {
    "angles": ANGLES,
    "ground reaction": ("grf", "grf_fore_aft"),
    "moments": tuple(f"{joint}_moment" for joint in JOINTS),
    "powers": tuple(f"{joint}_power" for joint in JOINTS),
}
OVERALL = (*ANGLES, "grf")
# Muscles without measured EMG are held against the built-in reference gait, for information.
PROJECT_TABLE = "project_table"
_UNMEASURED = {
    "HAB": "hip_abductors",
    "HAD": "hip_adductors",
    "HFL": "iliopsoas",
    "GLU": "gluteus_maximus",
    "VAS": "vasti",
    "BFSH": "biceps_femoris_short_head",
    "SOL": "soleus",
}


@dataclass(frozen=True)
class Agreement:
    """Distance of a channel from people.

    Attributes:
        rmse: Root mean square difference, unit of the channel.
        r: Correlation over the cycle; None for a channel that does not move.
        sd: Distance in standard deviations of people.
    """

    rmse: float
    r: float | None
    sd: float


def agree(curves: Mapping[str, list[np.ndarray]], reference: HumanReference) -> dict[str, Agreement]:
    """Return how far the curves of both legs are from people, by channel; legs without a curve do not count."""
    found = {}
    for name, legs in curves.items():
        mean, sd = reference.curves[name]
        shown = [leg for leg in legs if np.isfinite(leg).all()]
        errors = []
        for leg in shown:
            difference = leg - mean
            if name == "hip":
                difference = difference - difference.mean()
            errors.append(float(np.sqrt(np.mean(difference**2))))
        rs = [r for leg in shown if (r := correlate(leg, mean)) is not None]
        rmse = float(np.mean(errors))
        found[name] = Agreement(
            rmse, float(np.mean(rs)) if len(rs) == len(shown) else None, rmse / float(np.sqrt(np.mean(sd**2)))
        )
    return found


def agree_with_table(log: WalkLog, strides: LegStrides) -> dict[str, float | None]:
    """Return the correlation of muscles that nobody measured here with the project's own table, mean of both legs."""
    try:
        columns = find_muscle_columns(log.muscle_names)
    except ModelError:
        return {}
    activation = columns.read(log.activation)
    phase = np.minimum(PERCENT / 100.0, 1.0 - 1e-9)
    found: dict[str, float | None] = {}
    for i, muscle in enumerate(columns.muscles):
        if muscle in _UNMEASURED:
            table = load_reference_gait().signals[muscle].evaluate(phase)
            rs = [correlate(strides.mean_curve(activation[:, leg, i], leg), table) for leg in range(2)]
            known = [r for r in rs if r is not None]
            found[_UNMEASURED[muscle]] = float(np.mean(known)) if known else None
    return found


def correlate(first: np.ndarray, second: np.ndarray) -> float | None:
    """Return the correlation of two curves, None if one of them does not move."""
    if np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return None
    return float(np.corrcoef(first, second)[0, 1])
