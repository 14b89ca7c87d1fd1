"""Put the walker into its start pose and judge whether that pose is a valid start."""

import mujoco
import numpy as np

from myoassist.files.errors import ModelError
from myoassist.model.build import Walker
from myoassist.model.felt_load import CONTACT
from myoassist.model.layout import FRAMES, LEG_JOINTS, PELVIS, SIDES
from myoassist.model.plant.couplings import find_couplings, follow_couplings
from myoassist.model.plant.muscle_groups import MUSCLES
from myoassist.model.world_frame import moving_bodies
from myoassist.rollout.sense import euler_angles
from myoassist.space.table import ParameterTable

SINK = 0.002  # m; the lowest point of the feet starts this far in the ground, so that contact carries load at once
MIN_BODY_HEIGHT = 0.005  # m
MIN_START_LOAD = 0.1  # body weights
MAX_START_PITCH = np.deg2rad(45.0)
REST_ACTIVATION = 0.01
# From flexion, which is positive, to the coordinates of hip, knee and ankle.
_KNEE_BACK = np.array([1.0, -1.0, 1.0])
_HEEL_TOE_SITES = ("r_heel_btm", "r_toe_btm", "l_heel_btm", "l_toe_btm")


class StartPose:
    """Everything about the start that does not change between candidates.

    Args:
        walker: Compiled walker.
        table: Parameter table, whose pose and activation entries are applied.
    """

    def __init__(self, walker: Walker, table: ParameterTable) -> None:
        self.walker = walker
        model, layout = walker.model, walker.layout
        self.three_d = layout.dimensions == 3
        # Parameter -> (address, sign of the coordinate in the model).
        pose = {"pelvis_tilt": (layout.qpos_root[3], 1.0)}
        for row, side in enumerate(SIDES):
            for column, joint in enumerate(LEG_JOINTS[:3]):
                pose[f"{joint}_{side}"] = (layout.qpos_leg[row, column], layout.sign_leg[row, column])
            if self.three_d:
                pose[f"hip_adduction_{side}"] = (layout.qpos_add[row], 1.0)
                pose[f"hip_rotation_{side}"] = (layout.qpos_rot[row], 1.0)
        self.pose = [
            (table.index(name), int(address), float(sign))
            for name, (address, sign) in pose.items()
            if name in table.names
        ]
        self.speed = table.index("vel_pelvis_tx")
        self.qvel_ty = int(model.joint("pelvis_ty").dofadr[0])
        names = list(MUSCLES)
        self.activation = []
        for row, side in enumerate(SIDES):
            for column, muscle in enumerate(names):
                name = f"act_{muscle}_{side}"
                actuators = layout.muscle_group[row, column]
                actuators = actuators[actuators >= 0]
                if name in table.names and len(actuators):
                    self.activation.append((table.index(name), model.actuator_actadr[actuators], row, column))
        self.couplings = find_couplings(model)
        joints = [int(layout.joint_leg[r, j]) for r in range(2) for j in range(3)]
        if self.three_d:
            joints += [
                mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, f"{j}_{s}")
                for j in ("hip_adduction", "hip_rotation")
                for s in SIDES
            ]
        self.range_joints = np.array(joints)
        self.vertices = [surface_points(model, int(geom)) for geom in layout.feet]
        self.terrain = walker.terrain
        self.up_w = walker.terrain.up_w
        self.sites = [mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, s) for s in _HEEL_TOE_SITES]
        if not walker.own and min(self.sites) < 0:
            missing = [name for name, site in zip(_HEEL_TOE_SITES, self.sites, strict=True) if site < 0]
            raise ModelError(
                f"the model has no site named {', '.join(missing)}",
                f"{', '.join(_HEEL_TOE_SITES)}: they set the height of the start",
                "add these sites to the feet in the file of model.path",
            )

    # Whatever a vector asks for is placed; `explain_invalid` then refuses what is no number, with a reason.
    @np.errstate(over="ignore", invalid="ignore")
    def apply(self, data: mujoco.MjData, values: np.ndarray, rates: np.ndarray | None = None) -> np.ndarray:
        """Reset the data to the start of a walk and run a forward pass.

        Args:
            data: Data of this worker.
            values: Decoded parameters, shape (len(table),).
            rates: Of hip, knee and ankle, right and left, flexion positive, rad/s, shape (2, 3); None for those of the
                key pose.

        Returns:
            Start values of the controller's output buffers, shape (2, 13).
        """
        model, layout = self.walker.model, self.walker.layout
        mujoco.mj_resetData(model, data)
        data.qpos[:] = model.key_qpos[layout.keyframe]
        data.qvel[:] = model.key_qvel[layout.keyframe]
        for index, address, sign in self.pose:
            data.qpos[address] = sign * values[index]
        # On a plane the start is given relative to the ground: leaning with it and moving along it.
        slope = np.deg2rad(self.terrain.slope_deg)
        data.qpos[layout.qpos_root[3]] += slope
        data.qvel[layout.qvel_tx] = values[self.speed] * np.cos(slope)
        data.qvel[self.qvel_ty] += values[self.speed] * np.sin(slope)
        if rates is not None:
            place = layout.qvel_leg[:, :3]
            data.qvel[place[place >= 0]] = (layout.sign_leg[:, :3] * _KNEE_BACK * rates)[place >= 0]
        stimulation = np.full((2, len(MUSCLES)), REST_ACTIVATION)
        data.act[:] = 0.0
        data.act[layout.muscle_act] = REST_ACTIVATION
        for index, addresses, row, column in self.activation:
            data.act[addresses] = values[index]
            stimulation[row, column] = values[index]
        if self.walker.own:
            follow_couplings(self.couplings, model.qpos0, data.qpos)
            mujoco.mj_kinematics(model, data)
            data.qpos[layout.qpos_root[1]] -= self.clearance(data) + SINK
        else:
            mujoco.mj_kinematics(model, data)
            data.qpos[layout.qpos_root[1]] -= min(data.site_xpos[s, 2] for s in self.sites)
        mujoco.mj_forward(model, data)
        return stimulation

    @np.errstate(over="ignore", invalid="ignore")
    def explain_invalid(self, data: mujoco.MjData) -> str:
        """Say why the pose in `data` is not a valid start; empty if it is."""
        model, layout = self.walker.model, self.walker.layout
        for joint in self.range_joints:
            value = data.qpos[model.jnt_qposadr[joint]]
            low, high = model.jnt_range[joint]
            if not low <= value <= high:
                limits = f"{np.rad2deg(low):.1f}..{np.rad2deg(high):.1f}"
                return f"{model.joint(int(joint)).name} starts at {np.rad2deg(value):.1f} deg, outside {limits}"
        pelvis = np.zeros(4)
        mujoco.mju_mulQuat(pelvis, data.xquat[layout.frame_body[PELVIS]], layout.frame_quat_b[PELVIS])
        _, pitch, _ = euler_angles(pelvis)
        if not abs(pitch) <= MAX_START_PITCH:
            return f"pelvis pitch {np.rad2deg(pitch):.1f} deg at the start is beyond 45"
        name, height = self._lowest_body(data)
        if height < MIN_BODY_HEIGHT:
            return f"body {name} starts {height * 1000:.0f} mm above the ground, less than 5"
        if self.walker.fibres is not None:
            # Resting fibres pull at a foot of 1 kg: its load at this instant says nothing. It does touch the ground.
            return ""
        if self.walker.sensing == CONTACT:
            # The load at this instant says how fast a foot moves, not what it will carry. It has to touch the ground.
            best, least = data.sensordata[layout.load[:, 0]].max() / self.walker.body_weight, 0.0
        else:
            loads = data.sensordata[layout.touch] / self.walker.body_weight
            best, least = (loads.sum(axis=1).max() if self.walker.own else loads.max()), MIN_START_LOAD
        if not best > least:
            return f"no foot is loaded at the start ({best:.3f} body weights)"
        return ""

    def _lowest_body(self, data: mujoco.MjData) -> tuple[str, float]:
        """Return the lowest body origin: of the named segments, or of all that move in an own file."""
        model, layout = self.walker.model, self.walker.layout
        if self.walker.own:
            carriers = layout.frame_body
            axes_w = data.xmat[carriers].reshape(-1, 3, 3)
            origins_w = data.xpos[carriers] + np.einsum("nij,nj->ni", axes_w, layout.frame_pos_b)
            heights = origins_w[:, 2] - self.terrain.at(origins_w[:, 0])
            low = int(np.argmin(heights))
            return FRAMES[low], float(heights[low])
        heights = np.where(moving_bodies(model), data.xpos[:, 2], np.inf)
        low = int(np.argmin(heights))
        return model.body(low).name, float(heights[low])

    def clearance(self, data: mujoco.MjData) -> float:
        """Return how far the pelvis must sink along the vertical until the lowest foot point touches, m."""
        lowest = np.inf
        if self.terrain.x is not None:
            for geom, points in zip(self.walker.layout.feet, self.vertices, strict=True):
                axes_w = data.geom_xmat[geom].reshape(3, 3)
                points_w = points.points @ axes_w.T + data.geom_xpos[geom]
                lowest = min(lowest, float((points_w[:, 2] - self.terrain.at(points_w[:, 0])).min() - points.radius))
            return lowest
        for geom, points in zip(self.walker.layout.feet, self.vertices, strict=True):
            position_w = data.geom_xpos[geom]
            direction_b = data.geom_xmat[geom].reshape(3, 3).T @ self.up_w
            lowest = min(lowest, float(position_w @ self.up_w + points.lowest(direction_b)))
        return lowest / self.up_w[2]


