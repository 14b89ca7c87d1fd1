"""Which actuator is which muscle of the walking controller."""

from dataclasses import dataclass

import numpy as np

from myoassist.files.errors import ModelError
from myoassist.model.devices.table import DEVICES
from myoassist.model.plant.muscle_groups import FRONTAL_MUSCLES, GROUPS, MUSCLES
from myoassist.rollout.log import SIDES

# Muscles with a reference EMG. The toe muscles have none and do not count as effort either.
SAGITTAL_MUSCLES = ("HFL", "GLU", "HAM", "RF", "VAS", "BFSH", "GAS", "SOL", "TA")


@dataclass(frozen=True)
class MuscleColumns:
    """Columns of the judged muscles in the log.

    Attributes:
        muscles: Muscle names in the order of `columns`.
        columns: Columns of each muscle of both legs (r, l), shape (2, len(muscles), largest group); a shorter group is
            filled up with -1, and so is a muscle that a prosthesis took away.
        planar: Whether the model has no frontal hip muscles.
    """

    muscles: tuple[str, ...]
    columns: np.ndarray
    planar: bool

    def read(self, per_actuator: np.ndarray) -> np.ndarray:
        """Return a logged quantity by leg and muscle, of a group the mean of its actuators.

        Args:
            per_actuator: Shape (T, actuators of the log).

        Returns:
            Shape (T, 2, len(muscles)).
        """
        member = self.columns >= 0
        if self.columns.shape[2] == 1 and member.all():
            return per_actuator[:, self.columns[:, :, 0]]
        # A muscle that a prosthesis took away reads 0.
        return (per_actuator[:, self.columns] * member).sum(axis=3) / np.maximum(member.sum(axis=2), 1)


def find_muscle_columns(muscle_names: tuple[str, ...]) -> MuscleColumns:
    """Look up the judged muscles by actuator name: nine per leg, eleven where there are frontal hip muscles.

    In the 80-muscle legs each of them is the group that shares a command of the controller.

    Args:
        muscle_names: Actuator names in the order of the log.

    Raises:
        ModelError: if an actuator is missing that no prosthesis takes away.
    """
    position = {name: i for i, name in enumerate(muscle_names)}
    grouped = any(f"{GROUPS['GLU'][0]}_{side}" in position for side in SIDES)
    names = GROUPS if grouped else {muscle: (actuator,) for muscle, actuator in MUSCLES.items()}
    planar = not any(f"{names[m][0]}_{side}" in position for m in FRONTAL_MUSCLES for side in SIDES)
    muscles = SAGITTAL_MUSCLES if planar else FRONTAL_MUSCLES + SAGITTAL_MUSCLES
    wanted = [[[f"{name}_{side}" for name in names[m]] for m in muscles] for side in SIDES]
    missing = [name for leg in wanted for group in leg for name in group if name not in position]
    if _is_amputation([muscle for muscle, group in zip(muscles, wanted[0], strict=True) if group[0] in missing]):
        wanted[0] = [[name for name in group if name in position] for group in wanted[0]]
        missing = [name for group in wanted[1] for name in group if name not in position]
    if missing:
        raise ModelError(
            f"the model has no muscle actuator {', '.join(missing)}; it has {', '.join(muscle_names) or 'none'}",
            "the leg muscles of the 22-, 26- or 80-muscle model under these names",
            "set model.musculature, or name the actuators of model.path accordingly",
        )
    columns = np.full((len(SIDES), len(muscles), max(map(len, wanted[1]))), -1, dtype=np.intp)
    for row, leg in enumerate(wanted):
        for column, group in enumerate(leg):
            columns[row, column, : len(group)] = [position[name] for name in group]
    columns.setflags(write=False)
    return MuscleColumns(muscles, columns, planar)


def _is_amputation(muscles: list[str]) -> bool:
    """Say whether exactly those muscles are missing that one of the prostheses on the right leg takes away."""
    taken = [set(item.prosthesis.muscles) & set(SAGITTAL_MUSCLES) for item in DEVICES if item.prosthesis is not None]
    return set(muscles) in taken


def select_muscles(muscles: MuscleColumns, names: tuple[str, ...]) -> MuscleColumns:
    """Return the columns of those muscles that are among `names`, in the order of `muscles`."""
    kept = [i for i, name in enumerate(muscles.muscles) if name in names]
    columns = muscles.columns[:, kept]
    columns.setflags(write=False)
    return MuscleColumns(tuple(muscles.muscles[i] for i in kept), columns, muscles.planar)
