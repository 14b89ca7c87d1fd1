"""Values of published RL sessions under our keys, with the published defaults of what a file leaves out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from myoassist.compat.draft import Draft
from myoassist.config.entries.evaluation import EvaluationEntry
from myoassist.config.entries.video_plots import PLOT_KEYS
from myoassist.config.schema.keys import run_keys
from myoassist.config.schema.rl import LUMBAR, NETWORKS_KEY, TERRAINS

# Published defaults, by our key, of what the files of a session may leave out.
DEFAULTS: dict[str, Any] = {
    "env.num_envs": 1,
    "env.physics_sim_framerate": 1200,
    "env.control_framerate": 30,
    "env.min_target_velocity": 0.5,
    "env.max_target_velocity": 3.0,
    "env.min_target_velocity_period": 3,
    "env.max_target_velocity_period": 5,
    "env.custom_max_episode_steps": 500,
    "env.flag_random_ref_index": False,
    "env.out_of_trajectory_threshold": 1,
    "rl.total_timesteps": 1000,
    "rl.logger_params.logging_frequency": 1,
    "rl.logger_params.evaluate_frequency": 64,
    f"{NETWORKS_KEY}.log_std_init": -2.0,
    "rl.ppo_params.learning_rate": 3e-4,
    "rl.ppo_params.n_steps": 4096,
    "rl.ppo_params.batch_size": 2048,
    "rl.ppo_params.n_epochs": 10,
    "rl.ppo_params.ent_coef": 0.01,
    "rl.ppo_params.clip_range_vf": 0.2,
    "rl.ppo_params.target_kl": None,
}
# What our key is called where it is not called the same.
RENAMED = {
    "env_params.seed": "seed",
    "env_params.terrain_type": "env.terrain",
    "env_params.curriculum_start_velocity": "rl.curriculum.start_velocity",
    "env_params.curriculum_fraction": "rl.curriculum.fraction",
    "ppo_params.device": "rl.device",
}
# Read elsewhere, because they need more than a new name.
ELSEWHERE = (
    "env_params.model_path",
    "env_params.msk_key",
    "env_params.device_key",
    "env_params.reference_data_path",
    "env_params.prev_trained_policy_path",
    "env_params.reward_keys_and_weights",
    "env_params.reward_version",
    "policy_params.custom_policy_params.net_arch",
    "policy_params.custom_policy_params.net_indexing_info",
    "evaluate_param_list",
    "model",
    "code_version",
)
# What the published program reads without any effect.
IDLE = (
    "auto_reward_adjust_params",
    *(
        f"policy_params.custom_policy_params.{name}"
        for name in ("human_observation_indices", "exo_observation_indices", "human_action_size", "exo_action_size")
    ),
)
_PREFIXES = {"env_params": "env", "ppo_params": "rl.ppo_params", "logger_params": "rl.logger_params"}


@dataclass(frozen=True)
class _Leaf:
    source: str
    value: Any


def map_values(content: Mapping[str, Any], draft: Draft) -> None:
    """Map everything that keeps its meaning; what the file leaves out has its published default.

    Args:
        content: The session.
        draft: Changed in place.
    """
    given: dict[str, Any] = {}
    idle: list[str] = []
    for leaf in _leaves(content):
        if leaf.source in IDLE:
            idle.append(leaf.source.rpartition(".")[2])
            continue
        key = RENAMED.get(leaf.source) or _our_key(leaf.source)
        if key not in run_keys():
            draft.lack(f"{leaf.source} {_show(leaf.value)}", "there is no such key here")
            continue
        given[key] = _convert(key, leaf, draft)
    given = {key: value for key, value in given.items() if value is not _SKIP}
    if idle:
        draft.lack(", ".join(idle), "without effect in the published program")
    missing = [key for key in DEFAULTS if key not in given]
    if missing:
        draft.remarks.append(f"not in the file, published defaults: {', '.join(missing)}")
    values = given | {key: DEFAULTS[key] for key in missing}
    _fit_rates(values, draft)
    _fit_rollout(values, draft)
    _fit_ground(values, draft)
    _fit_joints(values, draft)
    for key, value in values.items():
        draft.put(key, _as_kind(key, value), f"{key} {_show(value)}")


_SKIP = object()


def _leaves(content: Mapping[str, Any]) -> list[_Leaf]:
    found: list[_Leaf] = []

    def walk(node: Mapping[str, Any], prefix: str) -> None:
        for name, value in node.items():
            source = f"{prefix}{name}"
            if name == "comment" or source in ELSEWHERE:
                continue
            inner = isinstance(value, Mapping) and source not in IDLE
            if inner and source in (
                "env_params",
                "ppo_params",
                "logger_params",
                "policy_params",
                "policy_params.custom_policy_params",
            ):
                walk(value, f"{source}.")
            else:
                found.append(_Leaf(source, value))

    walk(content, "")
    return found


def _our_key(source: str) -> str:
    head, _, rest = source.partition(".")
    if head in _PREFIXES:
        return f"{_PREFIXES[head]}.{rest}"
    return f"rl.{source}"


def _convert(key: str, leaf: _Leaf, draft: Draft) -> Any:
    """Return the value under our key, or _SKIP where it is left out."""
    value = leaf.value
    if key == "rl.device" and value != "cpu":
        if value not in (None, "auto"):
            draft.remarks.append(f"ppo_params.device {value}: cpu here; rl.device=cuda where there is such a card")
        return "cpu"
    if key == "rl.curriculum.start_velocity" and value == 0:
        return None
    if value is None and not run_keys()[key].optional:
        draft.remarks.append(f"{leaf.source} null: the default instead")
        return _SKIP
    return value


def _as_kind(key: str, value: Any) -> Any:
    """Return whole numbers where the key wants them: published files write 3e7."""
    if run_keys()[key].base is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _fit_rates(values: dict[str, Any], draft: Draft) -> None:
    """Let the control step be the whole number of physics steps that the published program makes of it."""
    physics, control = values["env.physics_sim_framerate"], values["env.control_framerate"]
    good = all(isinstance(rate, int | float) and not isinstance(rate, bool) and rate > 0 for rate in (physics, control))
    if not good or physics < control:
        return
    steps = math.floor(physics / control + 1e-9)
    if abs(physics / steps - control) > 1e-9 * control:
        values["env.control_framerate"] = physics / steps
        draft.remarks.append(
            f"control_framerate {control:g} with physics_sim_framerate {physics:g}: {steps} physics steps each, so in "
            f"truth {physics / steps:g} Hz"
        )


def _fit_rollout(values: dict[str, Any], draft: Draft) -> None:
    batch, n_steps = values["rl.ppo_params.batch_size"], values["rl.ppo_params.n_steps"]
    if values["env.num_envs"] == 1 and n_steps != batch:
        values["rl.ppo_params.n_steps"] = batch
        draft.remarks.append(f"n_steps {n_steps} with one environment: {batch}, the batch_size, as published")


def _fit_ground(values: dict[str, Any], draft: Draft) -> None:
    kind = values.get("env.terrain", "flat")
    kind = "flat" if kind == "dev" else kind
    if kind not in TERRAINS or kind == "tile":
        draft.stale.append(f"terrain_type {kind} is none of flat, dev, random, harmonic_sinusoidal, slope")
    values["env.terrain"] = kind
    if kind == "flat" and values.get("env.terrain_params"):
        draft.remarks.append(f"terrain_params {values['env.terrain_params']}: without effect on flat ground")
        values["env.terrain_params"] = ""


def _fit_joints(values: dict[str, Any], draft: Draft) -> None:
    """Leave the lumbar joint out where it is fixed, as the published program does with what it observes."""
    if values.get("env.enable_lumbar_joint", False):
        return
    for key in ("observation_joint_pos_keys", "observation_joint_vel_keys", "reference_data_keys"):
        listed = values.get(f"env.{key}")
        if isinstance(listed, list) and LUMBAR in listed:
            values[f"env.{key}"] = [joint for joint in listed if joint != LUMBAR]
            draft.remarks.append(f"{key}: without {LUMBAR}, which is fixed")


def map_evaluations(content: Mapping[str, Any], draft: Draft) -> None:
    """Map the evaluation scenarios; keys that there are not here are left out and named."""
    listed = content.get("evaluate_param_list") or []
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in listed):
        draft.lack("evaluate_param_list", "expected a list of objects")
        return
    known = {item.name for item in fields(EvaluationEntry)}
    entries = []
    for number, item in enumerate(listed):
        unknown = [name for name in item if name not in known and name != "comment"]
        if unknown:
            draft.lack(f"evaluate_param_list[{number}]", f"{', '.join(unknown)}: there is no such key here")
        entry = {name: value for name, value in item.items() if name in known}
        if "num_timesteps" in entry:
            entry["num_timesteps"] = _whole(entry["num_timesteps"])
        _fit_plots(entry, f"evaluate_param_list[{number}].realtime_plotting_info", draft)
        entries.append(entry)
    if entries:
        draft.put("rl.evaluate_param_list", entries, "evaluate_param_list")


def _fit_plots(entry: dict[str, Any], where: str, draft: Draft) -> None:
    """Leave out and name keys of plots that there are not here."""
    plots = entry.get("realtime_plotting_info")
    if not isinstance(plots, list) or not all(isinstance(plot, Mapping) for plot in plots):
        return
    unknown = sorted({name for plot in plots for name in plot} - set(PLOT_KEYS))
    if unknown:
        draft.lack(where, f"{', '.join(unknown)}: there is no such key here")
    entry["realtime_plotting_info"] = [{key: plot[key] for key in plot if key in PLOT_KEYS} for plot in plots]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _show(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
