"""Which observations each network reads and which actions it writes, resolved by name and checked before training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoassist.config.nearest import nearest_name
from myoassist.config.schema.rl import ACTORS, CRITIC, NETWORKS_KEY
from myoassist.files.errors import ConfigError
from myoassist.rl.policy.routing_entries import INDEX_KEY, Entry, as_entries, read_action_entry, read_observation_entry

SIDE_ACTORS = ("exo_actor_r", "exo_actor_l")
# Hidden widths where `net_arch` is not given.
DEFAULT_WIDTHS = {
    "human_actor": (64, 64),
    "exo_actor": (8, 8),
    "exo_actor_r": (8, 8),
    "exo_actor_l": (8, 8),
    CRITIC: (64, 64),
}


@dataclass(frozen=True)
class Net:
    """One network.

    Attributes:
        name: As in `net_arch`.
        inputs: Observation entries that it reads, in order, shape (n_in,).
        hidden: Widths of its hidden layers.
        n_outputs: Number of its outputs.
    """

    name: str
    inputs: np.ndarray
    hidden: tuple[int, ...]
    n_outputs: int


@dataclass(frozen=True)
class Routing:
    """All networks of a policy and how their outputs make up the action.

    Attributes:
        actors: Networks of the action, in the order in which their outputs are concatenated.
        critic: Network of the value.
        mapped: Place of each action's value in the concatenated outputs, also under a constant, shape (n_actions,); -1
            where no network writes it.
        constants: Value of each action that no network writes, NaN elsewhere, shape (n_actions,).
        observation_names, action_names: Channels in model order.
    """

    actors: tuple[Net, ...]
    critic: Net
    mapped: np.ndarray
    constants: np.ndarray
    observation_names: tuple[str, ...]
    action_names: tuple[str, ...]

    @property
    def sources(self) -> np.ndarray:
        """The same as `mapped`, with a place that can be read for every action."""
        return np.maximum(self.mapped, 0)

    @property
    def free(self) -> np.ndarray:
        """Whether a network writes each action, shape (n_actions,), bool."""
        return np.isnan(self.constants)

    def readers(self, observation: int) -> list[str]:
        """Return the names of the networks that read an observation entry."""
        return [net.name for net in (*self.actors, self.critic) if observation in net.inputs]

    def writer(self, action: int) -> str:
        """Return what decides an action: the name of a network, or the constant."""
        if not self.free[action]:
            return f"constant {self.constants[action]:g}"
        begin = 0
        for net in self.actors:
            begin += net.n_outputs
            if self.sources[action] < begin:
                return net.name
        raise IndexError(action)

    def net_arch(self) -> dict[str, list[int]]:
        """Return the hidden widths per network as in the configuration."""
        return {net.name: list(net.hidden) for net in (*self.actors, self.critic)}


def resolve_routing(
    info: Mapping[str, Any],
    net_arch: Mapping[str, Any] | None,
    observation_names: Sequence[str],
    action_names: Sequence[str],
) -> Routing:
    """Resolve `net_indexing_info` against the channels of a model.

    Args:
        info: Per network a mapping with `observation` and, but for the critic, `action`: lists of entries.
        net_arch: Hidden widths per network; null takes the defaults.
        observation_names: Channels of the observation, in order.
        action_names: Actuators, in order.

    Raises:
        ConfigError: naming the entry, what was found and what would be right.
    """
    key = f"{NETWORKS_KEY}.{INDEX_KEY}"
    if not isinstance(info, Mapping):
        raise ConfigError(f"{key}={info!r}", "a mapping from networks to what they read and write, or null")
    _check_nets(info, key)
    widths = _read_widths(net_arch, list(info))
    actors: list[Net] = []
    sources = np.full(len(action_names), -1)
    constants = np.full(len(action_names), np.nan)
    writer: dict[int, str] = {}
    n_before = 0
    for name in (name for name in ACTORS if name in info):
        net, targets, fixed = _resolve_actor(name, info[name], widths[name], observation_names, action_names, key)
        for output, action in targets:
            _check_free(writer, action, f"{name}.action", action_names, key)
            writer[action] = f"{name}.action"
            sources[action] = n_before + output
        for action, value in fixed:
            constants[action] = value
            writer.setdefault(action, f"{name}.action (constant)")
        n_before += net.n_outputs
        actors.append(net)
    unwritten = [f"{place} ({name})" for place, name in enumerate(action_names) if place not in writer]
    if unwritten:
        raise ConfigError(
            f"{key}: no network writes action {', '.join(unwritten)}",
            f"every one of the {len(action_names)} actions written by a network or a constant",
            'add the entry {"type": "names", "names": [...]} to the `action` of a network',
        )
    _check_sides(actors, key)
    critic = Net(CRITIC, _read_inputs(CRITIC, info[CRITIC], observation_names, key), widths[CRITIC], 1)
    return Routing(tuple(actors), critic, sources, constants, tuple(observation_names), tuple(action_names))


def whole_routing(
    net_arch: Mapping[str, Any] | None, observation_names: Sequence[str], action_names: Sequence[str]
) -> Routing:
    """Return the routing of one actor that reads everything and writes everything, with its critic.

    Raises:
        ConfigError: for widths that are none.
    """
    widths = _read_widths(net_arch, ["human_actor", CRITIC])
    everything = np.arange(len(observation_names))
    actor = Net("human_actor", everything, widths["human_actor"], len(action_names))
    return Routing(
        (actor,),
        Net(CRITIC, everything, widths[CRITIC], 1),
        np.arange(len(action_names)),
        np.full(len(action_names), np.nan),
        tuple(observation_names),
        tuple(action_names),
    )


def _check_nets(info: Mapping[str, Any], key: str) -> None:
    for name, entries in info.items():
        if name not in (*ACTORS, CRITIC):
            raise ConfigError(f"{key}.{name}: there is no such network", f"one of {', '.join((*ACTORS, CRITIC))}")
        wanted = {"observation"} if name == CRITIC else {"observation", "action"}
        given = set(entries) - {"comment"} if isinstance(entries, Mapping) else set()
        if given != wanted:
            raise ConfigError(
                f"{key}.{name} has {', '.join(sorted(given)) or 'nothing'}",
                f"a mapping with {' and '.join(sorted(wanted, reverse=True))}",
            )
    if CRITIC not in info:
        raise ConfigError(f"{key} has no {CRITIC}", f"{CRITIC} with `observation`", f"add {CRITIC}")
    if not any(name in info for name in ACTORS):
        raise ConfigError(f"{key} has no actor", f"at least one of {', '.join(ACTORS)}")
    sides = [name for name in SIDE_ACTORS if name in info]
    if len(sides) == 1 or (sides and "exo_actor" in info):
        raise ConfigError(
            f"{key} has {', '.join(name for name in info if name.startswith('exo'))}",
            "exo_actor, or both of exo_actor_r and exo_actor_l, which share their weights",
        )


def _check_free(writer: Mapping[int, str], action: int, what: str, action_names: Sequence[str], key: str) -> None:
    if action in writer:
        raise ConfigError(
            f"{key}: action {action} ({action_names[action]}) is written by {writer[action]} and again by {what}",
            "every action written once; only a constant may lie over a mapping, listed after it",
            "remove one of the two entries",
        )


def _read_widths(net_arch: Mapping[str, Any] | None, names: list[str]) -> dict[str, tuple[int, ...]]:
    key = f"{NETWORKS_KEY}.net_arch"
    if net_arch is None:
        return {name: DEFAULT_WIDTHS[name] for name in names}
    for name in net_arch:
        if name not in names and name != "comment":
            raise ConfigError(
                f"{key}.{name}: this policy has no such network",
                f"one of {', '.join(names)}",
                f"write {near} for {name}" if (near := nearest_name(name, names)) else f"remove {key}.{name}",
            )
    widths = {}
    for name in names:
        if name not in net_arch:
            raise ConfigError(
                f"{key} lacks {name}",
                "hidden widths of every network of the policy",
                f"{key}.{name}={list(DEFAULT_WIDTHS[name])}".replace(" ", ""),
            )
        value = net_arch[name]
        if not isinstance(value, Sequence) or not all(
            isinstance(width, int) and not isinstance(width, bool) and 0 < width <= 65536 for width in value
        ):
            raise ConfigError(f"{key}.{name}={value}", "a list of whole numbers above 0, e.g. [64,64]")
        widths[name] = tuple(value)
    return widths


def _read_inputs(name: str, entry: Mapping[str, Any], names: Sequence[str], key: str) -> np.ndarray:
    where = f"{key}.{name}.observation"
    parts = [read_observation_entry(item, names) for item in as_entries(entry["observation"], where)]
    inputs = np.array([index for part in parts for index in part], dtype=int)
    if inputs.size == 0:
        raise ConfigError(f"{where} is empty", "at least one entry")
    return inputs


def _resolve_actor(
    name: str,
    entry: Mapping[str, Any],
    hidden: tuple[int, ...],
    observation_names: Sequence[str],
    action_names: Sequence[str],
    key: str,
) -> tuple[Net, list[tuple[int, int]], list[tuple[int, float]]]:
    inputs = _read_inputs(name, entry, observation_names, key)
    where = f"{key}.{name}.action"
    targets: list[tuple[int, int]] = []
    constants: list[tuple[int, float]] = []
    entries: list[Entry] = as_entries(entry["action"], where)
    for item in entries:
        more, fixed = read_action_entry(item, action_names, len(targets))
        for _, action in more:
            if any(action == place for place, _ in constants):
                raise ConfigError(
                    f"{item.where} writes action {action} ({action_names[action]}) after a constant did",
                    "constants listed after the mappings that they lie over",
                )
        targets += more
        constants += fixed
    outputs = sorted(output for output, _ in targets)
    if outputs != list(range(len(outputs))):
        raise ConfigError(
            f"{where} uses the outputs {outputs} of the network",
            f"each of 0 to {len(outputs) - 1} once",
            "correct range_net",
        )
    if not outputs:
        raise ConfigError(f"{where} holds no mapping", "at least one mapping; constants make no output of a network")
    return Net(name, inputs, hidden, len(outputs)), targets, constants


def _check_sides(actors: Sequence[Net], key: str) -> None:
    sides = [net for net in actors if net.name in SIDE_ACTORS]
    if not sides:
        return
    right, left = sides
    if len(right.inputs) != len(left.inputs) or right.n_outputs != left.n_outputs or right.hidden != left.hidden:
        raise ConfigError(
            f"{key}: exo_actor_r has {len(right.inputs)} inputs, {right.n_outputs} outputs and widths "
            f"{list(right.hidden)}, exo_actor_l {len(left.inputs)}, {left.n_outputs} and {list(left.hidden)}",
            "the same for both, because they share their weights",
        )
