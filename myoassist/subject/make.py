"""Make a person's body and gait out of files, and write them where `model=<name>` finds them."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from myoassist.config.schema.groups import config_folder
from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.config.schema.subjects import FOLDER, GROUP
from myoassist.files.atomic import write_text_atomic
from myoassist.files.errors import ConfigError, UserError
from myoassist.gait.leg_length import measure_leg_length
from myoassist.gait.reference.person import format_person
from myoassist.model.build import Walker, build_walker
from myoassist.model.plant.strength import check_strength, library_muscles
from myoassist.subject.body import Body, check_figures, check_weight, make_body, weigh
from myoassist.subject.chain import SIDES, Chain
from myoassist.subject.geometry import Geometry, from_osim, from_scale_set, from_standing, standing_height
from myoassist.subject.library import library_body
from myoassist.subject.sources import Sources, find_sources, match_forces, trial_of
from myoassist.subject.strides import FoundGait, find_strides, summarize
from myoassist.subject.trials import MadeTrial, from_angles, from_markers

GAIT_FILE, PAGE_FILE = "gait.csv", "subject.html"
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
_GRAVITY = 9.81


@dataclass(frozen=True)
class Wishes:
    """What the user tells besides the files.

    Attributes:
        name: What follows `model=`; None for that of the folder or file.
        mass, height, sex, speed: kg, m, male or female, m/s; None takes what the files tell.
        strength: Factors of single muscles.
        out: Folder; None for models/subjects.
        force: Replace a person of this name.
    """

    name: str | None = None
    mass: float | None = None
    height: float | None = None
    sex: str | None = None
    speed: float | None = None
    strength: Mapping[str, float] = field(default_factory=dict)
    out: Path | None = None
    force: bool = False


@dataclass(frozen=True)
class Person:
    """A person out of files.

    Attributes:
        name: What follows `model=`.
        sources: The files.
        geometry: Lengths.
        standing: Geometry that markers of the standing person tell, beside another; None without.
        body: Body.
        walker: Its model, full physics.
        leg_length: Hip joint to floor, standing, m.
        trials: Recorded walks.
        gait: Mean and spread; None without a walk.
        notes: What a reader has to know.
    """

    name: str
    sources: Sources
    geometry: Geometry
    standing: Geometry | None
    body: Body
    walker: Walker
    leg_length: float
    trials: Sequence[MadeTrial]
    gait: FoundGait | None
    notes: tuple[str, ...]


def make_person(paths: Sequence[Path], wishes: Wishes) -> Person:
    """Read the files of a person and make body and gait.

    Raises:
        UserError: naming the file or figure and what to do.
    """
    name = check_name(wishes.name or paths[0].stem.lower(), wishes)
    check_figures(wishes.mass, wishes.height)
    check_strength(wishes.strength, library_muscles(ModelConfig()))
    sources = find_sources(paths)
    library = library_body()
    geometry = (
        from_osim(sources.model[1], library)
        if sources.model is not None
        else from_scale_set(sources.scale_set, library)
        if sources.scale_set is not None
        else from_standing(sources.standing, library)  # type: ignore[arg-type]
    )
    notes, standing = list(geometry.notes), None
    if sources.standing is not None and geometry.source != f"standing person in {sources.standing.path.name}":
        try:
            standing = from_standing(sources.standing, library)
        except ConfigError as error:
            notes.append(f"The standing trial tells no lengths: {error.found}.")
    trials = _make_trials(sources, geometry, standing, notes)
    mass = _find_mass(wishes, sources, trials, notes)
    height = _find_height(wishes, sources, notes)
    body = make_body(geometry.scale, geometry.lengths, mass, height, wishes.sex, wishes.strength)
    notes += body.notes
    walker = build_walker(ModelConfig(plant="human", **model_keys(body)), EnvConfig())
    leg = measure_leg_length(walker)
    gait = _find_gait(trials, mass, leg, wishes.speed, notes)
    return Person(name, sources, geometry, standing, body, walker, leg, trials, gait, tuple(dict.fromkeys(notes)))


def check_name(name: str, wishes: Wishes) -> str:
    """Return a name that can follow `model=` and replaces nothing unasked.

    Raises:
        ConfigError: if it cannot.
    """
    if not _NAME.match(name):
        raise ConfigError(
            f"{name!r} cannot be the name of a person", "a letter, then letters, digits, - and _", "--name anna"
        )
    if (config_folder() / GROUP / f"{name}.yaml").is_file():
        raise ConfigError(f"model={name} is a model of the package", "another name", f"--name {name}_1")
    file = (wishes.out or FOLDER) / GROUP / f"{name}.yaml"
    if file.is_file() and not wishes.force:
        raise ConfigError(f"{file} is there already", "a new name, or to replace that person", "--force")
    return name


def model_keys(body: Body) -> dict[str, Any]:
    """Return the keys of `model` that make a body."""
    return {
        "segment_scale": {name: round(factor, 4) for name, factor in body.scale.items()},
        "body_mass": round(body.mass, 2),
        "sex": body.sex,
        "muscle_strength": dict(body.strength),
    }


def write_person(person: Person, wishes: Wishes) -> list[Path]:
    """Write option, gait and folder of a person; the page is written by `subject.page`.

    Returns:
        The files.

    Raises:
        UserError: if they cannot be written.
    """
    out = wishes.out or FOLDER
    folder = out / person.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (out / GROUP).mkdir(parents=True, exist_ok=True)
        files = []
        if person.gait is not None:
            gait = folder / GAIT_FILE
            write_text_atomic(gait, format_person(person.gait.person, _gait_notes(person)))
            files.append(gait)
        option = out / GROUP / f"{person.name}.yaml"
        write_text_atomic(option, format_option(person, folder))
        return [option, *files]
    except OSError as error:
        raise UserError(
            f"{out} cannot be written: {error.strerror or error}", "a folder that can be written", "--out <folder>"
        ) from error


def format_option(person: Person, folder: Path) -> str:
    """Return the option file of a person: everything by value, so that a run needs no other file for the body."""
    body, gait = person.body, person.gait
    words = [f"{body.mass:.1f} kg", f"{body.height:.2f} m" if body.height else "", body.sex or ""]
    words += [f"{gait.person.speed:.2f} m/s" if gait is not None else ""]
    text = [
        "# @package _global_",
        f"# {person.name}: {', '.join(word for word in words if word)}; from {person.geometry.source}.",
        "# Made by `myoassist subject`. Lengths are factors of those of the 22-muscle legs, forces of those of the",
        f"# muscle table: {body.rule}.",
    ]
    content: dict[str, object] = {
        "model": {"musculature": 22, "device": None, "path": None, "physics": "full", **model_keys(body)}
    }
    if gait is not None:
        content["cost"] = {"tgt_vel": round(gait.person.speed, 3), "people": _relative(folder / GAIT_FILE)}
    return "\n".join(text) + "\n" + yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _relative(path: Path) -> str:
    """Return a path from the current folder, from where runs are started."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:
        return path.as_posix()


