"""Parameters of the network: the weights of its hidden units, then those of the muscles."""

from collections.abc import Collection

import numpy as np

from myoassist.config.schema.control import ControlConfig
from myoassist.control.signals import MUSCLE_NAMES
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES
from myoassist.space.parameter import INF, Entries, Parameter

# Of the parameters, in the search vector.
GROUP = "control"
# What a leg sees, in the order of the weights.
INPUTS = (
    "load", "hip", "knee", "ankle", "hip_rate", "knee_rate", "ankle_rate", "other_load", "other_hip", "other_knee",
    "pitch", "pitch_rate", "roll", "roll_rate",
)  # fmt: skip
N_INPUTS = len(INPUTS)
CONSTANT = "constant"
# The start is a fixed draw: equal units would stay equal. Muscles begin weakly excited, so that legs are not stiff.
_SEED = 20150801
_SPREAD = 0.5
_START_CONSTANT = -2.5  # an excitation of 0.08
_STEP = 1.0


def network_muscles(dimensions: int) -> tuple[str, ...]:
    """Return the muscles that the network excites, in the order of the weights."""
    return tuple(name for name in MUSCLE_NAMES if dimensions == 3 or name not in FRONTAL_MUSCLES)


def entries(control: ControlConfig, dimensions: int) -> Entries:
    """Return what the controller of a configuration adds to the search vector, in 2 or 3 dimensions."""
    return network_entries(dimensions, control.hidden)


def network_entries(dimensions: int, hidden: int) -> Entries:
    """Return layout and parameters; arguments as those of the controller."""
    return Entries(f".network{hidden}", tuple(network_rows(dimensions, hidden, GROUP)), is_idle)


def is_idle(name: str, gone: Collection[str]) -> bool:
    """Say whether a weight leads to one of the muscles that a leg lacks."""
    return name.split("_")[1] in gone


def network_rows(dimensions: int, hidden: int, group: str) -> list[Parameter]:
    """Return the entries of the search vector: `net_<unit>_<input>`, then `net_<muscle>_<unit>`, constants last."""
    draws = np.random.default_rng(_SEED)
    units = [f"h{i + 1}" for i in range(hidden)]
    rows = []
    for unit in units:
        for source in (*INPUTS, CONSTANT):
            rows.append(_row(f"net_{unit}_{source}", _SPREAD * draws.standard_normal(), group))
    for muscle in network_muscles(dimensions):
        for unit in units:
            rows.append(_row(f"net_{muscle}_{unit}", _SPREAD * draws.standard_normal(), group))
        rows.append(_row(f"net_{muscle}_{CONSTANT}", _START_CONSTANT, group))
    return rows


def _row(name: str, start: float, group: str) -> Parameter:
    """Return a weight, free of bounds, whose raw value is 1 at the start."""
    return Parameter(name, "", _STEP, float(start) - _STEP, -INF, INF, 1.0, group)
