"""A real, small PPO on a MuJoCo pendulum, for tests of files that do not need a walker."""

import gymnasium
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv

from myoassist.rl.policy.policy import HumanExoActorCriticPolicy

OBSERVATIONS = ["qpos/slider", "qpos/hinge", "qvel/slider", "qvel/hinge"]


def params(**changes):
    return {
        "net_arch": {"exo_actor": [8], "common_critic": [8]},
        "net_indexing_info": {
            "exo_actor": {
                "observation": [{"type": "names", "names": ["*"]}],
                "action": [{"type": "names", "names": ["slide"]}],
            },
            "common_critic": {"observation": [{"type": "range", "range": [0, 4]}]},
        },
        "log_std_init": -0.5,
        "observation_names": OBSERVATIONS,
        "action_names": ["slide"],
    } | changes


def make_pendulum(seed=0, **changes):
    venv = DummyVecEnv([lambda: gymnasium.make("InvertedPendulum-v5") for _ in range(2)])
    return PPO(
        HumanExoActorCriticPolicy,
        venv,
        n_steps=32,
        batch_size=32,
        n_epochs=2,
        seed=seed,
        device="cpu",
        policy_kwargs={"custom_policy_params": params(**changes)},
    )
