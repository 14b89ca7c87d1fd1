"""Sessions, checkpoints and reference motions in the published form, written for tests."""

import base64
import copy
import io
import json
import pickle
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch as th

from myoassist.rl.motion.file import load_reference
from myoassist.rl.policy.file import read_policy

ROOT = Path(__file__).resolve().parents[2]
LEGS = [f"{joint}_{side}" for joint in ("ankle_angle", "hip_flexion", "knee_angle") for side in "lr"]
POSITIONS = [*LEGS, "pelvis_tilt", "pelvis_ty"]
VELOCITIES = [*LEGS, "pelvis_tilt", "pelvis_tx", "pelvis_ty"]
SENSORS = ["r_foot", "l_foot", "r_toes", "l_toes"]
STEPS = 19_939_328
# 13 strides of the shipped reference last 16.78 s.
LIGHT_FEET = {"average_reward_dict_per_episode": {"foot_force_penalty": 0.4}}
STRIDE_SECONDS = 16.78 / 13


def _range(start, end):
    return {"type": "range", "range": [start, end], "comment": "left, as published files wrongly say"}


EVERYTHING = [_range(0, 8), _range(8, 17), _range(17, 28), _range(28, 39), _range(39, 43), _range(43, 44)]


def _mapping(net, action):
    return {"type": "range_mapping", "range_net": net, "range_action": action}


PARAMS = {
    "net_arch": {"human_actor": [64, 64], "exo_actor": [8, 8], "common_critic": [64, 64]},
    "net_indexing_info": {
        "human_actor": {
            "observation": EVERYTHING,
            "action": [_mapping([0, 11], [0, 11]), _mapping([11, 22], [11, 22])],
        },
        "exo_actor": {"observation": [_range(0, 2), _range(8, 10)], "action": [_mapping([0, 2], [22, 24])]},
        "common_critic": {"observation": EVERYTHING},
    },
    "log_std_init": 0.0,
    "reset_policy_net_after_load": False,
    "human_observation_indices": [],
    "exo_action_size": 0,
}
SESSION = {
    "total_timesteps": 3e7,
    "evaluate_param_list": [
        {
            "num_timesteps": 200,
            "velocity_mode": "UNIFORM",
            "cam_type": "follow",
            "new_key": 1,
            "realtime_plotting_info": [
                {
                    "category": "joint_data",
                    "name": "knee_angle_r",
                    "property_type": "qpos",
                    "y_scale": 57.2958,
                    "y_lim": [-80, 10],
                    "plot_colour": "blue",
                }
            ],
        }
    ],
    "logger_params": {"logging_frequency": 8},
    "auto_reward_adjust_params": {"learning_rate": 0.001},
    "env_params": {
        "comment": "nothing",
        "env_id": "myoAssistLegImitationExo-v0",
        "num_envs": 32,
        "seed": 1234,
        "safe_height": 0.7,
        "control_framerate": 30,
        "physics_sim_framerate": 1200,
        "min_target_velocity": 1.25,
        "max_target_velocity": 1.25,
        "model_path": "models/22muscle_2D/myoLeg22_2D_TUTORIAL.xml",
        "prev_trained_policy_path": None,
        "reference_data_path": "rl_train/reference_data/short_reference_gait.npz",
        "enable_lumbar_joint": False,
        "lumbar_joint_fixed_angle": -0.13,
        "observation_joint_pos_keys": POSITIONS,
        "observation_joint_vel_keys": VELOCITIES,
        "observation_joint_sensor_keys": SENSORS,
        "terrain_type": "flat",
        "terrain_params": "",
        "flag_random_ref_index": True,
        "reference_data_keys": [*LEGS, "pelvis_tilt", "pelvis_tx", "pelvis_ty"],
        "reward_keys_and_weights": {
            "qpos_imitation_rewards": {"pelvis_tilt": 1.0, "knee_angle_l": 0.5, "knee_angle_r": 0.5, "pelvis_ty": 0.0},
            "qvel_imitation_rewards": {"pelvis_tilt": 0.5, "knee_angle_l": 0.5},
            "end_effector_imitation_reward": 0.0,
            "forward_reward": 1.0,
            "foot_force_penalty": 0.5,
        },
    },
    "policy_params": {"custom_policy_params": PARAMS},
    "ppo_params": {"learning_rate": 1e-4, "n_steps": 512, "batch_size": 8192, "target_kl": 0.01, "device": "cpu"},
    "code_version": {"version": "0.3.0", "commit": "abc", "branch": "main"},
}


def make_content(**changes):
    """Return a session with changed env_params."""
    content = copy.deepcopy(SESSION)
    content["env_params"] |= changes
    return content


def write_session(folder, content=None, foot_force=None):
    """Write a session folder; `foot_force` is what a log beside it says."""
    folder.mkdir(exist_ok=True)
    (folder / "session_config.json").write_text(json.dumps(content or SESSION, indent=4))
    if foot_force is not None:
        records = [{"average_reward_dict_per_episode": {"foot_force_penalty": value}} for value in foot_force]
        (folder / "train_log.json").write_text(json.dumps({"log_datas": records}))
    return folder


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return open, (str(self.target), "w")


def _layers(name, widths, generator):
    tensors = {}
    for place, (n_in, n_out) in enumerate(pairwise(widths)):
        tensors[f"policy_network.{name}.{2 * place}.weight"] = 0.3 * th.randn(n_out, n_in, generator=generator)
        tensors[f"policy_network.{name}.{2 * place}.bias"] = 0.1 * th.randn(n_out, generator=generator)
    return tensors


