"""Which actuator is which muscle of the walking controller."""

from dataclasses import dataclass

import numpy as np

from myoassist.config.errors import ModelError
from myoassist.rollout.log import SIDES

ACTUATORS = {
    "HAB": "abd",
    "HAD": "add",
    "HFL": "iliopsoas",
    "GLU": "glutmax",
    "HAM": "hamstrings",
    "RF": "rectfem",
    "VAS": "vasti",
    "BFSH": "bifemsh",
    "GAS": "gastroc",
    "SOL": "soleus",
    "TA": "tibant",
    "FDL": "fdl",
    "EDL": "edl",
}
FRONTAL_MUSCLES = ("HAB", "HAD")
# Muscles with a reference EMG. The toe muscles have none and do not count as effort either.
SAGITTAL_MUSCLES = ("HFL", "GLU", "HAM", "RF", "VAS", "BFSH", "GAS", "SOL", "TA")


@dataclass(frozen=True)
class MuscleColumns:
    """Columns of the judged muscles in the log.

    Attributes:
        muscles: Muscle names in the order of `columns`.
        columns: Column of each muscle of both legs (r, l), shape (2, len(muscles)).
        planar: Whether the model has no frontal hip muscles.
    """

    muscles: tuple[str, ...]
    columns: np.ndarray
    planar: bool


def find_muscle_columns(muscle_names: tuple[str, ...]) -> MuscleColumns:
    """Look up the judged muscles by actuator name: nine per leg, eleven where there are frontal hip muscles.

    Args:
        muscle_names: Actuator names in the order of the log.

    Raises:
        ModelError: if an actuator is missing.
    """
    position = {name: i for i, name in enumerate(muscle_names)}
    planar = not any(f"{ACTUATORS[m]}_{side}" in position for m in FRONTAL_MUSCLES for side in SIDES)
    muscles = SAGITTAL_MUSCLES if planar else FRONTAL_MUSCLES + SAGITTAL_MUSCLES
    wanted = [[f"{ACTUATORS[m]}_{side}" for m in muscles] for side in SIDES]
    missing = [name for leg in wanted for name in leg if name not in position]
    if missing:
        raise ModelError(
            f"the model has no muscle actuator {', '.join(missing)}; it has {', '.join(muscle_names) or 'none'}",
            f"the {2 * len(muscles)} leg muscles of the 22- or 26-muscle model under these names",
            "set model.musculature=22 or 26, or name the actuators of model.path accordingly",
        )
    columns = np.array([[position[name] for name in leg] for leg in wanted], dtype=np.intp)
    columns.setflags(write=False)
    return MuscleColumns(muscles, columns, planar)


def select_muscles(muscles: MuscleColumns, names: tuple[str, ...]) -> MuscleColumns:
    """Return the columns of those muscles that are among `names`, in the order of `muscles`."""
    kept = [i for i, name in enumerate(muscles.muscles) if name in names]
    columns = muscles.columns[:, kept]
    columns.setflags(write=False)
    return MuscleColumns(tuple(muscles.muscles[i] for i in kept), columns, muscles.planar)
