"""Keys that only the RL trainer reads: the walking environment, its reward, policies, PPO.

Names are those of published RL session files wherever one exists, so that they can be read and compared.
"""

from dataclasses import dataclass, field
from typing import Any

from myoassist.config.schema.learner import ALGORITHMS, PPOConfig, SACConfig
from myoassist.config.schema.option import option

# Without a reference motion, and with a network of its own for the device.
BASE_ENV = "myoAssistLeg-v0"
EXO_ENV = "myoAssistLegImitationExo-v0"
ENV_IDS = (BASE_ENV, "myoAssistLegImitation-v0", EXO_ENV)
TERRAINS = ("flat", "random", "harmonic_sinusoidal", "slope", "tile")
# Where the networks and the weights of the rewards are configured.
NETWORKS_KEY = "rl.policy_params.custom_policy_params"
REWARDS_KEY = "env.reward_keys_and_weights"
# Networks by their names in configuration and files.
ACTORS = ("human_actor", "exo_actor", "exo_actor_r", "exo_actor_l")
CRITIC = "common_critic"
# Joint that `env.enable_lumbar_joint` frees.
LUMBAR = "lumbar_extension"


def _weight(default: float, doc: str) -> Any:
    return option(default, doc, ge=-1e4, le=1e4, task="rl")


def _joints(doc: str) -> Any:
    return option({}, doc, ge=0.0, le=1e4, task="rl")


@dataclass
class RewardWeightsConfig:
    """Weight of every reward term; 0 leaves it out. Terms are per second: each carries the control interval."""

    forward_reward: float = _weight(0.01, "Closeness of the pelvis speed to the target speed.")
    muscle_activation_penalty: float = _weight(0.1, "Mean activation, paid as a penalty.")
    muscle_activation_diff_penalty: float = _weight(
        0.1, "Smoothness of activations from step to step (a bonus, despite its published name)."
    )
    footstep_delta_time: float = _weight(0.0, "Duration of the last completed footstep.")
    average_velocity_per_step: float = _weight(0.0, "Distance of the last footstep's mean speed from the target.")
    muscle_activation_penalty_per_step: float = _weight(0.0, "Squared activations summed over the last footstep.")
    joint_constraint_force_penalty: float = _weight(0.0, "Largest torque of a joint limit, by body weight.")
    foot_force_penalty: float = _weight(0.0, "Load on both feet above 1.2 body weights.")
    exo_activation_penalty: float = _weight(0.0, "Mean squared command of the device's actuators.")
    qpos_imitation_rewards: dict[str, float] = _joints(
        "Weight per joint of the closeness of its position to the reference."
    )
    qvel_imitation_rewards: dict[str, float] = _joints(
        "Weight per joint of the closeness of its velocity to the reference."
    )
    end_effector_imitation_reward: float = _weight(
        0.0, "Closeness of both feet, seen from the pelvis, to those of the reference."
    )


