"""Which of the files of a folder are what: OpenSim models, scale factors, motions, forces, markers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from myoassist.files.errors import ConfigError, ModelError
from myoassist.subject.forces import has_forces
from myoassist.subject.osim.model import OsimModel
from myoassist.subject.osim.read import parse_osim, read_osim
from myoassist.subject.recording import Markers, Storage, read_markers, read_storage
from myoassist.subject.trials import holds_angles

_ENDINGS = (".osim", ".xml", ".mot", ".sto", ".trc", ".c3d")
_EXPECTED = "a folder or files: a scaled .osim or a ScaleSet (.xml), and walks as .mot, .sto, .trc or .c3d"
_MOST = 300
# Of several models the later stage of AddBiomechanics, then the name that says so.
_STAGES = ("final.osim", "match_markers_and_physics.osim", "match_markers_but_ignore_physics.osim")
_STANDING = ("static", "standing", "neutral", "calib", "cal", "tpose", "t_pose", "npose")
# What a person who stands still moves a marker by, m.
_STILL = 0.08


@dataclass
class Sources:
    """Files by what they hold.

    Attributes:
        model: Scaled OpenSim model, with its file.
        scale_set: File of scale factors.
        standing: Markers of the standing person.
        walks: Markers of walks.
        motions: Angles of walks.
        forces: Forces of the ground.
        unused: Files that are not used, and why.
    """

    model: tuple[Path, OsimModel] | None = None
    scale_set: Path | None = None
    standing: Markers | None = None
    walks: list[Markers] = field(default_factory=list)
    motions: list[Storage] = field(default_factory=list)
    forces: list[Storage] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def find_sources(paths: Sequence[Path]) -> Sources:
    """Read every file that is given, or that lies in a given folder.

    Raises:
        ConfigError: if there is none, or nothing that tells the body.
        ModelError: if an OpenSim model cannot be read.
    """
    files = sorted(dict.fromkeys(_list_files(paths)))
    if not files:
        raise ConfigError(f"{', '.join(map(str, paths))}: no file that can be read", _EXPECTED)
    if len(files) > _MOST:
        raise ConfigError(f"{len(files)} files", f"those of one person, {_MOST} at most")
    found = Sources()
    models = [file for file in files if file.suffix.lower() == ".osim"]
    chosen = _choose_model(models)
    for file in files:
        kind = file.suffix.lower()
        if kind == ".osim":
            if file == chosen:
                found.model = file, read_osim(file)
                found.unused += [f"Muscle paths: {note}" for note in found.model[1].notes]
            else:
                found.unused.append(f"{file.name}: another model is used, {chosen.name if chosen else 'none'}.")
        elif kind == ".xml":
            _add_xml(file, found)
        elif kind in (".mot", ".sto"):
            _add_table(file, found)
        else:
            _add_markers(read_markers(file), found)
    if found.model is None and found.scale_set is None and found.standing is None:
        raise ConfigError(
            "nothing tells the lengths of the body: no .osim, no ScaleSet, no markers of the standing person",
            _EXPECTED,
            "give the scaled .osim, or a .trc of the person who stands still (its name says static)",
        )
    return found


def _list_files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.suffix.lower() in _ENDINGS and file.is_file())
        elif path.is_file() and path.suffix.lower() in _ENDINGS:
            yield path
        else:
            what = "does not exist" if not path.exists() else f"is of an unknown kind ({path.suffix or 'no ending'})"
            raise ConfigError(f"{path} {what}", _EXPECTED)


def _choose_model(models: Sequence[Path]) -> Path | None:
    if len(models) < 2:
        return models[0] if models else None
    for name in _STAGES:
        for model in models:
            if model.name == name:
                return model
    likely = [model for model in models if "unscaled" not in model.name.lower() and "generic" not in model.name.lower()]
    if len(likely) == 1:
        return likely[0]
    raise ConfigError(
        f"{len(models)} OpenSim models: {', '.join(model.name for model in models)}",
        "one, the scaled model of the person",
        f"give the files by name: {models[0]} ...",
    )


def _add_xml(file: Path, found: Sources) -> None:
    try:
        root = parse_osim(file)
    except ModelError:
        # Any other XML file of a folder.
        found.unused.append(f"{file.name}: no OpenSim file.")
        return
    if root.find(".//ScaleSet") is not None and root.find(".//ScaleSet/objects/Scale") is not None:
        found.scale_set = file
    else:
        found.unused.append(f"{file.name}: {', '.join(child.tag for child in root)} is not read.")


def _add_table(file: Path, found: Sources) -> None:
    table = read_storage(file)
    if holds_angles(table):
        found.motions.append(table)
    elif has_forces(table):
        found.forces.append(table)
    else:
        found.unused.append(f"{file.name}: neither the leg angles of a motion nor forces of the ground.")


def _add_markers(markers: Markers, found: Sources) -> None:
    stem = markers.path.stem.lower()
    if any(word in stem for word in _STANDING) or _stands_still(markers):
        if found.standing is None:
            found.standing = markers
        else:
            found.unused.append(f"{markers.path.name}: {found.standing.path.name} is the standing trial.")
    else:
        found.walks.append(markers)


def _stands_still(markers: Markers) -> bool:
    return all(
        float(np.nanmax(np.nanmax(place, axis=0) - np.nanmin(place, axis=0))) < _STILL
        for place in markers.places.values()
        if not np.isnan(place).all()
    )


def match_forces(name: str, time: tuple[float, float], forces: Sequence[Storage]) -> Storage | None:
    """Return the forces that belong to a motion: of the same trial by name, else of the same time if alone.

    Args:
        name: File of the motion.
        time: First and last time of the motion, s.
        forces: What there is; those that AddBiomechanics calls raw come last.
    """
    stem = trial_of(name)
    ordered = sorted(forces, key=lambda table: "raw" in table.path.stem.lower())
    for table in ordered:
        if trial_of(table.path.name) == stem:
            return table
    overlapping = [table for table in ordered if table.time[0] < time[1] and table.time[-1] > time[0]]
    return overlapping[0] if len(overlapping) == 1 else None


def trial_of(name: str) -> str:
    """Return the name of a trial, without what says which of its files it is."""
    stem = Path(name).stem.lower()
    for word in ("_raw", "_ik", "_grf", "_forces", "_markers", "_id", "_kinematics"):
        stem = stem.replace(word, "")
    return stem
