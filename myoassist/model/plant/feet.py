"""Feet of the human plant: rounded soles with the compliance of heel pad and forefoot.

Three capsules lie across each foot of meshes: heel and ball on the rigid foot, the toes beyond their joint. A capsule
meets level ground in two points, so that contacts do not jump from vertex to vertex. Feet that already are simple
shapes keep them and get the compliance.

MuJoCo's contact with a small impedance is a spring and a damper: with reference acceleration k r - b v and
regularizer R, the force of a contact is (k r - b v - a) / R. The impedance grows with the depth r, and so does the
stiffness, as that of tissue does; k is chosen so that the force of a held foot is the curve of a `Pad`, whatever the
inertia that MuJoCo takes the contact to have.
"""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.model.devices.device import Device, is_worn
from myoassist.model.ground.foot_contact import mesh_vertices

# Tissue below the bones, unloaded, m, the ground's contact margin of 1 mm included. With it the ankle is 6.0 cm above
# the floor; people's, 0.039 of 1.7 m, is 6.6 cm (Winter 2009).
TISSUE = 0.008
_GROUND_MARGIN = 0.001
_POSE_DEPTH = 0.002  # m
# How much harder a sole is along the ground than along the normal: what it creeps at is divided by it.
_GRIP = 25.0
_WEIGHT = 1e9  # against the ground's own parameters: those of the foot hold
_SHAPES = {
    # segment: place along the foot as a share of the length of the bones, radius in m, share of the width
    "heel": (0.16, 0.030, 0.5),
    "ball": (0.93, 0.020, 1.0),
    "toes": (0.72, 0.012, 0.9),
}


@dataclass(frozen=True)
class Pad:
    """Force of a sole over its depth.

    Attributes:
        stiffness: At first touch, N/m, of the whole pad.
        depth: Depth at which the impedance has reached its greatest value, m.
        impedance: Impedance at first touch and at `depth`.
        power: Power of its growth in between.
        damping: Share of the critical damping of the body that MuJoCo takes the contact to move, at `depth`.
    """

    stiffness: float
    depth: float
    impedance: tuple[float, float]
    power: float
    damping: float

    def impedance_at(self, depth: np.ndarray) -> np.ndarray:
        """Return the impedance at a depth in m."""
        low, high = self.impedance
        return low + (high - low) * np.minimum(np.asarray(depth) / self.depth, 1.0) ** self.power

    def force(self, depth: np.ndarray) -> np.ndarray:
        """Return the static force of the whole pad, N, at a depth in m."""
        low, d = self.impedance[0], self.impedance_at(depth)
        return self.stiffness * np.asarray(depth) * d**2 / (1.0 - d) * (1.0 - low) / low**2


# Heel pad, walking barefoot (Wearing et al. 2014, Med Sci Sports Exerc 46:1588): 19 mm thick, 10 mm deformed at the
# peak, 32 N/mm at first and 212 N/mm at last, two thirds of the energy lost; quoted from memory.
HEEL = Pad(42e3, 0.022, (0.1, 0.245), 3.0, 0.9)
# Ball and toes are thinner; the arch, which the rigid foot has not, gives way with the ball.
BALL = Pad(20e3, 0.017, (0.1, 0.245), 3.0, 0.3)
TOES = Pad(20e3, 0.012, (0.1, 0.245), 3.0, 0.3)
PADS = {"heel": HEEL, "ball": BALL, "toes": TOES}


def _through(force: float, depth: float, impedance: tuple[float, float], power: float, damping: float) -> Pad:
    """Return a pad with a static force (N) at 10 mm."""
    return Pad(
        force / float(Pad(1.0, depth, impedance, power, damping).force(np.array(0.01))),
        depth,
        impedance,
        power,
        damping,
    )


# From human_3 on. Impedance, and damping with it, grows from the first touch on: with the pads above the heel of a fast
# walker is met by 0.9 body weights within a millisecond. Chosen in landings, among those that take up two thirds to
# four fifths of the energy and are 10 mm deep under the same 551 N.
_PADS_3 = {
    "heel": _through(551.0, 0.022, (0.08, 0.48), 1.0, 1.3),
    "ball": _through(240.0, 0.017, (0.017, 0.59), 2.0, 1.4),
    "toes": _through(746.0, 0.012, (0.017, 0.59), 2.0, 1.4),
}


def add_feet(spec: mujoco.MjSpec, compiled: mujoco.MjModel, size: float, device: Device | None) -> None:
    """Put rounded soles under the feet of a spec; `settle_feet` gives them their compliance once it is compiled.

    Args:
        spec: Spec whose foot geoms are marked by `conaffinity`.
        compiled: The same spec, compiled.
        size: Factor of all lengths.
        device: Worn device; the sole of a prosthesis is left alone.
    """
    touch_sites = [spec.site(s.objname) for s in spec.sensors if s.type == mujoco.mjtSensor.mjSENS_TOUCH]
    for geom in list(spec.geoms):
        if geom.conaffinity == 0 or is_worn(geom.parent.name, device):
            continue
        index = compiled.geom(geom.name).id
        if compiled.geom_type[index] != mujoco.mjtGeom.mjGEOM_MESH:
            continue
        geom.conaffinity = 0
        vertices = mesh_vertices(compiled, index)
        toes = geom.parent.name.startswith("toes")
        ends = []
        for part in ("toes",) if toes else ("heel", "ball"):
            radius = _SHAPES[part][1] * size
            inner, outer = place_capsule(vertices, part, size)
            ends += [inner, outer]
            geom.parent.add_geom(
                name=f"{geom.name}_{part}",
                type=mujoco.mjtGeom.mjGEOM_CAPSULE,
                fromto=[*inner, *outer],
                size=[radius, 0.0, 0.0],
                contype=0,
                conaffinity=1,
                mass=0.0,
                group=3,
                friction=geom.friction.copy(),
                margin=compiled.geom_margin[index],
                rgba=[0.85, 0.65, 0.55, 0.5],
            )
        for site in touch_sites:
            if site.parent.name == geom.parent.name:
                _enclose(site, np.array(ends), 0.05 * size)


