"""Lengths and chain of a person's segments: from an OpenSim model, scale factors, or markers of the standing person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from myoassist.files.errors import ConfigError
from myoassist.subject.chain import SIDES, Chain
from myoassist.subject.library import LibraryBody
from myoassist.subject.marker_names import landmark_of, segment_of_marker
from myoassist.subject.orient import find_axes
from myoassist.subject.osim.functions import numbers
from myoassist.subject.osim.model import OsimModel
from myoassist.subject.osim.read import parse_osim
from myoassist.subject.recording import Markers

# Body of OpenSim models, without its side -> our segment.
_BODIES = {"pelvis": "pelvis", "torso": "trunk", "femur": "thigh", "tibia": "shank", "talus": "foot", "calcn": "foot"}
_SCALED_AXES = {"pelvis": (0, 1), "trunk": (1,), "thigh": (1,), "shank": (1,), "foot": (0,)}
_SET_BODIES = {"pelvis": "pelvis", "torso": "trunk", "femur": "thigh", "tibia": "shank", "calcn": "foot"}


@dataclass(frozen=True)
class Geometry:
    """A person's geometry.

    Attributes:
        source: Where it is from, in words.
        chain: Segments in the sagittal plane; None where nothing tells them.
        scale: Factor of the lengths of pelvis, thigh, shank, foot and trunk of our model.
        lengths: Person's length of a segment by right and left, m; empty where only factors are known.
        notes: What a reader has to know of it.
    """

    source: str
    chain: Chain | None
    scale: Mapping[str, float]
    lengths: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def from_osim(model: OsimModel, library: LibraryBody) -> Geometry:
    """Return the geometry of a scaled OpenSim model in its neutral pose."""
    frames = model.frames()
    place = {name: frame[:3, 3] for name, frame in frames.items()}
    needed = [f"{name}_{side}" for side in SIDES for name in ("femur", "tibia", "talus", "calcn", "toes")]
    missing = [name for name in needed if name not in place]
    if missing:
        raise ConfigError(
            f"the OpenSim model {model.name} has no body {', '.join(missing)} (it has {', '.join(place)})",
            "legs of femur, tibia, talus, calcn and toes with _r and _l, as in gait2392 and Rajagopal 2016",
        )
    lengths = {
        "thigh": _both(place, "femur", "tibia"),
        "shank": _both(place, "tibia", "talus"),
        "foot": _both(place, "calcn", "toes"),
    }
    scale = {name: float(np.mean(pair)) / library.lengths[name] for name, pair in lengths.items()}
    notes = []
    for segment in ("pelvis", "trunk"):
        body = "pelvis" if segment == "pelvis" else "torso"
        shown = model.scales.get(body)
        if shown is None:
            scale[segment] = float(np.mean([scale["thigh"], scale["shank"]]))
            notes.append(f"The model does not tell how its {segment} was scaled: it has the mean factor of the leg.")
        else:
            scale[segment] = float(np.mean(shown[list(_SCALED_AXES[segment])]))
    drop = {"shank": "tibia", "thigh": "femur", "foot": "talus"}
    joints: dict[str, np.ndarray] = {}
    for side in SIDES:
        hip, knee, ankle = (place[f"{drop[name]}_{side}"] for name in ("thigh", "shank", "foot"))
        joints |= {f"thigh_{side}": hip - place["pelvis"], f"shank_{side}": knee - hip, f"foot_{side}": ankle - knee}
    trunk = place.get("torso", place["pelvis"])
    joints["trunk"] = trunk - place["pelvis"]
    origin = {"pelvis": place["pelvis"], "trunk": trunk}
    origin |= {f"{name}_{side}": place[f"{body}_{side}"] for side in SIDES for name, body in drop.items()}
    markers = {}
    for name, where in model.place_markers().items():
        body = model.markers[name][0]
        stem, _, side = body.rpartition("_")
        segment = _BODIES.get(body) or _BODIES.get(stem) or ""
        if not segment:
            continue
        owner = f"{segment}_{side}" if segment in drop else segment
        markers[name] = owner, (where - origin[owner])[:2]
    balls = {side: (place[f"toes_{side}"] - place[f"talus_{side}"])[:2] for side in SIDES}
    chain = Chain({name: offset[:2] for name, offset in joints.items()}, markers, balls)
    return Geometry(f"OpenSim model {model.name}", chain, scale, lengths, tuple(notes))


def from_scale_set(path: Path, library: LibraryBody) -> Geometry:
    """Return the factors of an OpenSim ScaleSet, relative to the model that ours descends from.

    Raises:
        ConfigError: if it holds no factors of both legs and the trunk.
    """
    found: dict[str, list[float]] = {}
    for item in parse_osim(path).iter("Scale"):
        name = (item.findtext("segment") or item.get("name") or "").strip()
        segment = _SET_BODIES.get(name) or _SET_BODIES.get(name.rpartition("_")[0])
        factors = numbers(item.findtext("scales"))
        if segment and len(factors) == 3:
            found.setdefault(segment, []).append(float(np.mean(factors[list(_SCALED_AXES[segment])])))
    missing = [name for name in library.segments if name not in found]
    if missing:
        raise ConfigError(
            f"{path} has no factors of {', '.join(missing)}",
            "a ScaleSet with <Scale> of pelvis, torso, femur, tibia and calcn",
        )
    scale = {name: float(np.mean(values)) for name, values in found.items()}
    note = "A ScaleSet is relative to its generic model: it fits ours if that is gait2392, gait2354 or gait10dof18musc."
    return Geometry(f"scale factors of {path.name}", library.chain(scale), scale, {}, (note,))


def from_standing(markers: Markers, library: LibraryBody) -> Geometry:
    """Return the geometry of a person who stands still and upright, feet flat.

    Hip centres are those of Harrington et al., J Biomech 40:595 (2007); knees and ankles lie between their markers.

    Raises:
        ConfigError: naming the markers that are missing.
    """
    turned = find_axes(markers, walking=False)
    places = {
        name: turned @ np.nanmean(place, axis=0) for name, place in markers.places.items() if not np.isnan(place).all()
    }
    at = {landmark: place for name, place in places.items() if (landmark := landmark_of(name))}
    wanted = [f"{name}_{side}" for side in SIDES for name in ("asis", "knee_lateral", "ankle_lateral", "heel", "toe")]
    back = [name for name in ("sacrum", "psis_r") if name in at]
    missing = [name for name in wanted if name not in at] + ([] if back else ["sacrum or psis"])
    if missing:
        raise ConfigError(
            f"{markers.path}: no marker at {', '.join(missing)}",
            "ASIS, PSIS or sacrum, knees, ankles, heels and toes, named as in OpenSim's example or Plug-in Gait",
            "give the scaled .osim besides, whose marker set says where markers are",
        )
    behind = at["sacrum"] if "sacrum" in at else 0.5 * (at["psis_r"] + at["psis_l"])
    front = 0.5 * (at["asis_r"] + at["asis_l"])
    depth, width = float(np.linalg.norm((front - behind)[:2])), float(np.linalg.norm(at["asis_r"] - at["asis_l"]))
    # Harrington 2007, equations in mm from the middle of the ASIS; the frame of the pelvis leans by the line of ASIS
    # and PSIS, which stands level in the neutral pose of the model.
    shift = np.array([-0.24 * depth - 0.0099, -0.30 * width - 0.0109])
    joints: dict[str, np.ndarray] = {}
    neutral = {"pelvis": 0.0, "trunk": 0.0}
    origin: dict[str, np.ndarray] = {"pelvis": front[:2]}
    lengths: dict[str, list[float]] = {"thigh": [], "shank": [], "foot": []}
    balls = {}
    for side in SIDES:
        hip = front[:2] + shift
        knee = _middle(at, "knee", side)
        ankle = _middle(at, "ankle", side)
        hip_3 = np.array([*hip, front[2] + (1 if side == "r" else -1) * (0.33 * width + 0.0073)])
        lengths["thigh"].append(float(np.linalg.norm(hip_3 - knee)))
        lengths["shank"].append(float(np.linalg.norm(knee - ankle)))
        foot = at[f"toe_{side}"] - at[f"heel_{side}"]
        # From heel to ball: 0.72 of heel to toe tip (Winter 2009, fig. 4.1 and our model's foot).
        lengths["foot"].append(0.72 * float(np.linalg.norm(foot)))
        neutral |= {
            f"thigh_{side}": _lean(knee[:2] - hip),
            f"shank_{side}": _lean((ankle - knee)[:2]),
            f"foot_{side}": 0.0,
        }
        origin |= {f"thigh_{side}": hip, f"shank_{side}": knee[:2], f"foot_{side}": ankle[:2]}
        joints[f"thigh_{side}"] = hip - front[:2]
        joints[f"shank_{side}"] = np.array([0.0, -np.linalg.norm(knee[:2] - hip)])
        joints[f"foot_{side}"] = np.array([0.0, -np.linalg.norm((ankle - knee)[:2])])
        balls[side] = (at[f"heel_{side}"] + 0.72 * foot - ankle)[:2]
    origin["trunk"] = 0.5 * (front + behind)[:2] + np.array([0.0, 0.08])
    joints["trunk"] = origin["trunk"] - front[:2]
    local = {}
    for name, where in places.items():
        segment = segment_of_marker(name)
        if segment in origin:
            angle = -neutral[segment]
            cos, sin = np.cos(angle), np.sin(angle)
            local[name] = segment, np.array([[cos, -sin], [sin, cos]]) @ (where[:2] - origin[segment])
    hips = float(2.0 * (0.33 * width + 0.0073))
    scale = {name: float(np.mean(values)) / library.lengths[name] for name, values in lengths.items()}
    scale["pelvis"] = hips / library.lengths["hips"]
    if "acromion_r" in at and "acromion_l" in at:
        high = 0.5 * (at["acromion_r"] + at["acromion_l"])[1] - (front[1] + shift[1])
        scale["trunk"] = float(high) / library.lengths["trunk"]
        notes: tuple[str, ...] = ()
    else:
        scale["trunk"] = float(np.mean([scale["thigh"], scale["shank"]]))
        notes = ("No markers on the shoulders: the trunk has the mean factor of the leg.",)
    pairs = {name: (values[0], values[1]) for name, values in lengths.items()}
    return Geometry(f"standing person in {markers.path.name}", Chain(joints, local, balls), scale, pairs, notes)


def standing_height(markers: Markers) -> float | None:
    """Return the height of a marker on top of the head above the lowest foot marker, m; None without such markers."""
    turned = find_axes(markers, walking=False)
    heads = [place for name, place in markers.places.items() if landmark_of(name) == "head_top"]
    feet = [place for name, place in markers.places.items() if (segment_of_marker(name) or "").startswith("foot")]
    if not heads or not feet:
        return None
    lowest = min(float(np.nanmean(place, axis=0) @ turned[1]) for place in feet)
    return float(np.nanmean(heads[0], axis=0) @ turned[1]) - lowest


def _both(place: Mapping[str, np.ndarray], near: str, far: str) -> tuple[float, float]:
    right, left = (float(np.linalg.norm(place[f"{near}_{side}"] - place[f"{far}_{side}"])) for side in SIDES)
    return right, left


def _middle(at: Mapping[str, np.ndarray], joint: str, side: str) -> np.ndarray:
    lateral, medial = at[f"{joint}_lateral_{side}"], at.get(f"{joint}_medial_{side}")
    return lateral if medial is None else 0.5 * (lateral + medial)


def _lean(down: np.ndarray) -> float:
    """Return the angle of a segment that hangs down, rad, forward end up positive."""
    return float(np.arctan2(down[0], -down[1]))
