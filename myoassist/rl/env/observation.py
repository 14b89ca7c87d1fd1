"""What a policy observes and drives, by name."""

from dataclasses import dataclass

import mujoco
import numpy as np

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.rl import LUMBAR
from myoassist.config.schema.run import EnvConfig
from myoassist.files.errors import ConfigError
from myoassist.model.build import Walker
from myoassist.model.world_frame import moving_mass

GRAVITY = 9.81


@dataclass(frozen=True)
class Observation:
    """Channels of the observation in their order.

    Attributes:
        names: `qpos/<joint>`, `qvel/<joint>`, `act/<muscle>`, `sensor/<sensor>`, `target_velocity`.
        q: Position addresses.
        v: Velocity addresses.
        act: Activation addresses.
        sensor: Sensor addresses.
        sensor_scale: Factor of each sensor; forces on feet and toes are counted in body weights.
    """

    names: tuple[str, ...]
    q: np.ndarray
    v: np.ndarray
    act: np.ndarray
    sensor: np.ndarray
    sensor_scale: np.ndarray


def resolve_observation(env: EnvConfig, walker: Walker) -> Observation:
    """Look up the channels of an observation.

    Args:
        env: Its `observation_joint_*_keys` say which joints and sensors, in which order.
        walker: Compiled walker; with `model.sensing=contact` the touch sensors of foot and toes stand for the whole
            force of the ground on foot and toes.

    Raises:
        ConfigError: naming the key and the joint or sensor that the model does not have.
    """
    model = walker.model
    positions = [name for name in env.observation_joint_pos_keys if env.enable_lumbar_joint or name != LUMBAR]
    velocities = [name for name in env.observation_joint_vel_keys if env.enable_lumbar_joint or name != LUMBAR]
    q = [model.jnt_qposadr[find_joint(model, name, "env.observation_joint_pos_keys")] for name in positions]
    v = [model.jnt_dofadr[find_joint(model, name, "env.observation_joint_vel_keys")] for name in velocities]
    muscles = [i for i in range(model.nu) if model.actuator_actadr[i] >= 0]
    act = [model.actuator_actadr[i] for i in muscles]
    sensors = [find_sensor(model, name, "env.observation_joint_sensor_keys") for name in sensor_names(env)]
    felt = dict(zip(walker.layout.touch.ravel().tolist(), walker.layout.felt.ravel().tolist(), strict=True))
    sensors = [felt.get(address, address) for address in sensors]
    weight = moving_mass(model) * GRAVITY
    scale = [1.0 / weight if "foot" in name or "toes" in name else 1.0 for name in sensor_names(env)]
    names = [f"qpos/{name}" for name in positions]
    names += [f"qvel/{name}" for name in velocities]
    names += [f"act/{model.actuator(i).name}" for i in muscles]
    names += [f"sensor/{name}" for name in sensor_names(env)]
    names.append("target_velocity")
    return Observation(
        tuple(names),
        np.array(q, dtype=np.int64),
        np.array(v, dtype=np.int64),
        np.array(act, dtype=np.int64),
        np.array(sensors, dtype=np.int64),
        np.array(scale),
    )


def action_names(model: mujoco.MjModel) -> tuple[str, ...]:
    """Return the names of the actuators in the order of the action."""
    return tuple(model.actuator(i).name for i in range(model.nu))


def sensor_names(env: EnvConfig) -> list[str]:
    """Return the observed sensors."""
    return list(env.observation_joint_sensor_keys)


def find_joint(model: mujoco.MjModel, name: str, key: str) -> int:
    """Return the id of a joint that a configuration key names.

    Raises:
        ConfigError: naming key and joint.
    """
    found = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
    if found < 0:
        known = [model.joint(i).name for i in range(model.njnt)]
        raise _unknown(key, name, f"joints of the model: {_list(known)}", known)
    return found


def find_sensor(model: mujoco.MjModel, name: str, key: str) -> int:
    """Return the data address of a scalar sensor that a configuration key names.

    Raises:
        ConfigError: naming key and sensor.
    """
    found = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SENSOR, name)
    if found < 0 or model.sensor_dim[found] != 1:
        known = [model.sensor(i).name for i in range(model.nsensor) if model.sensor_dim[i] == 1]
        raise _unknown(key, name, f"its scalar sensors: {_list(known)}", known)
    return int(model.sensor_adr[found])


def _unknown(key: str, name: str, expected: str, known: list[str]) -> ConfigError:
    near = nearest_name(name, known)
    remedy = f"write {near} for {name}" if near else f"leave {name} out of {key}"
    return ConfigError(f"{key} names {name}, which the model does not have", expected, remedy)


def _list(names: list[str]) -> str:
    return ", ".join(names) or "none"
