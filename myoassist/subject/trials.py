"""Make trials of walking out of files: motions (.mot, .sto), markers (.trc, .c3d), forces."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.signal import butter, filtfilt

from myoassist.files.errors import ConfigError
from myoassist.subject.chain import SIDES, Chain, Poses, follow_points, joint_angles, segment_angles, solve_poses
from myoassist.subject.forces import Forces, assign_forces
from myoassist.subject.marker_names import segment_of_marker
from myoassist.subject.orient import find_axes, name_axis
from myoassist.subject.recording import Markers, Storage
from myoassist.subject.strides import Trial

# Frequency up to which markers of walking tell motion, Hz (Winter, Biomechanics and Motor Control of Human Movement).
_CUTOFF = 6.0
_COORDINATES = ("hip_flexion", "knee_angle", "ankle_angle")
_NEEDED = tuple(f"{name}_{side}" for name in _COORDINATES for side in SIDES)
# Largest angle of walking, which tells degrees from radians.
_RADIANS = 3.5


@dataclass(frozen=True)
class MadeTrial:
    """A trial and how it came about.

    Attributes:
        trial: The trial.
        poses: What inverse kinematics found; None where the file holds angles.
        notes: Sentences for the reader.
    """

    trial: Trial
    poses: Poses | None = None
    notes: tuple[str, ...] = field(default=())


def holds_angles(table: Storage) -> bool:
    """Say whether a table holds the leg angles of a motion."""
    return all(name in table.columns for name in _NEEDED)


def from_markers(markers: Markers, chain: Chain, forces: Storage | None) -> MadeTrial:
    """Return a trial whose angles are found from markers by inverse kinematics.

    Raises:
        ConfigError: if the markers cannot be those of the chain, or of a walking person.
    """
    turned = find_axes(markers, walking=True)
    known = {_plain(name): name for name in chain.markers}
    renamed = {known[_plain(name)]: place for name, place in markers.places.items() if _plain(name) in known}
    lacking = [
        segment
        for segment in (*(f"{name}_{side}" for side in SIDES for name in ("thigh", "shank", "foot")), "pelvis", "trunk")
        if not any(chain.markers[name][0] == segment for name in renamed)
    ]
    if lacking:
        raise ConfigError(
            f"{markers.path}: no marker of the model is on {', '.join(lacking)}; it has {', '.join(markers.places)}",
            f"markers of the model: {', '.join(chain.markers)}",
            "rename the markers in one of the files",
        )
    left_out = [name for name in markers.places if _plain(name) not in known]
    smooth = {name: _smooth(place @ turned.T, markers.rate) for name, place in renamed.items()}
    poses = solve_poses(chain, {name: place[:, :2] for name, place in smooth.items()})
    good = np.isfinite(poses.pelvis).all(axis=1)
    if good.mean() < 0.5:
        raise ConfigError(
            f"{markers.path}: in {100 * (1 - good.mean()):.0f} % of the frames a segment has no marker",
            "at least one marker on each segment in most frames",
        )
    angles = {name: _filled(values, good) for name, values in joint_angles(poses.angles).items()}
    points = follow_points(chain, poses)
    feet = {side: _foot_places(smooth, side) for side in SIDES}
    assigned = _assign(forces or markers.forces, turned, markers.time, feet)
    notes = [
        f"{markers.path.name}: {name_axis(turned)}; {markers.rate:g} frames per second, {len(markers.time)} frames."
    ]
    if left_out:
        notes.append(f"{markers.path.name}: markers that no segment has: {', '.join(left_out)}.")
    if good.mean() < 1.0:
        notes.append(
            f"{markers.path.name}: {int((~good).sum())} frames without a marker on every segment were bridged."
        )
    trial = Trial(
        markers.path.name,
        markers.time,
        angles,
        _filled(poses.pelvis[:, 0], good),
        {side: _filled(points[f"ankle_{side}"][:, 0], good) for side in SIDES},
        {side: _filled(points[f"ball_{side}"][:, 0], good) for side in SIDES},
        assigned,
    )
    return MadeTrial(trial, poses, (*notes, *(assigned.notes if assigned is not None else ())))


def from_angles(motion: Storage, chain: Chain | None, forces: Storage | None) -> MadeTrial:
    """Return a trial of a table of OpenSim coordinates.

    Raises:
        ConfigError: if angles are missing or in another unit, or the person walks backwards.
    """
    columns = motion.columns
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise ConfigError(
            f"{motion.path} has no {', '.join(missing)} (it has {', '.join(list(columns)[:20])})",
            ", ".join(_NEEDED),
        )
    factor, notes = _degrees(motion)
    angles = {name: columns[name] * factor for name in columns if _is_angle(name)}
    flexed = np.mean([angles[f"knee_angle_{side}"].mean() for side in SIDES])
    knee = 1.0 if flexed > 0.0 else -1.0
    zero = np.zeros(len(motion.time))
    tilt, lumbar = angles.get("pelvis_tilt", zero), angles.get("lumbar_extension", zero)
    # Both turn about the axis that points right: backwards is positive.
    found = {"pelvis": -tilt, "trunk": -(tilt + lumbar)}
    for side in SIDES:
        found[f"hip_{side}"] = angles[f"hip_flexion_{side}"]
        found[f"knee_{side}"] = knee * angles[f"knee_angle_{side}"]
        found[f"ankle_{side}"] = angles[f"ankle_angle_{side}"]
    for side in SIDES:
        if np.ptp(found[f"knee_{side}"]) < 15.0 or np.ptp(found[f"hip_{side}"]) < 8.0:
            knee_range, hip_range = (np.ptp(found[f"{name}_{side}"]) for name in ("knee", "hip"))
            raise ConfigError(
                f"{motion.path}: knee_angle_{side} moves by {knee_range:.1f} deg, hip_flexion_{side} by "
                f"{hip_range:.1f} deg",
                "a walk: 15 deg or more at the knee, 8 deg at the hip",
            )
    turned, pelvis, points = np.eye(3), None, None
    if "pelvis_tx" in columns and chain is not None:
        place = np.stack([columns["pelvis_tx"], columns.get("pelvis_ty", zero)], axis=1)
        away = place[-1, 0] - place[0, 0]
        if away < -0.5:
            # Along -x: turned by half a turn about the vertical.
            turned = np.diag([-1.0, 1.0, -1.0])
            place = place * [-1.0, 1.0]
            notes.append(f"{motion.path.name}: the person walks along -x; motion and forces were turned round.")
        poses = Poses(segment_angles(found), place, np.full(len(place), np.nan), {})
        points = follow_points(chain, poses)
        pelvis = place[:, 0]
        if np.corrcoef(points["ankle_r"][:, 0] - pelvis, found["hip_r"])[0, 1] < 0.0:
            raise ConfigError(
                f"{motion.path}: with a growing hip_flexion_r the foot goes backwards",
                "hip_flexion positive forwards, as in OpenSim's models",
            )
    notes.append(
        f"{motion.path.name}: angles of the file, {motion.rate:g} samples per second, {len(motion.time)} rows."
    )
    assigned = _assign(forces, turned, motion.time, None)
    trial = Trial(
        motion.path.name,
        motion.time,
        found,
        pelvis,
        None if points is None else {side: points[f"ankle_{side}"][:, 0] for side in SIDES},
        None if points is None else {side: points[f"ball_{side}"][:, 0] for side in SIDES},
        assigned,
    )
    return MadeTrial(trial, None, (*notes, *(assigned.notes if assigned is not None else ())))


def _is_angle(name: str) -> bool:
    return not name.endswith(("_tx", "_ty", "_tz"))


def _degrees(motion: Storage) -> tuple[float, list[str]]:
    """Return what turns the angles of a table into degrees.

    Raises:
        ConfigError: where header and values disagree.
    """
    said = motion.header.get("indegrees", "").lower()
    largest = max(float(np.nanmax(np.abs(motion.columns[name]))) for name in _NEEDED)
    seems = largest > _RADIANS
    if said not in ("yes", "no"):
        raise ConfigError(
            f"{motion.path} does not say inDegrees=yes or inDegrees=no",
            "a header that tells the unit of the angles",
            f"write inDegrees={'yes' if seems else 'no'} above endheader: the largest leg angle is {largest:.3g}",
        )
    if (said == "yes") != seems:
        raise ConfigError(
            f"{motion.path} says inDegrees={said}, but its largest leg angle is {largest:.3g}",
            "degrees of 30 and more, or radians of about 1, as the header says",
            f"write inDegrees={'yes' if seems else 'no'} above endheader",
        )
    return (1.0 if said == "yes" else float(np.rad2deg(1.0))), []


def _assign(
    table: Storage | None, turned: np.ndarray, time: np.ndarray, feet: Mapping[str, np.ndarray] | None
) -> Forces | None:
    if table is None:
        return None
    if table.time[-1] <= time[0] or table.time[0] >= time[-1]:
        raise ConfigError(
            f"{table.path} runs from {table.time[0]:.2f} to {table.time[-1]:.2f} s, the motion from {time[0]:.2f} to "
            f"{time[-1]:.2f} s",
            "forces and motion of the same time",
            "give the forces that were recorded with this motion",
        )
    return assign_forces(table, turned, time, feet)


def _foot_places(places: Mapping[str, np.ndarray], side: str) -> np.ndarray:
    chosen = [place for name, place in places.items() if segment_of_marker(name) == f"foot_{side}"]
    return (
        np.nanmean(np.stack(chosen), axis=0)[:, [0, 2]] if chosen else np.zeros((len(next(iter(places.values()))), 2))
    )


def _smooth(place: np.ndarray, rate: float) -> np.ndarray:
    """Return places without what is faster than walking; of a marker with gaps as they are."""
    if not np.isfinite(place).all() or rate < 3.0 * _CUTOFF or len(place) < 20:
        return place
    b, a = butter(2, _CUTOFF / (0.802 * 0.5 * rate))
    return filtfilt(b, a, place, axis=0)


def _filled(values: np.ndarray, good: np.ndarray) -> np.ndarray:
    places = np.arange(len(values))
    return values if good.all() else np.interp(places, places[good], values[good])


def _plain(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())
