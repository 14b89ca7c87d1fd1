"""The page of a person: model against data, and what could not be used."""

from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np

from myoassist.analysis.page.walk_page import draw_picture
from myoassist.files.errors import UserError
from myoassist.gait.reference.human import match_reference
from myoassist.model.plant.segment_names import segment_of
from myoassist.report.builder import write_page
from myoassist.report.pages import SubjectPage
from myoassist.report.parts import Cell, Row, Section, Table, Tile, name_columns
from myoassist.subject.arms import Arm, compare_arms, fast_errors
from myoassist.subject.figures import plot_arms, plot_gait, plot_stride
from myoassist.subject.library import library_body
from myoassist.subject.make import GAIT_FILE, PAGE_FILE, Person

_JOINTS = ("hip", "knee", "ankle")


def write_subject_page(person: Person, out: Path) -> Path:
    """Write the page into the folder of a person.

    Raises:
        UserError: if it cannot be written.
    """
    file = out / person.name / PAGE_FILE
    files = {f"../model/{person.name}.yaml": "the keys of model"}
    if person.gait is not None:
        files[GAIT_FILE] = "the gait, for cost.people"
    arms = compare_arms(person.body.scale, person.sources.model[1] if person.sources.model else None)
    walked, shown = (_gait(person), _kinematics(person)), (_lengths(person), _mass(person), _arms(arms), _fast(person))
    parts = (*walked, *shown, _unused(person))
    page = SubjectPage(
        person.name,
        f"From {person.geometry.source}",
        f"bash scripts/local.sh scripts/train.sh exp=human model={person.name} optimizer.param_path=shipped:human_125",
        _tiles(person),
        [section for section in parts if section is not None],
        mujoco.__version__,
        files,
    )
    try:
        write_page(file, page)
    except OSError as error:
        raise UserError(
            f"{file} cannot be written: {error.strerror or error}", "a folder that can be written"
        ) from error
    return file


def _tiles(person: Person) -> list[Tile]:
    tiles = [Tile(f"{person.body.mass:.1f} kg", "mass"), Tile(f"{person.leg_length:.3f} m", "hip joint to floor")]
    if person.body.height is not None:
        tiles.insert(1, Tile(f"{person.body.height:.2f} m", "height"))
    if person.gait is not None:
        figures = person.gait.person.figures
        tiles += [
            Tile(f"{person.gait.person.speed:.2f} m/s", "speed"),
            Tile(f"{figures['stride_time_s'][0]:.2f} s", "stride time"),
            Tile(str(len(person.gait.strides)), "strides, both legs"),
        ]
    return tiles


def _gait(person: Person) -> Section | None:
    gait = person.gait
    if gait is None:
        return None
    people = match_reference(gait.person.speed, person.leg_length)
    rows = []
    for stride in gait.strides:
        word = {"r": "right", "l": "left"}[stride.side]
        off = 100.0 * (stride.off - stride.start) / (stride.stop - stride.start)
        cells = [stride.trial, word, f"{stride.start:.2f}", f"{stride.stop - stride.start:.3f}"]
        cells += [
            f"{off:.1f}" if np.isfinite(off) else "-",
            f"{stride.speed:.3f}" if np.isfinite(stride.speed) else "-",
        ]
        cells += [f"{np.ptp(stride.curves[name]):.1f}" for name in _JOINTS]
        rows.append(Row([Cell(text, "text" if i < 2 else "number") for i, text in enumerate(cells)]))
    head = ("walk", "leg", "from s", "time s", "stance %", "m/s", "hip range deg", "knee range deg", "ankle range deg")
    sentences = [
        "The green curve is what cost.people and the score compare with; its band is the standard deviation in use.",
        "Angles of hip and trunk count from the neutral pose of the model; scores leave the mean of the hip out.",
        "What the recording lacks (moments, powers, muscle activity) is that of people at this dimensionless speed.",
    ]
    absent = [name for name in ("grf", "grf_fore_aft") if name not in gait.person.curves]
    if absent:
        sentences.append(f"Not measured in any stride: {', '.join(absent)}.")
    return Section(
        "Gait",
        sentences,
        Table(
            name_columns(*(Cell(text, "text" if i < 2 else "number") for i, text in enumerate(head))), rows, wide=True
        ),
        [draw_picture(plot_gait(gait, people), "Strides, their mean and spread, and people at this speed")],
    )


def _kinematics(person: Person) -> Section | None:
    made = [trial for trial in person.trials if trial.poses is not None]
    if not made or person.gait is None:
        return None
    chain = person.geometry.chain if person.geometry.chain and person.geometry.chain.markers else None
    chain = chain or (person.standing.chain if person.standing is not None else None)
    rows = []
    for trial in made:
        poses = trial.poses
        assert poses is not None and chain is not None
        by_segment: dict[str, list[float]] = {}
        for name, value in poses.by_marker.items():
            by_segment.setdefault(chain.markers[name][0], []).append(value)
        for segment, values in by_segment.items():
            here = {name: off for name, off in poses.by_marker.items() if chain.markers[name][0] == segment}
            worst = max(here, key=here.__getitem__)
            rms = 1000 * float(np.sqrt(np.mean(np.square(values))))
            cells = [
                Cell(trial.trial.name),
                Cell(segment),
                Cell(str(len(values)), "number"),
                Cell(f"{rms:.0f}", "number"),
                Cell(f"{worst}, {1000 * poses.by_marker[worst]:.0f}"),
            ]
            rows.append(Row(cells))
    first = made[0]
    stride = next((item for item in person.gait.strides if item.trial == first.trial.name), None)
    figures = []
    if stride is not None and chain is not None and first.poses is not None:
        figure = plot_stride(chain, first.poses, first.trial.time, stride)
        figures = [
            draw_picture(figure, f"The {'right' if stride.side == 'r' else 'left'} stride as found from markers")
        ]
    heads = ("walk", "segment", "markers", "RMS mm", "worst marker, mm")
    return Section(
        "Inverse kinematics",
        [
            "Angles are those of a chain in the sagittal plane that is nearest to all markers of a frame (least "
            "squares, pelvis ten times, trunk half a time). Distances hold what a plane cannot follow: turns of the "
            "pelvis, arms that move the shoulders, skin.",
        ],
        Table(name_columns(*(Cell(text, "number" if i in (2, 3) else "text") for i, text in enumerate(heads))), rows),
        figures,
    )


