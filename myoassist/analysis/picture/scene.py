"""Draw poses of a walk: light ground with tiles, ivory bones, muscles coloured and thickened by activation."""

from types import TracebackType
from typing import Self

import mujoco
import numpy as np

from myoassist.model.build import Walker
from myoassist.model.world_frame import moving_geoms

# Colours as red, green, blue in 0-1. Relaxed and active muscle are also told apart by width.
BACKGROUND = np.array([0.95, 0.96, 0.97])
BONE = np.array([0.93, 0.90, 0.82])
# The leg behind is drawn greyer, so that the two are not mixed up.
FAR_BONE = np.array([0.66, 0.68, 0.71])
GROUND = np.array([0.75, 0.78, 0.81])
TILE = np.array([0.63, 0.67, 0.72])
RELAXED = np.array([0.15, 0.35, 0.75])
ACTIVE = np.array([0.85, 0.05, 0.10])
TENDON_WIDTH = (0.005, 0.012)  # m, relaxed and active

TILE_SIZE = 0.5  # m
_FIELD_GLOW = 0.15
_TILES_AHEAD = 10
_TILES_ACROSS = (-3, 11)  # in front of the walker and behind
_CAMERA_HEIGHT = 0.90  # m above the ground
_DISTANCE = 3.9  # m
_FIELD_OF_VIEW = 30.0  # deg
_ELEVATION = -6.0  # deg
# Groups that models use for what is seen; wrapping surfaces and collision shapes lie in higher ones.
_VISIBLE_GROUPS = 3


class WalkScene:
    """Renderer of one walk; use it as a context manager.

    Args:
        walker: Walker built with `visual=True`; its colours are changed.
        muscle_names: Actuator names in the order of the activations that are handed to `draw`.
        width: Width of the picture, pixels.
        height: Height of the picture, pixels.
        fine: Smooth edges and a shadow: for single pictures, several times slower.
        nearness: Factor of the size of the person.
    """

    def __init__(
        self,
        walker: Walker,
        muscle_names: tuple[str, ...],
        width: int,
        height: int,
        fine: bool = False,
        nearness: float = 1.0,
    ) -> None:
        self._model = model = walker.model
        self._pelvis = walker.layout.pelvis
        self._slope = np.deg2rad(walker.terrain.nominal_deg)
        self._fine = fine
        self._tendons = find_tendons(model, muscle_names)
        still = np.flatnonzero(~moving_geoms(model)).tolist()
        self._grounds = [i for i in still if model.geom_type[i] == mujoco.mjtGeom.mjGEOM_PLANE]
        self._fields = [i for i in still if model.geom_type[i] == mujoco.mjtGeom.mjGEOM_HFIELD]
        _set_quality(model, width, height, fine)
        if walker.own:
            paint_bones(model)
        self._data = mujoco.MjData(model)
        self._camera = mujoco.MjvCamera()
        self._camera.azimuth, self._camera.elevation = 90.0, _ELEVATION
        self._camera.distance = _DISTANCE / nearness
        self._options = mujoco.MjvOption()
        self._options.geomgroup[:] = 0
        self._options.geomgroup[:_VISIBLE_GROUPS] = 1
        self._options.sitegroup[:] = 0
        self._renderer = mujoco.Renderer(model, height, width)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._renderer.close()

    def draw(self, pose: np.ndarray, activation: np.ndarray, middle: float | None = None) -> np.ndarray:
        """Return the picture of one instant, seen from the right.

        Args:
            pose: Joint positions, shape (nq,).
            activation: Muscle activations, shape (muscles,), 0-1.
            middle: Forward place in the middle of the picture, m; None is that of the pelvis.

        Returns:
            Shape (height, width, 3), uint8.
        """
        model, data = self._model, self._data
        data.qpos[:] = pose
        place_for_drawing(model, data)
        paint_muscles(model, self._tendons, activation)
        x = float(data.xpos[self._pelvis, 0]) if middle is None else middle
        # Uneven ground: at the height of the pelvis, which is about that above level ground.
        level = _CAMERA_HEIGHT + x * np.tan(self._slope)
        # A walk in 3D also drifts sideways, out of a picture that stays.
        y = float(data.xpos[self._pelvis, 1])
        self._camera.lookat[:] = x, y, float(data.xpos[self._pelvis, 2]) if self._fields else level
        self._renderer.update_scene(data, self._camera, self._options)
        self._dress(x, y)
        return self._renderer.render()

    def _dress(self, x: float, y: float) -> None:
        """Set what is drawn around the walker."""
        scene = self._renderer.scene
        flag = mujoco.mjtRndFlag
        scene.flags[flag.mjRND_SHADOW] = self._fine
        scene.flags[flag.mjRND_REFLECTION] = False
        scene.flags[flag.mjRND_SKYBOX] = False
        scene.flags[flag.mjRND_HAZE] = False
        scene.flags[flag.mjRND_FOG] = True
        # The second light of a fine picture would bleach the ground.
        glow = 0.35 if self._fine else 0.7
        for geom in scene.geoms[: scene.ngeom]:
            if geom.objtype == mujoco.mjtObj.mjOBJ_GEOM and geom.objid in self._grounds:
                _shine(geom, GROUND, glow)
            elif geom.objtype == mujoco.mjtObj.mjOBJ_GEOM and geom.objid in self._fields:
                # Hills are seen by their shades.
                _shine(geom, GROUND, _FIELD_GLOW)
        c, s = np.cos(self._slope), np.sin(self._slope)
        ground_w = np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])
        first = int(np.floor(x / c / TILE_SIZE)) - _TILES_AHEAD
        beside = round(y / TILE_SIZE)
        for column in range(first, first + 2 * _TILES_AHEAD + 1) if not self._fields else ():
            for row in range(beside + _TILES_ACROSS[0], beside + _TILES_ACROSS[1]):
                if (column + row) % 2 == 0:
                    # A hair above the ground, which would otherwise shine through.
                    centre = ground_w @ np.array([(column + 0.5) * TILE_SIZE, (row + 0.5) * TILE_SIZE, 0.001])
                    _add_plane(scene, centre, ground_w, TILE_SIZE / 2, TILE, glow)
        # Without a wall the sky is black.
        upright_w = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
        _add_plane(scene, np.array([x, y + 16.0, 0.0]), upright_w, 60.0, BACKGROUND, 0.7)
        if self._fine:
            _add_light(scene, self._camera.lookat)


