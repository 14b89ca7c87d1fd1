"""The trunk of RL models: a lumbar joint left free or held, or where there is none, the lean of the torso."""

import mujoco
import numpy as np

from myoassist.config.schema.run import EnvConfig
from myoassist.files.errors import ModelError

JOINT, BODY = "lumbar_extension", "torso"
_SLACK = 1e-6  # rad, of the published range of a held joint


def lean_torso(spec: mujoco.MjSpec, env: EnvConfig) -> None:
    """Lean the torso of a model of the library, which has no lumbar joint; backwards positive.

    Args:
        spec: Spec to edit, before bodies are fused.
        env: Lumbar keys.

    Raises:
        ModelError: if a lumbar joint is asked for.
    """
    if env.enable_lumbar_joint:
        raise _missing()
    if env.lumbar_joint_fixed_angle != 0.0:
        body, turned = spec.body(BODY), np.zeros(4)
        mujoco.mju_mulQuat(turned, np.array(body.quat, dtype=float), _lean(env))
        body.quat = turned


def hold_lumbar(model: mujoco.MjModel, env: EnvConfig) -> None:
    """Free or hold the lumbar joint of a compiled own file, or lean its torso, in place.

    Args:
        model: Compiled model.
        env: Lumbar keys.

    Raises:
        ModelError: if a lumbar joint is asked for and the file has none.
    """
    joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, JOINT)
    angle = env.lumbar_joint_fixed_angle
    if env.enable_lumbar_joint:
        if joint < 0:
            raise _missing()
        return
    if joint >= 0:
        # A walk without reinforcement learning leaves all keys at their defaults, and the joint as it is.
        if angle != 0.0 or env.reward_version != "clean":
            model.jnt_range[joint] = angle, angle + _SLACK
            model.jnt_limited[joint] = 1
            model.dof_damping[model.jnt_dofadr[joint]] = env.lumbar_joint_damping_value
            model.key_qpos[:, model.jnt_qposadr[joint]] = angle
        return
    body = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, BODY)
    if body < 0 or (angle == 0.0 and env.reward_version == "clean"):
        return
    if env.reward_version != "clean":
        # Published runs overwrite the orientation.
        model.body_quat[body] = _lean(env)
        return
    turned = np.zeros(4)
    mujoco.mju_mulQuat(turned, model.body_quat[body], _lean(env))
    model.body_quat[body] = turned


def _lean(env: EnvConfig) -> np.ndarray:
    """Return the rotation about the axis that points right; the published one is twice the arctangent of the angle."""
    angle = env.lumbar_joint_fixed_angle
    if env.reward_version == "clean":
        return np.array([np.cos(0.5 * angle), 0.0, 0.0, np.sin(0.5 * angle)])
    return np.array([1.0, 0.0, 0.0, angle]) / np.hypot(1.0, angle)


def _missing() -> ModelError:
    return ModelError(
        f"env.enable_lumbar_joint=true, but the model has no joint {JOINT}",
        "false: only an own file (model.path) can have one",
        "env.enable_lumbar_joint=false",
    )
