"""All metrics of a walk that an evaluation writes, in one table."""

import numpy as np

from myoassist.config.schema.run import CostConfig
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.joint_loads import LOAD_METRICS, compute_joint_loads
from myoassist.gait.metabolics import metabolic_cost
from myoassist.gait.metrics import METRICS, Metric, compute_metrics
from myoassist.gait.strides import cut_window, displacement
from myoassist.rollout.log import WalkLog

_METABOLIC = "metabolic_cost_of_transport"
WALK_METRICS: dict[str, Metric] = {
    **METRICS,
    _METABOLIC: Metric("J/(kg·m)", "modelled metabolic energy per body mass and metre, resting metabolism included"),
    **LOAD_METRICS,
}


def measure_walk(log: WalkLog, cost: CostConfig) -> dict[str, float | int | None]:
    """Return every metric of WALK_METRICS, in that order; None where the walk has no stride.

    Args:
        log: The walk.
        cost: Says how many strides at the end are judged, and how heel strikes are labelled.
    """
    values = compute_metrics(log, cost.num_strides)
    values[_METABOLIC] = _metabolic(log, cost.num_strides)
    values |= compute_joint_loads(log, cost.num_strides)
    return {name: values[name] for name in WALK_METRICS}


def _metabolic(log: WalkLog, num_strides: int) -> float | None:
    strikes = find_heel_strikes(log)
    judged = min(num_strides, len(strikes.left) - 1)
    if judged <= 0 or log.layout.f_max is None:
        return None
    window = cut_window(strikes, judged)
    way = float(np.hypot(*displacement(log, window)))
    value = metabolic_cost(log, window.first, window.last, way) if way > 0.0 else np.nan
    return value if np.isfinite(value) else None