def _gait_notes(person: Person) -> tuple[str, ...]:
    assert person.gait is not None
    count = {side: sum(stride.side == side for stride in person.gait.strides) for side in SIDES}
    return (
        f"How {person.name} walks: mean and standard deviation over strides, as cost.people reads them.",
        f"{count['r']} right and {count['l']} left strides of {', '.join(made.trial.name for made in person.trials)}.",
        *(note for note in person.gait.notes if "spread" in note),
    )


def _make_trials(sources: Sources, geometry: Geometry, standing: Geometry | None, notes: list[str]) -> list[MadeTrial]:
    trials: list[MadeTrial] = []
    with_angles = {trial_of(motion.path.name) for motion in sources.motions}
    for motion in sources.motions:
        forces = match_forces(motion.path.name, (float(motion.time[0]), float(motion.time[-1])), sources.forces)
        trials.append(from_angles(motion, geometry.chain, forces))
    for walk in sources.walks:
        if trial_of(walk.path.name) in with_angles:
            notes.append(f"{walk.path.name}: angles of this walk are in another file; its markers are not used.")
            continue
        chain = _marker_chain(geometry, standing)
        if chain is None:
            notes.append(
                f"{walk.path.name} cannot be used: neither the model nor a standing trial says where markers are."
            )
            continue
        forces = match_forces(walk.path.name, (float(walk.time[0]), float(walk.time[-1])), sources.forces)
        trials.append(from_markers(walk, chain, forces))
    for trial in trials:
        notes += trial.notes
        if trial.trial.forces is None:
            notes.append(f"{trial.trial.name}: no forces of the ground belong to it.")
    return trials


