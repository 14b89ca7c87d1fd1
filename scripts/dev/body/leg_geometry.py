"""Paths and moment arms of the right leg's muscles over given postures."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.model.build import Walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings


@dataclass(frozen=True)
class Geometry:
    """Paths of the right leg's muscles over postures.

    Attributes:
        names: Muscles without their side.
        lengths: Path lengths, m, shape (P, n).
        arms: Moment arms, positive as the angles of the postures, m, shape (P, 3 or 4, n).
    """

    names: tuple[str, ...]
    lengths: np.ndarray
    arms: np.ndarray


def leg_geometry(walker: Walker, postures: np.ndarray) -> Geometry:
    """Return paths and moment arms; toes are straight, hips neither turned nor, unless told, ab- or adducted.

    Args:
        walker: The body.
        postures: Hip, knee, ankle, deg, flexion and dorsiflexion positive, and adduction if told, shape (P, 3 or 4).
    """
    model, layout = walker.model, walker.layout
    data, couplings = mujoco.MjData(model), find_couplings(model)
    chosen = [i for i, name in enumerate(layout.muscle_names) if name.endswith("_r")]
    actuators = layout.all_muscles[chosen]

    def paths(pose: np.ndarray) -> np.ndarray:
        data.qpos[:] = model.key_qpos[layout.keyframe]
        data.qpos[layout.qpos_leg[0, :3]] = np.deg2rad(pose[:3]) * (1.0, -1.0, 1.0) * layout.sign_leg[0, :3]
        for address in (layout.qpos_leg[0, 3], layout.qpos_add[0], layout.qpos_rot[0]):
            if address >= 0:
                data.qpos[address] = 0.0
        if len(pose) > 3:
            data.qpos[layout.qpos_add[0]] = np.deg2rad(pose[3])
        follow_couplings(couplings, model.qpos0, data.qpos)
        mujoco.mj_fwdPosition(model, data)
        return data.actuator_length[actuators].copy()

    half = 0.2 * np.eye(postures.shape[1])
    return Geometry(
        tuple(layout.muscle_names[i][:-2] for i in chosen),
        np.array([paths(pose) for pose in postures]),
        np.array([[-(paths(p + d) - paths(p - d)) / np.deg2rad(0.4) for d in half] for p in postures]),
    )
