"""Ground of a walk: a plane of the true slope, or the height field of the published slope runs."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.schemas import EnvConfig

# The published height field: columns along x, rows along y.
_ROWS, _COLUMNS = 100, 500
_HALF_LENGTH, _HALF_WIDTH, _BASE = 50.0, 10.0, 30.0  # m
_CENTRE_X, _SUNK = 40.0, 0.005  # m
_FIRST_RAMP_COLUMN = 51
_PLATEAU = slice(48, 51)
# The rise was computed for 20 m but is spread over the whole ramp, so that the true slope is much smaller.
_RISE_LENGTH = 20.0  # m


@dataclass(frozen=True)
class Terrain:
    """Height of the ground along x.

    Attributes:
        slope_deg: True inclination of a plane, deg; 0 with a height profile.
        x: Places of a height profile, m; None for a plane.
        height: Its heights, m.
    """

    slope_deg: float = 0.0
    x: np.ndarray | None = None
    height: np.ndarray | None = None

    @property
    def up_w(self) -> np.ndarray:
        """Normal of the plane in the world, shape (3,)."""
        slope = np.deg2rad(self.slope_deg)
        return np.array([-np.sin(slope), 0.0, np.cos(slope)])

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return the height at places along x, m."""
        if self.x is None:
            return np.tan(np.deg2rad(self.slope_deg)) * x
        return np.interp(x, self.x, self.height)


def add_ground(spec: mujoco.MjSpec, env: EnvConfig) -> None:
    """Add the ground of a configuration to a spec."""
    contact = {
        "contype": 1,
        "conaffinity": 0,
        "condim": 3,
        "friction": [1.0, 0.005, 0.0001],
        "margin": 0.001,
        "rgba": [0.80, 0.82, 0.84, 1.0],
    }
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
        spec.add_hfield(
            name="slope",
            nrow=_ROWS,
            ncol=_COLUMNS,
            size=[_HALF_LENGTH, _HALF_WIDTH, _rise(env.slope_deg), _BASE],
            userdata=np.tile(profile, _ROWS),
        )
        spec.worldbody.add_geom(
            name="slope",
            type=mujoco.mjtGeom.mjGEOM_HFIELD,
            hfieldname="slope",
            pos=[_CENTRE_X, 0.0, -_SUNK],
            **contact,
        )


def is_published(env: EnvConfig) -> bool:
    """Say whether the ground is the published height field."""
    return env.slope_mode == "compat" and env.slope_deg != 0.0


def make_terrain(env: EnvConfig) -> Terrain:
    """Return the heights of a configuration's ground."""
    if not is_published(env):
        return Terrain(env.slope_deg)
    x = _CENTRE_X - _HALF_LENGTH + 2.0 * _HALF_LENGTH * np.arange(_COLUMNS) / (_COLUMNS - 1)
    height = np.maximum(ramp_profile(env.slope_deg) * _rise(env.slope_deg) - _SUNK, 0.0)
    return Terrain(0.0, x, height)


def _rise(slope_deg: float) -> float:
    return float(_RISE_LENGTH * np.tan(np.deg2rad(abs(slope_deg))))


def ramp_profile(slope_deg: float) -> np.ndarray:
    """Return the published elevations as fractions of the rise, shape (500,).

    Flat, then a linear ramp; downhill it falls from the top, with a short plateau behind the start.
    """
    profile = np.zeros(_COLUMNS)
    ramp = np.linspace(0.0, 1.0, _COLUMNS - _FIRST_RAMP_COLUMN)
    profile[_FIRST_RAMP_COLUMN:] = ramp if slope_deg > 0 else ramp[::-1]
    if slope_deg < 0:
        profile[_PLATEAU] = 1.0
    return profile
