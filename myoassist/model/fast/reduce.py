"""Rebuild a compiled model without what physics does not need: fused static bodies, no drawn geoms, no unused sites.

MuJoCo's own `fusestatic` mixes up sites when a composed spec is compiled with it (3.11), so the reduction is done here,
from compiled values, in double precision. Joints, actuators, tendons and sensors keep their names and order, hence the
position and velocity vectors of both models are interchangeable.
"""

from dataclasses import dataclass

import mujoco
import numpy as np

_OBJ = mujoco.mjtObj
_GEOM_FIELDS = ("size", "friction", "condim", "solref", "solimp", "margin", "gap", "priority", "solmix")
_TENDON_FIELDS = ("stiffness", "damping", "frictionloss", "margin", "limited", "armature", "width")
_ACTUATOR_FIELDS: tuple[str, ...] = ("gear", "ctrllimited", "forcelimited", "actlimited")
_ACTUATOR_FIELDS += ("ctrlrange", "forcerange", "actrange")
_ACTUATOR_FIELDS += ("dyntype", "gaintype", "biastype", "lengthrange")
_WRAP_KINDS: tuple[mujoco.mjtWrap, ...] = (
    mujoco.mjtWrap.mjWRAP_SITE,
    mujoco.mjtWrap.mjWRAP_SPHERE,
    mujoco.mjtWrap.mjWRAP_CYLINDER,
)
_WRAP_KINDS += (mujoco.mjtWrap.mjWRAP_PULLEY, mujoco.mjtWrap.mjWRAP_JOINT)
_SENSED = (_OBJ.mjOBJ_SITE, _OBJ.mjOBJ_JOINT, _OBJ.mjOBJ_ACTUATOR, _OBJ.mjOBJ_TENDON)


@dataclass(frozen=True)
class _Pose:
    """Position and orientation of a frame in another."""

    pos: np.ndarray
    quat: np.ndarray

    def then(self, pos: np.ndarray, quat: np.ndarray) -> "_Pose":
        """Return the pose of a frame that is given in this one."""
        moved, turned = np.zeros(3), np.zeros(4)
        mujoco.mju_rotVecQuat(moved, pos, self.quat)
        mujoco.mju_mulQuat(turned, self.quat, quat)
        return _Pose(self.pos + moved, turned)


@dataclass(frozen=True)
class _Path:
    """What a tendon runs over: addresses of its wrapping objects, and the constant length left out, m."""

    wraps: list[int]
    removed: float


_HERE = _Pose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))


def find_obstacle(model: mujoco.MjModel) -> str:
    """Say what in a model this reduction cannot carry over; empty if nothing."""
    if model.npair or model.nexclude or model.nflex or model.nplugin or model.nmocap:
        return "contact pairs, exclusions, flexes, plugins or mocap bodies"
    if not (model.eq_type == mujoco.mjtEq.mjEQ_JOINT).all():
        return "equality constraints other than joint couplings"
    known = (mujoco.mjtTrn.mjTRN_JOINT, mujoco.mjtTrn.mjTRN_TENDON)
    if not np.isin(model.actuator_trntype, known).all():
        return "actuators that drive neither joint nor tendon"
    if not np.isin(model.wrap_type, _WRAP_KINDS).all():
        return "tendons over other things than sites, shapes, pulleys and joints"
    if not np.isin(model.sensor_objtype, _SENSED).all():
        return "sensors on other things than sites, joints, tendons and actuators"
    return "" if not model.body_gravcomp.any() else "gravity compensation"


def reduce_model(model: mujoco.MjModel) -> mujoco.MjSpec:
    """Return an editable spec of the reduced model, with the keyframes of the original.

    Args:
        model: Compiled model in which `find_obstacle` finds nothing.
    """
    spec = mujoco.MjSpec()
    spec.nuserdata = model.nuserdata
    spec.compiler.degree = False
    spec.compiler.autolimits = False
    for field in ("timestep", "gravity", "integrator", "cone", "jacobian", "solver", "iterations", "tolerance"):
        setattr(spec.option, field, getattr(model.opt, field))
    for field in ("ls_iterations", "ls_tolerance", "impratio", "disableflags", "enableflags"):
        setattr(spec.option, field, getattr(model.opt, field))
    anchors = _add_bodies(spec, model)
    paths = [_shorten_path(model, i, anchors) for i in range(model.ntendon)]
    _add_geoms(spec, model, anchors)
    _add_sites(spec, model, anchors, {int(w) for path in paths for w in path.wraps})
    _add_tendons(spec, model, paths)
    _add_actuators(spec, model, paths)
    _add_sensors(spec, model)
    _add_couplings(spec, model)
    for i in range(model.nkey):
        spec.add_key(name=model.key(i).name, qpos=model.key_qpos[i], qvel=model.key_qvel[i], act=model.key_act[i])
    return spec


