"""Measure the feet of a walker: what of them can touch the ground."""

import mujoco
import numpy as np

from myoassist.gait.foot_clearance import ANKLE, KNEE, FootShape, shank_pitch
from myoassist.gait.leg_length import standing_data
from myoassist.model.build import Walker
from myoassist.rollout.log import JOINTS, SIDES
from myoassist.rollout.start_pose import surface_points

HIP, TOES = JOINTS.index("hip"), len(JOINTS)
# Deeper than nothing, m: of feet without toes.
_NOWHERE = -10.0
_PITCH = np.deg2rad(np.arange(-120.0, 121.0))


def measure_feet(walker: Walker) -> FootShape:
    """Measure what of each foot can touch the ground; foot and toes turn in the sagittal plane."""
    model, layout = walker.model, walker.layout
    data = standing_data(walker)
    hinges = [int(np.flatnonzero(model.jnt_qposadr == q)[0]) if q >= 0 else -1 for q in layout.qpos_leg[:, TOES]]
    for hinge in hinges:
        if hinge >= 0:
            data.qpos[model.jnt_qposadr[hinge]] = 0.0
    mujoco.mj_kinematics(model, data)
    nowhere = np.full((len(SIDES), len(_PITCH)), _NOWHERE)
    shape = FootShape(_PITCH, nowhere, nowhere.copy(), np.zeros((len(SIDES), 2)), np.zeros(len(SIDES)))
    for leg in range(len(SIDES)):
        joints = layout.joint_leg[leg]
        knee, ankle = data.xanchor[joints[KNEE]], data.xanchor[joints[ANKLE]]
        flexion = layout.sign_leg[leg, ANKLE] * data.qpos[layout.qpos_leg[leg, ANKLE]]
        shape.upright[leg] = -shank_pitch(ankle - knee) - flexion
        parts = [(int(model.jnt_bodyid[joints[HIP]]), ankle, shape.foot[leg])]
        if hinges[leg] >= 0:
            toe = data.xanchor[hinges[leg]]
            shape.hinge[leg] = (toe - ankle)[[0, 2]]
            parts.insert(0, (int(model.jnt_bodyid[hinges[leg]]), toe, shape.toes[leg]))
        for geom in layout.feet:
            body = int(model.geom_bodyid[geom])
            # Toes come first: what hangs on them hangs on the thigh too.
            for root, joint, depth in parts:
                if _carries(model, root, body):
                    np.maximum(depth, _depths(model, data, int(geom), joint), out=depth)
                    break
    return shape


def _depths(model: mujoco.MjModel, data: mujoco.MjData, geom: int, joint_w: np.ndarray) -> np.ndarray:
    """Return how far the lowest point of a geom is below a joint, turned about it by `_PITCH`, m, shape (P,)."""
    # What is up for a foot that is turned, seen from the foot as it stands.
    up_w = np.stack([np.sin(_PITCH), np.zeros_like(_PITCH), np.cos(_PITCH)], axis=1)
    surface, axes = surface_points(model, geom), data.geom_xmat[geom].reshape(3, 3)
    lowest = np.array([surface.lowest(axes.T @ up) for up in up_w])
    return -(up_w @ (data.geom_xpos[geom] - joint_w) + lowest)


def _carries(model: mujoco.MjModel, parent: int, body: int) -> bool:
    while body > 0 and body != parent:
        body = int(model.body_parentid[body])
    return body == parent
