"""Give every segment of the walker a length of its own: bones, muscle paths, fibres and tendons.

A segment is scaled by one factor in all directions, about its own origin, so that cylinders that guide tendons stay
cylinders and the fitted geometry of the fast physics scales as the full one does. Where a body hangs on another, and
how a knee slides, belongs to the proximal one. Optimal fibre length and slack length keep their ratio to the length of
muscle and tendon in the default pose, as in OpenSim's scale tool (Delp et al., IEEE Trans Biomed Eng 54:1940, 2007).
"""

from collections.abc import Mapping

import mujoco
import numpy as np

from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.segment_names import segment_of

_ROOT_SLIDES = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


def scale_segments(spec: mujoco.MjSpec, factors: Mapping[str, float], worn: str | None = None) -> dict[str, float]:
    """Scale the segments of a composed spec in place.

    Masses follow the cube of the factor and inertias its fifth power; a worn device follows in size but keeps its mass.
    Peak muscle forces stay.

    Args:
        spec: Composed legs, full or with the fitted geometry, before the ground is added.
        factors: Factor of the lengths of pelvis, thigh, shank, foot and trunk; 1 where not given.
        worn: Begin of the names of the bodies of a device; None for none.

    Returns:
        Factor of the length of muscle and tendon in the default pose by actuator.
    """
    compiled = spec.compile()
    names = [compiled.body(i).name for i in range(compiled.nbody)]
    parents = [int(i) for i in compiled.body_parentid]
    segments = segment_of(names, parents)
    size = {name: float(factors.get(segment, 1.0)) for name, segment in zip(names, segments, strict=True)}
    above = {name: size[names[parent]] for name, parent in zip(names, parents, strict=True)}
    before = path_lengths(compiled)
    leg = leg_factor(compiled, factors)
    slides = _slide_factors(compiled, above, leg)
    keys = [(key, np.array(key.qpos), np.array(key.qvel)) for key in spec.keys]
    for joint, factor in slides.items():
        for _, qpos, qvel in keys:
            qpos[compiled.joint(joint).qposadr[0]] *= factor
            qvel[compiled.joint(joint).dofadr[0]] *= np.sqrt(factor)
    _scale_meshes(spec, size)
    for body in spec.bodies:
        if body.name != "world":
            _scale_body(body, compiled, size[body.name], above[body.name], worn)
    for equality in spec.equalities:
        if equality.type == mujoco.mjtEq.mjEQ_JOINT:
            data = np.array(equality.data)
            data[:5] *= slides.get(equality.name1, 1.0)
            data[:5] /= slides.get(equality.name2, 1.0) ** np.arange(5)
            equality.data = data
    for joint in spec.joints:
        if joint.name in slides:
            factor = slides[joint.name]
            joint.range = np.array(joint.range) * factor
            joint.ref, joint.springref = float(joint.ref) * factor, float(joint.springref) * factor
    for key, qpos, qvel in keys:
        key.qpos, key.qvel = qpos, qvel
    after = path_lengths(spec.compile())
    muscles = {name: after[name] / length for name, length in before.items()}
    for actuator in spec.actuators:
        if actuator.name in muscles:
            actuator.lengthrange = np.array(actuator.lengthrange) * muscles[actuator.name]
    return muscles


def path_lengths(compiled: mujoco.MjModel) -> dict[str, float]:
    """Return the length of the path of every muscle in the default pose, m, coupled coordinates following."""
    data = mujoco.MjData(compiled)
    data.qpos[:] = compiled.qpos0
    follow_couplings(find_couplings(compiled) * 2, compiled.qpos0, data.qpos)
    mujoco.mj_fwdPosition(compiled, data)
    muscles = np.flatnonzero(compiled.actuator_dyntype == mujoco.mjtDyn.mjDYN_MUSCLE)
    return {
        compiled.actuator(int(i)).name: float(data.ten_length[compiled.actuator_trnid[i, 0]])
        for i in muscles
        if compiled.actuator_trntype[i] == mujoco.mjtTrn.mjTRN_TENDON
    }


def leg_factor(compiled: mujoco.MjModel, factors: Mapping[str, float]) -> float:
    """Return by how much the straight leg of scaled segments is longer than that of a model, hip joint to sole."""
    lengths = leg_lengths(compiled)
    return sum(factors.get(name, 1.0) * length for name, length in lengths.items()) / sum(lengths.values())


def leg_lengths(compiled: mujoco.MjModel) -> dict[str, float]:
    """Return hip to knee, knee to ankle, and ankle to below the heel in the default pose, m.

    Of legs of which one ends above the foot the other one is measured.
    """
    data = mujoco.MjData(compiled)
    data.qpos[:] = compiled.qpos0
    follow_couplings(find_couplings(compiled) * 2, compiled.qpos0, data.qpos)
    mujoco.mj_kinematics(compiled, data)
    hip, knee, ankle, heel = (data.body(f"{name}_l").xpos for name in ("femur", "tibia", "talus", "calcn"))
    # The body of the heel lies at the floor.
    return {
        "thigh": float(np.linalg.norm(hip - knee)),
        "shank": float(np.linalg.norm(knee - ankle)),
        "foot": float(ankle[2] - heel[2]),
    }


def _slide_factors(compiled: mujoco.MjModel, above: Mapping[str, float], leg: float) -> dict[str, float]:
    """Return the factor of every sliding joint: it slides in the frame of its body's parent."""
    found = {}
    for j in np.flatnonzero(compiled.jnt_type == mujoco.mjtJoint.mjJNT_SLIDE):
        name = compiled.joint(int(j)).name
        found[name] = leg if name in _ROOT_SLIDES else above[compiled.body(compiled.jnt_bodyid[j]).name]
    return found


def _scale_meshes(spec: mujoco.MjSpec, size: Mapping[str, float]) -> None:
    """Scale meshes; of one that several segments show, the last decides, which matters to pictures alone."""
    chosen = {geom.meshname: size.get(geom.parent.name, 1.0) for geom in spec.geoms if geom.meshname}
    for mesh in spec.meshes:
        mesh.scale = np.array(mesh.scale) * chosen.get(mesh.name, 1.0)


def _scale_body(body: mujoco.MjsBody, compiled: mujoco.MjModel, own: float, above: float, worn: str | None) -> None:
    """Scale a body, its content by its own factor, its place and its joints by that of its parent."""
    reference = compiled.body(body.name)
    keeps_mass = worn is not None and body.name.startswith(worn)
    body.pos = np.array(body.pos) * above
    if reference.mass[0] > 0:
        body.explicitinertial = True
        body.mass = float(reference.mass[0]) * (1.0 if keeps_mass else own**3)
        body.ipos, body.iquat = reference.ipos * own, reference.iquat
        inertia = reference.inertia * (own**2 if keeps_mass else own**5)
        # A flat body has a moment that equals the sum of the others; rounded up, the compiler would average all.
        body.inertia = np.minimum(inertia, (inertia.sum() - inertia) * (1.0 - 1e-9))
        body.fullinertia = [np.nan] * 6
    for element in (*body.geoms, *body.sites):
        element.pos = np.array(element.pos) * own
        element.size = np.array(element.size) * own
        element.fromto = np.array(element.fromto) * own
    for frame in body.frames:
        frame.pos = np.array(frame.pos) * own
    for joint in body.joints:
        joint.pos = np.array(joint.pos) * above
