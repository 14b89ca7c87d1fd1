"""The leg and trunk as a chain of segments in the sagittal plane, and its pose from markers by least squares.

x forward, y up, m; angles of segments count from the neutral pose, turning forward parts up (rad). Lu & O'Connor,
J Biomech 32:129 (1999): all markers of a frame at once, joints kept together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

SIDES = ("r", "l")
# Segment -> the one that it hangs on.
PARENTS = {
    "pelvis": None,
    "trunk": "pelvis",
    **{f"{name}_{side}": above for side in SIDES for name, above in (("thigh", "pelvis"),)},
    **{f"shank_{side}": f"thigh_{side}" for side in SIDES},
    **{f"foot_{side}": f"shank_{side}" for side in SIDES},
}
SEGMENTS = tuple(PARENTS)
# Three markers tell how the pelvis stands, and skin moves little there; shoulders move with the arms, for which the
# chain has no joint.
_WEIGHTS = {"pelvis": 10.0, "trunk": 0.5}


@dataclass(frozen=True)
class Chain:
    """Geometry of a person in the plane.

    Attributes:
        joints: Where each segment hangs on its parent, in the parent's frame, m; the pelvis has none.
        markers: Segment and place in its frame, m, by marker.
        balls: Ball of each foot in its frame, m.
    """

    joints: Mapping[str, np.ndarray]
    markers: Mapping[str, tuple[str, np.ndarray]]
    balls: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Poses:
    """Poses over time.

    Attributes:
        angles: Angle of each segment, rad, shape (n,).
        pelvis: Place of the pelvis, m, shape (n, 2).
        residual: Root mean square distance of the markers of a frame, m, shape (n,); NaN where none were used.
        by_marker: Root mean square distance by marker, m.
    """

    angles: dict[str, np.ndarray]
    pelvis: np.ndarray
    residual: np.ndarray
    by_marker: dict[str, float]


def solve_poses(chain: Chain, places: Mapping[str, np.ndarray]) -> Poses:
    """Return the poses in which the markers of a chain are nearest to measured places.

    Markers of the pelvis weigh ten times those of the legs, those of the trunk half.

    Args:
        chain: Geometry.
        places: Measured places by marker, m, each of shape (n, 2); NaN where one was not seen.
    """
    names = [name for name in chain.markers if name in places]
    owner = np.array([SEGMENTS.index(chain.markers[name][0]) for name in names])
    local = np.array([chain.markers[name][1] for name in names])
    measured = np.stack([places[name] for name in names], axis=1)
    weight = np.sqrt([_WEIGHTS.get(chain.markers[name][0], 1.0) for name in names])[:, None]
    count = len(measured)
    found = np.full((count, 2 + len(SEGMENTS)), np.nan)
    off = np.full((count, len(names)), np.nan)
    guess = np.concatenate([np.nanmean(measured[0][owner == 0], axis=0) - local[owner == 0].mean(axis=0), np.zeros(8)])
    for frame in range(count):
        seen = np.isfinite(measured[frame]).all(axis=1)
        if len(set(owner[seen].tolist())) < len(set(owner.tolist())):
            continue

        def residual(x: np.ndarray, frame: int = frame, seen: np.ndarray = seen) -> np.ndarray:
            placed = _place(chain, x)
            turned = _turn(x[2:][owner], local) + placed[owner]
            return ((turned - measured[frame]) * weight)[seen].ravel()

        solution = least_squares(residual, guess, method="trf", x_scale=0.1)
        guess = found[frame] = solution.x
        off[frame, seen] = np.linalg.norm(residual(solution.x).reshape(-1, 2) / weight[seen], axis=1)
    angles = {name: found[:, 2 + i] for i, name in enumerate(SEGMENTS)}
    by_marker = {name: float(np.sqrt(np.nanmean(off[:, i] ** 2))) for i, name in enumerate(names)}
    with np.errstate(invalid="ignore"):
        rms = np.sqrt(np.nanmean(off**2, axis=1)) if off.size else np.full(count, np.nan)
    return Poses(angles, found[:, :2], rms, by_marker)


def follow_points(chain: Chain, poses: Poses) -> dict[str, np.ndarray]:
    """Return the place of heel-side ankle and ball of each foot over time, m: ankle_r, ball_r, ... each (n, 2)."""
    points: dict[str, list[np.ndarray]] = {f"{kind}_{side}": [] for kind in ("ankle", "ball") for side in SIDES}
    stacked = np.stack([poses.angles[name] for name in SEGMENTS], axis=1)
    for place, angles in zip(poses.pelvis, stacked, strict=True):
        origins = _place(chain, np.concatenate([place, angles]))
        for side in SIDES:
            foot = SEGMENTS.index(f"foot_{side}")
            points[f"ankle_{side}"].append(origins[foot])
            points[f"ball_{side}"].append(origins[foot] + _turn(angles[foot : foot + 1], chain.balls[side][None])[0])
    return {name: np.array(values) for name, values in points.items()}


def place_segments(chain: Chain, poses: Poses, frame: int) -> np.ndarray:
    """Return the origin of every segment in a frame, m, in the order of `SEGMENTS`, shape (8, 2)."""
    angles = [poses.angles[name][frame] for name in SEGMENTS]
    return _place(chain, np.concatenate([poses.pelvis[frame], angles]))


def joint_angles(angles: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return clinical angles, deg, from those of segments: hip, knee, ankle by side, trunk and pelvis.

    Flexion, dorsiflexion and forward lean are positive.
    """
    found = {"trunk": -angles["trunk"], "pelvis": -angles["pelvis"]}
    for side in SIDES:
        thigh, shank, foot = (angles[f"{name}_{side}"] for name in ("thigh", "shank", "foot"))
        found[f"hip_{side}"] = thigh - angles["pelvis"]
        found[f"knee_{side}"] = thigh - shank
        found[f"ankle_{side}"] = foot - shank
    return {name: np.rad2deg(values) for name, values in found.items()}


def segment_angles(joints: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return angles of segments, rad, from clinical ones, deg; the way back of `joint_angles`."""
    found = {"pelvis": -np.deg2rad(joints["pelvis"]), "trunk": -np.deg2rad(joints["trunk"])}
    for side in SIDES:
        hip, knee, ankle = (np.deg2rad(joints[f"{name}_{side}"]) for name in ("hip", "knee", "ankle"))
        found[f"thigh_{side}"] = found["pelvis"] + hip
        found[f"shank_{side}"] = found[f"thigh_{side}"] - knee
        found[f"foot_{side}"] = found[f"shank_{side}"] + ankle
    return found


def _place(chain: Chain, x: np.ndarray) -> np.ndarray:
    """Return the origin of every segment, shape (8, 2)."""
    origins = np.zeros((len(SEGMENTS), 2))
    origins[0] = x[:2]
    for i, name in enumerate(SEGMENTS[1:], 1):
        above = SEGMENTS.index(PARENTS[name] or "")
        origins[i] = origins[above] + _turn(x[2 + above : 3 + above], chain.joints[name][None])[0]
    return origins


def _turn(angles: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    cos, sin = np.cos(angles), np.sin(angles)
    return np.stack([cos * vectors[:, 0] - sin * vectors[:, 1], sin * vectors[:, 0] + cos * vectors[:, 1]], axis=1)
