"""Ligaments of hip, knee and ankle: one-sided springs near the ends of the range, and later stops behind them.

The knee's begins at 5 deg of flexion, as that of Geyer & Herr's walkers (SCONE's H0918, 115 N·m/rad), but is stiffer: a
walker that leans on straight knees hyperextended by 6 deg with that one, and by 10 deg with 230 N·m/rad. Hip and ankle
follow the size of the passive moments of Riener & Edrich, J Biomech 32:539 (1999), less what fibres of muscles do
themselves.
"""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.schemas import ModelConfig
from myoassist.model.devices import Device
from myoassist.model.layout import LEG_JOINTS, Layout

# Coordinates whose positive direction in the layout's common convention (about the axis to the right) is flexion.
_FLEXION = {"hip_flexion": 1.0, "knee_angle": -1.0, "ankle_angle": 1.0}
# Place of each column of the table of a walker.
QPOS, DOF, LEG, JOINT, DIRECTION, START, STIFFNESS, DAMPING, SIGN = range(9)


@dataclass(frozen=True)
class Ligament:
    """A one-sided spring of a joint.

    Attributes:
        joint: Coordinate without its side.
        side: 1 resists flexion (dorsiflexion), -1 extension.
        start_deg: Flexion at which it begins to pull, deg.
        stiffness: N·m/rad.
        damping: Relative growth of its torque with the speed of stretching, s/rad.
        stop_deg: Flexion at which the joint limit of the model comes last, deg.
    """

    joint: str
    side: float
    start_deg: float
    stiffness: float
    damping: float
    stop_deg: float


HUMAN_1 = (
    Ligament("hip_flexion", -1.0, -10.0, 60.0, 0.2, -35.0),
    Ligament("knee_angle", -1.0, 5.0, 600.0, 0.2, -8.0),
    Ligament("ankle_angle", 1.0, 15.0, 60.0, 0.2, 35.0),
)


def find_ligaments(compiled: mujoco.MjModel, layout: Layout, model: ModelConfig, device: Device | None) -> np.ndarray:
    """Return the ligaments of a body, and move the joint limits of the model behind them.

    Args:
        compiled: Model whose limits are moved.
        layout: Its addresses.
        model: plant.
        device: Worn device; joints that it replaces have no ligaments.

    Returns:
        A row per ligament: position address, velocity address, leg, joint, direction of stretch on the coordinate of
        the model, coordinate at which it begins (rad), stiffness (N·m/rad), damping (s/rad), sign of
        the coordinate as `layout.sign_leg` has it; no rows for `published`. Shape (m, 9).
    """
    replaced = device.prosthesis.joints if device is not None and device.prosthesis is not None else {}
    rows = []
    for ligament in HUMAN_1 if model.plant != "published" else ():
        column = LEG_JOINTS.index(ligament.joint)
        for leg in range(2):
            if leg == 0 and ligament.joint in replaced:
                continue
            # One degree of flexion on the coordinate of the model.
            flexion = _FLEXION[ligament.joint] * layout.sign_leg[leg, column]
            direction = ligament.side * flexion
            start, stop = np.deg2rad([ligament.start_deg, ligament.stop_deg]) * flexion
            joint = layout.joint_leg[leg, column]
            end = 1 if direction > 0.0 else 0
            compiled.jnt_range[joint, end] = stop
            rows.append(
                (
                    layout.qpos_leg[leg, column],
                    layout.qvel_leg[leg, column],
                    leg,
                    column,
                    direction,
                    start,
                    ligament.stiffness,
                    ligament.damping,
                    layout.sign_leg[leg, column],
                )
            )
    return np.array(rows, dtype=float).reshape(-1, 9)
