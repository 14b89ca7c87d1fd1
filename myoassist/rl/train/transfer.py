"""Go on from a policy that was trained before."""

import warnings

import numpy as np
import torch as th

from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import LayoutError
from myoassist.rl.algorithms.base import Learner
from myoassist.rl.policy.actors import MODULES
from myoassist.rl.policy.file import PolicyFile
from myoassist.rl.policy.policy import routing_of
from myoassist.rl.policy.routing import Routing


def apply_transfer(source: PolicyFile, learner: Learner, config: RunConfig) -> None:
    """Put a loaded policy into the algorithm; its step counter goes on.

    Args:
        source: Policy file.
        learner: Algorithm with freshly drawn networks; critics of SAC stay as they were drawn.
        config: Run configuration; the `reset_*_after_load` flags draw networks anew.

    Raises:
        LayoutError: if tensors are missing or of other sizes, naming both.
    """
    policy = learner.policy
    flags = config.rl.policy_params.custom_policy_params
    wanted = policy.state_dict()
    check_tensors(source, {name: tuple(tensor.shape) for name, tensor in wanted.items()})
    _compare_places(source, policy.routing)
    policy.load_state_dict({name: th.as_tensor(np.array(source.tensors[name])) for name in wanted})
    # Also without a reset: the optimizer of another training knows other gradients.
    policy.reset_network(
        reset_policy_net=flags.reset_policy_net_after_load, reset_value_net=flags.reset_value_net_after_load
    )
    learner.steps = source.num_timesteps


def check_tensors(source: PolicyFile, wanted: dict[str, tuple[int, ...]]) -> None:
    """Refuse a policy whose tensors are not those that are wanted.

    Raises:
        LayoutError: naming the tensors and both sizes.
    """
    found = {name: tensor.shape for name, tensor in source.tensors.items()}
    wrong = []
    for name in dict.fromkeys([*wanted, *found]):
        if found.get(name) != wanted.get(name):
            has = "not there" if name not in found else f"of shape {found[name]}"
            needs = "not used" if name not in wanted else f"of shape {wanted[name]}"
            wrong.append(f"{name} is {has}, here it is {needs}")
    right, left = (MODULES[f"exo_actor_{side}"] for side in "rl")
    if not wrong:
        twins = {name: name.replace(f".{right}.", f".{left}.") for name in found if f".{right}." in name}
        wrong = [
            f"{name} differs from {twin}, whose weights it shares"
            for name, twin in twins.items()
            if twin in found and not np.array_equal(source.tensors[name], source.tensors[twin])
        ]
    if wrong:
        raise LayoutError(
            f"{source.source} belongs to other networks:\n    " + "\n    ".join(wrong),
            "the same net_arch, net_indexing_info, observation and actuators as in this run",
            "change rl.policy_params.custom_policy_params and env.observation_joint_*_keys to those of the policy",
        )


def _compare_places(source: PolicyFile, routing: Routing) -> None:
    """Warn where networks of the same sizes read or drive other places than those that were trained."""
    if not source.params:
        return
    stored = routing_of(source.params, len(routing.observation_names), len(routing.action_names), source.whole)
    before = {net.name: net.inputs for net in (*stored.actors, stored.critic)}
    here = {net.name: net.inputs for net in (*routing.actors, routing.critic)}
    moved = [name for name in here if name in before and not np.array_equal(here[name], before[name])]
    if not np.array_equal(routing.mapped, stored.mapped):
        moved.append("the order of the actions")
    if moved:
        warnings.warn(
            f"{source.source} was trained with other places of the observation or action than this run has: "
            f"{', '.join(moved)}. It is taken as it is; compare net_indexing_info if you did not mean that",
            stacklevel=3,
        )