def place_for_drawing(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Compute everything that pictures need from the joint positions in `data`, and no dynamics."""
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    mujoco.mj_camlight(model, data)
    mujoco.mj_tendon(model, data)


def find_tendons(model: mujoco.MjModel, muscle_names: tuple[str, ...]) -> list[int]:
    """Return the tendon id of each muscle, -1 for one without a tendon."""
    tendons = []
    for name in muscle_names:
        actuator = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_ACTUATOR, name)
        has_tendon = actuator >= 0 and model.actuator_trntype[actuator] == mujoco.mjtTrn.mjTRN_TENDON
        tendons.append(int(model.actuator_trnid[actuator, 0]) if has_tendon else -1)
    return tendons


def paint_muscles(model: mujoco.MjModel, tendons: list[int], activation: np.ndarray) -> None:
    """Colour and thicken the tendons of a model, which is changed, by activation 0-1, shape (len(tendons),)."""
    for tendon, value in zip(tendons, np.clip(activation, 0.0, 1.0), strict=True):
        if tendon >= 0:
            model.tendon_rgba[tendon, :3] = RELAXED + value * (ACTIVE - RELAXED)
            model.tendon_width[tendon] = TENDON_WIDTH[0] + value * (TENDON_WIDTH[1] - TENDON_WIDTH[0])


def _set_quality(model: mujoco.MjModel, width: int, height: int, fine: bool) -> None:
    """Set what the graphics context reads when it is made, and light and air."""
    model.vis.global_.offwidth = max(width, model.vis.global_.offwidth)
    model.vis.global_.offheight = max(height, model.vis.global_.offheight)
    model.vis.global_.fovy = _FIELD_OF_VIEW
    model.vis.quality.offsamples = 8 if fine else 0
    model.vis.quality.shadowsize = 2048 if fine else 0
    if not fine:
        # Rounder muscles cost a fifth of the time and nobody sees it at this size.
        model.vis.quality.numslices, model.vis.quality.numstacks = 12, 6
    model.vis.headlight.ambient[:] = 0.45
    model.vis.headlight.diffuse[:] = 0.30 if fine else 0.45
    model.vis.headlight.specular[:] = 0.1
    model.vis.rgba.fog[:3] = BACKGROUND
    # Fog distances count in extents of the model.
    model.vis.map.fogstart = 5.0 / model.stat.extent
    model.vis.map.fogend = 10.0 / model.stat.extent


def paint_bones(model: mujoco.MjModel) -> None:
    """Give bones, which carry a texture in the library, one colour per side; devices keep theirs."""
    for geom in range(model.ngeom):
        if model.geom_matid[geom] >= 0 and model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_MESH:
            model.geom_matid[geom] = -1
            far = model.body(int(model.geom_bodyid[geom])).name.endswith("_l")
            model.geom_rgba[geom] = [*(FAR_BONE if far else BONE), 1.0]


def _shine(geom: mujoco.MjvGeom, color: np.ndarray, glow: float) -> None:
    """Let a surface have its own colour whatever the light; under a headlight, flat ground would be black."""
    geom.rgba[:] = [*color, 1.0]
    geom.emission = glow
    geom.specular = 0.0
    geom.matid = -1


def _add_plane(
    scene: mujoco.MjvScene, centre_w: np.ndarray, axes_w: np.ndarray, half: float, color: np.ndarray, glow: float
) -> None:
    if scene.ngeom >= scene.maxgeom:
        return
    geom = scene.geoms[scene.ngeom]
    size = np.array([half, half, 0.1])
    rgba = np.array([*color, 1.0], dtype=np.float32)
    mujoco.mjv_initGeom(geom, mujoco.mjtGeom.mjGEOM_PLANE, size, centre_w, axes_w.ravel(), rgba)
    _shine(geom, color, glow)
    scene.ngeom += 1


def _add_light(scene: mujoco.MjvScene, target_w: np.ndarray) -> None:
    """Add a light from above, in front and to the right, which throws the shadow."""
    light = scene.lights[scene.nlight]
    light.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    light.headlight = 0
    light.castshadow = 1
    light.pos[:] = target_w + np.array([1.5, -2.0, 4.0])
    direction = np.array([-1.5, 2.0, -4.0])
    light.dir[:] = direction / np.linalg.norm(direction)
    light.attenuation[:] = [1.0, 0.0, 0.0]
    light.exponent, light.cutoff, light.bulbradius, light.intensity, light.range = 0.0, 45.0, 0.02, 0.0, 10.0
    light.ambient[:] = 0.0
    light.diffuse[:] = 0.35
    light.specular[:] = 0.1
    scene.nlight += 1
