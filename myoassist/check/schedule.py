"""Rules of how a search proceeds: its scan, its stages, its factors, its length."""

from collections.abc import Sequence

from myoassist.config.entries.pool import count_members, plan_milestones, pool_budget
from myoassist.config.entries.search_stages import KEY, SearchStage, plan_stages
from myoassist.config.schema.run import OptimizerConfig
from myoassist.config.sources.starts import find_start
from myoassist.files.errors import ConfigError
from myoassist.optimize.conditions import choose_strategy


def check_schedule(optimizer: OptimizerConfig) -> None:
    """Refuse a scan or stages that cannot work, whatever the cost is.

    Raises:
        ConfigError: naming the key.
    """
    stages = plan_stages(optimizer)
    if optimizer.scan:
        _check_scan(optimizer)
    if stages and optimizer.pickle_path is not None:
        key = "optimizer.scan" if optimizer.scan else KEY if optimizer.stages else "optimizer.factors=true"
        raise ConfigError(
            f"{key} with optimizer.pickle_path={optimizer.pickle_path}",
            "one of them: a search from its beginning, or one that goes on as it is",
            "optimizer.param_path=<the same folder> (starts from its best vector)",
        )
    _check_factors(optimizer, stages)
    if optimizer.members > 1:
        _check_pool(optimizer)
    # Populations only grow, so that no stage takes more generations than this.
    needed = sum(item.generations or -(-(item.evaluations or 0) // optimizer.popsize) for item in stages)
    if stages and needed >= optimizer.maxiter:
        scan = f" and optimizer.scan={optimizer.scan}" if optimizer.scan else ""
        raise ConfigError(
            f"optimizer.maxiter={optimizer.maxiter} with optimizer.popsize={optimizer.popsize}{scan} ends before the "
            f"last stage of the search: those before it take {needed} generations",
            "more generations than that",
            f"optimizer.maxiter={2 * needed}",
        )


def _check_factors(optimizer: OptimizerConfig, stages: Sequence[SearchStage]) -> None:
    searching = [stage for stage in stages if not stage.scans]
    if not any(stage.factors for stage in searching):
        return
    if searching[-1].factors and choose_strategy(optimizer) == "affine":
        raise ConfigError(
            "a search that ends over factors with optimizer.multi_strategy=affine: no factor moves the slopes of "
            "parameters",
            "a last stage over all parameters, or one vector for all conditions",
            "optimizer.multi_strategy=shared (or factors: false in the last stage)",
        )
    if searching[0].factors and optimizer.scan_spread:
        raise ConfigError(
            "optimizer.scan_spread=true before a search over factors",
            "a first stage over all parameters, whose steps the spread of vectors can set",
            "optimizer.scan_spread=false",
        )


def _check_pool(optimizer: OptimizerConfig) -> None:
    shown = f"optimizer.members={optimizer.members}"
    if optimizer.pickle_path is not None:
        raise ConfigError(
            f"{shown} with optimizer.pickle_path={optimizer.pickle_path}",
            "optimizer.param_path: the members of a pool are searches of their own",
            "optimizer.pickle_path=null",
        )
    given = optimizer.milestones
    if any(value != int(value) or value < 1 for value in given) or sorted(set(given)) != given:
        raise ConfigError(
            f"optimizer.milestones={given}", "whole numbers of evaluations, growing", "optimizer.milestones=[500,2000]"
        )
    milestones, budget = plan_milestones(optimizer), pool_budget(optimizer)
    counts = count_members(optimizer)
    spent, before = 0, 0
    for count, milestone in zip(counts, milestones, strict=False):
        spent, before = spent + count * (milestone - before), milestone
    if not milestones or milestones[0] < optimizer.popsize or spent + optimizer.popsize > budget:
        least = optimizer.members * len(counts) * optimizer.popsize
        raise ConfigError(
            f"{shown} with a budget of {budget} evaluations",
            f"a generation at least for each member and rung, {least} evaluations, and no milestones beyond the budget",
            f"optimizer.maxiter={-(-2 * max(least, spent) // optimizer.popsize)} (or fewer members)",
        )


def _check_scan(optimizer: OptimizerConfig) -> None:
    find_start(optimizer.scan_from)
    if optimizer.scan_keep > optimizer.scan:
        raise ConfigError(
            f"optimizer.scan_keep={optimizer.scan_keep} of optimizer.scan={optimizer.scan} vectors",
            "as many as there are, or fewer",
            f"optimizer.scan_keep={optimizer.scan}",
        )
    if optimizer.scan_spread and optimizer.scan_keep < 2:
        raise ConfigError(
            f"optimizer.scan_spread=true with optimizer.scan_keep={optimizer.scan_keep}",
            "two vectors or more, which have a spread",
            f"optimizer.scan_keep={min(16, optimizer.scan)}",
        )