def _marker_chain(geometry: Geometry, standing: Geometry | None) -> Chain | None:
    for found in (geometry, standing):
        if found is not None and found.chain is not None and found.chain.markers:
            return found.chain
    return None


def _find_mass(wishes: Wishes, sources: Sources, trials: Sequence[MadeTrial], notes: list[str]) -> float:
    if wishes.mass is not None:
        return wishes.mass
    if sources.model is not None and sources.model[1].mass > 0.0:
        mass = sources.model[1].mass
        notes.append(f"The mass of {mass:.1f} kg is that of {sources.model[0].name}.")
        return mass
    loads = [trial.trial.forces for trial in trials if trial.trial.forces is not None]
    for forces in loads:
        mean = float(sum(values.mean() for values in forces.up.values())) / _GRAVITY
        if min(values.max() for values in forces.up.values()) > 0.5 * mean * _GRAVITY:
            notes.append(
                f"The mass of {mean:.1f} kg is the mean vertical force of {trials[0].trial.name}: tell it with --mass."
            )
            return mean
    raise ConfigError("nothing tells the mass: no .osim, and no forces of both feet", "the mass in kg", "--mass 75")


def _find_height(wishes: Wishes, sources: Sources, notes: list[str]) -> float | None:
    if wishes.height is not None:
        return wishes.height
    height = standing_height(sources.standing) if sources.standing is not None else None
    if height is None:
        notes.append("The height is not known: strength follows the mass alone. Tell it with --height.")
    else:
        notes.append(f"The height of {height:.2f} m is that of the marker on the head above the lowest foot marker.")
    return height


def _find_gait(
    trials: Sequence[MadeTrial], mass: float, leg: float, speed: float | None, notes: list[str]
) -> FoundGait | None:
    if not trials:
        notes.append("No walk was given: the model has no gait of its own, and people's is what it is compared with.")
        return None
    strides = []
    troubles: list[str] = []
    for made in trials:
        found, trouble = find_strides(made.trial, mass)
        strides += found
        troubles += trouble
        forces = made.trial.forces
        right = [stride for stride in found if stride.side == "r"]
        if forces is not None and right:
            start, stop = right[0].start, right[-1].stop
            part = (forces.time >= start) & (forces.time < stop)
            # On single plates parts of a stride are not measured.
            if (np.sum(list(forces.up.values()), axis=0)[part] > 0.2 * mass * _GRAVITY).all():
                notes += check_weight(mass, weigh(forces, start, stop), made.trial.name)
    gait = summarize(strides, leg, speed, troubles)
    notes += gait.notes
    names = ("hip", "knee", "ankle")
    wild = [name for name in names if np.abs(gait.person.curves[name][0]).max() > 110.0]
    if wild:
        raise ConfigError(
            f"{', '.join(wild)} of the mean stride goes beyond 110 deg",
            "angles of walking",
            "check the unit of the angles",
        )
    return gait
