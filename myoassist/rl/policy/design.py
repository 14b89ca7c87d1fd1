"""What the policy of a run is made from: routing, start, parameters."""

from typing import Any

import mujoco
import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.policy.policy import HumanActorCriticPolicy, HumanExoActorCriticPolicy, MultiActorPolicy
from myoassist.rl.policy.routing import Routing
from myoassist.rl.policy.routing_default import has_exo_network, plain_indexing, route_config

# Largest mean action at the start: an output at its bound could not learn.
_START_BOUND = 0.9


def route_batch(config: RunConfig, batch: WalkBatch) -> Routing:
    """Return the routing of a run over the channels of its environments.

    Raises:
        ConfigError: naming what does not fit.
    """
    return route_config(config, batch.observation_names, batch.action_names, device_joints(batch.walker.model))


def device_joints(model: mujoco.MjModel) -> dict[str, str]:
    """Return the joint of every actuator without activation that drives one directly."""
    driven = {}
    for i in range(model.nu):
        if model.actuator_actadr[i] < 0 and model.actuator_trntype[i] == mujoco.mjtTrn.mjTRN_JOINT:
            driven[model.actuator(i).name] = model.joint(int(model.actuator_trnid[i, 0])).name
    return driven


def start_action(model: mujoco.MjModel, action_names: tuple[str, ...], excitation: float) -> np.ndarray:
    """Return the mean action before training, shape (n_actions,): muscles at an excitation, devices off.

    Args:
        model: Compiled model.
        action_names: Actuators of the action.
        excitation: Excitation of all muscles, 0 to 1.
    """
    actions = np.zeros(len(action_names))
    for place, name in enumerate(action_names):
        actuator = model.actuator(name).id
        low, high = model.actuator_ctrlrange[actuator]
        wanted = excitation if model.actuator_actadr[actuator] >= 0 else 0.0
        actions[place] = (2.0 * wanted - low - high) / (high - low)
    return np.clip(actions, -_START_BOUND, _START_BOUND)


def policy_params(config: RunConfig, routing: Routing, start: np.ndarray | None) -> dict[str, Any]:
    """Return what a policy is made from, as plain values that a file can hold.

    Args:
        config: Run configuration.
        routing: Its routing.
        start: Mean action before training, shape (n_actions,), or None.
    """
    given = config.rl.policy_params.custom_policy_params
    return {
        "net_arch": routing.net_arch(),
        "net_indexing_info": plain_indexing(routing),
        "log_std_init": float(given.log_std_init),
        "reset_shared_net_after_load": given.reset_shared_net_after_load,
        "reset_policy_net_after_load": given.reset_policy_net_after_load,
        "reset_value_net_after_load": given.reset_value_net_after_load,
        "observation_names": list(routing.observation_names),
        "action_names": list(routing.action_names),
        "start_action": None if start is None else [float(value) for value in start],
        # The published policy counts them.
        "constants_in_log_prob": config.env.reward_version != "clean",
    }


def policy_class(config: RunConfig) -> type[MultiActorPolicy]:
    """Return the policy class of a run."""
    return HumanExoActorCriticPolicy if has_exo_network(config) else HumanActorCriticPolicy
