"""Read an OpenSim model (.osim) of version 3 or 4."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from myoassist.files.errors import ModelError, UnsafeFileError
from myoassist.subject.osim.functions import numbers, read_function
from myoassist.subject.osim.model import GROUND, Axis, Joint, Muscle, OsimModel, PathPoint, make_frame

_LARGEST = 64 * 2**20
_EXPECTED = "an OpenSim model (.osim) with bodies and joints"
_MUSCLES = ("Muscle", "Muscle_Deprecated")
_SHIFTS = np.vstack([np.eye(3), np.eye(3)])


def parse_osim(path: Path) -> ElementTree.Element:
    """Return the content of an OpenSim file, which declares nothing.

    Raises:
        ModelError: if it is no XML of OpenSim.
        UnsafeFileError: if it declares entities.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ModelError(f"{path} has more than {_LARGEST} bytes", _EXPECTED)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} cannot be read ({error})", _EXPECTED) from None
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise UnsafeFileError(f"{path} declares a document type or entities", _EXPECTED, "take the lines out")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} is no XML ({error})", _EXPECTED) from None
    if root.tag != "OpenSimDocument":
        raise ModelError(f"{path} is <{root.tag}>", _EXPECTED)
    return root


def read_osim(path: Path) -> OsimModel:
    """Read a model.

    Raises:
        ModelError: naming the file and what cannot be read.
        UnsafeFileError: if it declares entities.
    """
    root = parse_osim(path)
    model = root.find("Model")
    if model is None:
        raise ModelError(f"{path} holds {', '.join(child.tag for child in root) or 'nothing'}", _EXPECTED)
    try:
        bodies = [body for body in _objects(model, "BodySet") if body.tag == "Body"]
        joints = _order([*_joints_4(model, path), *_joints_3(bodies, path)], path)
        masses = {_name(body): float(body.findtext("mass") or 0.0) for body in bodies if _name(body) != GROUND}
        markers = {
            _name(marker): (_body_of(marker), numbers(marker.findtext("location")))
            for marker in _objects(model, "MarkerSet")
            if marker.tag == "Marker"
        }
        scales = {_name(body): factors for body in bodies if (factors := _scale_of(body)) is not None}
        notes: list[str] = []
        muscles = dict(_muscles(model, path, notes))
    except ModelError:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise ModelError(f"{path} cannot be read: {error}", _EXPECTED) from None
    if "pelvis" not in joints:
        raise ModelError(f"{path} has no body `pelvis` (it has {', '.join(joints) or 'none'})", _EXPECTED)
    return OsimModel(model.get("name", path.stem), masses, joints, markers, muscles, tuple(notes), scales)


def _scale_of(body: ElementTree.Element) -> np.ndarray | None:
    """Return by what the first picture of a body was scaled; OpenSim scales pictures as it scales bodies."""
    found = body.find("attached_geometry/Mesh/scale_factors")
    found = body.find("VisibleObject/scale_factors") if found is None else found
    factors = np.abs(numbers(None if found is None else found.text))
    return factors if len(factors) == 3 else None


