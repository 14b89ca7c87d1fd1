"""Parameters of the pattern generator: two pulses per muscle, a period, and how strongly heel strike sets the clock.

Start values are a least-squares fit of two raised cosines to the reference muscle activation over the gait cycle
(`gait.reference.gait`), phase 0 at heel strike of the same leg. The toe muscles have none there: the flexor is taken
from the soleus, the extensor from the tibialis.
"""

from collections.abc import Collection

from myoassist.config.schema.control import ControlConfig
from myoassist.control.human.cpg.factors import cpg_factors
from myoassist.control.signals import MUSCLE_NAMES
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES
from myoassist.space.parameter import Entries, Parameter

# Of the parameters, in the search vector.
GROUP = "control"
N_PULSES = 2
# Height (excitation), centre and half width (gait cycles) of each pulse.
PULSES = {
    "HAB": ((0.273, 0.039, 0.121), (0.218, 0.178, 0.146)),
    "HAD": ((0.265, 0.015, 0.060), (0.241, 0.971, 0.072)),
    "HFL": ((0.287, 0.499, 0.070), (0.140, 0.629, 0.242)),
    "GLU": ((0.254, 0.037, 0.122), (0.197, 0.152, 0.102)),
    "HAM": ((0.213, 0.041, 0.136), (0.380, 0.900, 0.141)),
    "RF": ((0.192, 0.599, 0.064), (0.001, 0.765, 0.060)),
    "VAS": ((0.272, 0.052, 0.117), (0.133, 0.947, 0.080)),
    "BFSH": ((0.040, 0.666, 0.060), (0.185, 0.731, 0.113)),
    "GAS": ((0.429, 0.271, 0.251), (0.526, 0.397, 0.122)),
    "SOL": ((0.365, 0.252, 0.290), (0.690, 0.411, 0.131)),
    "TA": ((0.334, 0.690, 0.224), (0.353, 0.988, 0.198)),
    "FDL": ((0.365, 0.252, 0.290), (0.690, 0.411, 0.131)),
    "EDL": ((0.334, 0.690, 0.224), (0.353, 0.988, 0.198)),
}
START_PERIOD = 1.1  # s
MIN_WIDTH, MAX_WIDTH = 0.05, 0.5
_HEIGHT_STEP, _CENTRE_STEP, _WIDTH_STEP, _PERIOD_STEP = 0.2, 0.1, 0.1, 0.2


def cpg_muscles(dimensions: int) -> tuple[str, ...]:
    """Return the muscles that have pulses, in the order of the parameters."""
    return tuple(name for name in MUSCLE_NAMES if dimensions == 3 or name not in FRONTAL_MUSCLES)


def entries(control: ControlConfig, dimensions: int) -> Entries:
    """Return what the controller of a configuration adds to the search vector, in 2 or 3 dimensions."""
    del control
    return cpg_entries(dimensions)


def cpg_entries(dimensions: int) -> Entries:
    """Return layout and parameters; arguments as those of the controller."""
    return Entries(".cpg", tuple(cpg_rows(dimensions, GROUP)), is_idle, factors=cpg_factors(cpg_muscles(dimensions)))


def is_idle(name: str, gone: Collection[str]) -> bool:
    """Say whether a parameter shapes a pulse of one of the muscles that a leg lacks."""
    return name.split("_")[1] in gone


def cpg_rows(dimensions: int, group: str) -> list[Parameter]:
    """Return the entries of the search vector: period, reset, and height, centre and width of every pulse."""
    rows = [
        _row("cpg_period", "s", START_PERIOD, _PERIOD_STEP, 0.6, 2.0, group),
        _row("cpg_reset", "", 1.0, 0.25, 0.0, 1.0, group),
    ]
    for muscle in cpg_muscles(dimensions):
        for i, (height, centre, width) in enumerate(PULSES[muscle], start=1):
            name = f"cpg_{muscle}_{i}"
            rows += [
                _row(f"{name}_height", "", height, _HEIGHT_STEP, 0.0, 1.0, group),
                _row(f"{name}_center", "", centre, _CENTRE_STEP, -0.5, 1.5, group),
                _row(f"{name}_width", "", width, _WIDTH_STEP, MIN_WIDTH, MAX_WIDTH, group),
            ]
    return rows


def _row(name: str, unit: str, start: float, step: float, low: float, high: float, group: str) -> Parameter:
    """Return a parameter whose raw value is 1 at the start and changes by 1 with a step."""
    offset = start - step
    return Parameter(name, unit, step, offset, (low - offset) / step, (high - offset) / step, 1.0, group)
