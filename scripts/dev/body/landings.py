"""Let the walker land on its heel as people do at three speeds, with the feet of both plants, and draw it.

    python scripts/dev/body/landings.py schwartz2008_curves.csv schwartz2008_scalars.csv docs/images/landings.png

The leg that lands, and the one behind it, have the measured joint angles and velocities of the heel strike; the centre
of mass has the speed that the measured forces give it. From then on the measured joint moments act, and beside them a
spring and a damper on every joint, of the size of people's joint impedance in early stance, towards the measured
angles. The leg behind does not touch the ground: the measured force acts on its ball. What is left to the foot is how
the body's fall is taken up.

Source: Schwartz, Rozumalski & Trost 2008, J Biomech 41:1639.
"""

import csv
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig, ModelConfig
from myoassist.model.build import Walker, build_walker
from myoassist.model.layout import FRAMES
from myoassist.model.plant.joints import anatomical_signs
from myoassist.rollout.start_pose import surface_points

SPEEDS = ("slow", "free", "fast")
G = 9.81
LEG = 0.9  # m, hip joint to floor
DURATION = 0.22  # of the stride that is simulated
_JOINTS = ("hip_flexion", "knee_angle", "ankle_angle")
_ANGLES = ("Hip Flex/Extension", "Knee Flex/Extension", "Ankle Dorsi/Plantarflexion")
_MOMENTS = ("Hip Ext/Flexion", "Knee Ext/Flexion", "Ankle Dorsi/Plantarflexion")
# N·m/rad and N·m·s/rad at hip, knee, ankle.
_STIFFNESS, _DAMPING = np.array([200.0, 100.0, 250.0]), np.array([6.0, 2.5, 4.0])
_TRUNK = (1000.0, 100.0)


@dataclass
class Gait:
    """Measured walking at one speed; curves are periodic functions of the share of the stride."""

    stride: float
    speed: float
    angles: np.ndarray
    moments: np.ndarray
    force: np.ndarray
    drop: float = 0.0  # m/s, more than people's fall at heel strike

    def at(self, curve: np.ndarray, phase: float) -> np.ndarray:
        """Return the columns of a curve at a phase."""
        grid = np.linspace(0.0, 1.0, len(curve))
        return np.array([np.interp(phase % 1.0, grid, column) for column in curve.T])


def read_gait(curves: Path, scalars: Path, speed: str, leg: float) -> Gait:
    """Read one speed: angles in rad (hip against the upright), moments in N·m/kg against the angles, force in g."""
    columns: dict[tuple[str, str], list[float]] = {}
    with curves.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            columns.setdefault((row["group"], row["channel"]), []).append(float(row[f"{speed}_mean"]))
    with scalars.open(encoding="utf-8") as file:
        mean = {(row["quantity"], row["speed"]): float(row["mean"]) for row in csv.DictReader(file)}
    angles = np.deg2rad(np.array([columns["Joint Rotations", name] for name in _ANGLES]).T)
    angles[:, 0] -= np.deg2rad(columns["Joint Rotations", "Pelvic Ant/Posterior Tilt"])
    fore = np.array(columns["Ground Reaction Forces", "Anterior/Posterior"])
    # Early in stance the ground brakes.
    fore *= -np.sign(fore[5])
    return Gait(
        stride=2.0 / (mean["Dimensionless Cadence", speed] * np.sqrt(G / leg)),
        speed=mean["Dimensionless Speed", speed] * np.sqrt(G * leg),
        angles=angles,
        moments=-np.array([columns["Joint Moments", name] for name in _MOMENTS]).T,
        force=np.stack([fore, np.array(columns["Ground Reaction Forces", "Vertical"])], axis=1),
    )


def mass_velocity(gait: Gait) -> np.ndarray:
    """Return forward and vertical velocity of the centre of mass at heel strike, m/s, from the measured forces."""
    phase = np.linspace(0.0, 1.0, 501)
    total = np.array([gait.at(gait.force, p) + gait.at(gait.force, p + 0.5) for p in phase])
    total -= total.mean(axis=0)
    step = gait.stride / 500
    way = np.concatenate([np.zeros((1, 2)), np.cumsum(0.5 * (total[1:] + total[:-1]) * G * step, axis=0)])
    return way[0] - way.mean(axis=0) + np.array([gait.speed, -gait.drop])


