"""Replace the coupled coordinates of the legs by a fixed geometry that was fitted to them.

The full model moves the knee centre and one path point of several muscles as polynomials of a joint angle, which costs
28 coordinates and as many constraints. Here the knee is a hinge, path points are fixed, and a cylinder guides the
tendon where that is not enough. The numbers come from `fast_fit` and are stored with the package.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import mujoco
import numpy as np

from myoassist.files.errors import ModelError

DATA = Path(__file__).parents[2] / "data" / "fast_geometry.json"
SIDES = ("r", "l")
# The site that tells on which side of a guide the tendon runs: far out, at the height of the knee.
SIDE_DISTANCE = 0.2  # m
KNEE_HEIGHT = {"femur": -0.405, "tibia": -0.01}  # m


@dataclass(frozen=True)
class Guide:
    """A cylinder with its axis across the leg that a tendon passes.

    Attributes:
        body: Segment that carries it, without side suffix.
        after: Path position after which the tendon passes it, counted from 0.
        anterior: The tendon passes in front of it; otherwise behind.
        touched: The path point behind it all but touches it, so that this point tells its side, see `_steady_side`.
    """

    body: str
    after: int
    anterior: bool
    touched: bool = False


@dataclass(frozen=True)
class MusclePath:
    """What is fitted for one muscle; `{s}` stands for the side.

    Attributes:
        joints: Joints that the muscle crosses, without side suffix.
        points: Path points that are moved within the sagittal plane.
        guide: Cylinder, if any.
    """

    joints: tuple[str, ...]
    points: tuple[str, ...]
    guide: Guide | None = None


PATHS = {
    "hamstrings": MusclePath(
        ("hip_flexion", "knee_angle"),
        ("hamstrings_{s}_semimem_{s}-P2",),
        Guide("tibia", 0, False, touched=True),
    ),
    "rectfem": MusclePath(
        ("hip_flexion", "knee_angle"),
        ("rect_fem_{s}_rect_fem_{s}-P2", "rect_fem_{s}_rect_fem_{s}-P3"),
        Guide("femur", 1, True),
    ),
    "vasti": MusclePath(
        ("knee_angle",), ("vasti_{s}_vas_int_{s}-P3", "vasti_{s}_vas_int_{s}-P4"), Guide("femur", 2, True)
    ),
    "gastroc": MusclePath(
        ("knee_angle", "ankle_angle"),
        ("gastroc_{s}_med_gas_{s}-P2",),
        Guide("tibia", 1, False),
    ),
    "iliopsoas": MusclePath(
        ("hip_flexion",),
        ("iliopsoas_{s}_psoas_{s}-P2", "iliopsoas_{s}_psoas_{s}-P3", "iliopsoas_{s}_psoas_{s}-P4"),
    ),
    "bifemsh": MusclePath(("knee_angle",), ("bifemsh_{s}_bifemsh_{s}-P2",)),
}


@dataclass
class FittedPath:
    """Fitted numbers of one muscle, in the frames of the carrying segments.

    Attributes:
        points: Sagittal position of each moved path point, m.
        centre: Sagittal position of the guide's axis, m; empty without one.
        radius: Radius of the guide, m.
        slack: Tendon length to take off so that the mean length is that of the full model, m, right and left.
    """

    points: list[list[float]]
    centre: list[float] = field(default_factory=list)
    radius: float = 0.0
    slack: list[float] = field(default_factory=lambda: [0.0, 0.0])


@dataclass
class FittedGeometry:
    """The whole fit.

    Attributes:
        hinge_femur: Knee centre in the femur frame, sagittal, m.
        hinge_tibia: Knee centre in the tibia frame, sagittal, m.
        paths: Fitted paths by muscle.
        errors: Errors of the fit by muscle, percent; see `fast_fit`.
    """

    hinge_femur: list[float]
    hinge_tibia: list[float]
    paths: dict[str, FittedPath]
    errors: dict[str, dict[str, float]] = field(default_factory=dict)


@cache
def load_fit() -> FittedGeometry:
    """Return the stored fit.

    Raises:
        ModelError: if the file of the package is missing or damaged.
    """
    try:
        stored = json.loads(DATA.read_text())
        paths = {name: FittedPath(**values) for name, values in stored["paths"].items()}
        return FittedGeometry(stored["hinge_femur"], stored["hinge_tibia"], paths, stored["errors"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"the fitted geometry {DATA.name} cannot be read: {error}",
            "the file that comes with the package",
            "reinstall, or make it with python scripts/dev/fit_fast_geometry.py",
        ) from error


def is_coupled(joint_name: str) -> bool:
    """Say whether a joint of the full model is one that the fixed geometry replaces."""
    return (joint_name.startswith("knee_") and "_translation" in joint_name) or "-P" in joint_name


def simplify_geometry(spec: mujoco.MjSpec, fit: FittedGeometry, steady: bool = True) -> None:
    """Edit a 22- or 26-muscle spec in place; keyframes lose the coordinates that no longer exist.

    Args:
        spec: Composed legs, with or without a device.
        fit: Fitted numbers.
        steady: Lead no tendon around the wrong side of its guide, see `_steady_side`.
    """
    model = spec.compile()
    knees = [side for side in SIDES if _has_coupled_knee(model, side)]
    _drop_coupled_joints(spec, model)
    for row, side in enumerate(SIDES):
        if side in knees:
            knee = spec.joint(f"knee_angle_{side}")
            offset = np.array(fit.hinge_femur) - np.array(fit.hinge_tibia)
            tibia = spec.body(f"tibia_{side}")
            tibia.pos[:2] = offset
            knee.pos[:2] = fit.hinge_tibia
        for muscle, path in PATHS.items():
            # Above an amputation through the thigh, what crossed the knee ends on the femur, in the library's way.
            if spec.actuator(f"{muscle}_{side}") is not None and (side in knees or "knee_angle" not in path.joints):
                _set_path(spec, muscle, path, fit.paths[muscle], row)
                if path.guide is not None:
                    sites = _path_sites(model, muscle, side)
                    _add_guide(spec, muscle, path.guide, fit.paths[muscle], side, sites, steady)


def _has_coupled_knee(model: mujoco.MjModel, side: str) -> bool:
    """Say whether a leg has the knee whose centre moves, and not one that ends above it or a prosthetic one."""
    names = [model.joint(j).name for j in range(model.njnt)]
    return any(is_coupled(name) and name.startswith("knee_") and side in name.split("_") for name in names)


def _path_sites(model: mujoco.MjModel, muscle: str, side: str) -> list[str]:
    """Return the names of the path points of a muscle; a spec whose sites have been edited no longer tells them."""
    tendon = int(model.actuator(f"{muscle}_{side}").trnid[0])
    start = int(model.tendon_adr[tendon])
    return [model.site(model.wrap_objid[w]).name for w in range(start, start + int(model.tendon_num[tendon]))]


def _drop_coupled_joints(spec: mujoco.MjSpec, model: mujoco.MjModel) -> None:
    keys = [(model.key(i).name, model.key_qpos[i].copy(), model.key_qvel[i].copy()) for i in range(model.nkey)]
    kept = [j for j in range(model.njnt) if not is_coupled(model.joint(j).name)]
    for key in list(spec.keys):
        spec.delete(key)
    for equality in list(spec.equalities):
        if is_coupled(equality.name1):
            spec.delete(equality)
    for joint in list(spec.joints):
        if is_coupled(joint.name):
            spec.delete(joint)
    qpos, qvel = _addresses(model, kept)
    for name, positions, velocities in keys:
        spec.add_key(name=name, qpos=positions[qpos], qvel=velocities[qvel])


def _addresses(model: mujoco.MjModel, joints: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the position and velocity addresses of some joints, free and ball joints included."""
    widths = {mujoco.mjtJoint.mjJNT_FREE: (7, 6), mujoco.mjtJoint.mjJNT_BALL: (4, 3)}
    qpos: list[int] = []
    qvel: list[int] = []
    for j in joints:
        n_q, n_v = widths.get(mujoco.mjtJoint(int(model.jnt_type[j])), (1, 1))
        qpos += range(model.jnt_qposadr[j], model.jnt_qposadr[j] + n_q)
        qvel += range(model.jnt_dofadr[j], model.jnt_dofadr[j] + n_v)
    return np.array(qpos), np.array(qvel)