def make_tensors(exo_inputs=4):
    """Return random tensors under the published names and in the published sizes."""
    generator = th.Generator().manual_seed(0)
    return {
        "log_std": th.full((24,), -1.5),
        **_layers("human_policy_net", [44, 64, 64, 22], generator),
        **_layers("exo_policy_net", [exo_inputs, 8, 8, 2], generator),
        **_layers("value_net", [44, 64, 64, 1], generator),
    }


def write_checkpoint(folder, bomb, tensors=None, params=PARAMS):
    """Write a checkpoint as Stable-Baselines3 2.6 does; what it pickles writes the file `bomb`."""
    pickled = {":type:": "<class 'abc.ABCMeta'>", ":serialized:": base64.b64encode(pickle.dumps(Bomb(bomb))).decode()}
    data = {
        "policy_class": pickled,
        "policy_kwargs": {"custom_policy_params": params},
        "clip_range": pickled,
        "lr_schedule": pickled,
        "num_timesteps": STEPS,
    }
    stream = io.BytesIO()
    th.save(tensors or make_tensors(), stream)
    (folder / "trained_models").mkdir(exist_ok=True)
    path = folder / "trained_models" / f"model_{STEPS}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data", json.dumps(data))
        archive.writestr("policy.pth", stream.getvalue())
        archive.writestr("_stable_baselines3_version", "2.6.0")
    return path


def write_stride(path, bomb):
    """Write a mean stride in the published form: plain arrays, a low pelvis, and an object that writes the file `bomb`.

    It is a stride of the shipped reference, from a right heel strike, so that policies can start from it.
    """
    motion = load_reference("shipped:tutorial_fast")
    frames = round(STRIDE_SECONDS * motion.sample_rate)
    at = np.linspace(0.0, frames - 1.0, 100)
    arrays = {}
    for prefix, group in (("q_", motion.q), ("dq_", motion.dq)):
        for name, values in group.items():
            arrays[f"{prefix}{name}"] = np.interp(at, np.arange(len(values)), values)
    arrays["q_pelvis_tx"] += 9.99
    arrays["q_pelvis_ty"] -= 0.924
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, meta_data=np.array(Bomb(bomb), dtype=object), **arrays)
    return path


# What public sessions say beside SESSION, which leaves keys out for their defaults.
_SCENARIO = {
    "min_target_velocity": 1.25,
    "max_target_velocity": 1.25,
    "target_velocity_period": 2,
    "velocity_mode": "UNIFORM",
    "cam_distance": 2.5,
    "visualize_activation": True,
}
_NO_TERMS = dict.fromkeys(("pelvis_ty", "pelvis_tilt", *LEGS), 0)
_FULL_ENV = {
    "min_target_velocity_period": 2,
    "max_target_velocity_period": 10,
    "custom_max_episode_steps": 1000,
    "lumbar_joint_damping_value": 0.05,
    "out_of_trajectory_threshold": 100.0,
    "lumbar_joint_fixed_angle": 0.0,
    "reward_keys_and_weights": {
        "forward_reward": 1.0,
        "muscle_activation_penalty": 0.1,
        "muscle_activation_diff_penalty": 0.1,
        "footstep_delta_time": 0.0,
        "average_velocity_per_step": 0.0,
        "muscle_activation_penalty_per_step": 0.0,
        "joint_constraint_force_penalty": 1.0,
        "foot_force_penalty": 0.5,
        "qpos_imitation_rewards": _NO_TERMS | {"pelvis_tilt": 1.0},
        "qvel_imitation_rewards": _NO_TERMS | {"pelvis_tilt": 0.1},
        "end_effector_imitation_reward": 0.0,
    },
}
_FULL_PPO = {
    "n_epochs": 30,
    "gamma": 0.99,
    "gae_lambda": 0.95,
    "clip_range": 0.2,
    "clip_range_vf": 100,
    "ent_coef": 0.001,
    "vf_coef": 0.5,
    "max_grad_norm": 0.5,
    "use_sde": False,
    "sde_sample_freq": -1,
}


def make_walking_session(folder, policy="walk_rl", steps=150, old=False, **changes):
    """Write a session whose checkpoint holds the networks of a shipped policy, in the published form; return it.

    They have the published channels in the published order; only their hidden layers are wider.

    Args:
        folder: Session folder.
        policy: Shipped policy.
        steps: Control steps of its scenario.
        old: Names of files as in the oldest public sessions.
        changes: Values of env_params.
    """
    trained = read_policy(ROOT / "models" / "policies" / policy / "policy.zip")
    content = make_content(**(_FULL_ENV | changes))
    content["ppo_params"] |= _FULL_PPO
    plot = {"category": "joint_data", "name": "pelvis_tx", "property_type": "qvel", "y_lim": [0.8, 2.4]}
    content["evaluate_param_list"] = [
        _SCENARIO | {"num_timesteps": steps, "cam_type": "average_speed", "realtime_plotting_info": [plot]}
    ]
    params = content["policy_params"]["custom_policy_params"]
    params["net_arch"] = trained.params["net_arch"]
    folder.mkdir(parents=True)
    (folder / "session_config.json").write_text(json.dumps(content, indent=4))
    tensors = {name: th.from_numpy(values.copy()) for name, values in trained.tensors.items()}
    path = write_checkpoint(folder, folder / "bomb", tensors, params)
    if old:
        # As sessions of July 2025 have it.
        (folder / "session_name_models").mkdir()
        path.rename(folder / "session_name_models" / f"session_name_step_{STEPS}.zip")
        path.parent.rmdir()
        (folder / "session_name_log.json").write_text(json.dumps({"log_datas": [LIGHT_FEET]}))
    return folder
