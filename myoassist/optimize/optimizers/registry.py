"""Which algorithms there are, and how a run gets one."""

from myoassist.config.places import load_place
from myoassist.config.schema.run import SEARCH_ALGORITHMS, OptimizerConfig
from myoassist.files.errors import ResumeError
from myoassist.optimize.optimizers.base import Optimizer, Region

OPTIMIZERS: dict[str, type[Optimizer]] = {name: load_place(place) for name, place in SEARCH_ALGORITHMS.items()}
# Captions of all numbers that any of them reports.
METRIC_LABELS = {name: label for kind in OPTIMIZERS.values() for name, label in kind.metric_labels.items()}


def check_options(config: OptimizerConfig) -> None:
    """Refuse options that the algorithm of a run cannot work with.

    Raises:
        ConfigError: naming the key.
    """
    OPTIMIZERS[config.algorithm].check(config)


def new_optimizer(region: Region, config: OptimizerConfig, run_seed: int) -> Optimizer:
    """Return the algorithm of a run before its first generation; errors as in `Optimizer.new`."""
    return OPTIMIZERS[config.algorithm].new(region, config, run_seed)


def restore_optimizer(name: str, state: bytes, source: str) -> Optimizer:
    """Return the algorithm that a checkpoint holds.

    Args:
        name: Its `Optimizer.name`.
        state: What its `state` returned.
        source: What messages call the checkpoint.

    Raises:
        ResumeError: if there is no such algorithm.
        UserError: as `Optimizer.restore`.
    """
    if name not in OPTIMIZERS:
        raise ResumeError(
            f"{source} was written by the algorithm {name}",
            f"one of {', '.join(OPTIMIZERS)}",
            "continue it with the version of this project that wrote it",
        )
    return OPTIMIZERS[name].restore(state, source)