def _copy(target: object, model: mujoco.MjModel, kind: str, index: int, fields: tuple[str, ...]) -> None:
    """Copy named fields of a compiled element to a spec element; polynomials of one coefficient become scalars."""
    for field in fields:
        value = np.ravel(getattr(model, f"{kind}_{field}")[index])
        current = getattr(target, field)
        if isinstance(current, np.ndarray):
            current[: len(value)] = value
        else:
            setattr(target, field, type(current)(value[0]))


def _add_bodies(spec: mujoco.MjSpec, model: mujoco.MjModel) -> list[tuple[mujoco.MjsBody, _Pose]]:
    """Add world and moving bodies with summed inertias; return each original body's carrier and pose in it."""
    anchors: list[tuple[mujoco.MjsBody, _Pose]] = [(spec.worldbody, _HERE)]
    moving: list[int] = []
    for body in range(1, model.nbody):
        carrier, pose = anchors[model.body_parentid[body]]
        pose = pose.then(model.body_pos[body], model.body_quat[body])
        if model.body_jntnum[body] == 0:
            anchors.append((carrier, pose))
            continue
        moving.append(body)
        added = carrier.add_body(name=model.body(body).name, pos=pose.pos, quat=pose.quat)
        for j in range(model.body_jntadr[body], model.body_jntadr[body] + model.body_jntnum[body]):
            _add_joint(added, model, j)
        anchors.append((added, _HERE))
    for body in moving:
        carrier = anchors[body][0]
        members = [b for b in range(1, model.nbody) if anchors[b][0] is carrier]
        _set_inertia(carrier, model, members, anchors)
    return anchors


def _add_joint(body: mujoco.MjsBody, model: mujoco.MjModel, j: int) -> None:
    added = body.add_joint(name=model.joint(j).name, type=mujoco.mjtJoint(int(model.jnt_type[j])))
    added.axis, added.pos = model.jnt_axis[j], model.jnt_pos[j]
    added.limited, added.range = int(model.jnt_limited[j]), model.jnt_range[j]
    added.solref_limit, added.solimp_limit = model.jnt_solref[j], model.jnt_solimp[j]
    added.margin = float(model.jnt_margin[j])
    address, dof = model.jnt_qposadr[j], model.jnt_dofadr[j]
    added.ref, added.springref = float(model.qpos0[address]), float(model.qpos_spring[address])
    added.stiffness[0] = float(np.ravel(model.jnt_stiffness[j])[0])
    added.damping[0] = float(np.ravel(model.dof_damping[dof])[0])
    added.armature, added.frictionloss = float(model.dof_armature[dof]), float(model.dof_frictionloss[dof])


def _set_inertia(
    carrier: mujoco.MjsBody, model: mujoco.MjModel, members: list[int], anchors: list[tuple[mujoco.MjsBody, _Pose]]
) -> None:
    """Give a body the mass, centre of mass and inertia of everything that is welded to it."""
    mass = float(model.body_mass[members].sum())
    poses = [anchors[b][1].then(model.body_ipos[b], model.body_iquat[b]) for b in members]
    com = sum(model.body_mass[b] * pose.pos for b, pose in zip(members, poses, strict=True)) / max(mass, 1e-300)
    total = np.zeros((3, 3))
    for b, pose in zip(members, poses, strict=True):
        matrix = np.zeros(9)
        mujoco.mju_quat2Mat(matrix, pose.quat)
        axes = matrix.reshape(3, 3)
        arm = pose.pos - com
        total += axes @ np.diag(model.body_inertia[b]) @ axes.T
        total += model.body_mass[b] * (arm @ arm * np.eye(3) - np.outer(arm, arm))
    carrier.explicitinertial = True
    carrier.mass = mass
    carrier.ipos = com
    carrier.fullinertia = [total[0, 0], total[1, 1], total[2, 2], total[0, 1], total[0, 2], total[1, 2]]


