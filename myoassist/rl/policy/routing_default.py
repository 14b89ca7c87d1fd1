"""The routing of a run: what the configuration says, or what the names of the channels suggest."""

from collections.abc import Mapping, Sequence
from typing import Any

from myoassist.config.schema.rl import CRITIC, EXO_ENV
from myoassist.config.schema.run import RunConfig
from myoassist.rl.policy.routing import Routing, resolve_routing, whole_routing


def has_exo_network(config: RunConfig) -> bool:
    """Return whether the networks of a run are routed; otherwise one actor reads and writes everything."""
    return config.env.env_id == EXO_ENV or config.rl.human == "reflex"


def route_config(
    config: RunConfig,
    observation_names: Sequence[str],
    action_names: Sequence[str],
    device_joints: Mapping[str, str] | None = None,
) -> Routing:
    """Return the routing of a run.

    Args:
        config: Run configuration.
        observation_names: Channels of the observation, in order.
        action_names: Actuators, in order.
        device_joints: Joint that a device's actuator drives, where it drives one.

    Raises:
        ConfigError: naming what does not fit the channels.
    """
    policy = config.rl.policy_params.custom_policy_params
    net_arch = policy.net_arch
    if config.rl.human == "reflex" and net_arch is not None:
        # The reflexes stand in for this network; presets name it.
        net_arch = {name: widths for name, widths in net_arch.items() if name != "human_actor"}
    if not has_exo_network(config):
        if net_arch is not None:
            net_arch = {name: widths for name, widths in net_arch.items() if not name.startswith("exo_actor")}
        return whole_routing(net_arch, observation_names, action_names)
    info = policy.net_indexing_info
    if info is None:
        info = derive_indexing(observation_names, action_names, device_joints or {})
    elif config.rl.human == "reflex":
        info = {name: entry for name, entry in info.items() if name != "human_actor"}
    return resolve_routing(info, net_arch, observation_names, action_names)


def derive_indexing(
    observation_names: Sequence[str], action_names: Sequence[str], device_joints: Mapping[str, str]
) -> dict[str, Any]:
    """Return a `net_indexing_info`: the human reads everything and drives the muscles, the device its own joints.

    A device of which no joint is observed reads everything.
    """
    everything = [{"type": "range", "range": [0, len(observation_names)]}]
    muscles = [name for name in action_names if f"act/{name}" in observation_names]
    devices = [name for name in action_names if name not in muscles]
    info: dict[str, Any] = {}
    if muscles:
        info["human_actor"] = {"observation": everything, "action": [{"type": "names", "names": muscles}]}
    if devices:
        joints = {device_joints[name] for name in devices if name in device_joints}
        seen = [name for name in observation_names if name.partition("/")[2] in joints]
        reads = [{"type": "names", "names": seen}] if seen else everything
        info["exo_actor"] = {"observation": reads, "action": [{"type": "names", "names": devices}]}
    info[CRITIC] = {"observation": everything}
    return info


def plain_indexing(routing: Routing) -> dict[str, Any]:
    """Return a routing as `net_indexing_info` by place, which needs no names to be read."""
    info: dict[str, Any] = {}
    begin = 0
    constants = [
        {"type": "constant", "range_action": [place, place + 1], "default_value": float(value)}
        for place, value in enumerate(routing.constants)
        if value == value
    ]
    for net in routing.actors:
        pairs = {
            int(source) - begin: place
            for place, source in enumerate(routing.mapped)
            if begin <= source < begin + net.n_outputs
        }
        entry = {"type": "index_mapping", "index": [pairs[output] for output in range(net.n_outputs)]}
        reads = [{"type": "index", "index": [int(place) for place in net.inputs]}]
        info[net.name] = {"observation": reads, "action": [entry]}
        begin += net.n_outputs
    if constants:
        info[routing.actors[-1].name]["action"] += constants
    info[CRITIC] = {"observation": [{"type": "index", "index": [int(place) for place in routing.critic.inputs]}]}
    return info
