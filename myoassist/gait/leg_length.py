"""Length of a walker's leg, by which speeds of people and walkers are compared."""

import mujoco
import numpy as np

from myoassist.model.build import Walker
from myoassist.rollout.start_pose import surface_points

STANDING = "stand"


def measure_leg_length(walker: Walker) -> float:
    """Return the height of the hip joints above the lowest point of the feet or soles, standing upright, m.

    Own files without a key pose `stand` are measured with all coordinates at their zeros.
    """
    model, data = walker.model, standing_data(walker)
    up_w = np.array([0.0, 0.0, 1.0])
    soles = []
    for geom in walker.layout.feet:
        up_b = data.geom_xmat[geom].reshape(3, 3).T @ up_w
        soles.append(float(data.geom_xpos[geom, 2] + surface_points(model, int(geom)).lowest(up_b)))
    return float(data.xanchor[walker.layout.joint_leg[:, 0], 2].mean()) - min(soles)


def standing_data(walker: Walker) -> mujoco.MjData:
    """Return data of a walker that stands upright, with its kinematics computed."""
    model = walker.model
    data = mujoco.MjData(model)
    key = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_KEY, STANDING)
    if key >= 0:
        mujoco.mj_resetDataKeyframe(model, data, key)
    mujoco.mj_kinematics(model, data)
    return data