def hard(gait: Gait) -> Gait:
    """Return a landing as bad controllers do it: on a straight knee, falling 0.4 m/s faster."""
    angles = gait.angles.copy()
    angles[: len(angles) // 3, 1] = 0.0
    # The foot keeps its place in the world.
    angles[: len(angles) // 3, 0] -= gait.angles[: len(angles) // 3, 1]
    return replace(gait, angles=angles, drop=0.4)


class Landing:
    """One landing.

    Args:
        walker: Planar walker without the muscles' forces.
        gait: What people do.
    """

    def __init__(self, walker: Walker, gait: Gait) -> None:
        self.gait, self.model, self.layout = gait, walker.model, walker.layout
        self.data = mujoco.MjData(self.model)
        self.signs = anatomical_signs(self.model, "walk_left", None)
        self.weight = walker.mass * G
        self.mass = walker.mass
        lead, trail = ("r", "l")
        self.legs = [[self.model.joint(f"{joint}_{side}") for joint in _JOINTS] for side in (lead, trail)]
        self.sign = np.array([[self.signs[f"{joint}_{side}"] for joint in _JOINTS] for side in (lead, trail)])
        self.feet = [int(g) for g in self.layout.feet]
        self.lead = [g for g in self.feet if "_r_" in self.model.geom(g).name]
        self.trail = int(self.layout.frame_body[FRAMES.index("calcn_l")])

    def run(self) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
        """Return share of the stride, vertical force on the landing foot in body weights, and figures."""
        model, data, gait = self.model, self.data, self.gait
        model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_ACTUATION)
        for geom in self.feet:
            if geom not in self.lead:
                model.geom_conaffinity[geom] = 0
        mujoco.mj_resetDataKeyframe(model, data, self.layout.keyframe)
        data.qvel[:] = 0.0
        tilt = self.layout.qpos_root[3]
        data.qpos[tilt] = 0.0
        for leg, phase in enumerate((0.0, 0.5)):
            now, rate = self._target(phase)
            for column, joint in enumerate(self.legs[leg]):
                data.qpos[joint.qposadr[0]] = self.sign[leg, column] * now[column]
                data.qvel[joint.dofadr[0]] = self.sign[leg, column] * rate[column]
        mujoco.mj_forward(model, data)
        low = min(self._lowest(geom) for geom in self.lead)
        data.qpos[self.layout.qpos_root[1]] -= low - 0.001
        self._move_mass(mass_velocity(gait))
        heel = self._heel_velocity()
        steps = int(DURATION * gait.stride / model.opt.timestep)
        shares, forces, depth, knee = np.zeros(steps), np.zeros(steps), 0.0, 0.0
        for i in range(steps):
            shares[i] = i * model.opt.timestep / gait.stride
            self._drive(shares[i])
            mujoco.mj_step(model, data)
            forces[i], sunk = self._load()
            depth = max(depth, sunk)
            knee = max(knee, -np.rad2deg(data.qpos[self.legs[0][1].qposadr[0]]))
        loaded = shares < 0.2
        return (
            shares,
            forces,
            {
                "peak_bw": float(forces[loaded].max()),
                "first_50_ms_bw": float(forces[: int(0.05 / model.opt.timestep)].max()),
                "heel_m_s": float(heel[2]),
                "heel_forward_m_s": float(heel[0]),
                "depth_mm": 1000.0 * depth,
                "knee_deg": knee,
            },
        )

    def _target(self, phase: float) -> tuple[np.ndarray, np.ndarray]:
        gait, step = self.gait, 0.01
        ahead, behind = gait.at(gait.angles, phase + step), gait.at(gait.angles, phase - step)
        return gait.at(gait.angles, phase), (ahead - behind) / (2 * step * gait.stride)

    def _drive(self, share: float) -> None:
        data, gait = self.data, self.gait
        data.qfrc_applied[:] = 0.0
        for leg, phase in enumerate((share, share + 0.5)):
            moment, (now, rate) = gait.at(gait.moments, phase) * self.mass, self._target(phase)
            for column, joint in enumerate(self.legs[leg]):
                sign, dof = self.sign[leg, column], joint.dofadr[0]
                angle, speed = sign * data.qpos[joint.qposadr[0]], sign * data.qvel[dof]
                back = _STIFFNESS[column] * (now[column] - angle) + _DAMPING[column] * (rate[column] - speed)
                data.qfrc_applied[dof] = sign * (moment[column] + back)
        root = self.model.joint("pelvis_tilt")
        tilt, rate = data.qpos[root.qposadr[0]], data.qvel[root.dofadr[0]]
        data.qfrc_applied[root.dofadr[0]] = -_TRUNK[0] * tilt - _TRUNK[1] * rate
        fore, up = gait.at(gait.force, share + 0.5) * self.weight
        force = np.array([fore, 0.0, up])
        body = self.trail
        ball = data.xpos[body] + data.xmat[body].reshape(3, 3) @ np.array([0.12, -0.05, 0.0])
        generalized = np.zeros(self.model.nv)
        mujoco.mj_applyFT(self.model, data, force, np.zeros(3), ball, body, generalized)
        data.qfrc_applied += generalized

    def _lowest(self, geom: int) -> float:
        up_b = self.data.geom_xmat[geom].reshape(3, 3).T @ np.array([0.0, 0.0, 1.0])
        return float(self.data.geom_xpos[geom, 2] + surface_points(self.model, geom).lowest(up_b))

    def _move_mass(self, velocity: np.ndarray) -> None:
        model, data = self.model, self.data
        for name, axis, wanted in (("pelvis_tx", 0, velocity[0]), ("pelvis_ty", 2, velocity[1])):
            mujoco.mj_forward(model, data)
            mujoco.mj_subtreeVel(model, data)
            root = self.layout.frame_body[0]
            data.qvel[model.joint(name).dofadr[0]] += wanted - data.subtree_linvel[model.body_rootid[root], axis]
        mujoco.mj_forward(model, data)

    def _heel_velocity(self) -> np.ndarray:
        body = int(self.layout.frame_body[FRAMES.index("calcn_r")])
        place = self.data.xpos[body] + self.data.xmat[body].reshape(3, 3) @ np.array([-0.03, -0.06, 0.0])
        jacobian = np.zeros((3, self.model.nv))
        mujoco.mj_jac(self.model, self.data, jacobian, None, place, body)
        return jacobian @ self.data.qvel

    def _load(self) -> tuple[float, float]:
        force, total, depth = np.zeros(6), 0.0, 0.0
        for i in range(self.data.ncon):
            contact = self.data.contact[i]
            if set(contact.geom) & set(self.lead):
                mujoco.mj_contactForce(self.model, self.data, i, force)
                total += force[0]
                depth = max(depth, contact.includemargin - contact.dist)
        return total / self.weight, depth


def land(plant: str, gait: Gait, timestep: float = 0.001) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Return one landing on the feet of a plant."""
    walker = build_walker(ModelConfig(plant=plant, physics="fast"), EnvConfig(timestep=timestep))
    return Landing(walker, gait).run()


def main(curves: Path, scalars: Path, picture: Path | None) -> None:
    """Print the landings and draw them."""
    import matplotlib.pyplot as plt

    gaits = {speed: read_gait(curves, scalars, speed, LEG) for speed in SPEEDS}
    cases = {f"{speed}, {gait.speed:.2f} m/s": gait for speed, gait in gaits.items()}
    cases["straight knee, 0.4 m/s more down"] = hard(gaits["free"])
    figure, axes = plt.subplots(1, len(cases), figsize=(12, 3.2), constrained_layout=True)
    for axis, (title, gait) in zip(axes, cases.items(), strict=True):
        grid = np.linspace(0.0, 1.0, len(gait.force))
        shown = grid <= DURATION
        print(f"{title}: mass at {mass_velocity(gait).round(2)} m/s")
        if gait.drop == 0.0:
            axis.plot(100 * grid[shown], gait.force[shown, 1], "k--", label="people")
            print(f"  people     peak_bw {gait.force[shown, 1].max():.2f}")
        for plant, colour in (("published", "tab:red"), ("human_2", "tab:orange"), ("human", "tab:blue")):
            share, force, figures = land(plant, gait)
            axis.plot(100 * share, force, color=colour, label=plant)
            print(f"  {plant:10s}", ", ".join(f"{name} {value:.2f}" for name, value in figures.items()))
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("stride, %")
    axes[0].set_ylabel("vertical force, BW")
    axes[0].legend()
    if picture is not None:
        figure.savefig(picture, dpi=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
