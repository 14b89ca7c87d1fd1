"""Rules between groups: what fits by itself and not beside the others."""

import warnings

from myoassist.check.cost import check_clock, check_draws, check_strides
from myoassist.check.env import is_whole
from myoassist.check.files import check_once
from myoassist.config.entries.search_stages import plan_stages
from myoassist.config.schema.keys import format_value, read_key, run_keys
from myoassist.config.schema.own_code import is_own
from myoassist.config.schema.rl import NETWORKS_KEY
from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.starts import find_start
from myoassist.control.table import table_of
from myoassist.files.errors import ConfigError
from myoassist.model.devices.device import Device
from myoassist.model.devices.table import DEVICES, TORQUE_CONTROLLERS, device_of
from myoassist.optimize.conditions import condition_kind
from myoassist.optimize.start.distribution import read_distribution
from myoassist.optimize.start.factors import plan_factors
from myoassist.optimize.start.vector import load_start
from myoassist.optimize.start.vector_file import find_vector_file
from myoassist.runs.named_files import resolve_param_path

# Control intervals of the two reflex modes, s.
CONTROL_INTERVAL = 0.01
DELAYED_CONTROL_INTERVAL = 0.001
# Time steps that divide both control intervals, s.
_ROUND_TIMESTEPS = (0.002, 0.00125, 0.001, 0.0005, 0.00025, 0.0002, 0.000125, 0.0001)
REFLEX_RATE = 100  # Hz, of the reflex controller without delays


def check_task(config: RunConfig) -> None:
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


def check_between(config: RunConfig) -> None:
    """Refuse groups that do not fit each other, each good by itself.

    Raises:
        ConfigError: naming the keys, what fits, and the remedy.
    """
    if config.task == "rl":
        _check_start_policy(config)
        _check_reflex_human(config)
    else:
        _check_timing(config)
        _check_trunk(config)
        check_strides(config)
        check_clock(config)
        check_draws(config)
    if config.model.path is not None:
        _check_own_file(config)
    else:
        _check_musculature(config)
        _check_device(config)


def check_start(config: RunConfig) -> None:
    """Refuse a start vector or distribution of another layout than that of the run, and factors that it has not.

    Vectors are those of one walk of a library model.

    Code of the user that brings parameters has to be imported before.

    Raises:
        UserError: naming the file and both layouts.
    """
    path, model = resolve_param_path(config.optimizer.param_path), config.model
    over_factors = any(stage.factors for stage in plan_stages(config.optimizer))
    if model.path is not None or (condition_kind(config.optimizer) is not None and not over_factors):
        return
    table = table_of(config, 2 if model.musculature == 22 else 3, device_of(model))
    if over_factors:
        plan_factors(table)
    if condition_kind(config.optimizer) is not None:
        return
    if config.optimizer.scan:
        read_distribution(find_start(config.optimizer.scan_from), table, table.initial)
    if path is None:
        return

    def load() -> None:
        with warnings.catch_warnings():
            # The run itself says what it changes in the vector.
            warnings.simplefilter("ignore")
            load_start(config, table)

    check_once(str(find_vector_file(path)), repr(table.parameters), load)


