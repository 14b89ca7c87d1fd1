"""A small training of the fast tutorial model, for tests."""

from myoassist.config.compose import compose_run

_LEGS = "ankle_angle_l,ankle_angle_r,hip_flexion_l,hip_flexion_r,knee_angle_l,knee_angle_r,pelvis_tilt"
OVERRIDES = (
    "task=rl",
    "model=tutorial",
    "model.physics=fast",
    "rl.algorithm=ppo",
    "env.timestep=0.00166666666666667",
    "env.reference_data_path=shipped:tutorial_fast",
    f"env.observation_joint_pos_keys=[{_LEGS},pelvis_ty]",
    f"env.observation_joint_vel_keys=[{_LEGS},pelvis_tx,pelvis_ty]",
    "env.observation_joint_sensor_keys=[r_foot,l_foot,r_toes,l_toes]",
    f"env.reference_data_keys=[{_LEGS},pelvis_tx,pelvis_ty]",
    "env.reward_keys_and_weights.qpos_imitation_rewards={knee_angle_r: 1.0, knee_angle_l: 1.0}",
    "env.reward_keys_and_weights.forward_reward=1.0",
    "env.num_envs=4",
    "rl.threads=1",
    "rl.ppo_params.n_steps=16",
    "rl.ppo_params.batch_size=32",
    "rl.ppo_params.n_epochs=2",
    "rl.total_timesteps=256",
    "rl.logger_params.logging_frequency=1",
    "rl.logger_params.evaluate_frequency=0",
)


def compose_small(*overrides):
    return compose_run([*OVERRIDES, *overrides])