def _shorten_path(model: mujoco.MjModel, tendon: int, anchors: list[tuple[mujoco.MjsBody, _Pose]]) -> _Path:
    """Return the path of a tendon without the stretches at its ends that lie within one body.

    Such a stretch never changes its length and pulls nothing, so that what remains moves the same bodies in the same
    way; lengths that belong to the tendon are counted from there.

    Args:
        model: Compiled model.
        tendon: Tendon id.
        anchors: Carrier and pose in it of each body of the model.
    """
    first, count = model.tendon_adr[tendon], model.tendon_num[tendon]
    wraps = list(range(first, first + count))
    driven = (model.actuator_trntype == mujoco.mjtTrn.mjTRN_TENDON) & (model.actuator_trnid[:, 0] == tendon)
    muscles = (model.actuator_gaintype == mujoco.mjtGain.mjGAIN_MUSCLE) & (
        model.actuator_biastype == mujoco.mjtBias.mjBIAS_MUSCLE
    )
    if not muscles[driven].all() or (model.wrap_type[wraps] == mujoco.mjtWrap.mjWRAP_PULLEY).any():
        return _Path(wraps, 0.0)
    removed = 0.0
    for end in (0, -1):
        while len(wraps) > 2:
            outer, inner = wraps[end], wraps[1 if end == 0 else -2]
            if (model.wrap_type[[outer, inner]] != mujoco.mjtWrap.mjWRAP_SITE).any():
                break
            bodies, points = [], []
            for site in model.wrap_objid[[outer, inner]]:
                carrier, pose = anchors[model.site_bodyid[site]]
                bodies.append(carrier)
                points.append(pose.then(model.site_pos[site], model.site_quat[site]).pos)
            if bodies[0] is not bodies[1]:
                break
            removed += float(np.linalg.norm(points[1] - points[0]))
            wraps.pop(end)
    return _Path(wraps, removed)


def _add_geoms(spec: mujoco.MjSpec, model: mujoco.MjModel, anchors: list[tuple[mujoco.MjsBody, _Pose]]) -> None:
    """Add geoms that collide or guide a tendon."""
    guides = np.isin(model.wrap_type, (mujoco.mjtWrap.mjWRAP_SPHERE, mujoco.mjtWrap.mjWRAP_CYLINDER))
    guide_ids = set(model.wrap_objid[guides].tolist())
    for i in range(model.ngeom):
        if not (model.geom_contype[i] or model.geom_conaffinity[i] or i in guide_ids):
            continue
        geom = model.geom(i)
        carrier, pose = anchors[model.geom_bodyid[i]]
        pose = pose.then(geom.pos, geom.quat)
        kind = mujoco.mjtGeom(int(geom.type[0]))
        added = carrier.add_geom(name=geom.name, type=kind, pos=pose.pos, quat=pose.quat)
        added.contype, added.conaffinity = int(geom.contype[0]), int(geom.conaffinity[0])
        added.mass = 0.0
        _copy(added, model, "geom", i, _GEOM_FIELDS)
        if kind == mujoco.mjtGeom.mjGEOM_MESH:
            added.meshname = _add_mesh(spec, model, int(model.geom_dataid[i]))
        elif kind == mujoco.mjtGeom.mjGEOM_HFIELD:
            added.hfieldname = _add_hfield(spec, model, int(model.geom_dataid[i]))


def _add_mesh(spec: mujoco.MjSpec, model: mujoco.MjModel, mesh: int) -> str:
    name = model.mesh(mesh).name
    if spec.mesh(name) is None:
        vertices = model.mesh_vert[model.mesh_vertadr[mesh] :][: model.mesh_vertnum[mesh]]
        faces = model.mesh_face[model.mesh_faceadr[mesh] :][: model.mesh_facenum[mesh]]
        spec.add_mesh(
            name=name,
            uservert=vertices.astype(float).ravel(),
            userface=faces.ravel(),
            inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX,
        )
    return name


def _add_hfield(spec: mujoco.MjSpec, model: mujoco.MjModel, hfield: int) -> str:
    name = model.hfield(hfield).name
    rows, columns = int(model.hfield_nrow[hfield]), int(model.hfield_ncol[hfield])
    data = model.hfield_data[model.hfield_adr[hfield] :][: rows * columns]
    spec.add_hfield(name=name, nrow=rows, ncol=columns, size=model.hfield_size[hfield], userdata=data)
    return name


