"""An OpenSim model: its bodies, joints, markers and muscle paths, and where they are in a pose.

Read is what the formats of OpenSim 3 (a joint in each body) and 4 (a joint set with offset frames) say of geometry and
mass. Ground frame: x forward, y up, z right. Nothing is simulated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from myoassist.subject.osim.functions import Function

GROUND = "ground"


@dataclass(frozen=True)
class Axis:
    """One axis of a joint: direction in the parent's frame, function of a coordinate, and whether it turns."""

    direction: np.ndarray
    function: Function
    coordinate: str | None
    turns: bool


@dataclass(frozen=True)
class Joint:
    """A joint.

    Attributes:
        name: Its name.
        parent, child: Bodies.
        in_parent, in_child: Frames of the joint in both, (4, 4).
        axes: Rotations in their order, and translations.
    """

    name: str
    parent: str
    child: str
    in_parent: np.ndarray
    in_child: np.ndarray
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class PathPoint:
    """A point of a muscle's path: place in a body, m, fixed or by functions of a coordinate, in use within a range."""

    body: str
    place: np.ndarray
    moves: tuple[tuple[Function, str], ...] = ()
    coordinate: str | None = None
    low: float = -np.inf
    high: float = np.inf

    def place_at(self, pose: Mapping[str, float]) -> np.ndarray:
        """Return the place in the body's frame in a pose, m."""
        if not self.moves:
            return self.place
        return np.array([function(pose.get(coordinate, 0.0)) for function, coordinate in self.moves])

    def is_used(self, pose: Mapping[str, float]) -> bool:
        """Say whether the path runs over the point in a pose."""
        return self.coordinate is None or self.low <= pose.get(self.coordinate, 0.0) <= self.high


@dataclass(frozen=True)
class Muscle:
    """A muscle.

    Attributes:
        f_max: Peak isometric force, N.
        optimal: Optimal fibre length, m.
        slack: Slack length of the tendon, m.
        path: Points from origin to insertion.
        wraps: Whether a surface guides it besides, so that its length is not known here.
    """

    f_max: float
    optimal: float
    slack: float
    path: tuple[PathPoint, ...]
    wraps: bool


@dataclass(frozen=True)
class OsimModel:
    """What a file holds.

    Attributes:
        name: Name in the file.
        masses: Mass of each body, kg.
        joints: Joints by child, parents before children.
        markers: Body and place in it, m, by marker.
        muscles: Muscles by name.
        notes: What was not read, in sentences.
        scales: By what the picture of each body was scaled, (3,), relative to its generic model.
    """

    name: str
    masses: Mapping[str, float]
    joints: Mapping[str, Joint]
    markers: Mapping[str, tuple[str, np.ndarray]]
    muscles: Mapping[str, Muscle]
    notes: tuple[str, ...] = ()
    scales: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def mass(self) -> float:
        """Mass of the whole body, kg."""
        return sum(self.masses.values())

    def frames(self, pose: Mapping[str, float] | None = None) -> dict[str, np.ndarray]:
        """Return the frame of every body in the ground, (4, 4), in a pose (rad and m by coordinate, 0 where absent)."""
        found = {GROUND: np.eye(4)}
        for child, joint in self.joints.items():
            moved = found[joint.parent] @ joint.in_parent @ _motion(joint, pose or {})
            found[child] = moved @ np.linalg.inv(joint.in_child)
        return found

    def place_markers(self, pose: Mapping[str, float] | None = None) -> dict[str, np.ndarray]:
        """Return the place of every marker in the ground, m, in a pose."""
        frames = self.frames(pose)
        return {name: transform(frames[body], place) for name, (body, place) in self.markers.items() if body in frames}

    def path_length(self, muscle: str, pose: Mapping[str, float]) -> float:
        """Return the length of a muscle's path in a pose, m, as if no surface guided it."""
        frames = self.frames(pose)
        points = [
            transform(frames[point.body], point.place_at(pose))
            for point in self.muscles[muscle].path
            if point.is_used(pose)
        ]
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def transform(frame: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return a place of a frame, m, in the ground."""
    return frame[:3, :3] @ place + frame[:3, 3]


def make_frame(place: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Return the (4, 4) frame at a place, m, turned about its own x, then y, then z, rad."""
    frame = np.eye(4)
    for axis, angle in zip(np.eye(3), angles, strict=True):
        frame[:3, :3] = frame[:3, :3] @ turn(axis, float(angle))
    frame[:3, 3] = place
    return frame


def turn(axis: np.ndarray, angle: float) -> np.ndarray:
    """Return the rotation about an axis, rad (Rodrigues)."""
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross


def _motion(joint: Joint, pose: Mapping[str, float]) -> np.ndarray:
    frame = np.eye(4)
    for axis in joint.axes:
        value = axis.function(pose.get(axis.coordinate, 0.0) if axis.coordinate else 0.0)
        if axis.turns:
            frame[:3, :3] = frame[:3, :3] @ turn(axis.direction, value)
        else:
            frame[:3, 3] += value * axis.direction
    return frame
