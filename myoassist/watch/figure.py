"""People in the scene of the page: the one who is watched, and ghosts beside it."""

from collections import defaultdict

import mujoco
import numpy as np
import viser
from mjviser import ViserMujocoScene
from mjviser.conversions import is_fixed_body, merge_geoms

from myoassist.analysis.picture.playback import Playback
from myoassist.watch.walk import Walked

GHOST_COLOURS = ((70, 120, 200), (200, 120, 50), (90, 160, 90), (150, 90, 170))
_OPACITY = 0.35
_VISIBLE_GROUPS = 3


class Figure:
    """The walker in full, with muscles and ground.

    The ground moves below it, so that it stays in the picture.

    Args:
        server: Server of the page.
        walked: Its first walk, at least one sample long.
    """

    def __init__(self, server: viser.ViserServer, walked: Walked) -> None:
        self.slope_deg = walked.wish.slope_deg
        self._playback = Playback(walked)
        self._scene = ViserMujocoScene(server, self._playback.model, 1)
        self._scene.show_tendons = True
        self._scene.camera_tracking_enabled = True

    @property
    def duration(self) -> float:
        """Length of the walk, s."""
        return self._playback.duration

    @property
    def pelvis(self) -> np.ndarray:
        """Position of the pelvis in the world at the instant that is drawn, m, shape (3,)."""
        return self._playback.data.xpos[self._playback.pelvis]

    @property
    def origin(self) -> np.ndarray:
        """What is taken from positions in the world to get those in the scene, m, shape (3,)."""
        model = self._playback.model
        first = next(body for body in range(model.nbody) if not is_fixed_body(model, body))
        return self._playback.data.xpos[first]

    def show(self, walked: Walked) -> None:
        """Play another walk, at least one sample long, on the same ground."""
        self._playback.show(walked)

    def draw(self, time: float) -> None:
        """Draw the instant, s."""
        self._playback.place(time)
        self._scene.update_from_mjdata(self._playback.data)


class Ghost:
    """A walker in one transparent colour.

    Args:
        server: Server of the page.
        number: Its number, from 0.
        walked: Its first walk, at least one sample long.
    """

    def __init__(self, server: viser.ViserServer, number: int, walked: Walked) -> None:
        self._playback = Playback(walked)
        model = self._playback.model
        geoms = defaultdict(list)
        for geom in range(model.ngeom):
            body = int(model.geom_bodyid[geom])
            seen = model.geom_rgba[geom, 3] > 0 and model.geom_group[geom] < _VISIBLE_GROUPS
            if seen and not is_fixed_body(model, body):
                geoms[body].append(geom)
        self._handles: dict[int, viser.MeshHandle] = {}
        for body, members in geoms.items():
            mesh = merge_geoms(model, members)
            self._handles[body] = server.scene.add_mesh_simple(
                f"/ghost_{number}/{body}",
                np.asarray(mesh.vertices, dtype=np.float32),
                np.asarray(mesh.faces, dtype=np.uint32),
                color=GHOST_COLOURS[number % len(GHOST_COLOURS)],
                opacity=_OPACITY,
                cast_shadow=False,
                receive_shadow=False,
            )

    def show(self, walked: Walked) -> None:
        """Play another walk, at least one sample long."""
        self._playback.show(walked)

    def draw(self, time: float, origin: np.ndarray, aside: float) -> None:
        """Draw the instant; a walk that is over stays where it ended.

        Args:
            time: Instant, s.
            origin: What is taken from positions in the world, m, shape (3,).
            aside: Distance to the left of where it walks, m.
        """
        self._playback.place(time)
        data = self._playback.data
        quaternion = np.zeros(4)
        for body, handle in self._handles.items():
            mujoco.mju_mat2Quat(quaternion, data.xmat[body])
            handle.position = data.xpos[body] - origin + np.array([0.0, aside, 0.0])
            handle.wxyz = quaternion
