"""Conversion of logged joint angles into clinical ones and into the columns of the reference gait."""

import numpy as np

from myoassist.gait.events import LEFT, RIGHT
from myoassist.rollout.log import WalkLog

CLINICAL_JOINTS = ("hip_flexion", "knee_flexion", "ankle_dorsiflexion")
_NEUTRAL = np.array([np.pi, np.pi, np.pi / 2])


def to_clinical(joint_angle: np.ndarray) -> np.ndarray:
    """Return hip flexion, knee flexion and ankle dorsiflexion.

    The same subtraction leads from clinical angles back to logged ones.

    Args:
        joint_angle: Hip, knee, ankle angle in the controller's convention, shape (..., 3), rad.

    Returns:
        Shape (..., 3), rad, flexion and dorsiflexion positive.
    """
    return _NEUTRAL - joint_angle


def kinematic_columns(log: WalkLog) -> np.ndarray:
    """Return trunk pitch, then hip, knee, ankle angle of the left and of the right leg.

    Returns:
        Shape (T, 7), rad, in the controller's convention: the columns of `ReferenceGait.kinematics`.
    """
    angles = log.joint_angle
    return np.concatenate([log.trunk_pitch[:, None], angles[:, LEFT], angles[:, RIGHT]], axis=1)
