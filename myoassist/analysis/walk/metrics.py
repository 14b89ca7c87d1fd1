"""All metrics of a walk that an evaluation writes, in one table."""

import numpy as np

from myoassist.config.schema.run import CostConfig
from myoassist.gait.energy import ENERGY_MODELS, muscle_mass, transport_cost
from myoassist.gait.events import find_heel_strikes
from myoassist.gait.joint_loads import LOAD_METRICS, compute_joint_loads
from myoassist.gait.metabolics import metabolic_cost
from myoassist.gait.metrics import METRICS, Metric, compute_metrics
from myoassist.gait.strides import cut_window, displacement
from myoassist.rollout.log import WalkLog

_METABOLIC, _COST, _MASS = "metabolic_cost_of_transport", "metabolic_cost_{}", "muscle_mass_060"
WALK_METRICS: dict[str, Metric] = {
    **METRICS,
    _METABOLIC: Metric(
        "J/(kg·m)", "modelled metabolic energy per kg moved and metre, resting metabolism included (0.25 MPa)"
    ),
    _COST.format("umberger_060"): Metric(
        "J/(kg·m)", "the same per kg of the person without a worn device, after Umberger 2010 and Uchida 2016, 0.60 MPa"
    ),
    _COST.format("bhargava_060"): Metric("J/(kg·m)", "the same after Bhargava 2004, 0.60 MPa"),
    _MASS: Metric("kg", "muscle mass of both legs that peak forces and fibre lengths imply at 0.60 MPa"),
    **LOAD_METRICS,
}


def measure_walk(log: WalkLog, cost: CostConfig) -> dict[str, float | int | None]:
    """Return every metric of WALK_METRICS, in that order; None where the walk has no stride.

    Args:
        log: The walk.
        cost: Says how many strides at the end are judged, and how heel strikes are labelled.
    """
    values = compute_metrics(log, cost.num_strides)
    values |= _energy(log, cost.num_strides)
    values |= compute_joint_loads(log, cost.num_strides)
    return {name: values[name] for name in WALK_METRICS}


def _energy(log: WalkLog, num_strides: int) -> dict[str, float | int | None]:
    """Return the figures of all energy models."""
    known = log.layout.f_max is not None
    mass = float(muscle_mass(log).sum()) if known else None
    values: dict[str, float | int | None] = dict.fromkeys([_METABOLIC, *map(_COST.format, ENERGY_MODELS)])
    values[_MASS] = mass
    strikes = find_heel_strikes(log)
    judged = min(num_strides, len(strikes.left) - 1)
    if judged <= 0 or not known:
        return values
    window = cut_window(strikes, judged)
    way = float(np.hypot(*displacement(log, window)))
    if way > 0.0:
        values[_METABOLIC] = metabolic_cost(log, window.first, window.last, way)
        for name in ENERGY_MODELS:
            values[_COST.format(name)] = transport_cost(log, name, window.first, window.last, way)
    return {name: value if value is not None and np.isfinite(value) else None for name, value in values.items()}
