"""What a run asks of a cluster: processors and, for RL on one, a graphics card."""

from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException


def register_resolvers() -> None:
    """Register `${cpus_per_run:DEFAULT}` and `${if_cuda:VALUE}` for the files in configs/hydra/launcher/."""
    OmegaConf.register_resolver("cpus_per_run", count_cpus, replace=True)
    OmegaConf.register_resolver("if_cuda", if_cuda, replace=True)


def count_cpus(default: int, *, _root_: DictConfig) -> int:
    """Return the processors of one run: `rl.threads` with task=rl, else `optimizer.threads`.

    Args:
        default: Where the key is null.
    """
    count = _select(_root_, thread_key(_select(_root_, "task")))
    return count if isinstance(count, int) else int(default)


def thread_key(task: Any) -> str:
    """Return the key that says how many threads a run of a task has."""
    return "rl.threads" if task == "rl" else "optimizer.threads"


def if_cuda(value: Any, *, _root_: DictConfig) -> Any:
    """Return the value where the run trains on a graphics card (task=rl with rl.device=cuda), else None."""
    uses = _select(_root_, "task") == "rl" and str(_select(_root_, "rl.device")).startswith("cuda")
    return value if uses else None


def _select(root: DictConfig, key: str) -> Any:
    try:
        return OmegaConf.select(root, key)
    except OmegaConfBaseException:
        # The schema has no such key.
        return None
