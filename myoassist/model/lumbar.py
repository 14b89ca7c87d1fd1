"""The trunk of RL runs: a lumbar joint held at an angle, or a torso that leans where there is none."""

import mujoco
import numpy as np

from myoassist.config.schemas import EnvConfig

LUMBAR, TORSO = "lumbar_extension", "torso"
_PLAY = 1e-6  # rad, of a joint that is held


def _lean(env: EnvConfig) -> np.ndarray:
    """Return the published orientation (w, x, y, z): 1 and the angle about z, which leans by about twice the angle."""
    quaternion = np.array([1.0, 0.0, 0.0, env.lumbar_joint_fixed_angle])
    return quaternion / np.linalg.norm(quaternion)


def lean_torso(spec: mujoco.MjSpec, env: EnvConfig) -> None:
    """Lean the torso of a composed spec by `env.lumbar_joint_fixed_angle`, in place; 0 leaves it.

    Args:
        spec: Spec without a lumbar joint.
        env: Angle.
    """
    torso = spec.body(TORSO)
    if env.lumbar_joint_fixed_angle != 0.0 and torso is not None:
        turned = np.zeros(4)
        mujoco.mju_mulQuat(turned, np.asarray(torso.quat, dtype=float), _lean(env))
        torso.quat = turned


def hold_lumbar(model: mujoco.MjModel, env: EnvConfig) -> None:
    """Hold the trunk of an own file as published RL runs do, in place.

    A joint `lumbar_extension` is kept at `env.lumbar_joint_fixed_angle` unless `env.enable_lumbar_joint`; without one,
    an angle other than 0 replaces the orientation of the body `torso`. Reflex runs, which observe no joints, are left
    as the file has them.

    Args:
        model: Compiled model.
        env: Angle and damping.
    """
    angle = env.lumbar_joint_fixed_angle
    joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, LUMBAR)
    if joint < 0:
        torso = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, TORSO)
        if angle != 0.0 and torso >= 0 and not env.enable_lumbar_joint:
            model.body_quat[torso] = _lean(env)
        return
    if env.enable_lumbar_joint or not (env.observation_joint_pos_keys or env.observation_joint_vel_keys):
        return
    address, dof = int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint])
    model.jnt_limited[joint] = True
    model.jnt_range[joint] = angle, angle + _PLAY
    model.dof_damping[dof] = env.lumbar_joint_damping_value
    model.key_qpos[:, address] = angle
