"""Start states of episodes: every frame of the reference as a complete state of the model."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig
from myoassist.model.build import Walker
from myoassist.model.layout import PELVIS, TALUS_L, TALUS_R
from myoassist.model.plant.couplings import find_couplings
from myoassist.rl.env.observation import find_joint
from myoassist.rl.env.terrain import foot_points
from myoassist.rl.motion.motion import FORWARD, ReferenceMotion

STAND = "stand"
HEIGHT = "pelvis_ty"
FEET_FRAMES = (PELVIS, TALUS_R, TALUS_L)
# Median gap between the lowest foot point and the ground that a reference may have, m; a larger one is taken off.
LARGEST_GAP = 0.01


@dataclass(frozen=True)
class Starts:
    """States that episodes can start from, one per reference frame.

    Attributes:
        qpos: Positions, shape (L, nq).
        qvel: Velocities, shape (L, nv).
        scaled: 1 where a velocity follows the target speed, shape (nv,).
        act: Activations, shape (L, na).
        feet: Forward and up position of the right and left foot from the pelvis, m, shape (L, 2, 2).
        lift: What was added to the height of the pelvis, m.
    """

    qpos: np.ndarray
    qvel: np.ndarray
    scaled: np.ndarray
    act: np.ndarray
    feet: np.ndarray
    lift: float


def standing_start(walker: Walker) -> Starts:
    """Return the standing key pose as the only start, at rest."""
    model = walker.model
    key = max(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_KEY, STAND), 0)
    qpos = model.key_qpos[key][None].copy()
    return Starts(qpos, np.zeros((1, model.nv)), np.zeros(model.nv), np.zeros((1, model.na)), np.zeros((1, 2, 2)), 0.0)


def reference_starts(walker: Walker, env: EnvConfig, reference: ReferenceMotion) -> Starts:
    """Complete every frame of a reference to a state of the model.

    Joints of `env.reference_data_keys` take position and velocity from the reference, `pelvis_tx` its velocity only;
    joints that a coupling ties to them follow it; all others are as in the standing key pose. A reference of another
    body is lifted or lowered so that its stance foot meets the ground.

    Args:
        walker: Compiled walker.
        env: Joints, and whether activations are taken.
        reference: Motion at the control rate.
    """
    model = walker.model
    reference.require(list(env.reference_data_keys), "env.reference_data_keys")
    length = reference.length
    base = standing_start(walker)
    qpos = np.repeat(base.qpos, length, axis=0)
    qvel = np.zeros((length, model.nv))
    scaled = np.zeros(model.nv)
    for name in env.reference_data_keys:
        joint = find_joint(model, name, "env.reference_data_keys")
        q, v = model.jnt_qposadr[joint], model.jnt_dofadr[joint]
        qpos[:, q] = 0.0 if name == FORWARD else reference.q[name]
        qvel[:, v] = reference.dq[name]
        scaled[v] = 1.0
    _follow_couplings(model, qpos, qvel, scaled)
    act = np.zeros((length, model.na))
    if env.reference_activations:
        for i in range(model.nu):
            name = model.actuator(i).name
            if model.actuator_actadr[i] >= 0 and name in reference.act:
                act[:, model.actuator_actadr[i]] = np.clip(reference.act[name], 0.0, 1.0)
    feet, lowest = _place_feet(walker, qpos)
    gap = float(np.median(lowest))
    lift = 0.0
    height = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, HEIGHT)
    if abs(gap) > LARGEST_GAP and height >= 0:
        lift = -gap
        qpos[:, model.jnt_qposadr[height]] += lift
    return Starts(qpos, qvel, scaled, act, feet, lift)


def _follow_couplings(model: mujoco.MjModel, qpos: np.ndarray, qvel: np.ndarray, scaled: np.ndarray) -> None:
    """Move every coupled coordinate onto its polynomial of the independent one, with its velocity."""
    dof = {int(model.jnt_qposadr[j]): int(model.jnt_dofadr[j]) for j in range(model.njnt)}
    for dependent, independent, polynomial in find_couplings(model):
        x = qpos[:, independent] - model.qpos0[independent]
        qpos[:, dependent] = model.qpos0[dependent] + np.polyval(polynomial, x)
        qvel[:, dof[dependent]] = np.polyval(np.polyder(polynomial), x) * qvel[:, dof[independent]]
        scaled[dof[dependent]] = scaled[dof[independent]]


def _place_feet(walker: Walker, qpos: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the feet are seen from the pelvis, shape (L, 2, 2), and the lowest foot point of each pose, m."""
    model, layout = walker.model, walker.layout
    data = mujoco.MjData(model)
    feet = np.zeros((len(qpos), 2, 2))
    bodies = layout.frame_body[list(FEET_FRAMES)]
    offsets_b = layout.frame_pos_b[list(FEET_FRAMES)]
    for k, pose in enumerate(qpos):
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        axes_w = data.xmat[bodies].reshape(-1, 3, 3)
        origins_w = data.xpos[bodies] + np.einsum("nij,nj->ni", axes_w, offsets_b)
        feet[k] = (origins_w[1:] - origins_w[0])[:, [0, 2]]
    return feet, foot_points(walker, qpos)[..., 2].min(axis=1)
