"""Rules of the group `rl`: algorithm, networks, scenarios, device."""

from collections.abc import Mapping
from typing import Any

from myoassist.check.learner import check_learner
from myoassist.config.entries.evaluation import read_evaluation_entries
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.keys import format_value
from myoassist.config.schema.rl import ACTORS, CRITIC, NETWORKS_KEY, CustomPolicyConfig, RLConfig
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError


def check_rl(config: RunConfig) -> None:
    """Refuse a training that cannot work.

    Raises:
        ConfigError: naming the key, its value, what was expected and an override that helps.
    """
    rl = config.rl
    if config.task != "rl":
        return
    if rl.algorithm is None:
        raise ConfigError("task=rl with rl.algorithm=null", "ppo, a2c or sac", "rl=ppo")
    check_learner(config)
    _check_networks(rl.policy_params.custom_policy_params)
    _check_human(rl)
    read_evaluation_entries(config)
    _check_processor(rl.device)


def _check_networks(policy: CustomPolicyConfig) -> None:
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


def _are_widths(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(width) is int and 0 < width <= 65536 for width in value)


def _check_human(rl: RLConfig) -> None:
    if rl.human == "policy" and rl.human_param_path is not None:
        raise ConfigError(
            f"rl.human_param_path={rl.human_param_path} with rl.human=policy",
            "rl.human=reflex, which reads it",
            "rl.human=reflex (or rl.human_param_path=null)",
        )


def _check_processor(device: str) -> None:
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
