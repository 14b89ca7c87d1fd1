"""Make the whole walker taller or shorter."""

import mujoco
import numpy as np

_F_MAX = 2  # place of the peak force in a muscle's gain and bias parameters


def scale_height(spec: mujoco.MjSpec, factor: float, worn: str | None = None) -> None:
    """Scale a composed spec in place, geometrically similar.

    Lengths (bones, joint centres, muscle paths and their length ranges, contact shapes, couplings in metres, key poses)
    follow the factor; peak muscle forces, being areas, its square; masses its cube, inertias its fifth power. A worn
    device follows in size but keeps its mass, its inertias thus follow the square. Angles, ranges of motion, joint
    damping, muscle dynamics, fibre velocities in optimal lengths, contact parameters and actuators other than muscles
    stay. Source: geometric similarity, e.g. Alexander & Jayes, J Zool 1983.

    Args:
        spec: Composed legs, before the ground is added.
        factor: Factor of all lengths.
        worn: Begin of the names of the bodies of a device that keeps its mass; None for none.
    """
    if factor == 1.0:
        return
    compiled = spec.compile()
    slides = compiled.jnt_type == mujoco.mjtJoint.mjJNT_SLIDE
    keys = [(key, np.array(key.qpos), np.array(key.qvel)) for key in spec.keys]
    for j in np.flatnonzero(slides):
        for _, qpos, qvel in keys:
            qpos[compiled.jnt_qposadr[j]] *= factor
            # Equal Froude numbers: speeds follow the square root of the length.
            qvel[compiled.jnt_dofadr[j]] *= np.sqrt(factor)
    _scale_bodies(spec, compiled, factor, worn)
    _scale_couplings(spec, factor)
    for mesh in spec.meshes:
        mesh.scale = np.array(mesh.scale) * factor
    for element in (*spec.geoms, *spec.sites):
        element.pos = np.array(element.pos) * factor
        element.size = np.array(element.size) * factor
        element.fromto = np.array(element.fromto) * factor
    for frame in spec.frames:
        frame.pos = np.array(frame.pos) * factor
    for joint in spec.joints:
        joint.pos = np.array(joint.pos) * factor
        if joint.type == mujoco.mjtJoint.mjJNT_SLIDE:
            joint.range = np.array(joint.range) * factor
            joint.ref, joint.springref = float(joint.ref) * factor, float(joint.springref) * factor
    for tendon in spec.tendons:
        tendon.range = np.array(tendon.range) * factor
        length = np.array(tendon.springlength)
        tendon.springlength = np.where(length > 0, length * factor, length)
    for actuator in spec.actuators:
        if actuator.dyntype == mujoco.mjtDyn.mjDYN_MUSCLE:
            actuator.lengthrange = np.array(actuator.lengthrange) * factor
            actuator.gainprm[_F_MAX] *= factor**2
            actuator.biasprm[_F_MAX] *= factor**2
    for key, qpos, qvel in keys:
        key.qpos, key.qvel = qpos, qvel


def _scale_bodies(spec: mujoco.MjSpec, compiled: mujoco.MjModel, factor: float, worn: str | None) -> None:
    """Scale places and give every body its scaled mass and inertia explicitly; geoms no longer add any."""
    for body in spec.bodies:
        if body.name == "world":
            continue
        reference = compiled.body(body.name)
        keeps_mass = worn is not None and body.name.startswith(worn)
        body.pos = np.array(body.pos) * factor
        if reference.mass[0] > 0:
            body.explicitinertial = True
            body.mass = float(reference.mass[0]) * (1.0 if keeps_mass else factor**3)
            body.ipos, body.iquat = reference.ipos * factor, reference.iquat
            inertia = reference.inertia * (factor**2 if keeps_mass else factor**5)
            # A flat body has a moment that equals the sum of the others; rounded up, the compiler would average all.
            body.inertia = np.minimum(inertia, (inertia.sum() - inertia) * (1.0 - 1e-9))
            body.fullinertia = [np.nan] * 6


def _scale_couplings(spec: mujoco.MjSpec, factor: float) -> None:
    """Scale the polynomials by which one coordinate follows another; only lengths scale."""
    kinds = {joint.name: joint.type for joint in spec.joints}
    for equality in spec.equalities:
        data = np.array(equality.data)
        if equality.type == mujoco.mjtEq.mjEQ_JOINT:
            if kinds[equality.name1] == mujoco.mjtJoint.mjJNT_SLIDE:
                data[:5] *= factor
            if equality.name2 and kinds[equality.name2] == mujoco.mjtJoint.mjJNT_SLIDE:
                data[:5] /= factor ** np.arange(5)
        elif equality.type == mujoco.mjtEq.mjEQ_CONNECT:
            data[:3] *= factor
        equality.data = data