def _add_sites(
    spec: mujoco.MjSpec, model: mujoco.MjModel, anchors: list[tuple[mujoco.MjsBody, _Pose]], wraps: set[int]
) -> None:
    """Add sites that a tendon, its side or a sensor uses."""
    used = {int(model.wrap_objid[w]) for w in wraps if model.wrap_type[w] == mujoco.mjtWrap.mjWRAP_SITE}
    used |= set(model.sensor_objid[model.sensor_objtype == _OBJ.mjOBJ_SITE].tolist())
    wrapped = np.isin(model.wrap_type, (mujoco.mjtWrap.mjWRAP_SPHERE, mujoco.mjtWrap.mjWRAP_CYLINDER))
    used |= {int(side) for side in model.wrap_prm[wrapped] if side >= 0}
    for i in sorted(used):
        site = model.site(i)
        carrier, pose = anchors[model.site_bodyid[i]]
        pose = pose.then(site.pos, site.quat)
        kind = mujoco.mjtGeom(int(site.type[0]))
        carrier.add_site(name=site.name, type=kind, pos=pose.pos, quat=pose.quat, size=site.size)


def _add_tendons(spec: mujoco.MjSpec, model: mujoco.MjModel, paths: list[_Path]) -> None:
    for i, path in enumerate(paths):
        added = spec.add_tendon(name=model.tendon(i).name)
        _copy(added, model, "tendon", i, _TENDON_FIELDS)
        added.stiffness[1:] = model.tendon_stiffnesspoly[i]
        added.range = model.tendon_range[i] - path.removed * model.tendon_limited[i]
        added.springlength = model.tendon_lengthspring[i] - path.removed
        added.solref_limit, added.solimp_limit = model.tendon_solref_lim[i], model.tendon_solimp_lim[i]
        added.solref_friction, added.solimp_friction = model.tendon_solref_fri[i], model.tendon_solimp_fri[i]
        for w in path.wraps:
            if model.wrap_type[w] == mujoco.mjtWrap.mjWRAP_SITE:
                added.wrap_site(model.site(model.wrap_objid[w]).name)
            elif model.wrap_type[w] == mujoco.mjtWrap.mjWRAP_PULLEY:
                added.wrap_pulley(float(model.wrap_prm[w]))
            elif model.wrap_type[w] == mujoco.mjtWrap.mjWRAP_JOINT:
                added.wrap_joint(model.joint(model.wrap_objid[w]).name, float(model.wrap_prm[w]))
            else:
                side = int(model.wrap_prm[w])
                added.wrap_geom(model.geom(model.wrap_objid[w]).name, model.site(side).name if side >= 0 else "")


def _add_actuators(spec: mujoco.MjSpec, model: mujoco.MjModel, paths: list[_Path]) -> None:
    for i in range(model.nu):
        actuator = model.actuator(i)
        kind = mujoco.mjtTrn(int(actuator.trntype[0]))
        driven = model.joint if kind == mujoco.mjtTrn.mjTRN_JOINT else model.tendon
        added = spec.add_actuator(name=actuator.name, trntype=kind, target=driven(int(actuator.trnid[0])).name)
        _copy(added, model, "actuator", i, _ACTUATOR_FIELDS)
        if kind == mujoco.mjtTrn.mjTRN_TENDON:
            shift = model.actuator_gear[i, 0] * paths[int(actuator.trnid[0])].removed
            added.lengthrange = model.actuator_lengthrange[i] - shift
        added.actdim = int(model.actuator_actnum[i])
        for field in ("dynprm", "gainprm", "biasprm"):
            getattr(added, field)[:] = getattr(model, f"actuator_{field}")[i]


def _add_sensors(spec: mujoco.MjSpec, model: mujoco.MjModel) -> None:
    for i in range(model.nsensor):
        sensor = model.sensor(i)
        kind = _OBJ(int(sensor.objtype[0]))
        name = mujoco.mj_id2name(model, kind, int(sensor.objid[0]))
        added = spec.add_sensor(
            name=sensor.name, type=mujoco.mjtSensor(int(sensor.type[0])), objtype=kind, objname=name
        )
        added.cutoff = float(sensor.cutoff[0])


def _add_couplings(spec: mujoco.MjSpec, model: mujoco.MjModel) -> None:
    for i in range(model.neq):
        added = spec.add_equality(
            type=mujoco.mjtEq.mjEQ_JOINT, name1=model.joint(model.eq_obj1id[i]).name, objtype=_OBJ.mjOBJ_JOINT
        )
        if model.eq_obj2id[i] >= 0:
            added.name2 = model.joint(model.eq_obj2id[i]).name
        added.data[:5] = model.eq_data[i, :5]
        added.active = bool(model.eq_active0[i])
        added.solref, added.solimp = model.eq_solref[i], model.eq_solimp[i]