@dataclass
class WalkEnvConfig:
    """The walking environment of the RL trainer."""

    env_id: str = option(
        EXO_ENV,
        "Without a reference, imitating one, or imitating one with a network of its own for the device.",
        choices=ENV_IDS,
        task="rl",
    )
    num_envs: int = option(32, "Environments that are stepped together.", ge=1, le=4096, task="rl")
    control_framerate: float = option(30.0, "Rate of the policy.", ge=0.01, le=1000.0, unit="Hz", task="rl")
    physics_sim_framerate: float | None = option(
        None, "Physics steps per second: 1 / env.timestep.", gt=0.0, le=20000.0, unit="Hz", alias="env.timestep"
    )
    model_path: str | None = option(None, "Own MJCF file.", alias="model.path")
    seed: int | None = option(None, "Seed of the run.", ge=0, le=2**31 - 1, alias="seed")
    safe_height: float = option(
        0.65,
        "An episode ends when the pelvis is lower than this above the ground.",
        ge=0.0,
        le=2.0,
        unit="m",
        task="rl",
    )
    custom_max_episode_steps: int = option(
        1000, "Control steps after which an episode is cut off.", ge=1, le=10**9, task="rl"
    )
    min_target_velocity: float = option(1.25, "Lowest target speed.", ge=-5.0, le=5.0, unit="m/s", task="rl")
    max_target_velocity: float = option(1.25, "Highest target speed.", ge=-5.0, le=5.0, unit="m/s", task="rl")
    min_target_velocity_period: float = option(
        2.0, "Shortest period of a changing target speed.", gt=0.0, unit="s", task="rl"
    )
    max_target_velocity_period: float = option(
        10.0, "Longest period of a changing target speed.", gt=0.0, unit="s", task="rl"
    )
    velocity_modes: list[str] = option(
        ["UNIFORM", "SINUSOIDAL", "STEP"], "Schedules of the target speed that an episode draws from.", task="rl"
    )
    reference_data_path: str | None = option(
        None, "Reference motion: a .npz, .json, .mot or .sto file, or shipped:NAME.", task="rl"
    )
    flag_random_ref_index: bool = option(
        True, "Start every episode at a random instant of the reference instead of its first.", task="rl"
    )
    reference_end: str = option(
        "loop",
        "At the end of the reference start it again, or cut the episode off.",
        choices=("loop", "truncate"),
        task="rl",
    )
    scale_reference_playback: bool = option(
        False, "Play the reference faster or slower with the target speed, so that cadence follows it.", task="rl"
    )
    reference_data_keys: list[str] = option([], "Joints that a reset takes from the reference.", task="rl")
    reference_activations: bool = option(
        True, "Start with the reference's muscle activations where it holds them; otherwise with none.", task="rl"
    )
    out_of_trajectory_threshold: float = option(
        0.2, "An episode ends when a tracked angle is farther from the reference.", gt=0.0, unit="rad", task="rl"
    )
    out_of_trajectory_distance: float | None = option(
        None, "The same for tracked translations; null takes the value of the angles.", gt=0.0, unit="m", task="rl"
    )
    out_of_trajectory_joint_keys: list[str] | None = option(
        None, "Joints that can end an episode; null takes those with an imitation weight.", task="rl"
    )
    device_ctrl_scale: float = option(
        1.0, "Factor of the control range of the device's actuators.", gt=0.0, le=1.0, task="rl"
    )
    enable_lumbar_joint: bool = option(False, "Leave a lumbar joint free and observe it.", task="rl")
    lumbar_joint_fixed_angle: float = option(
        0.0,
        "Angle of a fixed lumbar joint; in models without one, lean of the torso.",
        ge=-1.5,
        le=1.5,
        unit="rad",
        task="rl",
    )
    lumbar_joint_damping_value: float = option(
        0.05, "Damping of a fixed lumbar joint.", ge=0.0, le=1e6, unit="N·m·s/rad", task="rl"
    )
    observation_joint_pos_keys: list[str] = option([], "Joints whose position is observed, in order.", task="rl")
    observation_joint_vel_keys: list[str] = option([], "Joints whose velocity is observed, in order.", task="rl")
    observation_joint_sensor_keys: list[str] = option([], "Sensors that are observed, in order.", task="rl")
    joint_limit_sensor_keys: list[str] | None = option(
        None, "Sensors of joint limit torques; null takes those of hips, knees, ankles and toes that exist.", task="rl"
    )
    terrain: str = option("flat", "Ground of RL episodes.", choices=TERRAINS, task="rl")
    terrain_type: str | None = option(None, "Ground of RL episodes.", choices=(*TERRAINS, "dev"), alias="env.terrain")
    terrain_params: str = option(
        "", "Numbers of the ground, separated by spaces; for tile the name or path of its JSON file.", task="rl"
    )
    prev_trained_policy_path: str | None = option(
        None,
        "Policy to go on from: a run folder, a .zip (with or without the ending), shipped:NAME or newest:EXP.",
        task="rl",
    )
    reward_version: str = option(
        "clean",
        "clean: every weight counts once, the feet are real; compat_b: the published reward; compat_a: the one of the "
        "published checkpoints, which pays for light feet.",
        choices=("clean", "compat_b", "compat_a"),
        task="rl",
    )
    squared_activation_penalty: bool = option(
        False, "Pay for squared activations, which values push-off, instead of activations.", task="rl"
    )
    reward_keys_and_weights: RewardWeightsConfig = field(default_factory=RewardWeightsConfig)


@dataclass
class LoggerConfig:
    """When to log, save and evaluate, in rollouts."""

    logging_frequency: int = option(8, "Rollouts from log record to log record.", ge=1, task="rl", change=False)
    evaluate_frequency: int = option(
        64, "Rollouts from evaluation to evaluation; it runs beside the training.", ge=0, task="rl", change=False
    )
    checkpoint_frequency: int = option(1, "Rollouts from checkpoint to checkpoint.", ge=1, task="rl", change=False)
    keep_models: int = option(
        5, "Newest saved models that are kept beside the best one; 0 keeps all.", ge=0, task="rl", change=False
    )