def _objects(model: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    found = model.find(f"{kind}/objects")
    return [] if found is None else list(found)


def _name(element: ElementTree.Element) -> str:
    return element.get("name", "")


def _last(text: str | None) -> str:
    return (text or "").strip().rpartition("/")[2]


def _body_of(element: ElementTree.Element) -> str:
    for tag in ("socket_parent_frame", "socket_body", "body"):
        if element.find(tag) is not None:
            return _last(element.findtext(tag))
    connected = element.findtext(".//connectee_name")
    return _last(connected)


def _joints_4(model: ElementTree.Element, path: Path) -> Iterator[Joint]:
    for element in _objects(model, "JointSet"):
        frames: dict[str, tuple[str, np.ndarray]] = {}
        for frame in element.findall("frames/PhysicalOffsetFrame"):
            place, angles = numbers(frame.findtext("translation")), numbers(frame.findtext("orientation"))
            frames[_name(frame)] = (_last(frame.findtext("socket_parent")), make_frame(place, angles))
        ends = []
        for kind in ("parent", "child"):
            name = _last(element.findtext(f"socket_{kind}_frame"))
            ends.append(frames.get(name, (name, np.eye(4))))
        (parent, in_parent), (child, in_child) = ends
        yield Joint(_name(element), parent, child, in_parent, in_child, _axes(element, path))


def _joints_3(bodies: list[ElementTree.Element], path: Path) -> Iterator[Joint]:
    for body in bodies:
        holder = body.find("Joint")
        for element in [] if holder is None else list(holder):
            sides = []
            for end in ("_in_parent", ""):
                place, angles = (numbers(element.findtext(f"{kind}{end}")) for kind in ("location", "orientation"))
                sides.append(make_frame(place, angles))
            parent = (element.findtext("parent_body") or "").strip()
            yield Joint(_name(element), parent, _name(body), sides[0], sides[1], _axes(element, path))


def _axes(element: ElementTree.Element, path: Path) -> tuple[Axis, ...]:
    """Return the axes of a joint; those without a SpatialTransform turn as their kind does."""
    names = [_name(item) for item in element.iter("Coordinate")]
    if element.tag == "CustomJoint":
        found = []
        for item in element.findall("SpatialTransform/TransformAxis"):
            where = f"{path}, joint {_name(element)}"
            coordinate = (item.findtext("coordinates") or "").split()
            holder = item.find("function")
            function = read_function(holder if holder is not None else item, where)
            turns = item.get("name", "").startswith("rotation")
            found.append(Axis(numbers(item.findtext("axis")), function, coordinate[0] if coordinate else None, turns))
        return tuple(found)
    directions = {"PinJoint": [2], "UniversalJoint": [0, 1], "SliderJoint": [3], "PlanarJoint": [2, 3, 4]}
    directions |= {"BallJoint": [0, 1, 2], "FreeJoint": [0, 1, 2, 3, 4, 5], "WeldJoint": []}
    if element.tag not in directions:
        raise ModelError(f"{path}, joint {_name(element)} is a {element.tag}", f"one of {', '.join(directions)}")
    return tuple(
        Axis(_SHIFTS[i], _identity, name, i < 3) for i, name in zip(directions[element.tag], names, strict=False)
    )


def _identity(value: float) -> float:
    return value


def _order(joints: list[Joint], path: Path) -> dict[str, Joint]:
    """Return joints by child, parents before children."""
    found: dict[str, Joint] = {}
    waiting = [joint for joint in joints if joint.child != GROUND]
    while waiting:
        ready = [joint for joint in waiting if joint.parent in found or joint.parent == GROUND]
        if not ready:
            raise ModelError(
                f"{path}: {waiting[0].name} hangs on {waiting[0].parent or 'nothing'}, which hangs on no ground",
                "joints that lead from the ground to every body",
            )
        found |= {joint.child: joint for joint in ready}
        waiting = [joint for joint in waiting if joint not in ready]
    return found


def _muscles(model: ElementTree.Element, path: Path, notes: list[str]) -> Iterator[tuple[str, Muscle]]:
    for element in _objects(model, "ForceSet"):
        if not any(kind in element.tag for kind in _MUSCLES):
            continue
        name = _name(element)
        try:
            points = tuple(
                _point(item, f"{path}, muscle {name}")
                for item in element.findall("GeometryPath/PathPointSet/objects/*")
            )
            wraps = bool(element.findall("GeometryPath/PathWrapSet/objects/*"))
            values = [
                float(element.findtext(tag) or "nan")
                for tag in ("max_isometric_force", "optimal_fiber_length", "tendon_slack_length")
            ]
        except (ModelError, ValueError, TypeError) as error:
            notes.append(f"Muscle {name} is left out: {error}")
            continue
        yield name, Muscle(values[0], values[1], values[2], points, wraps)


def _point(element: ElementTree.Element, where: str) -> PathPoint:
    body, moves = _body_of(element), []
    if element.tag == "MovingPathPoint":
        for axis in "xyz":
            holder = element.find(f"{axis}_location")
            if holder is None:
                raise ModelError(f"{where}: a moving point without {axis}_location", "three of them")
            named = element.findtext(f"socket_{axis}_coordinate") or element.findtext(f"{axis}_coordinate")
            moves.append((read_function(holder, where), _last(named)))
        return PathPoint(body, np.zeros(3), tuple(moves))
    place = numbers(element.findtext("location"))
    if element.tag == "ConditionalPathPoint":
        low, high = numbers(element.findtext("range"))
        named = element.findtext("socket_coordinate") or element.findtext("coordinate")
        return PathPoint(body, place, (), _last(named), float(low), float(high))
    return PathPoint(body, place)
