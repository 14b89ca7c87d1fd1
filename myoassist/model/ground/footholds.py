"""Uneven ground as a plane under each foot that follows the ground below it, and stays where the foot stands.

A foot meets a plane exactly as it does level ground, contact by contact; on a height field the same foot has other
contacts, so that many walks fall on a height field that is level. While a foot carries nothing, its plane lies at the
height and with the inclination of the ground at the foot's middle; from its first contact to its last it rests.
"""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.model.ground.sensors import FORCE, GROUND_SENSORS

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
        i = min(max(int(np.searchsorted(self.x, x)) - 1, 0), len(self.x) - 2)
        rise = float((self.height[i + 1] - self.height[i]) / (self.x[i + 1] - self.x[i]))
        inside = self.x[0] <= x <= self.x[-1]
        height = float(np.interp(x, self.x, self.height))
        return height + self.slope * x, self.slope + (rise if inside else 0.0)


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
    """The planes under the feet of one model, which is changed: it is to be simulated by one data at a time.

    Args:
        model: Compiled model with two planes.
        profile: The ground.
    """

    def __init__(self, model: mujoco.MjModel, profile: Profile) -> None:
        self._model, self._profile = model, profile
        self._planes = [int(model.geom(name).id) for name in (GROUND, _SECOND)]
        self._sensors, self._feet = [], []
        for name, bit in zip(GROUND_SENSORS, _BITS, strict=True):
            sensor = model.sensor(name)
            self._sensors.append(int(sensor.adr[0]) + FORCE)
            foot = _soles(model, int(model.sensor_refid[sensor.id]))
            model.geom_conaffinity[foot] = bit
            self._feet.append(foot)
        model.geom_sameframe[self._planes] = mujoco.mjtSameFrame.mjSAMEFRAME_NONE

    def level(self) -> None:
        """Put both planes below the start of a walk, before its first state is computed."""
        for plane in self._planes:
            self._place(plane, 0.0)

    def follow(self, data: mujoco.MjData) -> None:
        """Move the plane of every foot that carries nothing to where the ground is below it."""
        for plane, sensor, foot in zip(self._planes, self._sensors, self._feet, strict=True):
            if data.sensordata[sensor : sensor + 3].any():
                continue
            self._place(plane, float(data.geom_xpos[foot, 0].mean()))

    def _place(self, plane: int, x: float) -> None:
        height, rise = self._profile.at(x)
        self._model.geom_pos[plane] = (x, 0.0, height)
        half = -0.5 * np.arctan(rise)
        self._model.geom_quat[plane] = (np.cos(half), 0.0, np.sin(half), 0.0)


def _soles(model: mujoco.MjModel, foot: int) -> np.ndarray:
    """Return the colliding geoms of a foot: of its body and all that hangs on it."""
    inside = np.zeros(model.nbody, dtype=bool)
    inside[foot] = True
    for body in range(foot + 1, model.nbody):
        inside[body] = inside[model.body_parentid[body]]
    return np.flatnonzero(inside[model.geom_bodyid] & (model.geom_conaffinity > 0))