def place_capsule(vertices: np.ndarray, part: str, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the axis of a capsule below the bones of a foot.

    Args:
        vertices: Bones in the body's frame (x forward, y up, z right), m, shape (n, 3).
        part: heel, ball or toes.
        size: Factor of all lengths.
    """
    share, radius, width = _SHAPES[part]
    radius *= size
    rear, front = vertices[:, 0].min(), vertices[:, 0].max()
    x = rear + share * (front - rear)
    near = vertices[np.abs(vertices[:, 0] - x) < 0.02 * size]
    low = vertices[:, 1].min() - TISSUE * size + _GROUND_MARGIN
    left, right = near[:, 2].min(), near[:, 2].max()
    middle, half = 0.5 * (left + right), max(0.5 * width * (right - left) - 0.5 * radius, 0.01 * size)
    y = low + radius
    return np.array([x, y, middle - half]), np.array([x, y, middle + half])


def _enclose(site: mujoco.MjsSite, ends: np.ndarray, reach: float) -> None:
    """Let a touch site's box hold all capsules of its body, so that the sensor counts every contact."""
    low, high = ends.min(axis=0) - reach, ends.max(axis=0) + reach
    site.pos, site.quat, site.size = (low + high) / 2, [1.0, 0.0, 0.0, 0.0], (high - low) / 2


def pads_of(version: int) -> dict[str, Pad]:
    """Return heel, ball and toes of a version of the human body, see `config.schema.plant.human_version`."""
    return PADS if version < 3 else _PADS_3


def pad_of(name: str, body: str, version: int) -> Pad:
    """Return the pad of a foot geom by its name, or by its body where it is not one of ours."""
    pads = pads_of(version)
    for part, pad in pads.items():
        if name.endswith(f"_{part}"):
            return pad
    return pads["ball"] if body.startswith("toes") else pads["heel"]


def human_soles(compiled: mujoco.MjModel, device: Device | None, version: int) -> dict[int, Pad]:
    """Return the pads of the colliding geoms of human feet."""
    found = {}
    for geom in range(compiled.ngeom):
        body = int(compiled.geom_bodyid[geom])
        name = compiled.body(body).name
        if compiled.geom_conaffinity[geom] and compiled.body_weldid[body] and not is_worn(name, device):
            found[geom] = pad_of(compiled.geom(geom).name, name, version)
    return found


def contacts_of(compiled: mujoco.MjModel, geom: int, pads: dict[int, Pad]) -> int:
    """Return among how many contacts with level ground a pad is divided: all of its kind on a body."""
    body = compiled.geom_bodyid[geom]
    mine = [other for other, pad in pads.items() if pad is pads[geom] and compiled.geom_bodyid[other] == body]
    return sum(2 if compiled.geom_type[other] == mujoco.mjtGeom.mjGEOM_CAPSULE else 1 for other in mine)


def settle_feet(compiled: mujoco.MjModel, device: Device | None, version: int) -> None:
    """Give the colliding geoms of human feet the compliance of their pads.

    Args:
        compiled: Model with feet. Its friction cones become elliptic: in pyramids, friction is as soft as the pads
            and soles creep.
        device: Worn device.
        version: Version of the human body.
    """
    pads = human_soles(compiled, device, version)
    for geom, pad in pads.items():
        body = int(compiled.geom_bodyid[geom])
        low, high = pad.impedance
        # Inverse inertia in the direction of the normal, as MuJoCo regularizes a contact.
        inverse = float(compiled.body_invweight0[body, 0])
        spring = pad.stiffness / contacts_of(compiled, geom, pads) * (1.0 - low) / low**2 * inverse * high**2
        compiled.geom_solimp[geom] = low, high, pad.depth, 0.9999, pad.power
        compiled.geom_solref[geom] = -spring, -pad.damping * 2.0 * np.sqrt(spring)
        compiled.geom_solmix[geom] = _WEIGHT
        compiled.geom_margin[geom] = 0.0
    compiled.opt.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    compiled.opt.impratio = _GRIP
    _raise_poses(compiled)


def _raise_poses(compiled: mujoco.MjModel) -> None:
    """Lift the walker in its key poses out of the ground until the lowest point is as deep as that of a start."""
    data = mujoco.MjData(compiled)
    height = compiled.joint("pelvis_ty").qposadr[0]
    for key in range(compiled.nkey):
        mujoco.mj_resetDataKeyframe(compiled, data, key)
        mujoco.mj_fwdPosition(compiled, data)
        deepest = min((contact.dist for contact in data.contact[: data.ncon]), default=0.0)
        compiled.key_qpos[key, height] += max(-deepest - _POSE_DEPTH, 0.0)
