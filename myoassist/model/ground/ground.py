"""Ground of a walk: a plane of the true slope, the height field of the published slope runs, or uneven ground."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig
from myoassist.files.errors import ModelError
from myoassist.model.ground.height_field import (
    BASE,
    CENTRE_X,
    COLUMNS,
    HALF_LENGTH,
    HALF_WIDTH,
    ROWS,
    HeightField,
    make_height_field,
    scale_height_field,
)
from myoassist.model.ground.tiles import add_tiles, sample_tiles
from myoassist.model.world_frame import colliding_geoms, move_geom, moving_geoms

GROUND = "ground"
_SUNK = 0.005  # m
# Height field in published model files, alone or beside an infinite plane.
_OWN_FIELD = "terrain"
_SUNK_FIELD, _OUT_OF_REACH = -10.0, -100.0  # m
_FIRST_RAMP_COLUMN = 51
_PLATEAU = slice(48, 51)
# The rise was computed for 20 m but is spread over the whole ramp, so that the true slope is much smaller.
_RISE_LENGTH = 20.0  # m


@dataclass(frozen=True)
class Terrain:
    """Height of the ground along x.

    Attributes:
        slope_deg: True inclination of a plane, deg; 0 with a height profile.
        ramp_deg: Inclination that a height profile is named after, deg; it rises less, see `_RISE_LENGTH`.
        x: Places of a height profile, m; None for a plane.
        height: Its heights, m.
    """

    slope_deg: float = 0.0
    x: np.ndarray | None = None
    height: np.ndarray | None = None
    ramp_deg: float = 0.0

    @property
    def nominal_deg(self) -> float:
        """Inclination as `env.slope_deg` says it, deg."""
        return self.slope_deg if self.x is None else self.ramp_deg

    @property
    def up_w(self) -> np.ndarray:
        """Normal of the plane in the world, shape (3,)."""
        slope = np.deg2rad(self.slope_deg)
        return np.array([-np.sin(slope), 0.0, np.cos(slope)])

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return the height at places along x, m."""
        if self.x is None or self.height is None:
            return np.tan(np.deg2rad(self.slope_deg)) * x
        return np.interp(x, self.x, self.height)


def add_ground(spec: mujoco.MjSpec, env: EnvConfig, seed: int = 0) -> None:
    """Add the ground of a configuration to a spec.

    Args:
        spec: Spec to add to.
        env: Slope or terrain.
        seed: Seed of random ground.

    Raises:
        ModelError: if the terrain cannot be made.
    """
    contact = {
        "contype": 1,
        "conaffinity": 0,
        "condim": 3,
        "friction": [1.0, 0.005, 0.0001],
        "margin": 0.001,
        "rgba": [0.80, 0.82, 0.84, 1.0],
    }
    if env.terrain == "tile":
        add_tiles(spec, env.terrain_params.strip(), contact)
        return
    field = make_height_field(env, seed)
    if field is not None:
        _add_field(spec, GROUND, field.heights - field.lowest, max(field.relief, 1e-6), field.lowest, contact)
        return
    published = is_published(env)
    slope = 0.0 if published else np.deg2rad(env.slope_deg)
    spec.worldbody.add_geom(
        name="ground",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[0.0, 0.0, 1.0],
        quat=[np.cos(slope / 2), 0.0, -np.sin(slope / 2), 0.0],
        **contact,
    )
    if published:
        profile = ramp_profile(env.slope_deg)
        _add_field(spec, "slope", np.tile(profile, (ROWS, 1)), _rise(env.slope_deg), -_SUNK, contact)


def _add_field(
    spec: mujoco.MjSpec, name: str, elevations: np.ndarray, scale: float, height: float, contact: dict
) -> None:
    """Add a height field in the published place; contacts above its elevation scale would be lost."""
    spec.add_hfield(
        name=name,
        nrow=ROWS,
        ncol=COLUMNS,
        size=[HALF_LENGTH, HALF_WIDTH, scale, BASE],
        userdata=elevations.ravel(),
    )
    spec.worldbody.add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_HFIELD,
        hfieldname=name,
        pos=[CENTRE_X, 0.0, height],
        **contact,
    )


def make_ground(env: EnvConfig, seed: int) -> HeightField | None:
    """Return the heights of uneven ground; None on level ground and plane slopes.

    Args:
        env: `terrain` and `terrain_params`.
        seed: Seed of random ground.
    """
    return sample_tiles(env.terrain_params.strip()) if env.terrain == "tile" else make_height_field(env, seed)