@dataclass
class CustomPolicyConfig:
    """Networks and what each of them reads and drives."""

    net_arch: Any = option(
        None,
        "Hidden widths per network, e.g. {human_actor: [64, 64], exo_actor: [8, 8], common_critic: [64, 64]}.",
        task="rl",
    )
    net_indexing_info: Any = option(
        None,
        "Which observation entries each network reads and which actions it writes; null derives it from names.",
        task="rl",
    )
    log_std_init: float = option(-1.0, "Initial logarithm of the exploration noise.", ge=-10.0, le=2.0, task="rl")
    initial_excitation: float | None = option(
        0.05,
        "Excitation of all muscles before training, devices off; null starts at half excitation as published.",
        gt=0.0,
        lt=1.0,
        task="rl",
    )
    reset_shared_net_after_load: bool = option(False, "Accepted; there is no shared network.", task="rl")
    reset_policy_net_after_load: bool = option(
        False, "Start the actors of a loaded policy anew, keeping its critic.", task="rl"
    )
    reset_value_net_after_load: bool = option(
        False, "Start the critic of a loaded policy anew, keeping its actors.", task="rl"
    )


@dataclass
class PolicyConfig:
    """Policy."""

    custom_policy_params: CustomPolicyConfig = field(default_factory=CustomPolicyConfig)


@dataclass
class CurriculumConfig:
    """What gets harder while training goes on."""

    start_velocity: float | None = option(
        None,
        "Target speed at the beginning, from which the range grows to the configured one.",
        ge=-5.0,
        le=5.0,
        unit="m/s",
        task="rl",
    )
    fraction: float = option(0.5, "Part of the training over which it grows.", gt=0.0, le=1.0, task="rl")
    terrain_start: float = option(
        1.0, "Factor of the ground's heights at the beginning; it grows to 1.", ge=0.0, le=1.0, task="rl"
    )
    advance: str = option(
        "steps", "Grow with the number of steps, or with success.", choices=("steps", "success"), task="rl"
    )
    success_length: float = option(
        0.8, "Mean part of the longest episode that counts as success.", gt=0.0, le=1.0, task="rl"
    )


@dataclass
class RLConfig:
    """Reinforcement learning: trainer, policy, limits."""

    algorithm: str | None = option(None, "ppo, a2c or sac; null in other tasks.", choices=tuple(ALGORITHMS), task="rl")
    human: str = option(
        "policy",
        "What drives the muscles: the policy, or the reflex controller.",
        choices=("policy", "reflex"),
        task="rl",
    )
    human_param_path: str | None = option(
        None, "Parameters of a reflex-controlled human: a file, run folder or shipped:NAME.", task="rl"
    )
    total_timesteps: int = option(
        30_000_000,
        "Control steps to train, summed over environments; more extends a finished run.",
        ge=1,
        le=10**15,
        task="rl",
        change=False,
    )
    vec_env: str = option(
        "batched",
        "Step environments in compiled threads, or in processes of one each.",
        choices=("batched", "subproc"),
        task="rl",
        change=False,
    )
    threads: int | None = option(
        None, "Threads of physics and networks; null uses all cores.", ge=1, le=4096, task="rl", change=False
    )
    device: str = option("cpu", "Where networks are trained.", choices=("cpu", "cuda"), task="rl", change=False)
    evaluate_param_list: Any = option(
        None,
        "Evaluation scenarios: a list of mappings (num_timesteps, min_target_velocity, ...).",
        task="rl",
        change=False,
    )
    trust_checkpoint: bool = option(
        False, "Read a policy that was not written by this project.", task="rl", change=False
    )
    realtime_evaluate: bool = option(False, "Watch the policy walk instead of training it.", task="rl", change=False)
    flag_rendering: bool = option(False, "Show the first environment while training.", task="rl", change=False)
    logger_params: LoggerConfig = field(default_factory=LoggerConfig)
    policy_params: PolicyConfig = field(default_factory=PolicyConfig)
    ppo_params: PPOConfig = field(default_factory=PPOConfig)
    sac_params: SACConfig = field(default_factory=SACConfig)
    curriculum: CurriculumConfig = field(default_factory=CurriculumConfig)