def _lengths(person: Person) -> Section:
    library = library_body()
    rows = []
    for name in ("pelvis", "thigh", "shank", "foot", "trunk"):
        pair = person.geometry.lengths.get(name)
        ours = library.lengths.get({"pelvis": "hips"}.get(name, name))
        cells = [name, f"{1000 * pair[0]:.0f}, {1000 * pair[1]:.0f}" if pair else "-"]
        cells += [f"{1000 * ours:.0f}" if ours else "-", f"{person.body.scale[name]:.3f}"]
        other = person.standing.scale.get(name) if person.standing is not None else None
        cells.append(f"{other:.3f}" if other is not None else "-")
        rows.append(Row([Cell(text, "text" if i == 0 else "number") for i, text in enumerate(cells)]))
    head = ("segment", "person mm: right, left", "model library mm", "factor", "factor from the standing trial")
    return Section(
        "Lengths",
        [
            "Thigh from hip to knee joint, shank from knee to ankle joint, foot from heel to ball; pelvis between hip "
            "joints, trunk from hips to shoulders. One factor per segment and for both sides.",
            "Joint centres are defined differently by models and marker sets: factors from both ways differ by that.",
        ],
        Table(_head(head, 1), rows),
    )


def _mass(person: Person) -> Section:
    model = person.walker.model
    words = {"thigh": "both thighs", "shank": "both shanks", "foot": "both feet"}
    names = [model.body(i).name for i in range(model.nbody)]
    groups: dict[str, float] = {}
    for i, segment in enumerate(segment_of(names, [int(parent) for parent in model.body_parentid])):
        group = words.get(segment, "pelvis, trunk, head and arms")
        groups[group] = groups.get(group, 0.0) + float(model.body_mass[i])
    rows = [
        Row([Cell(name), Cell(f"{mass:.2f}", "number"), Cell(f"{100 * mass / person.body.mass:.1f}", "number")])
        for name, mass in groups.items()
        if mass > 0.1
    ]
    strength = ", ".join(f"{name} {factor:.2f}" for name, factor in sorted(person.body.strength.items()))
    return Section(
        "Mass and strength",
        [
            f"Masses, centres of mass and inertias after de Leva 1996, {person.body.sex or 'mean of both sexes'}.",
            f"Peak forces: {person.body.rule}. Factors: {strength}.",
            "Fibres and tendons keep their ratio to the length of muscle and tendon in the neutral pose, as in "
            "OpenSim's scale tool.",
        ],
        Table(name_columns(Cell("segment"), Cell("kg", "number"), Cell("% of the mass", "number")), rows),
    )


def _arms(arms: list[Arm]) -> Section:
    rows = []
    for arm in arms:
        peak = arm.own[int(np.argmax(np.abs(arm.own)))]
        cells = [Cell(arm.muscle), Cell(arm.joint), Cell(f"{1000 * peak:.0f}", "number")]
        if arm.other is None:
            cells += [Cell("-", "number"), Cell(arm.reason)]
        else:
            theirs = arm.other[int(np.argmax(np.abs(arm.other)))]
            cells += [Cell(f"{1000 * theirs:.0f}", "number"), Cell(f"{arm.difference:.0f} %")]
        rows.append(Row(cells))
    head = ("muscle", "joint", "ours mm", "OpenSim mm", "RMS of the difference, % of the largest")
    return Section(
        "Moment arms",
        [
            "Largest arm over hip -20 to 45, knee 0 to 80, ankle -30 to 20 deg, the other joints at 0; flexion and "
            "dorsiflexion positive.",
        ],
        Table(name_columns(*(Cell(text, "number" if i in (2, 3) else "text") for i, text in enumerate(head))), rows),
        [draw_picture(plot_arms(arms), "Moment arms by joint angle")],
    )


def _fast(person: Person) -> Section:
    errors = fast_errors(person.body.scale)
    rows = []
    for muscle, values in errors.items():
        at_joints = {key.removeprefix("arm_"): value for key, value in values.items() if key != "length"}
        arms = ", ".join(f"{joint.partition('_')[0]} {value:.1f}" for joint, value in at_joints.items())
        rows.append(Row([Cell(muscle), Cell(f"{values['length']:.1f}", "number"), Cell(arms)]))
    return Section(
        "Fast physics",
        [
            "The fitted geometry of model.physics=fast scales with the segments; it was fitted to legs of the "
            "library's proportions, so that its errors grow with the difference of thigh and shank.",
        ],
        Table(
            name_columns(Cell("muscle"), Cell("length, % of its range", "number"), Cell("moment arm, % of the peak")),
            rows,
        ),
    )


def _unused(person: Person) -> Section:
    notes = [*person.notes, *person.sources.unused]
    return Section("What was read, and what could not be used", notes or ["Everything was used."])


def _head(names: tuple[str, ...], words: int) -> Sequence[Row]:
    """Return a head whose first columns hold words and the others numbers."""
    return name_columns(*(Cell(name, "text" if i < words else "number") for i, name in enumerate(names)))
