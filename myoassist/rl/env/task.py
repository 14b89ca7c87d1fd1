"""Turn a configuration and a compiled walker into the arrays of the compiled control step."""

import mujoco
import numpy as np

from myoassist.config.schema.rl import BASE_ENV, REWARDS_KEY
from myoassist.config.schema.run import EnvConfig
from myoassist.files.errors import ConfigError
from myoassist.model.actuators import check_control_ranges
from myoassist.model.build import Walker
from myoassist.model.world_frame import moving_mass
from myoassist.rl.env.observation import GRAVITY, Observation, find_joint, find_sensor
from myoassist.rl.env.starts import FEET_FRAMES, HEIGHT, Starts
from myoassist.rl.env.terrain import EpisodeGround
from myoassist.rl.kernels.draws import MODES, N_SCHEDULE
from myoassist.rl.kernels.layout import CLEAN, REWARD_VERSIONS, Task
from myoassist.rl.kernels.rewards import TERMS
from myoassist.rl.motion.check import check_units
from myoassist.rl.motion.motion import FORWARD, ReferenceMotion
from myoassist.rl.motion.ranges import check_ranges
from myoassist.rollout.muscle.tendon import make_fibres

# Part of a reference that ends in which episodes may start.
_START_PART = 0.8
_LIMIT_SENSORS = tuple(f"{side}_{joint}_sensor" for side in "rl" for joint in ("knee", "hip", "ankle", "mtp"))


def make_task(
    env: EnvConfig,
    walker: Walker,
    observation: Observation,
    reference: ReferenceMotion | None,
    starts: Starts,
    ground: EpisodeGround,
    recorded: bool = False,
) -> Task:
    """Resolve everything that a control step needs.

    Args:
        env: Environment configuration, valid.
        walker: Compiled walker.
        observation: Channels of the observation.
        reference: Reference at the control rate; None for the base environment.
        starts: States that episodes start from.
        ground: Ground that they start on.
        recorded: The starts are instants of a walk, to be taken as they are.

    Raises:
        ConfigError: naming the key and the joint or sensor that the model or the reference does not have.
    """
    model, layout = walker.model, walker.layout
    weights = env.reward_keys_and_weights
    muscles = np.flatnonzero(model.actuator_dyntype == mujoco.mjtDyn.mjDYN_MUSCLE)
    device = np.setdiff1d(np.arange(model.nu), muscles)
    check_control_ranges(model, device if recorded else np.arange(model.nu))
    control_range = model.actuator_ctrlrange.copy()
    control_range[device] *= env.device_ctrl_scale
    low, high = control_range.T
    joints = _imitated(env)
    version = REWARD_VERSIONS.index(env.reward_version)
    ids = [find_joint(model, name, REWARDS_KEY) for name in joints]
    weight_q = np.array([weights.qpos_imitation_rewards.get(name, 0.0) for name in joints])
    weight_v = np.array([weights.qvel_imitation_rewards.get(name, 0.0) for name in joints])
    tracked = _tracked(env)
    tracked_ids = [find_joint(model, name, "env.out_of_trajectory_joint_keys") for name in tracked]
    imitation = reference is not None
    if reference is not None:
        reference.require([*joints, *tracked, FORWARD], REWARDS_KEY)
    limits = env.joint_limit_sensor_keys
    limit_names = limits if limits is not None else [name for name in _LIMIT_SENSORS if _has_sensor(model, name)]
    length = starts.qpos.shape[0]
    substeps = round(1.0 / (env.control_framerate * model.opt.timestep))
    frames = list(FEET_FRAMES)
    return Task(
        control_mid=0.5 * (low + high),
        control_half=0.5 * (high - low),
        sizes=np.array([model.nq, model.nv, model.na, model.nsensordata, model.nbody], dtype=np.int64),
        observe_q=observation.q,
        observe_v=observation.v,
        observe_act=observation.act,
        observe_sensor=observation.sensor,
        observe_sensor_scale=observation.sensor_scale,
        pelvis=np.array([layout.qvel_tx, layout.qpos_root[1]], dtype=np.int64),
        load=layout.load,
        limit=np.array([find_sensor(model, n, "env.joint_limit_sensor_keys") for n in limit_names], dtype=np.int64),
        muscle_act=model.actuator_actadr[muscles].astype(np.int64),
        device=device.astype(np.int64),
        device_scale=1.0 / np.maximum(np.abs(control_range[device]).max(axis=1, initial=0.0), 1e-9),
        frames=layout.frame_body[frames].astype(np.int64),
        frame_pos_b=layout.frame_pos_b[frames],
        joint_q=np.array([model.jnt_qposadr[j] for j in ids], dtype=np.int64),
        joint_v=np.array([model.jnt_dofadr[j] for j in ids], dtype=np.int64),
        weight_q=weight_q,
        weight_v=weight_v,
        reference_q=_columns(reference, joints, "q", starts.lift),
        reference_v=_columns(reference, joints, "dq", 0.0),
        tracked=np.array([model.jnt_qposadr[j] for j in tracked_ids], dtype=np.int64),
        tracked_limit=np.array([_threshold(env, model, j) for j in tracked_ids]),
        tracked_reference=_columns(reference, tracked, "q", starts.lift),
        reference_speed=reference.dq[FORWARD].astype(float) if reference is not None else np.ones(1),
        reference_feet=starts.feet,
        start_qpos=starts.qpos,
        start_qvel=starts.qvel,
        start_scaled=starts.scaled,
        start_act=starts.act,
        start_lift=ground.start_lift,
        weights=_term_weights(env, weight_q, weight_v),
        modes=np.array([MODES.index(mode) for mode in env.velocity_modes], dtype=np.int64),
        speeds=np.array([env.min_target_velocity, env.max_target_velocity], dtype=float),
        periods=np.array([env.min_target_velocity_period, env.max_target_velocity_period], dtype=float),
        manual=np.full(N_SCHEDULE, np.nan),
        ground=ground.heights,
        fibres=make_fibres(walker, np.zeros(0))._replace(state=np.zeros(0)),
        ground_frame=ground.frame,
        substeps=substeps,
        euler=model.opt.integrator == mujoco.mjtIntegrator.mjINT_EULER,
        imitation=imitation,
        loop=env.reference_end == "loop",
        start_frames=_start_frames(env, length, imitation or recorded, recorded),
        max_steps=env.custom_max_episode_steps,
        version=version,
        squared=env.squared_activation_penalty,
        playback=env.scale_reference_playback,
        end_off_trajectory=imitation,
        start_at_target=not recorded and not (imitation and version == CLEAN and starts.scaled[layout.qvel_tx] > 0.0),
        dt=substeps * model.opt.timestep,
        safe_height=env.safe_height,
        body_weight=moving_mass(model) * GRAVITY,
        mean_speed=reference.mean_speed if reference is not None else 1.0,
    )


