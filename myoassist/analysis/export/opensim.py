"""Write an evaluated walk for OpenSim: coordinates, ground reaction, muscles, exoskeleton, joint moments."""

from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np

from myoassist.analysis.export.contact import GroundReaction
from myoassist.analysis.export.storage import write_storage
from myoassist.analysis.walk.evaluation import Evaluation
from myoassist.rollout.log import JOINTS, SIDES

KINEMATICS = "kinematics.mot"
GROUND_REACTION = "ground_reaction.sto"
ACTIVATIONS = "activations.sto"
MUSCLE_FORCES = "muscle_forces.sto"
JOINT_MOMENTS = "joint_moments.sto"
EXO_TORQUE = "exo_torque.sto"
# Coordinates of the model behind hip, knee and ankle.
_COORDINATES = dict(zip(JOINTS, ("hip_flexion", "knee_angle", "ankle_angle"), strict=True))


def free_coordinates(model: mujoco.MjModel) -> list[tuple[str, int, bool]]:
    """Return name, position address and whether it is a rotation of each coordinate that follows from no other.

    Coordinates that a constraint makes a function of another one (sliding of the knee, moving path points of muscles)
    belong to the model, not to a motion.
    """
    joint_equality = int(mujoco.mjtEq.mjEQ_JOINT)
    dependent = {int(model.eq_obj1id[i]) for i in range(model.neq) if model.eq_type[i] == joint_equality}
    kinds = {int(mujoco.mjtJoint.mjJNT_HINGE): True, int(mujoco.mjtJoint.mjJNT_SLIDE): False}
    return [
        (model.joint(joint).name, int(model.jnt_qposadr[joint]), kinds[int(model.jnt_type[joint])])
        for joint in range(model.njnt)
        if joint not in dependent and int(model.jnt_type[joint]) in kinds
    ]


def kinematic_columns(evaluation: Evaluation) -> dict[str, np.ndarray]:
    """Return the coordinates of the model over time, deg or m, each of shape (T,)."""
    return {
        name: np.rad2deg(evaluation.poses[:, address]) if rotates else evaluation.poses[:, address]
        for name, address, rotates in free_coordinates(evaluation.walker.model)
    }


def ground_reaction_columns(reaction: GroundReaction) -> dict[str, np.ndarray]:
    """Return force (N), centre of pressure (m) and free moment (N·m) of each foot under the names of OpenSim.

    OpenSim counts x forward, y up, z to the right.
    """
    columns = {}
    for leg, side in enumerate(SIDES):
        for name, values_w in (
            ("ground_force_{}_v", reaction.force_w),
            ("ground_force_{}_p", reaction.point_w),
            ("ground_torque_{}_", reaction.moment_w),
        ):
            for axis, values in zip("xyz", _to_opensim(values_w[:, leg]), strict=True):
                columns[f"{name.format(side)}{axis}"] = values
    return columns


def _to_opensim(values_w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # Adding zero turns -0 into 0.
    return values_w[:, 0], values_w[:, 2], -values_w[:, 1] + 0.0


def muscle_columns(evaluation: Evaluation, quantity: str) -> dict[str, np.ndarray]:
    """Return a muscle quantity of the log (activation, 0-1; muscle_force, N) by muscle, each of shape (T,)."""
    values = getattr(evaluation.log, quantity)
    return {name: values[:, i] for i, name in enumerate(evaluation.log.muscle_names)}


def moment_columns(evaluation: Evaluation) -> dict[str, np.ndarray]:
    """Return the net moment on each leg coordinate by muscles, exo and passive elements, N·m, each of shape (T,)."""
    return {
        f"{_COORDINATES[joint]}_{side}_moment": evaluation.log.joint_moment[:, leg, i]
        for leg, side in enumerate(SIDES)
        for i, joint in enumerate(JOINTS)
    }


def exo_columns(evaluation: Evaluation) -> dict[str, np.ndarray]:
    """Return delivered torque of the exo (N·m) and the place in stance (percent) of each side."""
    log = evaluation.log
    columns = {f"exo_torque_{side}": log.exo_torque[:, leg] for leg, side in enumerate(SIDES)}
    return columns | {f"exo_stance_percent_{side}": log.exo_percent[:, leg] for leg, side in enumerate(SIDES)}


def write_opensim(folder: Path, evaluation: Evaluation, reaction: GroundReaction) -> list[Path]:
    """Write every table of a walk.

    Args:
        folder: Existing folder.
        evaluation: The walk, at least one sample.
        reaction: Its ground reaction.

    Returns:
        The files.

    Raises:
        OSError: if a file cannot be written.
    """
    time = evaluation.log.time
    tables: dict[str, Callable[[], dict[str, np.ndarray]]] = {
        KINEMATICS: lambda: kinematic_columns(evaluation),
        GROUND_REACTION: lambda: ground_reaction_columns(reaction),
        ACTIVATIONS: lambda: muscle_columns(evaluation, "activation"),
        MUSCLE_FORCES: lambda: muscle_columns(evaluation, "muscle_force"),
        JOINT_MOMENTS: lambda: moment_columns(evaluation),
    }
    if evaluation.has_exo:
        tables[EXO_TORQUE] = lambda: exo_columns(evaluation)
    titles = {KINEMATICS: "Coordinates"}
    for name, columns in tables.items():
        write_storage(folder / name, titles.get(name, Path(name).stem), time, columns(), degrees=name == KINEMATICS)
    return [folder / name for name in tables]
