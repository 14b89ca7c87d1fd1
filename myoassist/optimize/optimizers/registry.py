"""Which algorithms there are, and how a run gets one."""

from myoassist.config.entries.search_stages import plan_stages
from myoassist.config.places import load_place
from myoassist.config.schema.run import SEARCH_ALGORITHMS, OptimizerConfig
from myoassist.files.errors import ConfigError, ResumeError
from myoassist.optimize.optimizers.base import Optimizer, Region
from myoassist.optimize.optimizers.scheduled import ScheduledOptimizer, schedule

OPTIMIZERS: dict[str, type[Optimizer]] = {name: load_place(place) for name, place in SEARCH_ALGORITHMS.items()}
# The same with a scan or stages, by the names that their checkpoints have.
SCHEDULED: dict[str, type[ScheduledOptimizer]] = {kind.name: kind for kind in map(schedule, OPTIMIZERS.values())}
# Captions of all numbers that any of them reports.
METRIC_LABELS = {name: label for kind in SCHEDULED.values() for name, label in kind.metric_labels.items()}


def check_options(config: OptimizerConfig) -> None:
    """Refuse options that the algorithm of a run cannot work with.

    Raises:
        ConfigError: naming the key.
    """
    kind = OPTIMIZERS[config.algorithm]
    kind.check(config)
    if config.stages is not None and not kind.takes_stages:
        able = [name for name, item in OPTIMIZERS.items() if item.takes_stages]
        raise ConfigError(
            f"optimizer.stages with optimizer.algorithm={config.algorithm}",
            f"an algorithm that goes on under another cost: {', '.join(able)}",
            f"optimizer.algorithm={able[0]} (or optimizer.stages=null)",
        )


def new_optimizer(region: Region, config: OptimizerConfig, run_seed: int) -> Optimizer:
    """Return the algorithm of a run before its first generation; errors as in `Optimizer.new`."""
    if plan_stages(config):
        return SCHEDULED[f"scheduled_{config.algorithm}"].new(region, config, run_seed)
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
    kinds = OPTIMIZERS | SCHEDULED
    if name not in kinds:
        raise ResumeError(
            f"{source} was written by the algorithm {name}",
            f"one of {', '.join(OPTIMIZERS)}",
            "continue it with the version of this project that wrote it",
        )
    return kinds[name].restore(state, source)