def _imitated(env: EnvConfig) -> list[str]:
    """Return the joints with an imitation weight for position or velocity, in the order given."""
    weights = env.reward_keys_and_weights
    return list(dict.fromkeys([*weights.qpos_imitation_rewards, *weights.qvel_imitation_rewards]))


def _tracked(env: EnvConfig) -> list[str]:
    """Return the joints that can end an episode."""
    if env.out_of_trajectory_joint_keys is not None:
        return list(env.out_of_trajectory_joint_keys)
    weights = env.reward_keys_and_weights.qpos_imitation_rewards
    # The published test also stops at joints of weight 0.
    return [name for name, weight in weights.items() if weight != 0.0 or env.reward_version != "clean"]


def _threshold(env: EnvConfig, model: mujoco.MjModel, joint: int) -> float:
    if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_SLIDE and env.out_of_trajectory_distance is not None:
        return env.out_of_trajectory_distance
    return env.out_of_trajectory_threshold


def _term_weights(env: EnvConfig, weight_q: np.ndarray, weight_v: np.ndarray) -> np.ndarray:
    given = env.reward_keys_and_weights
    special = {"qpos_imitation_rewards": weight_q, "qvel_imitation_rewards": weight_v}
    weights = []
    for name in TERMS:
        if name in special:
            # The published reward counts the joint weights twice: once per joint, once as their sum.
            weights.append(1.0 if env.reward_version == "clean" else float(special[name].sum()))
        else:
            weights.append(float(getattr(given, name)))
    return np.array(weights)


def _columns(reference: ReferenceMotion | None, joints: list[str], kind: str, lift: float) -> np.ndarray:
    """Return channels of the reference as an array, shape (L, len(joints))."""
    if reference is None:
        return np.zeros((1, len(joints)))
    table = np.zeros((reference.length, len(joints)))
    for column, name in enumerate(joints):
        table[:, column] = getattr(reference, kind)[name]
        if kind == "q" and name == HEIGHT:
            table[:, column] += lift
    return table


def _start_frames(env: EnvConfig, length: int, several: bool, recorded: bool) -> int:
    if not several or not env.flag_random_ref_index:
        return 1
    return length if recorded or env.reference_end == "loop" else max(int(_START_PART * length), 1)


def _has_sensor(model: mujoco.MjModel, name: str) -> bool:
    return mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SENSOR, name) >= 0


def check_task(env: EnvConfig, reference: ReferenceMotion | None, model: mujoco.MjModel) -> None:
    """Refuse an imitation environment without a reference, and a reference that the model cannot mean.

    Raises:
        ConfigError: naming both keys.
        ReferenceMotionError: for angles in degrees or beyond the joints of the model.
    """
    if env.env_id != BASE_ENV and reference is None:
        raise ConfigError(
            f"env.env_id={env.env_id} without env.reference_data_path",
            "the reference motion that is imitated",
            f"env.reference_data_path=shipped:tutorial_fast (or env.env_id={BASE_ENV})",
        )
    if reference is not None:
        check_units(reference)
        check_ranges(model, reference)
