"""Paths of our muscles over the stride of a person."""

from pathlib import Path

import mujoco
import numpy as np

from myoassist.model.build import Walker
from myoassist.model.plant.couplings import find_couplings, follow_couplings

OPENSIM = Path(__file__).parents[2] / "data" / "opensim"


def set_pose(walker: Walker, data: mujoco.MjData, pose: np.ndarray) -> None:
    """Set hip, knee and ankle of the right leg, deg, flexion and dorsiflexion positive."""
    model, layout = walker.model, walker.layout
    data.qpos[:] = model.key_qpos[layout.keyframe]
    data.qpos[layout.qpos_leg[0, :3]] = np.deg2rad(pose) * (1.0, -1.0, 1.0) * layout.sign_leg[0, :3]
    for address in (layout.qpos_leg[0, 3], layout.qpos_add[0], layout.qpos_rot[0]):
        if address >= 0:
            data.qpos[address] = 0.0
    follow_couplings(find_couplings(model), model.qpos0, data.qpos)
    mujoco.mj_forward(model, data)


def gait_paths(walker: Walker) -> np.ndarray:
    """Return actuator lengths of the right muscles over the stride, m, shape (51, n)."""
    samples = np.load(OPENSIM / "Rajagopal2016.npz")
    data = mujoco.MjData(walker.model)
    right = [i for i, name in enumerate(walker.layout.muscle_names) if name.endswith("_r")]
    paths = []
    for pose in samples["poses"][samples["sets"] == 0]:
        set_pose(walker, data, pose)
        paths.append(data.actuator_length[walker.layout.all_muscles][right])
    return np.array(paths)
