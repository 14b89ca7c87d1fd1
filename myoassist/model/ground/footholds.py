"""Uneven ground as a plane under each foot that follows the ground below it, and stays where the foot stands.

A foot meets a plane exactly as it does level ground, contact by contact; on a height field the same foot has other
contacts, so that many walks fall on a height field that is level. While a foot carries nothing, its plane lies at the
height and with the inclination of the ground at the foot's middle; from its first contact to its last it rests.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import mujoco
import numpy as np

from myoassist.model.ground.sensors import FORCE, GROUND_SENSORS
from myoassist.model.kernel import kernel

GROUND = "ground"
_SECOND = "ground_l"
# Bits of what collides: right and left foot.
_BITS = (1, 2)
SPACING = 0.5  # m, of nodes; walks cover less than LENGTH
LEVEL, LENGTH = 1.0, 250.0  # m


@dataclass(frozen=True)
class Profile:
    """Height of the ground along x, linear between nodes, on top of a slope.

    Attributes:
        x: Places of the nodes, ascending, m.
        height: Their heights above the slope, m.
        slope: Rise over run of what they lie on.
    """

    x: np.ndarray
    height: np.ndarray
    slope: float = 0.0

    def at(self, x: float) -> tuple[float, float]:
        """Return height, m, and rise over run of the ground at a place."""
        return _ground_at(self.x, self.height, self.slope, x)


class Footing(NamedTuple):
    """What compiled code needs to move the planes under the feet of one model and data.

    Attributes:
        x: Places of the nodes of the ground, ascending, m; none where nothing is to be moved.
        height: Their heights, m.
        slope: Rise over run of what they lie on.
        plane: Geom of the plane under each foot, shape (2,).
        force: Address of the force on each foot among the sensors, shape (2,).
        soles: Colliding geoms of each foot, shape (2, n), filled up with -1.
        place: Positions of the geoms in the world, a view of the data.
        geom_pos: Positions of the geoms in their bodies, a view of the model.
        geom_quat: Their orientations, likewise.
        sensordata: Of the data, a view.
    """

    x: np.ndarray
    height: np.ndarray
    slope: float
    plane: np.ndarray
    force: np.ndarray
    soles: np.ndarray
    place: np.ndarray
    geom_pos: np.ndarray
    geom_quat: np.ndarray
    sensordata: np.ndarray


_NO_PLACES, _NO_GEOMS = np.zeros(0), np.zeros((0, 3))
# Ground that stays as it is.
FIRM = Footing(
    _NO_PLACES,
    _NO_PLACES,
    0.0,
    np.zeros(2, dtype=np.int64),
    np.zeros(2, dtype=np.int64),
    np.zeros((2, 0), dtype=np.int64),
    _NO_GEOMS,
    _NO_GEOMS,
    np.zeros((0, 4)),
    _NO_PLACES,
)


@kernel
def _ground_at(places: np.ndarray, heights: np.ndarray, slope: float, x: float) -> tuple[float, float]:
    """Return height and rise over run of linear ground on a slope; beyond its ends it goes on with the slope alone."""
    n = len(places)
    if x < places[0]:
        return heights[0] + slope * x, slope
    if x > places[n - 1]:
        return heights[n - 1] + slope * x, slope
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if places[middle] < x:
            low = middle
        else:
            high = middle
    rise = (heights[high] - heights[low]) / (places[high] - places[low])
    return heights[low] + rise * (x - places[low]) + slope * x, slope + rise


@kernel
def _place_plane(f: Footing, leg: int, x: float) -> None:
    """Lay the plane of a foot where the ground is at a place."""
    height, rise = _ground_at(f.x, f.height, f.slope, x)
    plane = f.plane[leg]
    f.geom_pos[plane, 0] = x
    f.geom_pos[plane, 1] = 0.0
    f.geom_pos[plane, 2] = height
    half = -0.5 * math.atan(rise)
    f.geom_quat[plane, 0] = math.cos(half)
    f.geom_quat[plane, 1] = 0.0
    f.geom_quat[plane, 2] = math.sin(half)
    f.geom_quat[plane, 3] = 0.0


@kernel
def follow_ground(f: Footing) -> bool:
    """Move the plane of every foot that carries nothing to where the ground is below it; return whether one moved."""
    moved = False
    if len(f.x) == 0:
        return moved
    for leg in range(2):
        at = f.force[leg]
        if f.sensordata[at] != 0.0 or f.sensordata[at + 1] != 0.0 or f.sensordata[at + 2] != 0.0:
            continue
        total, count = 0.0, 0
        for i in range(f.soles.shape[1]):
            if f.soles[leg, i] >= 0:
                total += f.place[f.soles[leg, i], 0]
                count += 1
        _place_plane(f, leg, total / count)
        moved = True
    return moved


def draw_profile(height: float, slope_deg: float, generator: np.random.Generator) -> Profile:
    """Return ground whose nodes lie evenly distributed up to a height above and below a slope; level where walks start.

    Args:
        height: Largest deviation of a node, m.
        slope_deg: Inclination, deg.
        generator: Source of the draws; the same one gives the same ground, scaled by `height`.
    """
    places = np.arange(LEVEL + SPACING, LENGTH, SPACING)
    heights = height * generator.uniform(-1.0, 1.0, len(places))
    x = np.concatenate([[-LENGTH, LEVEL], places])
    return Profile(x, np.concatenate([[0.0, 0.0], heights]), float(np.tan(np.deg2rad(slope_deg))))


def add_second_plane(spec: mujoco.MjSpec) -> None:
    """Add a plane like the ground for the left foot; `Footholds` lets each foot collide with its own."""
    # By going through them: a composed spec does not find all of its elements by name.
    ground = next(geom for geom in spec.worldbody.geoms if geom.name == GROUND)
    spec.worldbody.add_geom(
        name=_SECOND,
        type=ground.type,
        size=ground.size,
        quat=ground.quat,
        contype=_BITS[1],
        conaffinity=0,
        condim=ground.condim,
        friction=ground.friction,
        margin=ground.margin,
        rgba=ground.rgba,
    )


class Footholds:
    """The planes under the feet of one model and data, which is changed: nothing else is to be simulated with it.

    Args:
        model: Compiled model with two planes.
        data: What is simulated with it.
        profile: The ground; another one may follow, see `change`.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, profile: Profile) -> None:
        planes = np.array([model.geom(name).id for name in (GROUND, _SECOND)], dtype=np.int64)
        forces, feet = [], []
        for name, bit in zip(GROUND_SENSORS, _BITS, strict=True):
            sensor = model.sensor(name)
            forces.append(int(sensor.adr[0]) + FORCE)
            foot = _soles(model, int(model.sensor_refid[sensor.id]))
            model.geom_conaffinity[foot] = bit
            feet.append(foot)
        model.geom_sameframe[planes] = mujoco.mjtSameFrame.mjSAMEFRAME_NONE
        soles = np.full((2, max(map(len, feet))), -1, dtype=np.int64)
        for leg, foot in enumerate(feet):
            soles[leg, : len(foot)] = foot
        self.footing = Footing(
            profile.x,
            profile.height,
            profile.slope,
            planes,
            np.array(forces, dtype=np.int64),
            soles,
            data.geom_xpos,
            model.geom_pos,
            model.geom_quat,
            data.sensordata,
        )
        self.level()

    def change(self, profile: Profile) -> None:
        """Walk on other ground from now on, and put both planes below the start of a walk."""
        self.footing = self.footing._replace(x=profile.x, height=profile.height, slope=profile.slope)
        self.level()

    def level(self) -> None:
        """Put both planes below the start of a walk, before its first state is computed."""
        for leg in range(2):
            _place_plane(self.footing, leg, 0.0)

    def follow(self) -> None:
        """Move the plane of every foot that carries nothing to where the ground is below it."""
        follow_ground(self.footing)


def _soles(model: mujoco.MjModel, foot: int) -> np.ndarray:
    """Return the colliding geoms of a foot: of its body and all that hangs on it."""
    inside = np.zeros(model.nbody, dtype=bool)
    inside[foot] = True
    for body in range(foot + 1, model.nbody):
        inside[body] = inside[model.body_parentid[body]]
    return np.flatnonzero(inside[model.geom_bodyid] & (model.geom_conaffinity > 0))