def _check_timing(config: RunConfig) -> None:
    """One control step has to be a whole number of physics steps, and a walk at least one of them."""
    env, delayed = config.env, config.control.delayed
    if delayed and env.timestep != DELAYED_CONTROL_INTERVAL:
        raise ConfigError(
            f"control.delayed=true with env.timestep={env.timestep:g}",
            "env.timestep=0.001, because the delays are counted in control steps of 1 ms",
            "env.timestep=0.001 (or control.delayed=false)",
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


def _check_trunk(config: RunConfig) -> None:
    controller = config.control.controller
    if config.cost.trunk_err_type == "tgt_diff" and controller != "reflex":
        raise ConfigError(
            f"cost.trunk_err_type=tgt_diff with control.controller={controller}",
            "control.controller=reflex, which alone has a target of trunk lean",
            "cost.trunk_err_type=ref_diff",
        )


def _check_start_policy(config: RunConfig) -> None:
    policy = config.rl.policy_params.custom_policy_params
    load = [name for name in ("reset_policy_net_after_load", "reset_value_net_after_load") if getattr(policy, name)]
    if load and config.env.prev_trained_policy_path is None:
        raise ConfigError(
            f"{NETWORKS_KEY}.{load[0]}=true without env.prev_trained_policy_path",
            "a policy that is loaded",
            f"{NETWORKS_KEY}.{load[0]}=false",
        )


def _check_reflex_human(config: RunConfig) -> None:
    """A human of reflexes needs a device for the policy, parameters, and rates that fit its own."""
    rl, env = config.rl, config.env
    if rl.human != "reflex":
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
    if not is_whole(REFLEX_RATE / env.control_framerate):
        raise ConfigError(
            f"rl.human=reflex with env.control_framerate={env.control_framerate:g}",
            f"a rate that divides the {REFLEX_RATE} Hz of the reflexes: 10, 20, 25, 50 or 100",
            f"env.control_framerate={min((10, 20, 25, 50, 100), key=lambda rate: abs(rate - env.control_framerate))}",
        )
    if not is_whole(1.0 / (REFLEX_RATE * env.timestep)):
        raise ConfigError(
            f"rl.human=reflex with env.timestep={env.timestep:g}",
            "a time step that divides the 0.01 s of the reflexes",
            "env.timestep=0.001",
        )


def _check_own_file(config: RunConfig) -> None:
    if config.exo.controller == "impedance":
        raise ConfigError("exo.controller=impedance with model.path", "a prosthesis as model.device", "exo=none")
    slopes = config.optimizer.optim_params if config.optimizer.mode == "multislope" else [config.env.slope_deg]
    if any(slopes) and config.task == "search":
        shown = f"env.slope_deg={config.env.slope_deg:g}" if config.env.slope_deg else "optimizer.mode=multislope"
        raise ConfigError(
            f"{shown} with model.path",
            "level ground: that of an own file is not edited",
            "env.slope_deg=0" if config.env.slope_deg else "optimizer.mode=single",
        )


def _check_musculature(config: RunConfig) -> None:
    model = config.model
    if config.control.reflex_mode == "ind" and model.musculature != 80:
        raise ConfigError(
            f"control.reflex_mode=ind with model.musculature={model.musculature}",
            "80: the others have one muscle per command",
            "control.reflex_mode=uni",
        )


def _check_device(config: RunConfig) -> None:
    """A controller needs a device that it can drive, and a mass one that has it."""
    exo, device = config.exo, device_of(config.model)
    if exo.mass is not None and device is None:
        raise ConfigError(
            f"exo.mass={exo.mass:g} with model.device=null",
            "a device to weigh: model.device=tutorial, or null",
            "exo.mass=null",
        )
    if exo.controller in TORQUE_CONTROLLERS and (device is None or device.drive is None):
        raise ConfigError(
            f"exo.controller={exo.controller} needs an ankle or hip actuator, but model.device="
            + ("null" if device is None else f"{device.short} ({device.note}) has none that a torque curve drives"),
            f"a device with one: {', '.join(item.short for item in DEVICES if item.drive)}",
            _remedy(device),
        )
    if is_own(exo.controller) and (device is None or not device.drives):
        raise ConfigError(
            f"exo.controller={exo.controller} needs a driven joint, but model.device="
            f"{device.short if device else 'null'} has none",
            f"a device with a driven joint: {', '.join(item.short for item in DEVICES if item.drives)}",
            "model=tutorial (or exo=none)",
        )
    if exo.controller == "impedance" and (device is None or not (device.prosthesis and device.prosthesis.motors)):
        powered = [item.short for item in DEVICES if item.prosthesis and item.prosthesis.motors]
        raise ConfigError(
            "exo.controller=impedance needs a powered prosthesis, but model.device="
            f"{device.short if device else 'null'}",
            f"one of {', '.join(powered)}",
            "model=osl_a (or exo=none)",
        )


def _remedy(device: Device | None) -> str:
    if device is not None and device.prosthesis is not None and device.prosthesis.motors:
        return "exo=impedance (or exo=none)"
    return "model=tutorial (or exo=none)"
