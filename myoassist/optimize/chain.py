"""A chain of searches, one per walking condition, each started from the best of its neighbour."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_text_atomic
from myoassist.files.signals import Stopped
from myoassist.optimize.conditions import (
    Condition,
    condition_config,
    condition_kind,
    label_value,
    list_conditions,
)
from myoassist.optimize.loop.progress import Progress, make_progress
from myoassist.optimize.pool.run import run_pool
from myoassist.optimize.run_search import run_search
from myoassist.optimize.start.vector_file import read_vector
from myoassist.runs.catalogue import PARAMETERS_NAME, read_json
from myoassist.runs.folder import open_run
from myoassist.runs.writer import RunFolder

CHAIN_NAME = "chain.csv"
_HEADER = "condition,speed,slope_deg,folder,start,total,stage"


def order_chain(values: list[float]) -> list[tuple[int, int | None]]:
    """Return the order in which conditions are searched, from the middle upwards and then downwards.

    Args:
        values: Speed or slope of each condition.

    Returns:
        Pairs of places in `values`: the condition, and the neighbour that it starts from; None for the first.
    """
    ranked = sorted(range(len(values)), key=values.__getitem__)
    middle = 0.5 * (min(values) + max(values))
    first = min(range(len(ranked)), key=lambda rank: abs(values[ranked[rank]] - middle))
    order: list[tuple[int, int | None]] = [(ranked[first], None)]
    order += [(ranked[rank], ranked[rank - 1]) for rank in range(first + 1, len(ranked))]
    order += [(ranked[rank], ranked[rank + 1]) for rank in range(first - 1, -1, -1)]
    return order


def run_chain(config: RunConfig, folder: RunFolder, show: Callable[[], Progress] = make_progress) -> float:
    """Search all conditions one after the other, each in a run folder of its own below the one of the chain.

    The condition nearest to the middle starts from `optimizer.param_path` or from ones. The same command continues
    wherever the chain was stopped; a larger `optimizer.maxiter` extends every search of it.

    Args:
        config: Run configuration with `optimizer.optim_params`.
        folder: Opened run folder.
        show: Makes the display of every search.

    Returns:
        Weighted mean of the best totals.

    Raises:
        UserError: for what the user can change.
        Stopped: after a stop signal; everything is saved.
    """
    conditions = list_conditions(config)
    by_speed = condition_kind(config.optimizer) == "speed"
    values = [item.speed if by_speed else item.slope_deg for item in conditions]
    labels = [f"{'speed' if by_speed else 'slope'}_{label_value(value)}" for value in values]
    totals: dict[int, float] = {}
    rows = [_HEADER]
    for place, neighbour in order_chain(values):
        start = None if neighbour is None else folder.path / labels[neighbour] / PARAMETERS_NAME
        print(f"condition {place + 1} of {len(values)}, {conditions[place].describe()}:", flush=True)
        try:
            _search_condition(config, conditions[place], folder.path / labels[place], start, show)
        except Stopped:
            folder.write_status("interrupted", conditions_done=len(totals))
            raise
        best = read_json(folder.path / labels[place] / PARAMETERS_NAME)
        totals[place] = float(best["total"])
        came_from = labels[neighbour] if neighbour is not None else "param_path" if config.optimizer.param_path else ""
        item = conditions[place]
        cells = (item.number, item.speed, item.slope_deg, labels[place], came_from, totals[place], best["stage"])
        rows.append(",".join(str(cell) for cell in cells))
        write_text_atomic(folder.path / CHAIN_NAME, "\n".join(rows) + "\n")
        folder.write_status("running", conditions_done=len(totals))
    mean = sum(item.weight * totals[i] for i, item in enumerate(conditions))
    folder.write_status("finished", best=mean, conditions_done=len(totals))
    print(f"finished: mean of the best totals {mean:.5f}; {folder.path / CHAIN_NAME}")
    return mean


def _search_condition(
    config: RunConfig, condition: Condition, path: Path, start: Path | None, show: Callable[[], Progress]
) -> None:
    """Start, continue or extend the search of one condition; nothing is done where it has finished."""
    own = condition_config(config, condition)
    own.logdir, own.expname, own.expsubdir = path.as_posix(), path.name, None
    own.resume, own.fresh = "auto", False
    if start is None:
        own.optimizer.param_path = config.optimizer.param_path
    else:
        # It walks already; random vectors or several searches from the same start would lead nowhere else.
        own.optimizer.scan, own.optimizer.members = 0, 1
    with open_run(own, None, []) as run:
        print(run.notice, flush=True)
        if run.state != "finished":
            vector = None if start is None else np.array(read_vector(start).vector)
            if own.optimizer.members > 1:
                run_pool(own, run, show=show)
            else:
                run_search(own, run, vector, show=show)
