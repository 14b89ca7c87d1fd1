"""Clearance of the swinging foot, from the places of knee and ankle and the shape of the foot."""

from dataclasses import dataclass

import numpy as np

from myoassist.gait.angles import to_clinical
from myoassist.gait.leg_strides import LegStrides
from myoassist.gait.reference.human import within
from myoassist.rollout.log import JOINTS, SIDES, WalkLog

# Where the foot passes the standing one, percent of the stride: before it the toes rise, after it the heel comes down.
MID_SWING = (74, 90)
KNEE, ANKLE = JOINTS.index("knee"), JOINTS.index("ankle")


@dataclass(frozen=True)
class FootShape:
    """How far the lowest point of each foot is below its ankle, by the pitch of the foot and the angle of the toes.

    Attributes:
        pitch: Toes up is positive, 0 as in standing, rad, shape (P,), increasing.
        foot: Ankle joint above the lowest point of the foot without its toes, m, shape (2, P), legs r, l.
        toes: Toe joint above the lowest point of the toes, by their own pitch, m, shape (2, P); -10 without toes.
        hinge: Toe joint ahead of the ankle and above it, standing, m, shape (2, 2).
        upright: Pitch of a foot whose shank is vertical, with the ankle at zero, rad, shape (2,).
    """

    pitch: np.ndarray
    foot: np.ndarray
    toes: np.ndarray
    hinge: np.ndarray
    upright: np.ndarray

    def depth(self, leg: int, pitch: np.ndarray, toe_angle: np.ndarray) -> np.ndarray:
        """Return how far the lowest point of a foot is below its ankle, m.

        Args:
            leg: 0 right, 1 left.
            pitch: Of the foot, rad, any shape.
            toe_angle: Extension of the toes, rad, the same shape.
        """
        ahead, above = self.hinge[leg]
        toes = np.interp(pitch + toe_angle, self.pitch, self.toes[leg]) - ahead * np.sin(pitch) - above * np.cos(pitch)
        return np.maximum(np.interp(pitch, self.pitch, self.foot[leg]), toes)


def swing_clearances(log: WalkLog, strides: LegStrides, feet: FootShape) -> np.ndarray:
    """Return the least height of the foot in mid-swing of each stride of both legs, m, shape (strides of both,).

    It is that above the line from the heel strike that begins the stride to the next, at right angles to it: above the
    ground on level ground and on slopes, and where footholds differ above what leads from one to the next.
    """
    shank = log.joint_pos_w[:, :, ANKLE] - log.joint_pos_w[:, :, KNEE]
    pitch = shank_pitch(shank) + to_clinical(log.joint_angle)[:, :, ANKLE] + feet.upright
    found = []
    for leg in range(len(SIDES)):
        place = log.joint_pos_w[:, leg, ANKLE]
        signals = np.stack([place[:, 0], place[:, 2], pitch[:, leg], log.toe_angle[:, leg]], axis=1)
        x, z, turn, toes = np.moveaxis(strides.each_curve(signals, leg), 2, 0)
        # Of the lowest points: a walk may begin on a foot that did not strike.
        ends = z[:, [0, -1]] - feet.depth(leg, turn[:, [0, -1]], toes[:, [0, -1]])
        slope = np.arctan2(ends[:, 1:] - ends[:, :1], x[:, -1:] - x[:, :1])
        height = z * np.cos(slope) - x * np.sin(slope) - feet.depth(leg, turn - slope, toes)
        found.append(height[:, within(MID_SWING)].min(axis=1) - height[:, 0])
    return np.concatenate(found)


def shank_pitch(shank: np.ndarray) -> np.ndarray:
    """Return how far the lower end of a shank is ahead of the upper one, rad, of vectors of shape (..., 3)."""
    return np.arctan2(shank[..., 0], -shank[..., 2])