def swing_leg(init_pose: str) -> int:
    """Return the leg (0 right, 1 left) that swings at the start of a key pose named after the stance leg."""
    return 0 if init_pose == "walk_left" else 1


class Surface:
    """Convex surface of a geom: hull points plus a rounding radius, in the geom's frame."""

    def __init__(self, points: np.ndarray, radius: float = 0.0, axes: np.ndarray | None = None) -> None:
        self.points = points
        self.radius = radius
        self.axes = axes

    def lowest(self, up_b: np.ndarray) -> float:
        """Return the smallest coordinate along `up_b`, m."""
        if self.axes is not None:
            return -float(np.linalg.norm(self.axes * up_b))
        return float((self.points @ up_b).min()) - self.radius


def surface_points(model: mujoco.MjModel, geom: int) -> Surface:
    """Return the convex surface of a geom, in its frame."""
    kind = mujoco.mjtGeom
    size = model.geom_size[geom]
    match model.geom_type[geom]:
        case kind.mjGEOM_MESH:
            mesh = model.geom_dataid[geom]
            start = model.mesh_vertadr[mesh]
            return Surface(model.mesh_vert[start : start + model.mesh_vertnum[mesh]].astype(float))
        case kind.mjGEOM_SPHERE:
            return Surface(np.zeros((1, 3)), float(size[0]))
        case kind.mjGEOM_CAPSULE:
            return Surface(np.array([[0.0, 0.0, size[1]], [0.0, 0.0, -size[1]]]), float(size[0]))
        case kind.mjGEOM_ELLIPSOID:
            return Surface(np.zeros((1, 3)), axes=size.copy())
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
    return Surface(corners * model.geom_aabb[geom, 3:] + model.geom_aabb[geom, :3])