def _set_path(spec: mujoco.MjSpec, muscle: str, path: MusclePath, fitted: FittedPath, row: int) -> None:
    side = SIDES[row]
    for template, position in zip(path.points, fitted.points, strict=True):
        name = template.format(s=side)
        carrier = spec.body(name)
        # A point that used to move has a body of its own, named like it.
        (carrier if carrier is not None else spec.site(name)).pos[:2] = position
    actuator = spec.actuator(f"{muscle}_{side}")
    actuator.lengthrange = np.array(actuator.lengthrange) + fitted.slack[row]


def _add_guide(
    spec: mujoco.MjSpec, muscle: str, guide: Guide, fitted: FittedPath, side: str, sites: list[str], steady: bool
) -> None:
    """Put a cylinder on a segment and lead a muscle's tendon around it."""
    name = f"{muscle}_{side}_guide"
    body = spec.body(f"{guide.body}_{side}")
    body.add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_CYLINDER,
        size=[fitted.radius, 0.03, 0.0],
        pos=[*fitted.centre, 0.0],
        contype=0,
        conaffinity=0,
        mass=0.0,
        group=3,
        rgba=[0.5, 0.6, 0.9, 0.4],
    )
    ahead = SIDE_DISTANCE if guide.anterior else -SIDE_DISTANCE
    beside = _steady_side(fitted) if steady and guide.touched else [ahead, KNEE_HEIGHT[guide.body]]
    body.add_site(name=f"{name}_side", pos=[*beside, 0.0])
    tendon_name = spec.actuator(f"{muscle}_{side}").target
    old = spec.tendon(tendon_name)
    width, rgba = old.width, old.rgba.copy()
    spec.delete(old)
    tendon = spec.add_tendon(name=tendon_name, width=width, rgba=rgba)
    for position, site in enumerate(sites):
        tendon.wrap_site(site)
        if position == guide.after:
            tendon.wrap_geom(name, f"{name}_side")


def _steady_side(fitted: FittedPath) -> list[float]:
    """Return where a guide's side site has to be for a path that begins or ends 0.1 mm from the guide, sagittal, m.

    Where the straight path touches such a guide close to its path point, MuJoCo takes the tangents of the side that is
    nearer to the direction of the site. With a site at right angles to the path point that is the wrong side for half a
    degree of knee flexion near 53 deg: the path goes half around the cylinder, 80 mm farther, and the hamstrings pull
    with 1.2 to 2.3 times their peak force for a step. A site beyond the path point leaves every other length as it is.
    """
    centre = np.array(fitted.centre)
    direction = np.array(fitted.points[0]) - centre
    return (centre + SIDE_DISTANCE * direction / np.linalg.norm(direction)).tolist()