def scale_ground(model: mujoco.MjModel, field: HeightField, factor: float) -> None:
    """Multiply the heights of the ground of a compiled model, in place.

    Args:
        model: Compiled model; no simulation of it may be running.
        field: Heights at factor 1.
        factor: From 0, level, to 1.

    Raises:
        ModelError: if the ground is made of tiles.
    """
    for name in (GROUND, _OWN_FIELD):
        geom = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM, name)
        if geom >= 0 and model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_HFIELD:
            scale_height_field(model, geom, field, factor)
            return
    raise ModelError(
        "rl.curriculum.terrain_start with tiles, which have one height only",
        "1 with env.terrain=tile",
        "rl.curriculum.terrain_start=1",
    )


def fit_own_ground(model: mujoco.MjModel, env: EnvConfig, seed: int) -> None:
    """Put the ground of a configuration into a compiled own file.

    Args:
        model: Model with a height field named as in published files, changed in place.
        env: Terrain.
        seed: Seed of random ground.

    Raises:
        ModelError: if the file has no such height field and one is needed.
    """
    geom = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM, _OWN_FIELD)
    has_field = geom >= 0 and model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_HFIELD
    still = colliding_geoms(model) & ~moving_geoms(model)
    planes = np.flatnonzero(still & (model.geom_type == mujoco.mjtGeom.mjGEOM_PLANE))
    if env.terrain == "flat":
        if has_field:
            # Published reflex runs move it out of reach; published policies walk on plane and field at once. Without a
            # plane, as in the newest files, it is the only ground.
            sunk = env.reward_version == "clean" and len(planes) > 0
            move_geom(model, geom, (None, None, _SUNK_FIELD if sunk else 0.0))
        return
    field = make_height_field(env, seed)
    asset = int(model.geom_dataid[geom]) if has_field else -1
    shape = (model.hfield_nrow[asset], model.hfield_ncol[asset]) if has_field else ()
    if field is None or tuple(shape) != field.heights.shape:
        raise ModelError(
            f"env.terrain={env.terrain} with model.path",
            f"a file with a height-field geom {_OWN_FIELD} of {ROWS} x {COLUMNS} nodes, and terrain of numbers",
            "env.terrain=flat",
        )
    start = model.hfield_adr[asset]
    model.hfield_data[start : start + field.heights.size] = (
        (field.heights - field.lowest) / max(field.relief, 1e-6)
    ).ravel()
    model.hfield_size[asset, [0, 1, 3]] = HALF_LENGTH, HALF_WIDTH, BASE
    move_geom(model, geom, (CENTRE_X, 0.0, None), upright=True)
    scale_height_field(model, geom, field, 1.0)
    size = model.hfield_size[asset]
    model.geom_rbound[geom] = np.linalg.norm([size[0], size[1], max(size[2], size[3])])
    model.geom_aabb[geom] = [0.0, 0.0, 0.5 * (size[2] - size[3]), size[0], size[1], 0.5 * (size[2] + size[3])]
    for plane in planes:
        # It would carry whoever walks below 0.
        move_geom(model, int(plane), (None, None, _OUT_OF_REACH))


def is_published(env: EnvConfig) -> bool:
    """Say whether the ground is the published height field."""
    return env.slope_mode == "compat" and env.slope_deg != 0.0


def make_terrain(env: EnvConfig) -> Terrain:
    """Return the heights of a configuration's ground."""
    if not is_published(env):
        return Terrain(env.slope_deg)
    x = CENTRE_X - HALF_LENGTH + 2.0 * HALF_LENGTH * np.arange(COLUMNS) / (COLUMNS - 1)
    height = np.maximum(ramp_profile(env.slope_deg) * _rise(env.slope_deg) - _SUNK, 0.0)
    return Terrain(0.0, x, height, env.slope_deg)


def _rise(slope_deg: float) -> float:
    return float(_RISE_LENGTH * np.tan(np.deg2rad(abs(slope_deg))))


def ramp_profile(slope_deg: float) -> np.ndarray:
    """Return the published elevations as fractions of the rise, shape (500,).

    Flat, then a linear ramp; downhill it falls from the top, with a short plateau behind the start.
    """
    profile = np.zeros(COLUMNS)
    ramp = np.linspace(0.0, 1.0, COLUMNS - _FIRST_RAMP_COLUMN)
    profile[_FIRST_RAMP_COLUMN:] = ramp if slope_deg > 0 else ramp[::-1]
    if slope_deg < 0:
        profile[_PLATEAU] = 1.0
    return profile
