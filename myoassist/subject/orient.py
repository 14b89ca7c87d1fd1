"""Turn what a laboratory measured into x forward, y up, z right, and refuse what cannot be a walking person."""

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.subject.marker_names import landmark_of, segment_of_marker
from myoassist.subject.recording import Markers

_AXES = "xyz"
# Way of the pelvis from which it tells the direction of walking; on a treadmill feet do, m.
_LEAST_WAY = 0.5
# Height of the pelvis above the feet of adults and children, m.
_HIP_HEIGHT = (0.3, 1.4)


def find_axes(markers: Markers, walking: bool) -> np.ndarray:
    """Return the rotation (3, 3) that turns places of a file into x forward, y up, z right.

    Args:
        markers: Standing or walking person.
        walking: Whether the way of the pelvis is the direction of walking.

    Raises:
        ConfigError: if no axis is vertical, the unit is wrong, sides are exchanged, or the person walks backwards.
    """
    pelvis, feet = _centre(markers, "pelvis"), _centre(markers, "foot")
    above = np.nanmean(pelvis - feet, axis=0)
    axis = int(np.argmax(np.abs(above)))
    others = np.delete(np.abs(above), axis)
    height = float(np.abs(above[axis]))
    if not _HIP_HEIGHT[0] <= height <= _HIP_HEIGHT[1]:
        raise ConfigError(
            f"{markers.path}: the pelvis is {height:.3g} m above the feet",
            f"{_HIP_HEIGHT[0]:g} to {_HIP_HEIGHT[1]:g} m of a person who stands or walks",
            "the unit in the file is wrong (Units: mm or m in the third line of a .trc)"
            if height > 100 or height < 0.01
            else "take another file",
        )
    if others.max() > 0.5 * height:
        raise ConfigError(
            f"{markers.path}: no axis is vertical: the pelvis is {np.array2string(above, precision=2)} m from the feet",
            "an axis of the laboratory that points up or down, and a person who stands or walks",
        )
    up = np.zeros(3)
    up[axis] = np.sign(above[axis])
    forward = _toes_ahead(markers, up)
    if walking:
        way = _level(pelvis[np.isfinite(pelvis).all(axis=1)][-1] - pelvis[np.isfinite(pelvis).all(axis=1)][0], up)
        if np.linalg.norm(way) > _LEAST_WAY:
            along = way / np.linalg.norm(way)
            if along @ forward < -0.5:
                raise ConfigError(
                    f"{markers.path}: the person walks backwards: the pelvis goes against where the toes point",
                    "forward walking",
                    "if heel and toe markers are exchanged, correct their names",
                )
            forward = along
    turned = np.stack([forward, up, np.cross(forward, up)])
    _check_sides(markers, turned)
    return turned


def name_axis(turned: np.ndarray) -> str:
    """Return how messages call the vertical and the forward axis of a file, e.g. `y up, x forward`."""
    words = []
    for row, word in ((1, "up"), (0, "forward")):
        axis = int(np.argmax(np.abs(turned[row])))
        words.append(f"{'-' if turned[row, axis] < 0 else ''}{_AXES[axis]} {word}")
    return ", ".join(words)


def _centre(markers: Markers, segment: str) -> np.ndarray:
    chosen = [place for name, place in markers.places.items() if _on(name, segment)]
    if not chosen:
        raise ConfigError(
            f"{markers.path}: no marker is on the {segment}; it has {', '.join(list(markers.places)[:40])}",
            "markers named as in OpenSim's example (R.ASIS), Plug-in Gait (RASI) or Rajagopal's model, or those of the "
            ".osim file",
            "rename them, or give the .osim whose marker set they are",
        )
    return np.nanmean(np.stack(chosen), axis=0)


def _on(name: str, segment: str) -> bool:
    found = segment_of_marker(name)
    return found is not None and found.partition("_")[0] == segment


def _toes_ahead(markers: Markers, up: np.ndarray) -> np.ndarray:
    """Return the level direction from heels to toes, both feet."""
    ways = []
    by_landmark = {landmark_of(name): place for name, place in markers.places.items()}
    for side in ("r", "l"):
        heel, toe = by_landmark.get(f"heel_{side}"), by_landmark.get(f"toe_{side}")
        if heel is not None and toe is not None:
            ways.append(_level(np.nanmean(toe - heel, axis=0), up))
    if not ways:
        raise ConfigError(
            f"{markers.path}: no foot has a heel and a toe marker, which tell where the person looks",
            "markers such as R.Heel and R.Toe.Tip, or RHEE and RTOE",
        )
    ahead = np.mean(ways, axis=0)
    return ahead / np.linalg.norm(ahead)


def _level(way: np.ndarray, up: np.ndarray) -> np.ndarray:
    return way - (way @ up) * up


def _check_sides(markers: Markers, turned: np.ndarray) -> None:
    """Refuse a person whose right markers are at the left."""
    sideways: list[float] = []
    places = {landmark_of(n) or n: turned @ np.nanmean(p, axis=0) for n, p in markers.places.items()}
    for landmark in ("asis", "knee_lateral", "ankle_lateral", "heel", "acromion"):
        right, left = places.get(f"{landmark}_r"), places.get(f"{landmark}_l")
        if right is not None and left is not None:
            sideways.append(float(right[2] - left[2]))
    if sideways and np.mean(np.array(sideways) > 0.0) < 0.5:
        raise ConfigError(
            f"{markers.path}: right markers are at the left of left ones ({1000 * np.mean(sideways):.0f} mm)",
            "right markers at the right of a person who looks where the toes point",
            "sides are exchanged, or an axis is mirrored: correct the names, or the sign of one axis",
        )
