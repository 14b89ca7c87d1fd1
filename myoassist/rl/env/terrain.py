"""Uneven ground under episodes: where they start on it, how high it is under the pelvis, how rough it is now."""

import mujoco
import numpy as np

from myoassist.model.build import Walker
from myoassist.model.ground.ground import scale_ground
from myoassist.model.ground.height_field import HeightField
from myoassist.rollout.start_pose import surface_points

# The ground under a walker is averaged over a square of two steps, m to each side: the pelvis is carried by both feet.
REACH = 0.5
_NO_HEIGHTS = np.zeros((0, 0))


def foot_points(walker: Walker, qpos: np.ndarray) -> np.ndarray:
    """Return the lowest points of the rounded soles in poses, m, shape (L, points, 3).

    Args:
        walker: Compiled walker.
        qpos: Poses, shape (L, nq).
    """
    model = walker.model
    data = mujoco.MjData(model)
    surfaces = [surface_points(model, int(geom)) for geom in walker.layout.feet]
    frames = []
    for pose in qpos:
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        points = []
        for geom, surface in zip(walker.layout.feet, surfaces, strict=True):
            axes_w = data.geom_xmat[geom].reshape(3, 3)
            points_w = surface.points @ axes_w.T + data.geom_xpos[geom]
            radius = surface.radius
            if surface.axes is not None:
                radius = -surface.lowest(axes_w.T @ np.array([0.0, 0.0, 1.0]))
            points.append(points_w - [0.0, 0.0, radius])
        frames.append(np.concatenate(points))
    return np.array(frames)


class EpisodeGround:
    """The ground of a batch of environments.

    Args:
        walker: Compiled walker.
        start_qpos: Poses that episodes start from, shape (L, nq).

    Attributes:
        heights: Averaged heights for the compiled step, shape (0, 0) on level ground.
        frame: Place of the first node, spacing along x and y, factor of the heights; changed by `scale`.
        start_lift: What a start pose has to be lifted so that its feet keep their clearance, m, shape (L,).
    """

    def __init__(self, walker: Walker, start_qpos: np.ndarray) -> None:
        self._walker = walker
        field = walker.ground
        self.start_lift = np.zeros(len(start_qpos))
        self.frame = np.array([0.0, 0.0, 1.0, 1.0, 1.0])
        self.heights = _NO_HEIGHTS
        if field is not None:
            self.heights = np.ascontiguousarray(field.smoothed(REACH).heights)
            self.frame[:4] = field.x, field.y, field.dx, field.dy
            self._points = foot_points(walker, start_qpos)
            self._lift(field, 1.0)

    @property
    def factor(self) -> float:
        """Present factor of the heights."""
        return float(self.frame[4])

    def scale(self, factor: float) -> None:
        """Multiply all heights, in the model too; no simulation of it may be running.

        Args:
            factor: From 0, level, to 1.
        """
        field = self._walker.ground
        if field is None or factor == self.factor:
            return
        scale_ground(self._walker.model, field, factor)
        self.frame[4] = factor
        self._lift(field, factor)

    def _lift(self, field: HeightField, factor: float) -> None:
        points = self._points
        under = factor * field.at(points[..., 0], points[..., 1])
        self.start_lift[:] = points[..., 2].min(axis=1) - (points[..., 2] - under).min(axis=1)
