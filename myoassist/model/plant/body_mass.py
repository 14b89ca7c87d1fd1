"""Masses and inertias of the segments of a person from body mass, segment lengths and sex.

Source: de Leva, "Adjustments to Zatsiorsky-Seluyanov's segment inertia parameters", J Biomech 29:1223 (1996), table 4.
The shank is taken from knee to ankle joint centre. Head, arms, upper and middle trunk are one rigid segment of the
model, and so is the foot: these keep the model's own distribution, at the masses of the source.
"""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.segment_names import segment_of

_LEAST_MASS = 0.05  # kg; lighter bodies carry a path point


@dataclass(frozen=True)
class SegmentMass:
    """A segment of the source.

    Attributes:
        share: Mass over body mass; of both sides of a leg segment, that of one.
        centre: Distance of the centre of mass from the proximal joint over the length.
        radii: Radii of gyration over the length about the forward, the long and the sideways axis.
    """

    share: float
    centre: float = 0.0
    radii: tuple[float, float, float] = (0.0, 0.0, 0.0)


# Trunk: head, upper and middle part of the trunk, arms, forearms and hands; pelvis: lower part of the trunk.
MEN = {
    "pelvis": SegmentMass(0.1117),
    "trunk": SegmentMass(0.0694 + 0.1596 + 0.1633 + 2 * (0.0271 + 0.0162 + 0.0061)),
    "thigh": SegmentMass(0.1416, 0.4095, (0.329, 0.149, 0.329)),
    "shank": SegmentMass(0.0433, 0.4395, (0.251, 0.102, 0.246)),
    "foot": SegmentMass(0.0137),
}
WOMEN = {
    "pelvis": SegmentMass(0.1247),
    "trunk": SegmentMass(0.0668 + 0.1545 + 0.1465 + 2 * (0.0255 + 0.0138 + 0.0056)),
    "thigh": SegmentMass(0.1478, 0.3612, (0.369, 0.162, 0.364)),
    "shank": SegmentMass(0.0481, 0.4352, (0.267, 0.092, 0.263)),
    "foot": SegmentMass(0.0129),
}
_LIMBS = {"thigh": ("femur", "tibia"), "shank": ("tibia", "talus")}


def segment_masses(sex: str | None) -> dict[str, SegmentMass]:
    """Return the segments of a man, a woman, or for None the mean of both."""
    if sex is not None:
        return {"male": MEN, "female": WOMEN}[sex]
    return {
        name: SegmentMass(
            0.5 * (man.share + WOMEN[name].share),
            0.5 * (man.centre + WOMEN[name].centre),
            tuple(0.5 * (a + b) for a, b in zip(man.radii, WOMEN[name].radii, strict=True)),  # type: ignore[arg-type]
        )
        for name, man in MEN.items()
    }


def set_masses(spec: mujoco.MjSpec, mass: float, sex: str | None, worn: str | None = None) -> None:
    """Give the segments of a composed spec the masses and inertias of a person, in place.

    Args:
        spec: Composed legs at their final lengths.
        mass: Body mass of the person without a device, kg.
        sex: male, female, or None for the mean of both.
        worn: Begin of the names of the bodies of a device, which keep their masses; None for none.
    """
    compiled = spec.compile()
    names = [compiled.body(i).name for i in range(compiled.nbody)]
    segments = segment_of(names, [int(i) for i in compiled.body_parentid])
    bodies: dict[tuple[str, str], list[int]] = {}
    for i, (name, segment) in enumerate(zip(names, segments, strict=True)):
        person = segment and not (worn is not None and name.startswith(worn))
        if person and compiled.body_mass[i] > _LEAST_MASS:
            side = name.rpartition("_")[2] if segment in ("thigh", "shank", "foot") else ""
            bodies.setdefault((segment, side), []).append(i)
    places = _default_places(compiled)
    for (segment, side), members in bodies.items():
        wanted = segment_masses(sex)[segment]
        total = wanted.share * mass
        limb = _LIMBS.get(segment)
        ends = [f"{name}_{side}" for name in limb] if limb is not None else []
        if len(members) == 1 and ends and all(name in places for name in ends):
            _set_limb(spec.body(ends[0]), wanted, total, *(places[name] for name in ends))
            continue
        factor = total / float(compiled.body_mass[members].sum())
        for i in members:
            body, reference = spec.body(names[i]), compiled.body(i)
            _set_inertia(body, float(reference.mass[0]) * factor, reference.ipos, reference.iquat)
            inertia = reference.inertia * factor
            body.inertia = np.minimum(inertia, (inertia.sum() - inertia) * (1.0 - 1e-9))


def _default_places(compiled: mujoco.MjModel) -> dict[str, np.ndarray]:
    """Return place and orientation of every body in the default pose by name, as a (3, 4) matrix."""
    data = mujoco.MjData(compiled)
    data.qpos[:] = compiled.qpos0
    follow_couplings(find_couplings(compiled) * 2, compiled.qpos0, data.qpos)
    mujoco.mj_kinematics(compiled, data)
    return {
        compiled.body(i).name: np.hstack([data.xmat[i].reshape(3, 3), data.xpos[i][:, None]])
        for i in range(1, compiled.nbody)
    }


def _set_limb(body: mujoco.MjsBody, wanted: SegmentMass, mass: float, near: np.ndarray, far: np.ndarray) -> None:
    """Set a bone whose body begins at its proximal joint; its frame is x forward, y up, z right."""
    along = near[:, :3].T @ (far[:, 3] - near[:, 3])
    length = float(np.linalg.norm(along))
    _set_inertia(body, mass, wanted.centre * along, np.array([1.0, 0.0, 0.0, 0.0]))
    body.inertia = mass * (np.array(wanted.radii) * length) ** 2


def _set_inertia(body: mujoco.MjsBody, mass: float, centre: np.ndarray, orientation: np.ndarray) -> None:
    body.explicitinertial = True
    body.mass, body.ipos, body.iquat = mass, centre, orientation
    body.fullinertia = [np.nan] * 6
