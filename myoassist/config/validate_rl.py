"""Check a run of the RL trainer before a model is loaded: rates, ranges, sizes, scenarios, files."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myoassist.config.evaluation_entries import VELOCITY_MODES, read_evaluation_entries
from myoassist.config.keys import format_override, format_value, read_key, run_keys
from myoassist.config.nearest import nearest_name
from myoassist.config.policy_path import resolve_policy_path, resolve_reference_path
from myoassist.config.rl_schemas import ACTORS, BASE_ENV, CRITIC, NETWORKS_KEY
from myoassist.config.schemas import EnvConfig, RunConfig
from myoassist.config.shipped import models_folder
from myoassist.config.start_point import resolve_param_path
from myoassist.config.validate_learner import check_learner
from myoassist.files.errors import ConfigError

REFLEX_RATE = 100  # Hz, of the reflex controller without delays
LONGEST_TIMESTEP = 0.002
HIGHEST_GROUND = 10.0  # m
SHORTEST_PERIOD, LONGEST_PERIOD = 0.01, 1e6  # cells


def validate_rl(config: RunConfig) -> None:
    """Refuse a run of task=rl that cannot work; types and ranges of single keys are checked before.

    Raises:
        ConfigError: naming the key, its value, what was expected and an override that helps.
    """
    if config.rl.algorithm is None:
        raise ConfigError("task=rl with rl.algorithm=null", "ppo, a2c or sac", "rl=ppo")
    if config.exo.controller != "none":
        raise ConfigError(
            f"exo.controller={config.exo.controller} with task=rl",
            "none: what drives the device is learned",
            "exo=none",
        )
    _check_rates(config)
    _check_ranges(config)
    check_learner(config)
    _check_networks(config)
    _check_terrain(config.env)
    _check_human(config)
    read_evaluation_entries(config)
    if config.env.env_id != BASE_ENV and config.env.reference_data_path is None:
        raise ConfigError(
            f"env.env_id={config.env.env_id} without env.reference_data_path",
            "the reference motion that is imitated",
            f"env.reference_data_path=shipped:tutorial_fast (or env.env_id={BASE_ENV})",
        )
    resolve_reference_path(config.env.reference_data_path)
    resolve_policy_path(config.env.prev_trained_policy_path)
    _check_device(config.rl.device)


def _is_whole(number: float) -> bool:
    return number > 0.5 and abs(number - round(number)) <= 1e-6 * number


def _check_rates(config: RunConfig) -> None:
    """One control step has to be a whole number of physics steps."""
    rate, timestep = config.env.control_framerate, config.env.timestep
    if _is_whole(1.0 / (rate * timestep)):
        return
    steps = max(round(1.0 / (rate * timestep)), math.ceil(1.0 / (rate * LONGEST_TIMESTEP) - 1e-9))
    near = sorted((1.0 / (timestep * n) for n in range(1, 1001)), key=lambda other: abs(other - rate))[:12]
    rates = sorted(round(other, 6) for other in near if _is_whole(other))
    raise ConfigError(
        f"env.control_framerate={rate:g} with env.timestep={timestep:g}: a control step of {1.0 / rate:g} s is "
        f"{1.0 / (rate * timestep):.4g} physics steps",
        f"a whole number of them: env.physics_sim_framerate a multiple of {rate:g}, e.g. {steps * rate:g}"
        + (f"; with this time step {', '.join(f'{other:g}' for other in rates)} Hz work" if rates else ""),
        f"env.physics_sim_framerate={steps * rate:g}",
    )


def _check_ranges(config: RunConfig) -> None:
    env = config.env
    for name in ("target_velocity", "target_velocity_period"):
        low, high = getattr(env, f"min_{name}"), getattr(env, f"max_{name}")
        if low > high:
            raise ConfigError(
                f"env.min_{name}={low:g} is above env.max_{name}={high:g}",
                "the lower end first",
                f"env.min_{name}={high:g} env.max_{name}={low:g}",
            )
    wrong = [mode for mode in env.velocity_modes if mode not in VELOCITY_MODES]
    if wrong or not env.velocity_modes:
        meant = [nearest_name(mode, VELOCITY_MODES) for mode in env.velocity_modes]
        raise ConfigError(
            f"env.velocity_modes={format_value(env.velocity_modes)}",
            f"a list of some of {', '.join(VELOCITY_MODES)}",
            format_override("env.velocity_modes", meant)
            if meant and None not in meant
            else "env.velocity_modes=[<some of these>]",
        )


def _check_networks(config: RunConfig) -> None:
    policy = config.rl.policy_params.custom_policy_params
    for name in ("net_arch", "net_indexing_info"):
        value = getattr(policy, name)
        if value is None:
            continue
        example = (
            f"{NETWORKS_KEY}.{name}=null"
            if name == "net_indexing_info"
            else f"'{NETWORKS_KEY}.{name}={{human_actor: [64, 64]}}'"
        )
        if not isinstance(value, Mapping):
            raise ConfigError(
                f"{NETWORKS_KEY}.{name}={format_value(value)}", "a mapping from networks, or null", example
            )
        wrong = [str(net) for net in value if net not in (*ACTORS, CRITIC, "comment")]
        if wrong:
            raise ConfigError(
                f"{NETWORKS_KEY}.{name} names {', '.join(wrong)}",
                f"networks: {', '.join((*ACTORS, CRITIC))}",
                f"write {near} for {wrong[0]}"
                if (near := nearest_name(wrong[0], (*ACTORS, CRITIC)))
                else f"leave {wrong[0]} out",
            )
        for net, item in value.items():
            if name == "net_arch" and net != "comment" and not _are_widths(item):
                raise ConfigError(
                    f"{NETWORKS_KEY}.net_arch.{net}={format_value(item)}",
                    "hidden widths: a list of whole numbers above 0",
                    f"{NETWORKS_KEY}.net_arch.{net}=<list>, for example '{NETWORKS_KEY}.net_arch.{net}=[64,64]'",
                )
    load = [name for name in ("reset_policy_net_after_load", "reset_value_net_after_load") if getattr(policy, name)]
    if load and config.env.prev_trained_policy_path is None:
        raise ConfigError(
            f"{NETWORKS_KEY}.{load[0]}=true without env.prev_trained_policy_path",
            "a policy that is loaded",
            f"{NETWORKS_KEY}.{load[0]}=false",
        )


def _are_widths(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(width) is int and 0 < width <= 65536 for width in value)


def _check_terrain(env: EnvConfig) -> None:
    """Check the numbers of the ground; those of flat ground are not read, as in published files."""
    words, kind = env.terrain_params.split(), env.terrain
    if kind == "flat":
        return
    expected, example = {
        "random": (f"the largest height, 0 to {HIGHEST_GROUND:g} m", "0.05"),
        "slope": ("rise over run, from -1 to 1", "0.05"),
        "harmonic_sinusoidal": (
            f"groups of four numbers: height (up to {HIGHEST_GROUND:g} m) and period (cells of 0.2 m, "
            f"{SHORTEST_PERIOD:g} to {LONGEST_PERIOD:g}) across, the same along the way",
            "0 1 0.05 20",
        ),
        "tile": ("the name or the JSON file of a tile", "NAME"),
    }[kind]
    refusal = ConfigError(
        f"env.terrain={kind} with env.terrain_params={env.terrain_params!r}",
        expected,
        f"for example {format_override('env.terrain_params', example)}",
    )
    if kind == "tile":
        known = sorted(path.stem for path in (models_folder() / "terrains").glob("*.json"))
        if len(words) != 1:
            raise refusal
        if words[0] not in known and not Path(words[0]).expanduser().is_file():
            near = nearest_name(words[0], known)
            raise ConfigError(
                f"env.terrain=tile with env.terrain_params={words[0]}: there is no such ground",
                f"a JSON file, or one of {', '.join(known) or 'none'}",
                f"env.terrain_params={near or '<one of these>'}",
            )
        return
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise refusal from None
    good = (
        all(math.isfinite(number) for number in numbers)
        and {
            "random": len(numbers) == 1 and 0.0 <= numbers[0] <= HIGHEST_GROUND,
            "slope": len(numbers) == 1 and abs(numbers[0]) <= 1.0,
            "harmonic_sinusoidal": len(numbers) > 0
            and len(numbers) % 4 == 0
            and all(abs(height) <= HIGHEST_GROUND for height in numbers[::2])
            and all(SHORTEST_PERIOD <= period <= LONGEST_PERIOD for period in numbers[1::2]),
        }[kind]
    )
    if not good:
        raise refusal


def _check_human(config: RunConfig) -> None:
    rl, env = config.rl, config.env
    if rl.human == "policy":
        if rl.human_param_path is not None:
            raise ConfigError(
                f"rl.human_param_path={rl.human_param_path} with rl.human=policy",
                "rl.human=reflex, which reads it",
                "rl.human=reflex (or rl.human_param_path=null)",
            )
        return
    if config.model.device is None and config.model.path is None:
        raise ConfigError(
            "rl.human=reflex with model.device=null", "a device for the policy to drive", "model=tutorial"
        )
    if rl.human_param_path is None:
        raise ConfigError(
            "rl.human=reflex without rl.human_param_path",
            "the reflex parameters of the human: a file, a run folder, or shipped:NAME",
            "rl.human_param_path=shipped:tutorial_4param_fast",
        )
    resolve_param_path(rl.human_param_path, key="rl.human_param_path")
    if not _is_whole(REFLEX_RATE / env.control_framerate):
        raise ConfigError(
            f"rl.human=reflex with env.control_framerate={env.control_framerate:g}",
            f"a rate that divides the {REFLEX_RATE} Hz of the reflexes: 10, 20, 25, 50 or 100",
            f"env.control_framerate={min((10, 20, 25, 50, 100), key=lambda rate: abs(rate - env.control_framerate))}",
        )
    if not _is_whole(1.0 / (REFLEX_RATE * env.timestep)):
        raise ConfigError(
            f"rl.human=reflex with env.timestep={env.timestep:g}",
            "a time step that divides the 0.01 s of the reflexes",
            "env.timestep=0.001",
        )


def _check_device(device: str) -> None:
    if device != "cuda":
        return
    # Slow to import, so only for this question.
    import torch

    if not torch.cuda.is_available():
        raise ConfigError(
            f"rl.device=cuda, and torch {torch.__version__} finds no CUDA here",
            "a machine with an NVIDIA card and a build of torch for it",
            "rl.device=cpu",
        )


def check_task_keys(config: RunConfig) -> None:
    """Refuse keys that only the other trainer reads and that are not at their defaults.

    The synthetic trainer reads none of them and takes any.

    Raises:
        ConfigError: naming the keys.
    """
    other = {"search": "rl", "rl": "search"}.get(config.task)
    if other is None:
        return
    changed = {}
    for name, key in run_keys().items():
        if key.metadata["task"] == other:
            value = read_key(config, name)
            if value != key.default:
                changed[name] = (value, key.default)
    if changed:
        shown = [f"{name}={format_value(value)}" for name, (value, _) in changed.items()]
        more = f" and {len(shown) - 6} more" if len(shown) > 6 else ""
        defaults = " ".join(f"{name}={format_value(default)}" for name, (_, default) in list(changed.items())[:6])
        raise ConfigError(
            f"{' '.join(shown[:6])}{more} with task={config.task}",
            f"task={other}, which alone reads {'it' if len(shown) == 1 else 'them'}",
            f"task={other} (or {defaults}{' ...' if more else ''})",
        )
