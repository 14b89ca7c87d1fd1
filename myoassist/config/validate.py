"""Check a composed run before anything is loaded: types, ranges, pairs of keys, files."""

import dataclasses
from pathlib import Path
from typing import Any

from myoassist.config.cma_options import check_cma_options
from myoassist.config.cost_formula import find_target
from myoassist.config.errors import ConfigError
from myoassist.config.file_content import is_file, is_folder
from myoassist.config.key_values import check_value, means_nothing
from myoassist.config.keys import format_override, format_value, run_keys
from myoassist.config.model_file import check_model_file
from myoassist.config.nearest import nearest_name
from myoassist.config.own_code import check_own
from myoassist.config.plant import check_plant
from myoassist.config.plugins import check_plugins
from myoassist.config.rewording import unknown_key
from myoassist.config.run_names import check_suffix
from myoassist.config.schemas import TERM_NAMES, RunConfig
from myoassist.config.start_point import resolve_param_path
from myoassist.config.validate_rl import check_task_keys, validate_rl

# Control intervals of the two reflex modes, s.
CONTROL_INTERVAL = 0.01
DELAYED_CONTROL_INTERVAL = 0.001
# Time steps that divide both control intervals, s.
_ROUND_TIMESTEPS = (0.002, 0.00125, 0.001, 0.0005, 0.00025, 0.0002, 0.000125, 0.0001)


def validate_config(config: RunConfig) -> None:
    """Refuse a run that cannot work, before any model is loaded.

    Args:
        config: Composed configuration.

    Raises:
        ConfigError: naming the key, its value, what was expected and an override that helps.
    """
    _check_schema(config, "")
    check_task_keys(config)
    if config.task == "rl":
        validate_rl(config)
    else:
        _check_pairs(config)
    check_suffix(config.optimizer.run_suffix)
    find_target(config.cost)
    _check_weights(config.cost.weights, own_terms=bool(config.plugins))
    check_cma_options(config.optimizer.cma_options)
    _check_files(config)


def _check_schema(node: Any, prefix: str) -> None:
    names = [item.name for item in dataclasses.fields(node)]
    for name in vars(node):
        # +typo=1 passes composition and arrives as an attribute.
        if name not in names:
            raise unknown_key(prefix + name, f"{prefix}{name}={format_value(vars(node)[name])}")
    for name in names:
        value = getattr(node, name)
        if dataclasses.is_dataclass(value):
            _check_schema(value, f"{prefix}{name}.")
        elif f"{prefix}{name}" in run_keys():
            check_value(run_keys()[prefix + name], value)
        else:
            raise ConfigError(f"{prefix}{name}={format_value(value)} is not a group", f"the keys of {prefix}{name}")


def _check_pairs(config: RunConfig) -> None:
    env, exo, optimizer, delayed = config.env, config.exo, config.optimizer, config.control.delayed
    if delayed and env.timestep != DELAYED_CONTROL_INTERVAL:
        raise ConfigError(
            f"control.delayed=true with env.timestep={env.timestep:g}",
            "env.timestep=0.001, because the delays are counted in control steps of 1 ms",
            "env.timestep=0.001 (or control.delayed=false)",
        )
    controller = config.control.controller
    if delayed and controller != "reflex":
        raise ConfigError(
            f"control.delayed=true with control.controller={controller}",
            "control.controller=reflex, whose delays these are",
            "control.delayed=false (or control=reflex)",
        )
    if config.cost.trunk_err_type == "tgt_diff" and controller != "reflex":
        raise ConfigError(
            f"cost.trunk_err_type=tgt_diff with control.controller={controller}",
            "control.controller=reflex, which alone has a target of trunk lean",
            "cost.trunk_err_type=ref_diff",
        )
    interval = DELAYED_CONTROL_INTERVAL if delayed else CONTROL_INTERVAL
    steps = interval / env.timestep
    if abs(steps - round(steps)) > 1e-9 * steps:
        raise ConfigError(
            f"env.timestep={env.timestep:g} does not divide the control interval of {interval:g} s",
            f"{interval:g} s divided by a whole number, e.g. 0.001 or 0.0005",
            f"env.timestep={min(_ROUND_TIMESTEPS, key=lambda step: abs(step - env.timestep)):g}",
        )
    if env.sim_time < interval:
        raise ConfigError(
            f"env.sim_time={env.sim_time:g} is shorter than one control step",
            f"at least {interval:g} s",
            "env.sim_time=<seconds>, for example env.sim_time=20",
        )
    if exo.fixed and exo.controller != "four_param":
        raise ConfigError(
            f"exo.fixed=true with exo.controller={exo.controller}",
            "exo.controller=four_param: only its default profile can be held fixed",
            "exo=four_param exo.fixed=true (or exo.fixed=false)",
        )
    if optimizer.param_path is not None and optimizer.pickle_path is not None:
        raise ConfigError(
            f"optimizer.param_path={optimizer.param_path} with optimizer.pickle_path={optimizer.pickle_path}",
            "one of them: a start vector, or a complete state of a search",
            "optimizer.param_path=null (or optimizer.pickle_path=null)",
        )
    if optimizer.mode == "evaluate" and optimizer.pickle_path is not None:
        raise ConfigError(
            f"optimizer.mode=evaluate with optimizer.pickle_path={optimizer.pickle_path}",
            "optimizer.param_path: evaluate simulates one parameter vector",
            "optimizer.pickle_path=null optimizer.param_path=<file or run folder>",
        )


def _check_weights(weights: dict[str, float], own_terms: bool) -> None:
    for name, weight in weights.items():
        # Which terms a plugin adds is known only once it is imported; they are checked then.
        if name not in TERM_NAMES and not own_terms:
            near = nearest_name(name, TERM_NAMES)
            raise ConfigError(
                f"cost.weights.{name}={format_value(weight)}: there is no cost term {name}",
                f"one of {', '.join(TERM_NAMES)}",
                format_override(f"cost.weights.{near}", weight) if near else f"leave cost.weights.{name} out",
            )


def _check_files(config: RunConfig) -> None:
    _check_exists("model.path", config.model.path, "an MJCF file (.xml)", folder=False)
    if config.model.path is not None:
        path = Path(config.model.path).expanduser()
        check_model_file(path, f"model.path={config.model.path}", trusted=config.model.trust_path)
    check_plant(config.model)
    _check_exists("optimizer.pickle_path", config.optimizer.pickle_path, "a pickle file or a run folder", folder=True)
    resolve_param_path(config.optimizer.param_path)
    check_plugins(config.plugins)
    if config.task == "search":
        check_own(config)


def _check_exists(key: str, text: str | None, kind: str, *, folder: bool) -> None:
    if text is None:
        return
    path = Path(text).expanduser()
    if is_file(path) or (folder and is_folder(path)):
        return
    found = "is a folder" if is_folder(path) else "does not exist"
    better = "null" if means_nothing(text) else "<existing path>"
    raise ConfigError(f"{key}={text} {found}", f"{kind}, relative to the current folder", f"{key}={better}")
